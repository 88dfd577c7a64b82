//! The grammar of label selectors: a lexer with one token of lookahead and a parser of requirements.
//!
//! In: text. Out: requirements, or an error in the words of Go's `labels.Parse`.
//! Source: `k8s.io/apimachinery/pkg/labels/selector.go`.

use std::collections::BTreeSet;
use std::iter::Peekable;
use std::vec::IntoIter;

use crdgen_schema::{field, name};

use super::{Operator, Requirement};

/// Why a selector was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ParseError {
    /// One requirement is wrong.
    #[error("unable to parse requirement: {0}")]
    Requirement(String),
    /// The text between requirements is wrong.
    #[error("{0}")]
    Syntax(String),
}

/// Reads all requirements; they are sorted by key, as Kubernetes keeps them.
pub(super) fn parse(text: &str) -> Result<Vec<Requirement>, ParseError> {
    let mut tokens = lex(text).into_iter().peekable();
    let mut requirements = Vec::new();
    while let Some(token) = tokens.peek() {
        if !matches!(token, Token::Word(_)) && token.text() != "!" {
            return Err(ParseError::Syntax(format!(
                "found '{}', expected: !, identifier, or 'end of string'",
                token.text()
            )));
        }
        requirements.push(requirement(&mut tokens).map_err(ParseError::Requirement)?);
        match tokens.next() {
            None => break,
            Some(token) if token.text() == "," => match tokens.peek() {
                Some(Token::Word(_)) => {}
                Some(next) if next.text() == "!" => {}
                next => {
                    let found = next.map_or("", Token::text);
                    return Err(ParseError::Syntax(format!("found '{found}', expected: identifier after ','")));
                }
            },
            Some(token) => {
                return Err(ParseError::Syntax(format!("found '{}', expected: ',' or 'end of string'", token.text())));
            }
        }
    }
    requirements.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(requirements)
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Symbol(&'static str),
}

impl Token {
    fn text(&self) -> &str {
        match self {
            Self::Word(text) => text,
            Self::Symbol(text) => text,
        }
    }
}

type Tokens = Peekable<IntoIter<Token>>;

/// The longest first, so that `==` is not two `=`.
const SYMBOLS: [&str; 9] = ["==", "!=", "=", "!", "(", ")", ",", ">", "<"];

fn lex(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        if let Some(symbol) = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol)) {
            tokens.push(Token::Symbol(symbol));
            rest = &rest[symbol.len()..];
        } else {
            let end = rest.find(|c: char| "=!(),><".contains(c) || c.is_ascii_whitespace()).unwrap_or(rest.len());
            tokens.push(Token::Word(rest[..end].to_owned()));
            rest = &rest[end..];
        }
        rest = rest.trim_start();
    }
    tokens
}

fn requirement(tokens: &mut Tokens) -> Result<Requirement, String> {
    let negated = tokens.next_if(|token| token.text() == "!").is_some();
    let key = match tokens.next() {
        Some(Token::Word(key)) => key,
        other => return Err(unexpected(other.as_ref(), ", expected: identifier")),
    };
    check_key(&key)?;
    let ends = tokens.peek().is_none_or(|token| token.text() == ",");
    let operator = match (negated, ends) {
        (true, _) => Operator::DoesNotExist,
        (false, true) => Operator::Exists,
        (false, false) => comparison(tokens, &key)?,
    };
    Ok(Requirement { key, operator })
}

fn comparison(tokens: &mut Tokens, key: &str) -> Result<Operator, String> {
    let token = tokens.next();
    let symbol = token.as_ref().map_or("", Token::text).to_owned();
    let operator = match symbol.as_str() {
        "in" => Operator::In(list(tokens)?),
        "notin" => Operator::NotIn(list(tokens)?),
        "=" | "==" => Operator::In(BTreeSet::from([single(tokens)?])),
        "!=" => Operator::NotIn(BTreeSet::from([single(tokens)?])),
        ">" => Operator::GreaterThan(bound(&single(tokens)?)?),
        "<" => Operator::LessThan(bound(&single(tokens)?)?),
        _ => return Err(format!("found '{symbol}', expected: in, notin, =, ==, !=, gt, lt")),
    };
    if let Operator::In(values) | Operator::NotIn(values) = &operator {
        for (index, value) in values.iter().enumerate() {
            let errors = name::label_value(value);
            if !errors.is_empty() {
                let path = format!("values[{index}][{key}]");
                return Err(field::Error::invalid_text(path, value, errors.join("; ")).to_string());
            }
        }
    }
    Ok(operator)
}

fn list(tokens: &mut Tokens) -> Result<BTreeSet<String>, String> {
    let open = tokens.next();
    if open.as_ref().is_none_or(|token| token.text() != "(") {
        return Err(unexpected(open.as_ref(), " expected: '('"));
    }
    let mut values = BTreeSet::new();
    let mut after_value = false;
    loop {
        match tokens.next() {
            Some(Token::Word(value)) if !after_value => {
                values.insert(value);
                after_value = true;
            }
            Some(Token::Symbol(",")) => {
                if !after_value {
                    values.insert(String::new());
                }
                after_value = false;
                if tokens.peek().is_some_and(|token| token.text() == ")") {
                    values.insert(String::new());
                }
            }
            Some(Token::Symbol(")")) => break,
            other if after_value => return Err(unexpected(other.as_ref(), ", expected: ',' or ')'")),
            other => return Err(unexpected(other.as_ref(), ", expected: ',', or identifier")),
        }
    }
    Ok(values)
}

fn single(tokens: &mut Tokens) -> Result<String, String> {
    match tokens.peek() {
        None => Ok(String::new()),
        Some(token) if token.text() == "," => Ok(String::new()),
        Some(Token::Word(_)) => Ok(tokens.next().map_or_else(String::new, |token| token.text().to_owned())),
        other => Err(unexpected(other, ", expected: identifier")),
    }
}

fn bound(value: &str) -> Result<i64, String> {
    value.parse().map_err(|_| {
        let why = "for 'Gt', 'Lt' operators, the value must be an integer";
        field::Error::invalid_text("values[0]", value, why).to_string()
    })
}

fn check_key(key: &str) -> Result<(), String> {
    let errors = name::label_key(key);
    if errors.is_empty() {
        return Ok(());
    }
    Err(field::Error::invalid_text("<nil>", key, errors.join("; ")).to_string())
}

fn unexpected(token: Option<&Token>, expected: &str) -> String {
    format!("found '{}'{expected}", token.map_or("", Token::text))
}
