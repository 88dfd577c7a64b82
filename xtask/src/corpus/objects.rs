//! Real objects, each beside the generated resource that it is an object of.

use std::{collections::BTreeMap, path::Path};

use anyhow::{Context, Result};
use crdgen_schema::{
    strategy::{Operation, Strategy},
    synthesis::{Limits, Sample, Synthesizer},
    yaml,
};
use serde_json::Value;

use super::{generate::Generated, report::Report};
use crate::sample;

/// One object to send through a generated type.
#[derive(Debug)]
pub(crate) struct Object {
    /// Its file below the folder, and its number in it.
    pub(crate) name: String,
    /// The module of its CRD.
    pub(crate) module: String,
    /// The Rust path of its type below the module.
    pub(crate) path: String,
    /// What the API server would store: the object without what it prunes.
    pub(crate) stored: Value,
    /// Whether the API server would store it at all.
    pub(crate) valid: bool,
}

/// Reads all objects below `folder` that are of a generated kind and version.
///
/// Several projects may define the same kind: the CRD from the folder of the same name is taken, else the first one.
pub(crate) fn collect(folder: &Path, generated: &[Generated], report: &mut Report) -> Result<Vec<Object>> {
    let mut by_kind: BTreeMap<(String, String), Vec<(usize, usize)>> = BTreeMap::new();
    for (index, crd) in generated.iter().enumerate() {
        for (position, resource) in crd.resources.iter().enumerate() {
            let api_version = format!("{}/{}", resource.group, resource.version);
            by_kind.entry((api_version, resource.kind.clone())).or_default().push((index, position));
        }
    }
    let mut objects = Vec::new();
    for file in sample::files(folder, &["yaml", "yml", "json"])? {
        let text = std::fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let name = file.strip_prefix(folder).unwrap_or(&file).to_string_lossy().into_owned();
        for (number, document) in yaml::parse(&text).documents.iter().enumerate() {
            let object = document.to_value();
            let Some(candidates) = by_kind.get(&(text_at(&object, "apiVersion"), text_at(&object, "kind"))) else {
                continue;
            };
            let project = name.split('/').next().unwrap_or_default();
            let same = candidates.iter().find(|(index, _)| generated[*index].project() == project);
            let Some(&resource) = same.or_else(|| candidates.first()) else { continue };
            report.objects += 1;
            let (crd, resource) = (&generated[resource.0], &generated[resource.0].resources[resource.1]);
            let strategy = Strategy::new(&resource.definition, &resource.version);
            match strategy.and_then(|strategy| stored(object, &strategy)) {
                Some((stored, valid)) => objects.push(Object {
                    name: format!("{name}#{number}"),
                    module: crd.module.clone(),
                    path: resource.path.clone(),
                    stored,
                    valid,
                }),
                None => report.refused += 1,
            }
        }
    }
    report.tried = objects.len();
    Ok(objects)
}

/// How many objects are made of one version at most, and how large they get.
const LIMITS: Limits = Limits { turns: 10, parts: 16, nodes: 5_000, steps: 400_000 };

/// Objects made from the schemas of generated CRDs: those that the API server takes, and those that an older one may have
/// stored.
pub(crate) fn synthesize(generated: &[Generated], report: &mut Report) -> Vec<Object> {
    let mut objects = Vec::new();
    for (crd, resource) in generated.iter().flat_map(|crd| crd.resources.iter().map(move |resource| (crd, resource))) {
        let Some(synthesizer) = Synthesizer::new(&resource.definition, &resource.version) else { continue };
        for (number, sample) in synthesizer.samples(&LIMITS).filter(Sample::may_be_stored).enumerate() {
            let mut stored = sample.object;
            if synthesizer.strategy().decode(&mut stored).is_err() {
                continue;
            }
            print_as_go(&mut stored);
            objects.push(Object {
                name: format!("{} {}: {} ({number})", crd.name, resource.version, sample.purpose),
                module: crd.module.clone(),
                path: resource.path.clone(),
                stored,
                valid: true,
            });
        }
    }
    report.objects += objects.len();
    report.tried += objects.len();
    objects
}

/// Go prints a float without fraction as an integer, so that is what is stored.
pub(crate) fn print_as_go(value: &mut Value) {
    /// From here on Go prints an exponent.
    const LARGEST: f64 = 1e18;
    match value {
        Value::Array(items) => items.iter_mut().for_each(print_as_go),
        Value::Object(members) => members.values_mut().for_each(print_as_go),
        Value::Number(number) if number.is_f64() => {
            if let Some(float) = number.as_f64().filter(|float| float.fract() == 0.0 && float.abs() < LARGEST) {
                #[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
                let integer = float as i64;
                *number = integer.into();
            }
        }
        _ => {}
    }
}

fn text_at(object: &Value, key: &str) -> String {
    object.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// What the API server makes of an object before it adds defaults, and whether it would then accept it; none if it
/// cannot even decode it.
fn stored(mut object: Value, strategy: &Strategy) -> Option<(Value, bool)> {
    strategy.prune(&mut object).ok()?;
    let mut defaulted = object.clone();
    strategy.apply_defaults(&mut defaulted);
    let valid = strategy.check(&defaulted, Operation::Create).is_empty();
    replace_nulls(&mut object, &defaulted);
    Some((object, valid))
}

/// Nulls that the API server turns into defaults are not stored.
fn replace_nulls(object: &mut Value, defaulted: &Value) {
    match (object, defaulted) {
        (Value::Object(members), Value::Object(defaulted)) => {
            for (name, member) in members {
                replace_nulls(member, defaulted.get(name).unwrap_or(&Value::Null));
            }
        }
        (Value::Array(items), Value::Array(defaulted)) => {
            for (item, defaulted) in items.iter_mut().zip(defaulted) {
                replace_nulls(item, defaulted);
            }
        }
        (null @ Value::Null, defaulted) => *null = defaulted.clone(),
        _ => {}
    }
}
