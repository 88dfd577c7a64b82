use std::collections::{BTreeSet, HashSet};

use super::*;
use crate::object;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Phase {
    Empty,
    Ready,
    NotReady,
    Unrecognized(Unrecognized<Self>),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Engine {
    PostgreSQL,
    MySQL,
    Unrecognized(Unrecognized<Self>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Mode {
    Fast,
    Slow,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Only {
    One,
}

#[derive(Clone)]
struct Job {
    mode: Mode,
    engine: Option<Engine>,
}

crate::string_enum! { Phase { Empty = "", Ready = "Ready", NotReady = "Not Ready" } }
crate::string_enum! { Engine { PostgreSQL = "PostgreSQL", MySQL = "MySQL" } }
crate::string_enum! { closed Mode { Fast = "fast", Slow = "slow" } }
crate::string_enum! { closed Only { One = "one", } }
object! { Job { mode: "mode", required; engine: "engine", optional; } }

fn check_round_trip(text: &str, expected: &Phase) {
    let json = serde_json::to_string(text).unwrap();
    assert_eq!(&serde_json::from_str::<Phase>(&json).unwrap(), expected);
    assert_eq!(&serde_json::from_value::<Phase>(text.into()).unwrap(), expected);
    assert_eq!(serde_json::to_string(expected).unwrap(), json);
    assert_eq!((&Phase::from(text), &Phase::from(text.to_owned())), (expected, expected));
    assert_eq!((text.parse().as_ref(), expected.to_string().as_str()), (Ok(expected), text));
}

#[test]
fn every_value_is_read_and_written_as_its_text() {
    check_round_trip("", &Phase::Empty);
    check_round_trip("Ready", &Phase::Ready);
    check_round_trip("Not Ready", &Phase::NotReady);
    assert_eq!((Phase::VALUES.len(), Phase::VARIANTS.len()), (3, 3));
}

#[test]
fn a_value_of_a_newer_schema_is_kept() {
    let value = Phase::from("Paused");
    check_round_trip("Paused", &value);
    assert!(matches!(&value, Phase::Unrecognized(text) if &**text == "Paused"));
    assert!(!value.is_recognized() && Phase::Ready.is_recognized());
    assert_eq!(format!("{value:?}"), "Unrecognized(\"Paused\")");
}

#[test]
fn a_known_text_is_its_variant_even_where_reading_starts() {
    fn blank<T: Field>() -> T {
        T::Access::blank()
    }
    assert_eq!(blank::<Phase>(), Phase::Empty);
    assert!(!blank::<Engine>().is_recognized());
    assert_eq!(blank::<Engine>().as_str(), "");
    assert_eq!(blank::<Mode>(), Mode::Fast, "a closed enum holds no other text");
}

#[test]
fn equal_texts_are_equal_values_however_they_came() {
    let texts = ["MySQL", "Oracle", "PostgreSQL", "Oracle", "MySQL"];
    let engines = || texts.into_iter().map(Engine::from);
    assert_eq!(engines().collect::<HashSet<_>>().len(), 3);
    let sorted: Vec<String> = engines().collect::<BTreeSet<_>>().iter().map(ToString::to_string).collect();
    assert_eq!(sorted, ["MySQL", "Oracle", "PostgreSQL"]);
    assert!(Engine::MySQL < Engine::PostgreSQL && Mode::Fast < Mode::Slow);
}

#[test]
fn only_texts_are_values() {
    let message = "invalid type: integer `1`, expected a string at line 1 column 1";
    assert_eq!(serde_json::from_str::<Phase>("1").unwrap_err().to_string(), message);
    assert_eq!(serde_json::from_str::<Mode>("1").unwrap_err().to_string(), message);
}

#[test]
fn a_closed_enum_reads_and_writes_its_values() {
    for (text, mode) in [("fast", Mode::Fast), ("slow", Mode::Slow)] {
        assert_eq!((Mode::try_from(text), text.parse()), (Ok(mode), Ok(mode)));
        assert_eq!((mode.as_str(), mode.to_string().as_str()), (text, text));
        assert_eq!(serde_json::to_value(mode).unwrap(), text);
        assert_eq!(serde_json::from_value::<Mode>(text.into()).unwrap(), mode);
    }
    assert_eq!((Mode::VALUES, Only::VALUES), (&["fast", "slow"][..], &["one"][..]));
    assert_eq!(Only::try_from("one"), Ok(Only::One));
}

#[test]
fn a_closed_enum_refuses_every_other_text_and_lists_its_values() {
    let message = r#"Unsupported value: "": supported values: "fast", "slow""#;
    assert_eq!("".parse::<Mode>().unwrap_err().to_string(), message);
    let error = serde_json::from_str::<Job>(r#"{"mode": ""}"#).unwrap_err();
    assert_eq!(error.to_string(), format!("mode: {message} at line 1 column 11"));
    let error = serde_json::from_value::<Mode>("".into()).unwrap_err();
    assert_eq!(error.to_string(), message);
}
