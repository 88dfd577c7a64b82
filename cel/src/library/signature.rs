//! Signatures of functions, written as text.

use std::sync::Arc;

use crate::static_type::Type;

/// What a function takes and gives.
pub(super) struct Signature {
    /// Whether it is called on a target, which is the first argument then.
    pub(super) is_member: bool,
    pub(super) arguments: Vec<Type>,
    pub(super) result: Type,
}

impl Signature {
    /// Reads `name(int) -> bool` or `string.name(int) -> bool`.
    ///
    /// # Panics
    ///
    /// It is written otherwise. Signatures are constants of the program.
    pub(super) fn parse(name: &str, text: &'static str) -> Self {
        let open = format!("{name}(");
        let on_target = || text.split_once(&*format!(".{open}")).map(|(target, rest)| (Some(target), rest));
        let function = text.strip_prefix(&*open).map(|rest| (None, rest));
        let (target, rest) = function.or_else(on_target).unwrap_or_else(|| wrong(text));
        let (arguments, result) = rest.split_once(") -> ").unwrap_or_else(|| wrong(text));
        let arguments = target.into_iter().map(parse_type).chain(parse_types(arguments)).collect();
        Self { is_member: target.is_some(), arguments, result: parse_type(result) }
    }
}

fn wrong(text: &str) -> ! {
    panic!("not a signature: {text}")
}

fn parse_types(text: &'static str) -> Vec<Type> {
    let (mut types, mut depth, mut start) = (Vec::new(), 0, 0);
    for (index, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                types.push(parse_type(&text[start..index]));
                start = index + 1;
            }
            _ => {}
        }
    }
    if !text.is_empty() {
        types.push(parse_type(&text[start..]));
    }
    types
}

fn parse_type(text: &'static str) -> Type {
    let text = text.trim();
    let Some((name, parameters)) = text.strip_suffix(')').and_then(|text| text.split_once('(')) else {
        return match text {
            "dyn" => Type::Dyn,
            "bool" => Type::Bool,
            "int" => Type::Int,
            "uint" => Type::Uint,
            "double" => Type::Double,
            "string" => Type::String,
            "bytes" => Type::Bytes,
            "duration" => Type::Duration,
            "timestamp" => Type::Timestamp,
            name if name.len() == 1 && name.chars().all(|c| c.is_ascii_uppercase()) => Type::Parameter(name.into()),
            // Kubernetes has structures, which have a namespace of that name, and opaque types.
            name if name.starts_with("kubernetes.") => Type::object(name),
            name => Type::opaque(name),
        };
    };
    let mut parameters = parse_types(parameters);
    let last = parameters.pop().unwrap_or_else(|| wrong(text));
    match (name, parameters.pop()) {
        ("list", None) => Type::list(last),
        ("optional", None) => Type::optional(last),
        ("type", None) => Type::Type(Some(Arc::new(last))),
        ("map", Some(key)) => Type::map(key, last),
        _ => wrong(text),
    }
}
