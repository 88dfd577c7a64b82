//! The messages of version 3.

use serde_json::Value;

use super::Kind::{Any, Either, Entries, Flag, In, Many, Number, One, OneOf, Text, Whole};
use super::{Kind, Message, is_reference};

pub(super) static DOCUMENT: Message = Message {
    members: &[
        ("openapi", 1, Text),
        ("info", 2, One(&INFO)),
        ("paths", 4, In(&[1], &Entries(&One(&PATH)))),
        ("components", 5, One(&COMPONENTS)),
    ],
    extensions: 9,
};

static INFO: Message = Message { members: &[("title", 1, Text), ("version", 6, Text)], extensions: 7 };

static COMPONENTS: Message = Message {
    members: &[
        ("schemas", 1, In(&[1], &Entries(&Either(schema)))),
        ("securitySchemes", 7, In(&[1], &Entries(&In(&[1], &One(&SECURITY))))),
    ],
    extensions: 10,
};

static SECURITY: Message = Message {
    members: &[("type", 1, Text), ("description", 2, Text), ("name", 3, Text), ("in", 4, Text)],
    extensions: 9,
};

static PATH: Message = Message {
    members: &[
        ("get", 4, One(&OPERATION)),
        ("put", 5, One(&OPERATION)),
        ("post", 6, One(&OPERATION)),
        ("delete", 7, One(&OPERATION)),
        ("options", 8, One(&OPERATION)),
        ("head", 9, One(&OPERATION)),
        ("patch", 10, One(&OPERATION)),
        ("parameters", 13, Many(&In(&[1], &One(&PARAMETER)))),
    ],
    extensions: 14,
};

static OPERATION: Message = Message {
    members: &[
        ("tags", 1, Many(&Text)),
        ("description", 3, Text),
        ("operationId", 5, Text),
        ("parameters", 6, Many(&In(&[1], &One(&PARAMETER)))),
        ("requestBody", 7, In(&[1], &One(&BODY))),
        ("responses", 8, In(&[2], &Entries(&In(&[1], &One(&RESPONSE))))),
    ],
    extensions: 13,
};

static PARAMETER: Message = Message {
    members: &[
        ("name", 1, Text),
        ("in", 2, Text),
        ("description", 3, Text),
        ("required", 4, Flag),
        ("schema", 10, Either(schema)),
    ],
    extensions: 14,
};

static BODY: Message =
    Message { members: &[("description", 1, Text), ("content", 2, CONTENT), ("required", 3, Flag)], extensions: 4 };

static RESPONSE: Message = Message { members: &[("description", 1, Text), ("content", 3, CONTENT)], extensions: 5 };

const CONTENT: Kind = In(&[1], &Entries(&One(&MEDIA)));

static MEDIA: Message = Message { members: &[("schema", 1, Either(schema))], extensions: 5 };

static REFERENCE: Message = Message { members: &[("$ref", 1, Text)], extensions: 0 };

static SCHEMA: Message = Message {
    members: &[
        ("nullable", 1, Flag),
        ("externalDocs", 6, One(&DOCS)),
        ("example", 7, Any),
        ("title", 9, Text),
        ("multipleOf", 10, Number),
        ("maximum", 11, Number),
        ("exclusiveMaximum", 12, Flag),
        ("minimum", 13, Number),
        ("exclusiveMinimum", 14, Flag),
        ("maxLength", 15, Whole),
        ("minLength", 16, Whole),
        ("pattern", 17, Text),
        ("maxItems", 18, Whole),
        ("minItems", 19, Whole),
        ("uniqueItems", 20, Flag),
        ("maxProperties", 21, Whole),
        ("minProperties", 22, Whole),
        ("required", 23, Many(&Text)),
        ("enum", 24, Many(&Any)),
        ("type", 25, Text),
        ("allOf", 26, Many(&Either(schema))),
        ("oneOf", 27, Many(&Either(schema))),
        ("anyOf", 28, Many(&Either(schema))),
        ("not", 29, One(&SCHEMA)),
        ("items", 30, In(&[1], &Either(schema))),
        ("properties", 31, In(&[1], &Entries(&Either(schema)))),
        ("additionalProperties", 32, Either(additional)),
        ("default", 33, Either(default)),
        ("description", 34, Text),
        ("format", 35, Text),
    ],
    extensions: 36,
};

static DOCS: Message = Message { members: &[("description", 1, Text), ("url", 2, Text)], extensions: 3 };

fn schema(value: &Value) -> Kind {
    const ELSEWHERE: Kind = In(&[2], &One(&REFERENCE));
    const HERE: Kind = In(&[1], &One(&SCHEMA));
    if is_reference(value) { ELSEWHERE } else { HERE }
}

fn additional(value: &Value) -> Kind {
    const OF: Kind = In(&[1], &Either(schema));
    if value.is_boolean() { In(&[2], &OneOf) } else { OF }
}

/// Lists and objects as defaults have no place in these messages: they are left empty.
fn default(value: &Value) -> Kind {
    match value {
        Value::Number(_) => In(&[1], &OneOf),
        Value::Bool(_) => In(&[2], &OneOf),
        Value::String(_) => In(&[3], &OneOf),
        _ => One(&NOTHING),
    }
}

static NOTHING: Message = Message { members: &[], extensions: 0 };
