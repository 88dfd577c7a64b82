//! The tables of generated code: calls of the runtime's macros, which say what a field or a variant stands for.
//!
//! In: the tokens of a call. Out: a [`Table`]. Constraints and all else that names nothing is skipped.

use std::{collections::BTreeMap, fmt};

use proc_macro2::{TokenStream, TokenTree};
use syn::{
    Ident, LitStr, Result, Token, Type,
    ext::IdentExt,
    parse::{Parse, ParseStream, Parser},
    token,
};

use super::path;

/// What the table of a type says.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Table {
    /// The type.
    pub(crate) ty: String,
    /// Where the type was found: the path of a resource's type, and a pointer into its schema. None for a resource.
    pub(crate) at: Option<(Vec<String>, String)>,
    /// The header of a resource: `group`, `version`, `kind`, `plural` and other texts.
    pub(crate) header: BTreeMap<String, String>,
    /// Fields or variants, in their order, each with what it stands for.
    pub(crate) rows: Vec<(String, Key)>,
    /// The function that makes one of what is required, if there is one.
    pub(crate) constructor: Option<Constructor>,
}

/// What a field or a variant stands for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    /// A property of that name, or a value of an enum.
    Text(String),
    /// All properties that the schema does not know.
    Unknown,
}

/// A function that makes a value of what is required.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Constructor {
    /// Its name.
    pub(crate) name: String,
    /// Its parameters, in their order.
    pub(crate) parameters: Vec<Parameter>,
}

/// One parameter of a constructor: the field it fills, and its type as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Parameter {
    /// The field.
    pub(crate) field: String,
    /// Its type.
    pub(crate) ty: String,
}

impl Table {
    /// What the field or variant stands for.
    pub(crate) fn key(&self, name: &str) -> Option<&Key> {
        self.rows.iter().find(|(row, _)| row == name).map(|(_, key)| key)
    }

    /// `object! { Type at super::Root "/pointer" { … } }`
    pub(super) fn object(tokens: TokenStream) -> Result<Self> {
        let parse = |input: ParseStream<'_>| {
            let mut table = Self::head(input)?;
            let rows;
            syn::braced!(rows in input);
            table.fields(&rows)?;
            Ok(table)
        };
        parse.parse2(tokens)
    }

    /// `resource! { Type { group: "…", …; … } }`
    pub(super) fn resource(tokens: TokenStream) -> Result<Self> {
        let parse = |input: ParseStream<'_>| {
            let mut table = Self { ty: name(input)?, ..Self::default() };
            let rows;
            syn::braced!(rows in input);
            table.header(&rows)?;
            table.fields(&rows)?;
            Ok(table)
        };
        parse.parse2(tokens)
    }

    /// `string_enum! { closed Type at super::Root "/pointer" { Variant = "value", … } }`
    pub(super) fn string_enum(tokens: TokenStream) -> Result<Self> {
        let parse = |input: ParseStream<'_>| {
            let closed = input.fork();
            if closed.call(Ident::parse_any)? == "closed" && closed.call(Ident::parse_any)? != "at" {
                input.call(Ident::parse_any)?;
            }
            let mut table = Self::head(input)?;
            let rows;
            syn::braced!(rows in input);
            while !rows.is_empty() {
                let variant = name(&rows)?;
                rows.parse::<Token![=]>()?;
                table.rows.push((variant, Key::Text(rows.parse::<LitStr>()?.value())));
                rows.parse::<Token![,]>()?;
            }
            Ok(table)
        };
        parse.parse2(tokens)
    }

    fn head(input: ParseStream<'_>) -> Result<Self> {
        let ty = name(input)?;
        let at = input.call(Ident::parse_any)?;
        if at != "at" {
            return Err(syn::Error::new(at.span(), "expected `at`"));
        }
        let root = path::segments(&input.call(syn::Path::parse_mod_style)?);
        let pointer = input.parse::<LitStr>()?.value();
        Ok(Self { ty, at: Some((root, pointer)), ..Self::default() })
    }

    /// `name: value, …;` Only texts are kept.
    fn header(&mut self, input: ParseStream<'_>) -> Result<()> {
        loop {
            let key = name(input)?;
            input.parse::<Token![:]>()?;
            if input.peek(LitStr) {
                self.header.insert(key, input.parse::<LitStr>()?.value());
            }
            if skip_to(input, &[',', ';'])? == ';' {
                return Ok(());
            }
        }
    }

    /// `new(…);`, `new as name(…);`, `field: "key", …;`, `unknown: ..;` or `..field;`
    fn fields(&mut self, input: ParseStream<'_>) -> Result<()> {
        while !input.is_empty() {
            if input.peek(Token![..]) {
                input.parse::<Token![..]>()?;
                self.rows.push((name(input)?, Key::Unknown));
            } else if input.peek2(token::Paren) || input.peek2(Token![as]) {
                self.constructor = Some(input.parse()?);
            } else {
                let field = name(input)?;
                input.parse::<Token![:]>()?;
                let key =
                    if input.peek(Token![..]) { Key::Unknown } else { Key::Text(input.parse::<LitStr>()?.value()) };
                self.rows.push((field, key));
            }
            skip_to(input, &[';'])?;
        }
        Ok(())
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "{text:?}"),
            Self::Unknown => f.write_str("all unknown properties"),
        }
    }
}

impl Parse for Constructor {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut name = name(input)?;
        if input.parse::<Option<Token![as]>>()?.is_some() {
            name = self::name(input)?;
        }
        let parameters;
        syn::parenthesized!(parameters in input);
        let parameters = parameters.parse_terminated(Parameter::parse, Token![,])?.into_iter().collect();
        Ok(Self { name, parameters })
    }
}

impl Parse for Parameter {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let field = name(input)?;
        input.parse::<Token![:]>()?;
        let ty = path::mentions(&input.parse::<Type>()?);
        let ty: Vec<String> = ty.iter().map(|path| path.join("::")).collect();
        Ok(Self { field, ty: ty.join(" of ") })
    }
}

fn name(input: ParseStream<'_>) -> Result<String> {
    Ok(input.call(Ident::parse_any)?.unraw().to_string())
}

/// Skips everything up to one of these signs, and returns it.
fn skip_to(input: ParseStream<'_>, signs: &[char]) -> Result<char> {
    loop {
        if let TokenTree::Punct(punct) = input.parse::<TokenTree>()?
            && signs.contains(&punct.as_char())
        {
            return Ok(punct.as_char());
        }
    }
}
