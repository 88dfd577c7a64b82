//! The table of Kubernetes' own types.
//!
//! In: `types.txt`. Out: [`KubernetesType`]s. What the columns mean stands at its top.

/// A type of `k8s_openapi`.
pub(super) struct KubernetesType {
    /// Its path below the crate.
    pub(super) path: &'static str,
    /// What tells it from a schema that only looks like it.
    pub(super) evidence: Evidence,
    /// Its properties.
    pub(super) fields: Vec<KubernetesField>,
}

/// What it takes to be sure of a type.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Evidence {
    /// Its shape is enough.
    Shape,
    /// It is only recognised inside of another type of the table.
    Parent,
    /// The name of its property contains one of these words, and descriptions have the phrase, if there is one.
    Property(Vec<&'static str>, Option<&'static str>),
}

/// A property of a type.
pub(super) struct KubernetesField {
    /// The JSON key.
    pub(super) key: &'static str,
    /// Whether its Rust type is not an `Option`.
    pub(super) required: bool,
    /// Whether a CRD may lack it, as newer versions of Kubernetes added it.
    pub(super) added_later: bool,
    /// The type of its value.
    pub(super) ty: FieldType,
}

/// The type of a property.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum FieldType {
    /// A string.
    String,
    /// `i32`
    Int32,
    /// `i64`
    Int64,
    /// `bool`
    Boolean,
    /// An array.
    Array(Box<Self>),
    /// A map.
    Map(Box<Self>),
    /// Another type of the table, by the last part of its path.
    Named(&'static str),
}

impl KubernetesType {
    /// The last part of its path.
    pub(super) fn name(&self) -> &'static str {
        self.path.rsplit("::").next().unwrap_or(self.path)
    }
}

/// Reads the table.
pub(super) fn read() -> Vec<KubernetesType> {
    entries(include_str!("types.txt")).filter_map(|(head, fields)| entry(head, fields)).collect()
}

/// Pairs of lines: a type and its properties.
fn entries(text: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let mut lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    std::iter::from_fn(move || Some((lines.next()?, lines.next()?)))
}

fn entry(head: &'static str, fields: &'static str) -> Option<KubernetesType> {
    let (path, evidence) = head.split_once("; ")?;
    Some(KubernetesType {
        path,
        evidence: self::evidence(evidence.strip_suffix(';')?)?,
        fields: fields.split_whitespace().map(field).collect(),
    })
}

fn evidence(text: &'static str) -> Option<Evidence> {
    match text {
        "shape" => Some(Evidence::Shape),
        "parent" => Some(Evidence::Parent),
        _ => {
            let (words, phrase) = match text.strip_prefix("property ")?.split_once(" saying ") {
                Some((words, phrase)) => (words, Some(phrase)),
                None => (text.strip_prefix("property ")?, None),
            };
            Some(Evidence::Property(words.split(' ').collect(), phrase))
        }
    }
}

fn field(text: &'static str) -> KubernetesField {
    let (key, ty) = text.split_once(':').unwrap_or((text, "string"));
    let required = !key.ends_with(['?', '+']);
    KubernetesField {
        key: key.trim_end_matches(['?', '+']),
        required,
        added_later: key.ends_with('+'),
        ty: field_type(ty),
    }
}

fn field_type(text: &'static str) -> FieldType {
    let inside = |open, close| text.strip_prefix(open)?.strip_suffix(close);
    if let Some(items) = inside('[', ']') {
        return FieldType::Array(Box::new(field_type(items)));
    }
    if let Some(values) = inside('{', '}') {
        return FieldType::Map(Box::new(field_type(values)));
    }
    match text {
        "string" => FieldType::String,
        "int32" => FieldType::Int32,
        "int64" => FieldType::Int64,
        "boolean" => FieldType::Boolean,
        name => FieldType::Named(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_read() {
        let text = include_str!("types.txt");
        let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).count();
        assert_eq!(read().len() * 2, lines);
    }

    #[test]
    fn every_type_that_is_referred_to_is_in_the_table() {
        let table = read();
        let known = |name: &str| table.iter().any(|ty| ty.name() == name);
        let mut pending: Vec<&FieldType> = table.iter().flat_map(|ty| &ty.fields).map(|field| &field.ty).collect();
        while let Some(ty) = pending.pop() {
            match ty {
                FieldType::Array(inner) | FieldType::Map(inner) => pending.push(inner),
                FieldType::Named(name) => assert!(known(name), "{name}"),
                _ => {}
            }
        }
    }
}
