//! Measures the way of one object to its verdict: from JSON text, and as a typed value.
//!
//! Arguments: the CRD (JSON), the version, the object (JSON), the path of the generated type, the seconds of each
//! measurement, and perhaps the only stage to measure. Prints one JSON object; times are nanoseconds.

use std::{
    error::Error,
    fs,
    hint::black_box,
    sync::LazyLock,
    time::{Duration, Instant},
};

use crdgen_runtime::Validate;
use crdgen_schema::{
    definition::Definition,
    json,
    strategy::{Operation, Strategy},
    validation::{self, Subject},
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::clock::nanoseconds;

/// What is measured, and how.
pub struct Task {
    raw: Vec<u8>,
    /// What the API server would store of it.
    stored: Vec<u8>,
    seconds: f64,
    only: Option<String>,
    /// Name and nanoseconds.
    found: serde_json::Map<String, Value>,
}

/// Measures the type of that path.
pub type Typed = fn(&str, &mut Task) -> Result<(), Box<dyn Error>>;

impl Task {
    fn stage(&mut self, name: &str, body: impl FnMut()) {
        if self.only.as_deref().is_none_or(|only| only == name) {
            let taken = nanoseconds(wall, self.seconds, body);
            self.found.insert(name.to_owned(), taken.into());
        }
    }
}

/// The time that passes, as the oracle takes it.
fn wall() -> Duration {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed()
}

/// Measures what the arguments ask for.
pub fn run(typed: Typed) -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [crd, version, object, path, seconds, only @ ..] = arguments.as_slice() else {
        return Err("CRD VERSION OBJECT TYPE SECONDS [STAGE]".into());
    };
    let definition = Definition::from_value(&serde_json::from_slice(&fs::read(crd)?)?)?;
    let strategy = Strategy::new(&definition, version).ok_or("the CRD does not have the version")?;
    let raw = fs::read(object)?;
    let mut stored = json::parse(&raw)?;
    strategy.decode(&mut stored)?;
    let mut task = Task {
        stored: serde_json::to_vec(&stored)?,
        raw,
        seconds: seconds.parse()?,
        only: only.first().cloned(),
        found: serde_json::Map::new(),
    };
    from_json(&strategy, &stored, &mut task)?;
    typed(path, &mut task)?;
    println!("{}", Value::Object(task.found));
    Ok(())
}

fn from_json(strategy: &Strategy, stored: &Value, task: &mut Task) -> Result<(), Box<dyn Error>> {
    let raw = task.raw.clone();
    let whole = || -> Result<usize, Box<dyn Error>> {
        let mut object = json::parse(black_box(&raw))?;
        let unknown = strategy.decode(&mut object)?;
        black_box(unknown);
        Ok(strategy.check(&object, Operation::Create).len())
    };
    let errors: Vec<String> = strategy.check(stored, Operation::Create).iter().map(ToString::to_string).collect();
    task.stage("whole", || drop(black_box(whole())));
    task.stage("parse", || drop(black_box(json::parse(black_box(&raw)))));
    task.stage("check", || drop(black_box(strategy.check(black_box(stored), Operation::Create))));
    let schema = strategy.schema();
    task.stage("schema", || drop(black_box(validation::check(black_box(stored), schema, Subject::default()))));
    task.found.insert("errors".to_owned(), json!(errors));
    Ok(())
}

/// Measures reading an object as this type, and the type's own verdict.
pub fn typed<T: Validate + DeserializeOwned>(task: &mut Task) -> Result<(), Box<dyn Error>> {
    let (raw, stored) = (task.raw.clone(), task.stored.clone());
    // What needs a default to be whole cannot be read without it.
    if serde_json::from_slice::<T>(&raw).is_ok() {
        task.stage("readRaw", || drop(black_box(serde_json::from_slice::<T>(black_box(&raw)))));
    }
    let object: T = serde_json::from_slice(&stored)?;
    task.stage("readStored", || drop(black_box(serde_json::from_slice::<T>(black_box(&stored)))));
    task.stage("typed", || drop(black_box(black_box(&object).validate())));
    let errors: Vec<String> =
        object.validate().err().iter().flat_map(|errors| errors.iter().map(ToString::to_string)).collect();
    task.found.insert("typedErrors".to_owned(), json!(errors));
    Ok(())
}
