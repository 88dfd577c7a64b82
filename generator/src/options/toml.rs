//! `crdgen.toml` → options.
//!
//! In: its text. Out: [`Options`], or what is wrong with the first faulty key. An unknown key is an error.

use toml::{Table, Value};

use super::{Glob, Lint, Options, Refused};

/// The keys, in the order of the documentation.
const KEYS: &[&str] = &[
    "out",
    "types_only",
    "runtime",
    "command",
    "docs",
    "i32",
    "small_maps",
    "refused",
    "skip",
    "closed_enums",
    "types",
    "shapes",
    "type_names",
    "field_names",
    "variant_names",
    "derives",
    "attributes",
    "lint",
];

/// The keys of `[lint]`.
const LINT_KEYS: &[&str] = &["profile", "kubernetes", "cost_share", "deny_warnings", "enable", "disable"];

/// Reads the text of a settings file.
pub(crate) fn parse(text: &str) -> Result<Options, String> {
    let table: Table = text.parse().map_err(|error: toml::de::Error| error.to_string())?;
    let mut options = Options::default();
    for (key, value) in table {
        set(&mut options, &key, value).map_err(|expected| match expected {
            Fault::Expected(what) => format!("`{key}` must be {what}"),
            Fault::Message(message) => message,
        })?;
    }
    Ok(options)
}

enum Fault {
    /// The value has another type.
    Expected(&'static str),
    /// The whole message.
    Message(String),
}

fn set(options: &mut Options, key: &str, value: Value) -> Result<(), Fault> {
    match key {
        "out" => options.out = Some(text(value)?.into()),
        "types_only" => options.types_only = Some(flag(&value)?),
        "runtime" => options.runtime = Some(text(value)?),
        "command" => options.command = Some(text(value)?),
        "docs" => options.docs = Some(flag(&value)?),
        "i32" => options.i32 = Some(flag(&value)?),
        "small_maps" => options.small_maps = Some(flag(&value)?),
        "refused" => options.refused = Some(refused(value)?),
        "skip" => options.skip = globs(value)?,
        "closed_enums" => options.closed_enums = globs(value)?,
        "types" => options.types = by_glob(value, text)?,
        "shapes" => options.shapes = shapes(value)?,
        "type_names" => options.type_names = by_glob(value, text)?,
        "field_names" => options.field_names = by_glob(value, text)?,
        "variant_names" => options.variant_names = by_glob(value, pairs)?,
        "derives" => options.derives = by_glob(value, texts)?,
        "attributes" => options.attributes = by_glob(value, texts)?,
        "lint" => options.lint = lint(value)?,
        _ => return Err(Fault::Message(unknown(key, KEYS))),
    }
    Ok(())
}

/// `[lint]`.
fn lint(value: Value) -> Result<Lint, Fault> {
    let Value::Table(table) = value else { return Err(Fault::Expected("a table")) };
    let mut lint = Lint::default();
    for (key, value) in table {
        let done = match key.as_str() {
            "profile" => text(value).map(|text| lint.profile = Some(text)),
            "kubernetes" => text(value).map(|text| lint.kubernetes = Some(text)),
            "cost_share" => number(&value).map(|number| lint.cost_share = Some(number)),
            "deny_warnings" => flag(&value).map(|flag| lint.deny_warnings = Some(flag)),
            "enable" => texts(value).map(|codes| lint.enable = codes),
            "disable" => texts(value).map(|texts| lint.disable = texts),
            _ => return Err(Fault::Message(unknown(&key, LINT_KEYS))),
        };
        done.map_err(|fault| match fault {
            Fault::Expected(what) => Fault::Message(format!("`lint.{key}` must be {what}")),
            Fault::Message(message) => Fault::Message(message),
        })?;
    }
    Ok(lint)
}

fn unknown(key: &str, known: &[&str]) -> String {
    match similar::get_close_matches(key, known, 1, 0.6).first() {
        Some(close) => format!("unknown setting `{key}`: did you mean `{close}`?"),
        None => format!("unknown setting `{key}`: there are {}", known.join(", ")),
    }
}

fn text(value: Value) -> Result<String, Fault> {
    match value {
        Value::String(text) => Ok(text),
        _ => Err(Fault::Expected("a string")),
    }
}

fn flag(value: &Value) -> Result<bool, Fault> {
    value.as_bool().ok_or(Fault::Expected("true or false"))
}

fn number(value: &Value) -> Result<i64, Fault> {
    value.as_integer().ok_or(Fault::Expected("a whole number"))
}

fn refused(value: Value) -> Result<Refused, Fault> {
    match text(value)?.as_str() {
        "warning" => Ok(Refused::Warning),
        "error" => Ok(Refused::Error),
        _ => Err(Fault::Expected("\"warning\" or \"error\"")),
    }
}

fn texts(value: Value) -> Result<Vec<String>, Fault> {
    let Value::Array(items) = value else { return Err(Fault::Expected("a list of strings")) };
    items.into_iter().map(text).collect()
}

fn globs(value: Value) -> Result<Vec<Glob>, Fault> {
    texts(value)?.iter().map(|text| Glob::new(text).map_err(Fault::Message)).collect()
}

/// A table from places to values.
fn by_glob<T>(value: Value, read: impl Fn(Value) -> Result<T, Fault>) -> Result<Vec<(Glob, T)>, Fault> {
    let Value::Table(table) = value else { return Err(Fault::Expected("a table from places to values")) };
    table.into_iter().map(|(key, value)| Ok((Glob::new(&key).map_err(Fault::Message)?, read(value)?))).collect()
}

fn pairs(value: Value) -> Result<Vec<(String, String)>, Fault> {
    let Value::Table(table) = value else { return Err(Fault::Expected("a table from places to tables of values")) };
    table.into_iter().map(|(value, name)| Ok((value, text(name)?))).collect()
}

/// `[[shapes]]`: `properties`, and the `type` of objects that have just these.
fn shapes(value: Value) -> Result<Vec<(Vec<String>, String)>, Fault> {
    const EXPECTED: Fault = Fault::Expected("a list of tables with `properties` and `type`");
    let Value::Array(items) = value else { return Err(EXPECTED) };
    let mut shapes = Vec::new();
    for item in items {
        let Value::Table(mut table) = item else { return Err(EXPECTED) };
        let (Some(properties), Some(path)) = (table.remove("properties"), table.remove("type")) else {
            return Err(EXPECTED);
        };
        if let Some(key) = table.keys().next() {
            return Err(Fault::Message(unknown(key, &["properties", "type"])));
        }
        shapes.push((texts(properties)?, text(path)?));
    }
    Ok(shapes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_have_the_builders_names() {
        let options = parse("out = 'src/crds'\ntypes_only = true\nruntime = 'rt'\ncommand = 'make crds'\n").unwrap();
        let expected = Options {
            out: Some("src/crds".into()),
            types_only: Some(true),
            runtime: Some("rt".to_owned()),
            command: Some("make crds".to_owned()),
            ..Options::default()
        };
        assert_eq!(options, expected);
    }

    #[test]
    fn an_unknown_setting_is_an_error_with_a_suggestion() {
        let cases = [
            ("typesonly = true", "unknown setting `typesonly`: did you mean `types_only`?"),
            ("[[shapes]]\nproperties = []\ntype = 'a'\nkeys = 1", "unknown setting `keys`: there are properties, type"),
            ("types_only = 1", "`types_only` must be true or false"),
            ("refused = 'no'", "`refused` must be \"warning\" or \"error\""),
            ("[lint]\nprofil = 'strict'", "unknown setting `profil`: did you mean `profile`?"),
            ("[lint]\ncost_share = '80'", "`lint.cost_share` must be a whole number"),
            ("skip = ['a***']", "invalid pattern `a***`: wildcards are either regular `*` or recursive `**`"),
        ];
        for (text, expected) in cases {
            assert_eq!(parse(text).unwrap_err(), expected, "{text}");
        }
    }

    #[test]
    fn the_readme_has_every_setting() {
        let readme = include_str!("../../../README.md");
        for key in KEYS {
            let row = readme.lines().find(|line| line.starts_with(&format!("| `{key}` |")));
            let example = row.and_then(|row| row.rsplit('`').nth(1)).unwrap_or_default();
            assert!(example.contains(key), "{key}: {row:?}");
            // The others are in the block below the table.
            if !example.starts_with('[') {
                parse(example).unwrap().check().unwrap();
            }
        }
        let block = readme.split("```toml\n").find(|block| block.starts_with("[types]")).unwrap();
        let options = parse(block.split("```").next().unwrap()).unwrap();
        options.check().unwrap();
        assert_eq!(options.type_name("databases.example.com/v1/spec/engine"), Some("DatabaseEngine"));
    }
}
