//! Ways from a schema to one below it.

use crate::schema::Schema;

/// One step from a schema to one below it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// To the property of that name.
    Property(String),
    /// To the items of an array.
    Items,
    /// To the values of a map: `additionalProperties`.
    Values,
}

impl Step {
    /// The schema that the step leads to; none if there is none.
    pub fn descend<'s>(&self, schema: &'s Schema) -> Option<&'s Schema> {
        match self {
            Self::Property(name) => schema.properties.get(name),
            Self::Items => schema.items.as_deref(),
            Self::Values => schema.additional_schema(),
        }
    }

    /// [`Step::descend`], to change the schema.
    pub fn descend_mut<'s>(&self, schema: &'s mut Schema) -> Option<&'s mut Schema> {
        match self {
            Self::Property(name) => schema.properties.written_mut()?.get_mut(name),
            Self::Items => schema.items.as_deref_mut(),
            Self::Values => schema.additional_schema_mut(),
        }
    }
}

/// The place in the server's spelling, from the schema that the way starts at: `.properties[spec].items`.
pub fn print_schema_path(steps: &[Step]) -> String {
    let mut path = String::new();
    for step in steps {
        match step {
            Step::Property(name) => path.extend([".properties[", name, "]"]),
            Step::Items => path.push_str(".items"),
            Step::Values => path.push_str(".additionalProperties"),
        }
    }
    path
}
