//! Measures the crate `jsonschema` on one object.
//!
//! Arguments: the schema, the object as the API server stores it, the seconds. Prints one JSON object with nanoseconds.

use std::{
    error::Error,
    fs,
    hint::black_box,
    sync::LazyLock,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::clock::nanoseconds;

/// Measures what the arguments ask for.
pub fn run() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [schema, object, seconds] = arguments.as_slice() else { return Err("SCHEMA OBJECT SECONDS".into()) };
    let schema: Value = serde_json::from_slice(&fs::read(schema)?)?;
    let object: Value = serde_json::from_slice(&fs::read(object)?)?;
    let options = jsonschema::options().with_draft(jsonschema::Draft::Draft4);
    let validator = options.with_pattern_options(jsonschema::PatternOptions::regex()).build(&schema);
    let validator = match validator {
        Ok(validator) => validator,
        Err(error) => {
            println!("{}", json!({"error": error.to_string()}));
            return Ok(());
        }
    };
    let errors = || validator.iter_errors(black_box(&object)).count();
    let taken = nanoseconds(wall, seconds.parse()?, || {
        black_box(errors());
    });
    println!("{}", json!({"check": taken, "errors": errors()}));
    Ok(())
}

/// The time that passes, as for the other sides.
fn wall() -> Duration {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed()
}
