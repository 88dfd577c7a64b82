//! The columns of `columns.txt`, by resource.

use std::borrow::Cow;
use std::collections::BTreeMap;

const TEXT: &str = include_str!("columns.txt");

/// A column of a list's table.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) name: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) format: &'static str,
    pub(crate) priority: i64,
    description: &'static str,
}

impl Column {
    /// The description, on several lines if it has them.
    pub(crate) fn description(&self) -> Cow<'static, str> {
        if self.description.contains("\\n") {
            Cow::Owned(self.description.replace("\\n", "\n"))
        } else {
            Cow::Borrowed(self.description)
        }
    }
}

/// The columns of each resource, by its group-version and plural.
pub(super) fn read() -> BTreeMap<(&'static str, &'static str), Vec<Column>> {
    let mut shared = BTreeMap::new();
    let mut all: BTreeMap<_, Vec<Column>> = BTreeMap::new();
    let mut resource = ("", "");
    for line in TEXT.lines() {
        if let Some(line) = line.strip_prefix(' ') {
            all.entry(resource).or_default().extend(column(line, &shared));
        } else if line.starts_with('@') {
            shared.extend(line.split_once('|'));
        } else {
            resource = line.split_once(' ').unwrap_or_default();
        }
    }
    all
}

fn column(line: &'static str, shared: &BTreeMap<&'static str, &'static str>) -> Option<Column> {
    let mut parts = line.splitn(5, '|');
    let (name, kind, format, priority) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?.parse().ok()?);
    let description = parts.next()?;
    let description = shared.get(description).copied().unwrap_or(description);
    Some(Column { name, kind, format, priority, description })
}
