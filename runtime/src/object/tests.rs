use std::collections::BTreeMap;

use crdgen_schema::view::{Arena, View};
use serde::{Deserialize as _, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::Object;
use crate::{Nullable, Number, k8s_openapi::api::core::v1::SecretKeySelector, object};

#[derive(Clone, Default, PartialEq)]
struct Database {
    engine: String,
    replicas: Option<i32>,
    size: Option<i64>,
    backup: Option<Backup>,
    windows: Option<Vec<Backup>>,
    by_name: Option<BTreeMap<String, Backup>>,
    nullable: Option<Nullable<String>>,
    required_nullable: Nullable<bool>,
    password: Option<SecretKeySelector>,
    any: Option<Value>,
    r#type: Option<Number>,
}

#[derive(Clone, Default, PartialEq)]
struct Backup {
    enabled: bool,
    schedule: String,
}

#[derive(Clone, Default, PartialEq)]
struct Open {
    known: Option<String>,
    unknown: BTreeMap<String, Value>,
}

object! { Database {
    engine: "engine", required;
    replicas: "replicas", optional;
    size: "size", optional;
    backup: "backup", optional;
    windows: "windows", optional;
    by_name: "byName", optional;
    nullable: "nullable", optional;
    required_nullable: "requiredNullable", required;
    password: "password", optional;
    any: "any", optional;
    r#type: "type", optional;
} }
object! { Backup { enabled: "enabled", required; schedule: "schedule", required; } }
#[derive(Clone, Default, PartialEq)]
struct Renamed {
    unknown: Option<String>,
    rest: BTreeMap<String, Value>,
}

#[derive(Clone, PartialEq)]
struct Plain {
    name: String,
}

object! { Plain { name: "name", required; } }
object! { Renamed { unknown: "unknown", optional; ..rest; } }
object! { Open { known: "known", optional; unknown: ..; } }

/// A view of the value shows what is written.
fn check_view<T: Object + Serialize>(value: &T) {
    let arena = Arena::new();
    let (view, written) = (super::view(value, &arena), serde_json::to_value(value).unwrap());
    assert_eq!(view.to_json(), written);
    let (View::Object(view), Value::Object(written)) = (view, written) else { unreachable!() };
    assert_eq!(view.len(), written.len());
    for name in T::MEMBERS.iter().map(|member| member.name).chain(written.keys().map(String::as_str)).chain(["x"]) {
        assert_eq!(view.get(name, &arena).map(View::to_json).as_ref(), written.get(name), "{name}");
    }
}

/// Reads `json` from all that `serde_json` reads from, and writes it back.
fn check_round_trip<T: DeserializeOwned + Object + Serialize + PartialEq>(json: &Value) -> T {
    let text = json.to_string();
    let value: T = serde_json::from_str(&text).unwrap();
    assert_eq!(serde_json::from_slice::<T>(text.as_bytes()).unwrap(), value);
    assert_eq!(serde_json::from_reader::<_, T>(text.as_bytes()).unwrap(), value);
    assert_eq!(serde_json::from_value::<T>(json.clone()).unwrap(), value);
    check_view(&value);
    assert_eq!(&serde_json::to_value(&value).unwrap(), json);
    assert_eq!(&serde_json::from_str::<Value>(&serde_json::to_string(&value).unwrap()).unwrap(), json);
    value
}

fn check_error<T: DeserializeOwned + std::fmt::Debug>(text: &str, message: &str) {
    assert_eq!(serde_json::from_str::<T>(text).unwrap_err().to_string(), message);
}

#[test]
fn every_field_is_read_and_written() {
    let database: Database = check_round_trip(&json!({
        "engine": "MySQL", "replicas": 3, "size": i64::MAX, "backup": {"enabled": true, "schedule": "0 3 * * *"},
        "windows": [{"enabled": false, "schedule": ""}], "byName": {"a.b/c": {"enabled": false, "schedule": "x"}},
        "nullable": "text", "requiredNullable": true, "password": {"key": "k", "name": "n"},
        "any": {"b": [1, 2.5, null]}, "type": 1.5,
    }));
    assert_eq!(database.replicas, Some(3));
    assert_eq!(database.by_name.unwrap()["a.b/c"].schedule, "x");
}

#[test]
fn absent_null_and_empty_stay_apart() {
    let read = |value: Value| check_round_trip::<Database>(&value).nullable;
    assert_eq!(read(json!({"engine": "", "requiredNullable": null})), None);
    assert_eq!(read(json!({"engine": "", "requiredNullable": null, "nullable": null})), Some(Nullable::Null));
    assert_eq!(read(json!({"engine": "", "requiredNullable": null, "nullable": ""})), Some("".into()));
    let windows = |value: Value| check_round_trip::<Database>(&value).windows;
    assert_eq!(windows(json!({"engine": "", "requiredNullable": null})), None);
    assert_eq!(windows(json!({"engine": "", "requiredNullable": null, "windows": []})), Some(Vec::new()));
}

#[test]
fn null_in_an_optional_field_means_absent() {
    let text = r#"{"engine": "", "requiredNullable": false, "replicas": null, "backup": null, "any": null}"#;
    let database: Database = serde_json::from_str(text).unwrap();
    assert_eq!(database, Database { required_nullable: false.into(), ..Database::default() });
}

#[test]
fn null_in_a_required_field_is_an_error() {
    let text = r#"{"engine": null, "requiredNullable": null}"#;
    check_error::<Database>(text, "engine: invalid type: null, expected a string at line 1 column 15");
}

#[test]
fn keys_may_come_in_any_order() {
    let backward =
        r#"{"type":1,"requiredNullable":true,"nullable":null,"backup":{"schedule":"s","enabled":true},"engine":"e"}"#;
    let database: Database = serde_json::from_str(backward).unwrap();
    assert_eq!(database.backup, Some(Backup { enabled: true, schedule: "s".to_owned() }));
    assert_eq!((database.engine.as_str(), database.r#type), ("e", Some(Number::Int(1))));
}

#[test]
fn unknown_keys_are_skipped_or_kept() {
    let text = r#"{"a": {"deep": [1, {"x": 1e999}]}, "schedule": "", "b": 1, "enabled": true, "z": null}"#;
    assert!(serde_json::from_str::<Backup>(text).is_ok());
    let open: Open = check_round_trip(&json!({"a": [1], "known": "k", "z": null, "": {"b": 1}}));
    assert_eq!(open.unknown.len(), 3);
    let first_and_last: Open = serde_json::from_str(r#"{"a": 1, "b": 2, "known": "k", "c": 3}"#).unwrap();
    assert_eq!((first_and_last.known.as_deref(), first_and_last.unknown.len()), (Some("k"), 3));
}

#[test]
fn the_field_for_unknown_keys_can_have_any_name() {
    let renamed: Renamed = check_round_trip(&json!({"unknown": "known", "rest": 1}));
    assert_eq!((renamed.unknown.as_deref(), renamed.rest.len()), (Some("known"), 1));
}

#[test]
fn other_formats_than_json_are_read_too() {
    let format = |fields: &'static [(&str, &str)]| {
        serde::de::value::MapDeserializer::<_, serde::de::value::Error>::new(fields.iter().copied())
    };
    let plain = Plain::deserialize(format(&[("skipped", "x"), ("name", "a")]));
    assert_eq!(plain, Ok(Plain { name: "a".to_owned() }));
    let error = Backup::deserialize(format(&[("schedule", "a"), ("enabled", "b")])).unwrap_err();
    assert_eq!(error.to_string(), "enabled: invalid type: string \"b\", expected a boolean");
}

#[test]
fn an_unknown_key_that_is_a_field_is_not_written_twice() {
    let unknown = BTreeMap::from([("known".to_owned(), json!(1)), ("other".to_owned(), json!(2))]);
    let open = Open { known: Some("k".to_owned()), unknown };
    assert_eq!(serde_json::to_string(&open).unwrap(), r#"{"known":"k","other":2}"#);
}

#[test]
fn a_duplicate_field_is_an_error() {
    let text = r#"{"enabled": true, "schedule": "", "enabled": true}"#;
    check_error::<Backup>(text, "duplicate field `enabled` at line 1 column 43");
    let text = r#"{"engine": "", "backup": {"enabled": true, "enabled": true}}"#;
    check_error::<Database>(text, "backup: duplicate field `enabled` at line 1 column 52");
}

#[test]
fn all_missing_fields_are_named_at_once() {
    check_error::<Backup>("{}", "missing fields `enabled`, `schedule` at line 1 column 2");
    check_error::<Backup>(r#"{"enabled": true}"#, "missing field `schedule` at line 1 column 17");
    let text = r#"{"engine": "", "byName": {"a": {}}}"#;
    check_error::<Database>(text, "byName.a: missing fields `enabled`, `schedule` at line 1 column 33");
}

#[test]
fn an_error_says_where_it_is() {
    let text = "{\n  \"engine\": \"\",\n  \"backup\": {\"enabled\": \"yes\"}}";
    let message = "backup.enabled: invalid type: string \"yes\", expected a boolean at line 3 column 29";
    check_error::<Database>(text, message);
    let text = r#"{"windows": [{"enabled": true, "schedule": ""}, {"schedule": 1}]}"#;
    check_error::<Database>(
        text,
        "windows[1].schedule: invalid type: integer `1`, expected a string at line 1 column 62",
    );
    let text = r#"{"byName": {"a": {"enabled": {}}}}"#;
    check_error::<Database>(text, "byName.a.enabled: invalid type: map, expected a boolean at line 1 column 29");
    check_error::<Database>(
        r#"{"password": {"key": 1}}"#,
        "password: invalid type: integer `1`, expected a string at line 1 column 22",
    );
}

#[test]
fn the_path_is_there_without_a_position_too() {
    let error = serde_json::from_value::<Database>(json!({"backup": {"enabled": 1}})).unwrap_err();
    assert_eq!(error.to_string(), "backup.enabled: invalid type: integer `1`, expected a boolean");
    // Twice in a row: the path of an earlier failure is not taken for the beginning of this one's.
    let error = serde_json::from_value::<Backup>(json!({"enabled": 1})).unwrap_err();
    assert_eq!(error.to_string(), "enabled: invalid type: integer `1`, expected a boolean");
}

#[test]
fn integers_are_read_as_the_api_server_reads_them() {
    let size = |text: &str| {
        let text = format!(r#"{{"engine": "", "requiredNullable": null, "size": {text}, "replicas": 1e1}}"#);
        serde_json::from_str::<Database>(&text).map(|database| database.size).map_err(|error| error.to_string())
    };
    assert_eq!(size("1.0"), Ok(Some(1)));
    assert_eq!(size("1e3"), Ok(Some(1000)));
    assert_eq!(size("-0"), Ok(Some(0)));
    assert_eq!(size("-9223372036854775808"), Ok(Some(i64::MIN)));
    let refused = |text: &str| size(text).unwrap_err().split(" at ").next().unwrap_or_default().to_owned();
    assert_eq!(refused("1.5"), "size: invalid value: floating point `1.5`, expected a 64-bit integer");
    assert_eq!(refused("1e17"), "size: invalid value: floating point `1e+17`, expected a 64-bit integer");
    assert_eq!(
        refused("9223372036854775808"),
        "size: invalid value: integer `9223372036854775808`, expected a 64-bit integer"
    );
    check_error::<Database>(
        r#"{"replicas": 2147483648}"#,
        "replicas: invalid value: integer `2147483648`, expected a 32-bit integer at line 1 column 23",
    );
}

#[test]
fn truncated_json_is_an_error_of_that_category_at_every_length() {
    let text = r#"{"engine":"a","backup":{"enabled":true,"schedule":"s"},"windows":[{"enabled":true,"schedule":""}],"requiredNullable":null}"#;
    assert!(serde_json::from_str::<Database>(text).is_ok());
    for length in 0..text.len() {
        let error = serde_json::from_str::<Database>(&text[..length]).unwrap_err();
        assert!(error.is_eof(), "{length}: {error}");
    }
}

#[test]
fn deep_nesting_is_an_error_and_not_a_crash() {
    let deep = |field: &str| format!(r#"{{"engine":"","{field}":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    let error = serde_json::from_str::<Database>(&deep("any")).unwrap_err();
    assert!(error.to_string().starts_with("any: recursion limit exceeded"), "{error}");
    let error = serde_json::from_str::<Open>(&deep("unknownToo")).unwrap_err();
    assert!(error.to_string().contains("recursion limit exceeded"), "{error}");
}

#[test]
fn a_long_message_is_shortened_and_keeps_path_and_position() {
    let text = format!(r#"{{"backup": {{"enabled": "{}"}}}}"#, "ä".repeat(100_000));
    let error = serde_json::from_str::<Database>(&text).unwrap_err().to_string();
    assert!(error.len() < 1200 && error.starts_with("backup.enabled: invalid type: string"), "{error}");
    assert!(error.ends_with(", expected a boolean at line 1 column 200025"), "{error}");
}

#[test]
fn an_object_is_no_array() {
    check_error::<Backup>("[true, \"\"]", "invalid type: sequence, expected an object (Backup) at line 1 column 0");
}

/// A type with more fields than any machine word has bits.
mod wide {
    use super::*;

    macro_rules! wide {
        ($($field:ident = $name:literal),*) => {
            #[derive(Clone, Default, PartialEq)]
            struct Wide { $($field: Option<i64>,)* last: String }
            object! { Wide { $($field: $name, optional;)* last: "last", required; } }
            const NAMES: &[&str] = &[$($name),*];
        };
    }
    wide! {
        f000 = "f000", f001 = "f001", f002 = "f002", f003 = "f003", f004 = "f004", f005 = "f005", f006 = "f006",
        f007 = "f007", f008 = "f008", f009 = "f009", f010 = "f010", f011 = "f011", f012 = "f012", f013 = "f013",
        f014 = "f014", f015 = "f015", f016 = "f016", f017 = "f017", f018 = "f018", f019 = "f019", f020 = "f020",
        f021 = "f021", f022 = "f022", f023 = "f023", f024 = "f024", f025 = "f025", f026 = "f026", f027 = "f027",
        f028 = "f028", f029 = "f029", f030 = "f030", f031 = "f031", f032 = "f032", f033 = "f033", f034 = "f034",
        f035 = "f035", f036 = "f036", f037 = "f037", f038 = "f038", f039 = "f039", f040 = "f040", f041 = "f041",
        f042 = "f042", f043 = "f043", f044 = "f044", f045 = "f045", f046 = "f046", f047 = "f047", f048 = "f048",
        f049 = "f049", f050 = "f050", f051 = "f051", f052 = "f052", f053 = "f053", f054 = "f054", f055 = "f055",
        f056 = "f056", f057 = "f057", f058 = "f058", f059 = "f059", f060 = "f060", f061 = "f061", f062 = "f062",
        f063 = "f063", f064 = "f064", f065 = "f065", f066 = "f066", f067 = "f067", f068 = "f068", f069 = "f069",
        f070 = "f070", f071 = "f071", f072 = "f072", f073 = "f073", f074 = "f074", f075 = "f075", f076 = "f076",
        f077 = "f077", f078 = "f078", f079 = "f079", f080 = "f080", f081 = "f081", f082 = "f082", f083 = "f083",
        f084 = "f084", f085 = "f085", f086 = "f086", f087 = "f087", f088 = "f088", f089 = "f089", f090 = "f090",
        f091 = "f091", f092 = "f092", f093 = "f093", f094 = "f094", f095 = "f095", f096 = "f096", f097 = "f097",
        f098 = "f098", f099 = "f099", f100 = "f100", f101 = "f101", f102 = "f102", f103 = "f103", f104 = "f104",
        f105 = "f105", f106 = "f106", f107 = "f107", f108 = "f108", f109 = "f109", f110 = "f110", f111 = "f111",
        f112 = "f112", f113 = "f113", f114 = "f114", f115 = "f115", f116 = "f116", f117 = "f117", f118 = "f118",
        f119 = "f119", f120 = "f120", f121 = "f121", f122 = "f122", f123 = "f123", f124 = "f124", f125 = "f125",
        f126 = "f126", f127 = "f127", f128 = "f128", f129 = "f129", f130 = "f130", f131 = "f131", f132 = "f132",
        f133 = "f133", f134 = "f134", f135 = "f135", f136 = "f136", f137 = "f137", f138 = "f138", f139 = "f139",
        f140 = "f140", f141 = "f141", f142 = "f142", f143 = "f143", f144 = "f144", f145 = "f145", f146 = "f146",
        f147 = "f147", f148 = "f148", f149 = "f149", f150 = "f150", f151 = "f151", f152 = "f152", f153 = "f153",
        f154 = "f154", f155 = "f155", f156 = "f156", f157 = "f157", f158 = "f158", f159 = "f159", f160 = "f160",
        f161 = "f161", f162 = "f162", f163 = "f163", f164 = "f164", f165 = "f165", f166 = "f166", f167 = "f167",
        f168 = "f168", f169 = "f169", f170 = "f170", f171 = "f171", f172 = "f172", f173 = "f173", f174 = "f174",
        f175 = "f175", f176 = "f176", f177 = "f177", f178 = "f178", f179 = "f179", f180 = "f180", f181 = "f181",
        f182 = "f182", f183 = "f183", f184 = "f184", f185 = "f185", f186 = "f186", f187 = "f187", f188 = "f188",
        f189 = "f189", f190 = "f190", f191 = "f191", f192 = "f192", f193 = "f193", f194 = "f194", f195 = "f195",
        f196 = "f196", f197 = "f197", f198 = "f198", f199 = "f199", f200 = "f200", f201 = "f201", f202 = "f202",
        f203 = "f203", f204 = "f204", f205 = "f205", f206 = "f206", f207 = "f207", f208 = "f208", f209 = "f209",
        f210 = "f210", f211 = "f211", f212 = "f212", f213 = "f213", f214 = "f214", f215 = "f215", f216 = "f216",
        f217 = "f217", f218 = "f218", f219 = "f219", f220 = "f220", f221 = "f221", f222 = "f222", f223 = "f223",
        f224 = "f224", f225 = "f225", f226 = "f226", f227 = "f227", f228 = "f228", f229 = "f229", f230 = "f230",
        f231 = "f231", f232 = "f232", f233 = "f233", f234 = "f234", f235 = "f235", f236 = "f236", f237 = "f237",
        f238 = "f238", f239 = "f239", f240 = "f240", f241 = "f241", f242 = "f242", f243 = "f243", f244 = "f244",
        f245 = "f245", f246 = "f246", f247 = "f247", f248 = "f248", f249 = "f249", f250 = "f250", f251 = "f251",
        f252 = "f252", f253 = "f253", f254 = "f254", f255 = "f255", f256 = "f256", f257 = "f257", f258 = "f258",
        f259 = "f259", f260 = "f260", f261 = "f261", f262 = "f262", f263 = "f263", f264 = "f264", f265 = "f265",
        f266 = "f266", f267 = "f267", f268 = "f268", f269 = "f269", f270 = "f270", f271 = "f271", f272 = "f272",
        f273 = "f273", f274 = "f274", f275 = "f275", f276 = "f276", f277 = "f277", f278 = "f278", f279 = "f279",
        f280 = "f280", f281 = "f281", f282 = "f282", f283 = "f283", f284 = "f284", f285 = "f285", f286 = "f286",
        f287 = "f287", f288 = "f288", f289 = "f289", f290 = "f290", f291 = "f291", f292 = "f292", f293 = "f293",
        f294 = "f294", f295 = "f295", f296 = "f296", f297 = "f297", f298 = "f298", f299 = "f299", f300 = "f300",
        f301 = "f301", f302 = "f302", f303 = "f303", f304 = "f304", f305 = "f305", f306 = "f306", f307 = "f307",
        f308 = "f308", f309 = "f309"
    }

    fn object(names: impl Iterator<Item = &'static str>) -> String {
        let fields: Vec<String> = names.map(|name| format!(r#""{name}":1"#)).collect();
        format!(r#"{{{},"last":"x"}}"#, fields.join(","))
    }

    #[test]
    fn more_than_three_hundred_fields_are_read_in_any_order() {
        let forward: Wide = serde_json::from_str(&object(NAMES.iter().copied())).unwrap();
        let backward: Wide = serde_json::from_str(&object(NAMES.iter().rev().copied())).unwrap();
        assert_eq!(forward, backward);
        assert_eq!(serde_json::to_string(&forward).unwrap(), object(NAMES.iter().copied()));
    }

    #[test]
    fn a_duplicate_and_a_missing_field_are_found_beyond_the_first_word() {
        let twice = NAMES.iter().copied().chain(["f299"]);
        assert!(
            serde_json::from_str::<Wide>(&object(twice)).unwrap_err().to_string().starts_with("duplicate field `f299`")
        );
        check_error::<Wide>("{\"f300\": 1}", "missing field `last` at line 1 column 11");
    }
}
