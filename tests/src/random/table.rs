//! The Go structs of built-in kinds, as the API server's own table has them.

use std::collections::BTreeMap;
use std::sync::OnceLock;

const TEXT: &str = include_str!("../../../apiserver/src/kind/table/structs.txt");

/// All structs, by their names.
pub(super) struct Table {
    structs: BTreeMap<&'static str, Vec<Field>>,
}

/// A field of a struct.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) kind: &'static str,
    pub(super) values: Vec<&'static str>,
}

impl Table {
    /// Reads the table, once.
    pub(super) fn read() -> &'static Self {
        static TABLE: OnceLock<Table> = OnceLock::new();
        TABLE.get_or_init(|| {
            let mut structs: BTreeMap<&str, Vec<Field>> = BTreeMap::new();
            let mut current = "";
            for line in TEXT.lines() {
                if let Some(line) = line.strip_prefix(' ') {
                    let (line, values) = line.split_once(" values=").unwrap_or((line, ""));
                    let mut words = line.split(' ');
                    let name = words.next().unwrap_or_default().trim_end_matches('?');
                    let kind = words.next().unwrap_or_default();
                    let values = values.split(',').filter(|value| !value.is_empty()).collect();
                    structs.entry(current).or_default().push(Field { name, kind, values });
                } else {
                    current = line.split(' ').next().unwrap_or_default();
                    structs.entry(current).or_default();
                }
            }
            Self { structs }
        })
    }

    /// The fields of a struct; none if there is no such struct.
    pub(super) fn fields(&self, name: &str) -> Option<&[Field]> {
        self.structs.get(name).map(Vec::as_slice)
    }
}
