//! Compact objects: the same as typed ones, in less room.

use std::iter::successors;
use std::sync::Arc;

use k8s_openapi::api::core::v1::ConfigMap;
use kube::core::DynamicObject;
use serde_json::{Value, json};

use super::*;
use crate::decode::Decoder;

fn decoder(omit_managed_fields: bool, form: Form) -> CacheDecoder {
    CacheDecoder::new(Decoder::new("ConfigMap", "v1").with(omit_managed_fields), Dictionary::default(), form)
}

fn text<K: Kind>(object: &Cached<K>) -> String {
    match &object.0 {
        Handle::Compact { text, .. } => String::from_utf8(text.json().unwrap()).unwrap(),
        Handle::Typed(_) => "typed".to_owned(),
    }
}

/// What is left of a text, and what the object says of itself once it was read again.
fn compact(json: &str) -> (String, Cached<ConfigMap>) {
    let object = decoder(true, Form::Compact).decode::<ConfigMap>(json.as_bytes()).unwrap();
    let typed = decoder(true, Form::Typed).decode::<ConfigMap>(json.as_bytes()).unwrap();
    assert_eq!((object.key(), object.uid()), (typed.key(), typed.uid()), "{json}");
    assert_eq!(object.resource_version(), typed.resource_version(), "{json}");
    assert_eq!(object.generation(), typed.generation(), "{json}");
    object.with_labels(|labels| typed.with_labels(|expected| assert_eq!(labels, expected, "{json}")));
    let again = object.clone().undecoded();
    assert_eq!(*again, *typed, "{json}");
    (text(&object), again)
}

#[test]
fn a_compact_object_lacks_what_its_decoder_knows_or_does_not_want() {
    for (json, expected) in [
        // As custom resources come: members are sorted.
        (
            r#"{"apiVersion":"v1","data":{"a":"kind"},"kind":"ConfigMap","metadata":{"generation":3,"labels":{"a":"b"},"managedFields":[{"manager":"a"}],"name":"a","namespace":"ns","resourceVersion":"7","uid":"u"}}"#,
            r#"{"data":{"a":"kind"},"metadata":{"generation":3,"labels":{"a":"b"},"name":"a","namespace":"ns","resourceVersion":"7","uid":"u"}}"#,
        ),
        // As built-in kinds come.
        (
            r#"{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a","uid":"u","resourceVersion":"7","labels":{"a":"b"},"managedFields":[]},"data":{"a":"b"}}"#,
            r#"{"metadata":{"name":"a","uid":"u","resourceVersion":"7","labels":{"a":"b"}},"data":{"a":"b"}}"#,
        ),
        // The last members, with spaces.
        (
            r#"{ "metadata" : { "name" : "a" , "managedFields" : [ ] } , "kind" : "ConfigMap" , "apiVersion" : "v1" }"#,
            r#"{ "metadata" : { "name" : "a"  }  }"#,
        ),
        // Names that are written in another way are left alone.
        (
            r#"{"\u006bind":"ConfigMap","metadata":{"name":"a"}}"#,
            r#"{"\u006bind":"ConfigMap","metadata":{"name":"a"}}"#,
        ),
        (r#"{"metadata":{"name":"a"},"data":{"kind":"x"}}"#, r#"{"metadata":{"name":"a"},"data":{"kind":"x"}}"#),
    ] {
        assert_eq!(compact(json).0, expected);
        serde_json::from_str::<Value>(expected).unwrap();
    }
}

#[test]
fn managed_fields_stay_if_they_are_wanted() {
    let json = r#"{"kind":"ConfigMap","metadata":{"managedFields":[{"manager":"a"}],"name":"a"}}"#;
    let object = decoder(false, Form::Compact).decode::<ConfigMap>(json.as_bytes()).unwrap();
    assert_eq!(text(&object), r#"{"metadata":{"managedFields":[{"manager":"a"}],"name":"a"}}"#);
    assert_eq!(object.undecoded().metadata.managed_fields.as_ref().map(Vec::len), Some(1));
}

#[test]
fn what_cannot_be_compact_is_typed_and_complete() {
    for json in
        [r#"{"metadata":{"name":"a","uid":"\u0075"}}"#, r#"{"metadata":{"name":"a","resourceVersion":"\u0037"}}"#]
    {
        assert_eq!(compact(json).0, "typed", "{json}");
    }
    let no_name = decoder(true, Form::Compact).decode::<ConfigMap>(br#"{"metadata":{}}"#).unwrap_err();
    assert_eq!(no_name.error, "the object has no name");
}

#[test]
fn a_compact_dynamic_object_of_a_list_has_its_types() {
    let json = json!({ "metadata": { "name": "a" }, "data": {} }).to_string();
    let object = decoder(true, Form::Compact).decode::<DynamicObject>(json.as_bytes()).unwrap();
    let types = |object: &DynamicObject| object.types.clone().map(|types| (types.api_version, types.kind));
    assert_eq!(types(&object), Some(("v1".to_owned(), "ConfigMap".to_owned())));
    assert_eq!(types(&object.undecoded()), Some(("v1".to_owned(), "ConfigMap".to_owned())));
}

#[test]
fn a_change_keeps_the_form() {
    let change = |object: &mut ConfigMap| object.data = None;
    let json = r#"{"kind":"ConfigMap","metadata":{"name":"a","uid":"u"},"data":{"a":"b"}}"#;
    let object = decoder(true, Form::Compact).decode::<ConfigMap>(json.as_bytes()).unwrap().changed(change);
    assert_eq!(text(&object), r#"{"metadata":{"name":"a","uid":"u"}}"#);
    assert_eq!((object.uid(), object.clone().undecoded().data.is_none()), (Some("u"), true));
    let typed: Cached<ConfigMap> = Arc::new(ConfigMap::default()).into();
    assert_eq!(text(&typed.changed(change)), "typed");
}

#[test]
fn an_object_in_a_cache_is_looked_at_in_either_form() {
    for form in [Form::Typed, Form::Compact] {
        let object = decoder(true, form).decode::<ConfigMap>(br#"{"metadata":{"name":"a"}}"#).unwrap();
        assert_eq!(object.store().look(|map| map.metadata.name.clone()).as_deref(), Some("a"));
    }
}

#[test]
fn objects_that_have_much_in_common_take_little_room() {
    let decoder = decoder(true, Form::Compact);
    let objects: Vec<_> = (0..10)
        .map(|number| {
            let data: BTreeMap<_, _> =
                (0..50).map(|key| (format!("key-{key}"), format!("value {}", key * 7919))).collect();
            let name = format!("settings-{number}");
            json!({ "metadata": { "name": name, "uid": format!("u-{number}") }, "data": data }).to_string()
        })
        .collect();
    for json in &objects {
        let object = decoder.decode::<ConfigMap>(json.as_bytes()).unwrap();
        let Handle::Compact { text: compact, .. } = &object.0 else { panic!("it is typed") };
        assert!(compact.size() * 10 < json.len(), "{} of {} bytes", compact.size(), json.len());
        assert_eq!(&text(&object), json);
    }
}

#[test]
fn objects_unlike_the_first_and_longer_than_the_dictionary_are_kept_as_they_are() {
    let decoder = decoder(true, Form::Compact);
    for length in [0, 1, 20_000, 200_000] {
        // What cannot be compressed: the high bits of a linear congruential generator.
        let random = successors(Some(1_u32), |last| Some(last.wrapping_mul(1_664_525).wrapping_add(1_013_904_223)));
        let data: String =
            random.take(length).map(|number| char::from(b"0123456789abcdef"[number as usize >> 28])).collect();
        let data = data.repeat(2);
        let json = json!({ "metadata": { "name": "a" }, "data": { "value": data } }).to_string();
        let object = decoder.decode::<ConfigMap>(json.as_bytes()).unwrap().undecoded();
        assert_eq!(text(&object), json);
        assert_eq!(object.data.as_ref().and_then(|all| all.get("value")), Some(&data));
    }
}
