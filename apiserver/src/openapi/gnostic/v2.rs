//! The messages of version 2.

use serde_json::Value;

use super::Kind::{Any, Either, Entries, Flag, In, Many, Number, One, OneOf, Text, Whole};
use super::{Kind, Message, is_reference};

pub(super) static DOCUMENT: Message = Message {
    members: &[
        ("swagger", 1, Text),
        ("info", 2, One(&INFO)),
        ("paths", 8, In(&[2], &Entries(&One(&PATH)))),
        ("definitions", 9, In(&[1], &Entries(&One(&SCHEMA)))),
        ("parameters", 10, In(&[1], &Entries(&Either(parameter)))),
        ("security", 12, Many(&In(&[1], &Entries(&In(&[1], &Many(&Text)))))),
        ("securityDefinitions", 13, In(&[1], &Entries(&In(&[2], &One(&API_KEY))))),
    ],
    extensions: 16,
};

static INFO: Message = Message { members: &[("title", 1, Text), ("version", 2, Text)], extensions: 7 };

static API_KEY: Message = Message {
    members: &[("type", 1, Text), ("name", 2, Text), ("in", 3, Text), ("description", 4, Text)],
    extensions: 5,
};

static PATH: Message = Message {
    members: &[
        ("get", 2, One(&OPERATION)),
        ("put", 3, One(&OPERATION)),
        ("post", 4, One(&OPERATION)),
        ("delete", 5, One(&OPERATION)),
        ("options", 6, One(&OPERATION)),
        ("head", 7, One(&OPERATION)),
        ("patch", 8, One(&OPERATION)),
        ("parameters", 9, Many(&Either(parameter_item))),
    ],
    extensions: 10,
};

static OPERATION: Message = Message {
    members: &[
        ("tags", 1, Many(&Text)),
        ("description", 3, Text),
        ("operationId", 5, Text),
        ("produces", 6, Many(&Text)),
        ("consumes", 7, Many(&Text)),
        ("parameters", 8, Many(&Either(parameter_item))),
        ("responses", 9, In(&[1], &Entries(&In(&[1], &One(&RESPONSE))))),
        ("schemes", 10, Many(&Text)),
    ],
    extensions: 13,
};

static RESPONSE: Message =
    Message { members: &[("description", 1, Text), ("schema", 2, In(&[1], &One(&SCHEMA)))], extensions: 5 };

static REFERENCE: Message = Message { members: &[("$ref", 1, Text), ("description", 2, Text)], extensions: 0 };

static BODY: Message = Message {
    members: &[
        ("description", 1, Text),
        ("name", 2, Text),
        ("in", 3, Text),
        ("required", 4, Flag),
        ("schema", 5, One(&SCHEMA)),
    ],
    extensions: 6,
};

static QUERY: Message = Message {
    members: &[
        ("required", 1, Flag),
        ("in", 2, Text),
        ("description", 3, Text),
        ("name", 4, Text),
        ("type", 6, Text),
        ("uniqueItems", 20, Flag),
    ],
    extensions: 23,
};

static PATH_PARAMETER: Message = Message {
    members: &[
        ("required", 1, Flag),
        ("in", 2, Text),
        ("description", 3, Text),
        ("name", 4, Text),
        ("type", 5, Text),
        ("uniqueItems", 19, Flag),
    ],
    extensions: 22,
};

static SCHEMA: Message = Message {
    members: &[
        ("$ref", 1, Text),
        ("format", 2, Text),
        ("title", 3, Text),
        ("description", 4, Text),
        ("default", 5, Any),
        ("multipleOf", 6, Number),
        ("maximum", 7, Number),
        ("exclusiveMaximum", 8, Flag),
        ("minimum", 9, Number),
        ("exclusiveMinimum", 10, Flag),
        ("maxLength", 11, Whole),
        ("minLength", 12, Whole),
        ("pattern", 13, Text),
        ("maxItems", 14, Whole),
        ("minItems", 15, Whole),
        ("uniqueItems", 16, Flag),
        ("maxProperties", 17, Whole),
        ("minProperties", 18, Whole),
        ("required", 19, Many(&Text)),
        ("enum", 20, Many(&Any)),
        ("additionalProperties", 21, Either(additional)),
        ("type", 22, In(&[1], &Text)),
        ("items", 23, In(&[1], &One(&SCHEMA))),
        ("properties", 25, In(&[1], &Entries(&One(&SCHEMA)))),
        ("externalDocs", 29, One(&DOCS)),
        ("example", 30, Any),
    ],
    extensions: 31,
};

static DOCS: Message = Message { members: &[("description", 1, Text), ("url", 2, Text)], extensions: 3 };

fn additional(value: &Value) -> Kind {
    const OF: Kind = In(&[1], &One(&SCHEMA));
    if value.is_boolean() { In(&[2], &OneOf) } else { OF }
}

fn parameter_item(value: &Value) -> Kind {
    const ELSEWHERE: Kind = In(&[2], &One(&REFERENCE));
    const HERE: Kind = In(&[1], &Either(parameter));
    if is_reference(value) { ELSEWHERE } else { HERE }
}

fn parameter(value: &Value) -> Kind {
    const IN_BODY: Kind = In(&[1], &One(&BODY));
    const IN_QUERY: Kind = In(&[2, 3], &One(&QUERY));
    const IN_PATH: Kind = In(&[2, 4], &One(&PATH_PARAMETER));
    match value.get("in").and_then(Value::as_str) {
        Some("body") => IN_BODY,
        Some("path") => IN_PATH,
        _ => IN_QUERY,
    }
}
