//! The structs of the kinds that are asked for: Go's, as the API server's own table has them, and those that the schemas of CRDs describe.

use std::{collections::BTreeMap, sync::OnceLock};

use serde_json::Value;

use super::custom;

const TEXT: &str = include_str!("../../../apiserver/src/kind/table/structs.txt");

/// All structs, by their names.
#[derive(Default)]
pub(super) struct Table {
    structs: BTreeMap<String, Vec<Field>>,
}

/// A field of a struct.
pub(super) struct Field {
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) values: Vec<String>,
}

impl Table {
    /// Reads the table, once.
    pub(super) fn read() -> &'static Self {
        static TABLE: OnceLock<Table> = OnceLock::new();
        TABLE.get_or_init(|| {
            let mut table = Self::default();
            table.add_text(TEXT);
            for definition in custom::definitions() {
                let group = definition["spec"]["group"].as_str().unwrap_or_default();
                let kind = definition["spec"]["names"]["kind"].as_str().unwrap_or_default();
                for version in definition["spec"]["versions"].as_array().into_iter().flatten() {
                    let name = format!("{group}/{}.{kind}", version["name"].as_str().unwrap_or_default());
                    table.add_schema(&name, &version["schema"]["openAPIV3Schema"]);
                    let metadata = Field::new("metadata", "meta/v1.ObjectMeta".to_owned());
                    table.structs.entry(name).or_default().push(metadata);
                }
            }
            table
        })
    }

    /// The fields of a struct; none if there is no such struct.
    pub(super) fn fields(&self, name: &str) -> Option<&[Field]> {
        self.structs.get(name).map(Vec::as_slice)
    }

    fn add_text(&mut self, text: &str) {
        let mut current = "";
        for line in text.lines() {
            if let Some(line) = line.strip_prefix(' ') {
                let (line, values) = line.split_once(" values=").unwrap_or((line, ""));
                let mut words = line.split(' ');
                let name = words.next().unwrap_or_default().trim_end_matches('?');
                let mut field = Field::new(name, words.next().unwrap_or_default().to_owned());
                field.values = values.split(',').filter(|value| !value.is_empty()).map(str::to_owned).collect();
                self.structs.entry(current.to_owned()).or_default().push(field);
            } else {
                current = line.split(' ').next().unwrap_or_default();
                self.structs.entry(current.to_owned()).or_default();
            }
        }
    }

    /// Adds what a schema says of an object, and of the objects in it.
    fn add_schema(&mut self, name: &str, schema: &Value) {
        let mut fields = Vec::new();
        for (property, schema) in schema["properties"].as_object().into_iter().flatten() {
            let mut field = Field::new(property, self.kind(&format!("{name}.{property}"), schema));
            let values = schema["enum"].as_array().into_iter().flatten();
            field.values = values.filter_map(|value| value.as_str().map(str::to_owned)).collect();
            fields.push(field);
        }
        if schema["x-kubernetes-preserve-unknown-fields"] == true {
            fields.push(Field::new("unknown", "any".to_owned()));
        }
        self.structs.insert(name.to_owned(), fields);
    }

    /// The kind of a field, in the words of the table.
    fn kind(&mut self, name: &str, schema: &Value) -> String {
        let simple = match (schema["type"].as_str(), schema["format"].as_str()) {
            _ if schema["x-kubernetes-int-or-string"] == true => "int-or-string",
            (Some("string"), Some("date-time")) => "time",
            (Some("string"), Some("byte")) => "bytes",
            (Some("string"), _) => "string",
            (Some("integer"), _) => "int64",
            (Some("number"), _) => "float64",
            (Some("boolean"), _) => "bool",
            (Some("array"), _) => return format!("[]{}", self.kind(name, &schema["items"])),
            (Some("object"), _) if schema["additionalProperties"].is_object() => {
                return format!("{{string}}{}", self.kind(name, &schema["additionalProperties"]));
            }
            (Some("object"), _) => {
                self.add_schema(name, schema);
                return name.to_owned();
            }
            _ => "any",
        };
        simple.to_owned()
    }
}

impl Field {
    fn new(name: &str, kind: String) -> Self {
        Self { name: name.to_owned(), kind, values: Vec::new() }
    }
}
