//! `objects.tsv` has objects as Go's serializer writes them, in hexadecimal digits, and as Go reads them again, in JSON.

use crdgen_schema::go::{self, Struct};
use serde_json::{Value, json};

use super::*;

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
        assert_eq!(write(&object), Some(bytes), "{object}");
    }
}

#[test]
fn objects_are_read_as_go_reads_them() {
    for (bytes, object) in objects() {
        let mut read = read(&bytes).unwrap();
        go::round_trip(&mut read, of(&object)).unwrap();
        assert_eq!(read, object);
    }
}

#[test]
fn what_the_struct_does_not_have_is_skipped() {
    let map = structure("v1", "ConfigMap").unwrap();
    // Fields 100 to 103, one of each wire type, and then `immutable`.
    let message = bytes("a00601a9060102030405060708b2060161bd06010203042001");
    assert_eq!(decode::message(&message, map), Ok(json!({"immutable": true})));
}

#[test]
fn broken_messages_are_refused() {
    let map = structure("v1", "ConfigMap").unwrap();
    let check = |digits: &str, expected: &str| {
        assert_eq!(decode::message(&bytes(digits), map).unwrap_err().to_string(), expected, "{digits}");
    };
    check("0a05", "proto: unexpected EOF");
    check("0801", "proto: wrong wireType = 0 for field metadata");
    check("2201ff", "proto: wrong wireType = 2 for field immutable");
    check("0f", "proto: illegal wireType 7");
    assert_eq!(Envelope::read(b"{}"), Err(Error::NoMagic));
    assert!(decode::message(&bytes("ffffffffffffffffffffff"), map).is_err());
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
    assert_eq!(decode::message(&message, definition), Err(Error::TooDeep));
}

#[test]
fn an_unknown_type_is_refused() {
    let body = Envelope { api_version: "example.com/v1".to_owned(), kind: "Thing".to_owned(), message: Vec::new() };
    assert!(matches!(read(&body.write()), Err(Error::UnknownKind { .. })));
    assert_eq!(write(&json!({"apiVersion": "example.com/v1", "kind": "Thing"})), None);
}

#[test]
fn an_event_has_its_length_before_it() {
    let frame = frame("ADDED", &json!({"apiVersion": "v1", "kind": "Status"})).unwrap();
    assert_eq!(frame[..4], u32::try_from(frame.len() - 4).unwrap().to_be_bytes());
    assert_eq!(frame[4..11], *b"\x0a\x05ADDED");
}
