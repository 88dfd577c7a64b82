//! `objects.tsv` has objects as Go's serializer writes them, in hexadecimal digits, and as Go reads them again, in JSON.

use crdgen_schema::go::{self, Struct};
use serde_json::{Value, json};

use super::*;
use crate::kind::table::structure;

fn bytes(digits: &str) -> Vec<u8> {
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
}

fn of(object: &Value) -> &'static Struct {
    structure(object["apiVersion"].as_str().unwrap(), object["kind"].as_str().unwrap()).unwrap()
}

/// Each object with its bytes.
fn objects() -> impl Iterator<Item = (Vec<u8>, Value)> {
    include_str!("objects.tsv").lines().map(|line| {
        let (digits, object) = line.split_once('\t').unwrap();
        (bytes(digits), serde_json::from_str(object).unwrap())
    })
}

#[test]
fn objects_are_written_as_go_writes_them() {
    for (bytes, object) in objects() {
        let text = |name: &str| object[name].as_str().unwrap().to_owned();
        let message = encode(&object, of(&object));
        let envelope = Envelope { api_version: text("apiVersion"), kind: text("kind"), message };
        assert_eq!(envelope.write(), bytes, "{object}");
    }
}

#[test]
fn objects_are_read_as_go_reads_them() {
    for (bytes, object) in objects() {
        let envelope = Envelope::read(&bytes).unwrap();
        assert_eq!(envelope.kind, object["kind"]);
        let mut read = decode(&envelope.message, of(&object)).unwrap();
        read["apiVersion"] = envelope.api_version.into();
        read["kind"] = envelope.kind.into();
        go::round_trip(&mut read, of(&object)).unwrap();
        assert_eq!(read, object);
    }
}

#[test]
fn what_the_struct_does_not_have_is_skipped() {
    let map = structure("v1", "ConfigMap").unwrap();
    // Fields 100 to 103, one of each wire type, and then `immutable`.
    let message = bytes("a00601a9060102030405060708b2060161bd06010203042001");
    assert_eq!(decode(&message, map), Ok(json!({"immutable": true})));
}

#[test]
fn broken_messages_are_refused() {
    let map = structure("v1", "ConfigMap").unwrap();
    let check = |digits: &str, expected: &str| {
        assert_eq!(decode(&bytes(digits), map).unwrap_err().to_string(), expected, "{digits}");
    };
    check("0a05", "proto: unexpected EOF");
    check("0801", "proto: wrong wireType = 0 for field metadata");
    check("2201ff", "proto: wrong wireType = 2 for field immutable");
    assert_eq!(Envelope::read(b"{}"), Err(Error::NoMagic));
    assert!(decode(&bytes("ffffffffffffffffffffff"), map).is_err());
}

#[test]
fn nesting_is_bounded() {
    let definition = structure("apiextensions.k8s.io/v1", "JSONSchemaProps").unwrap();
    // `not` is field 28, a message; each is in the one before.
    let mut message = Vec::new();
    for _ in 0..1_000 {
        let mut outer = Vec::new();
        encode::bytes(&mut outer, 28, &message);
        message = outer;
    }
    assert_eq!(decode(&message, definition), Err(Error::TooDeep));
}
