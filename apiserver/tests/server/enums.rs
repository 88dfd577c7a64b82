//! Values that a schema lists, in the server's words.

use serde_json::{Value, json};

use crate::client::{CRDS, Client, THINGS, crd, thing};

/// The message about the color of a thing whose schema says this of colors.
async fn check(schema: Value, color: Value, expected: &str) {
    let client = Client::new();
    let mut definition = crd();
    let properties = "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties";
    definition.pointer_mut(properties).unwrap()["color"] = schema;
    definition["spec"]["versions"][0]["selectableFields"] = json!([]);
    assert_eq!(client.post(CRDS, &definition).await.code, 201);
    let answer = client.post(THINGS, &thing("a", &json!({"color": color}))).await;
    let message = format!("Thing.example.com \"a\" is invalid: {expected}");
    assert_eq!(answer.refusal(), (422, message.as_str()));
}

#[tokio::test]
async fn a_value_that_is_listed_twice_is_told_twice() {
    let expected = "spec.color: Unsupported value: \"blue\": supported values: \"red\", \"green\", \"red\"";
    check(json!({"type": "string", "enum": ["red", "green", "red"]}), json!("blue"), expected).await;
}

#[tokio::test]
async fn null_is_none_of_the_listed_values_even_if_it_is_listed() {
    let expected = "spec.color: Unsupported value: null: supported values: \"red\"";
    check(json!({"type": "string", "nullable": true, "enum": ["red"]}), Value::Null, expected).await;
    let expected = "spec.color: Unsupported value: null: supported values: \"red\", \"null\"";
    check(json!({"type": "string", "nullable": true, "enum": ["red", null]}), Value::Null, expected).await;
}
