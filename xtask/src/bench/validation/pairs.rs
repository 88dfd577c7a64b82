//! The objects that are measured, each with its CRD: read from the oracle's list, and written as both sides take them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use crdgen_schema::{go, node::Node, strategy::Strategy, yaml};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Args, Mode, json_schema};
use crate::{
    corpus::generate::{self, Generated},
    sample,
};

/// An object and a CRD, with its rules or without them.
pub(super) struct Case {
    /// The object's file, without its ending.
    pub(super) name: String,
    /// Whether the CRD has rules.
    pub(super) has_rules: bool,
    /// Whether this is the CRD as its project wrote it; else its rules were removed.
    pub(super) is_original: bool,
    /// Files, all of them JSON.
    pub(super) crd: PathBuf,
    pub(super) object: PathBuf,
    /// The object as the API server stores it: pruned and with defaults.
    pub(super) stored: PathBuf,
    /// The schema as the crate `jsonschema` takes it.
    pub(super) json_schema: PathBuf,
    pub(super) version: String,
    /// Of the object's text.
    pub(super) bytes: usize,
    /// The types of the CRD.
    pub(super) generated: Generated,
    /// The Rust path of the object's type, with the module.
    pub(super) path: String,
}

/// A line of the list.
#[derive(Deserialize)]
struct Pair {
    crd: PathBuf,
    version: String,
    object: PathBuf,
}

/// The cases of all pairs in the oracle's list: those of a pair with rules are two.
pub(super) fn cases(args: &Args, folder: &Path) -> Result<Vec<Case>> {
    let list = args.oracle.join("bench/list.json");
    let text = fs::read(&list).with_context(|| format!("cannot read {}, which names the objects", list.display()))?;
    let pairs: Vec<Pair> = serde_json::from_slice(&text).with_context(|| format!("{}", list.display()))?;
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    let mut cases = Vec::new();
    for pair in &pairs {
        let name = pair.object.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if args.object.as_ref().is_some_and(|glob| !sample::glob_matches(glob, &name)) {
            continue;
        }
        let document = |path: &Path| {
            let below = if path.starts_with("bench") { &args.oracle } else { &args.data };
            read(&below.join(path))
        };
        let (crd, object) = (document(&pair.crd)?, document(&pair.object)?);
        let bare = without_rules(crd.clone());
        let has_rules = bare != crd;
        let mut add = |crd: &Value, has_rules: bool, is_original: bool| -> Result<()> {
            let case = case(&name, pair, crd, &object, (cases.len(), has_rules, is_original), folder);
            cases.push(case.with_context(|| format!("{}", pair.crd.display()))?);
            Ok(())
        };
        if args.rules != Mode::Off || !has_rules {
            add(&crd, has_rules, true)?;
        }
        if args.rules != Mode::On && has_rules {
            add(&bare, false, false)?;
        }
    }
    ensure!(!cases.is_empty(), "no object of {} was selected", list.display());
    Ok(cases)
}

fn case(
    name: &str,
    pair: &Pair,
    crd: &Value,
    object: &Value,
    (number, has_rules, is_original): (usize, bool, bool),
    folder: &Path,
) -> Result<Case> {
    let text = crd.to_string();
    let generated = generate::one(name, &text, number, true)?;
    let resource = generated.resources.iter().find(|resource| resource.version == pair.version);
    let resource = resource.with_context(|| format!("the CRD has no version {}", pair.version))?;
    let path = format!("{}::{}", generated.module, resource.path);
    let write = |what: &str, text: &str| -> Result<PathBuf> {
        let file = folder.join(format!("{number:02}-{what}.json"));
        fs::write(&file, text)?;
        Ok(file)
    };
    let mut object = object.clone();
    if crd["spec"]["scope"] == "Namespaced" && object["metadata"]["namespace"].is_null() {
        // A request's path says it, which neither side has here.
        object["metadata"]["namespace"] = json!("default");
    }
    let strategy = Strategy::new(&resource.definition, &pair.version).context("the CRD lost a version")?;
    let mut stored = object.clone();
    strategy.decode(&mut stored)?;
    // As Go writes it, since that is what its side makes of the file.
    let object = go::print_json(&object);
    Ok(Case {
        name: name.to_owned(),
        has_rules,
        is_original,
        crd: write("crd", &text)?,
        object: write("object", &object)?,
        stored: write("stored", &stored.to_string())?,
        json_schema: write("schema", &json_schema::of(schema(crd, &pair.version)).to_string())?,
        version: pair.version.clone(),
        bytes: object.len(),
        generated,
        path,
    })
}

/// The first document of a YAML or JSON file.
pub(super) fn read(file: &Path) -> Result<Value> {
    let text = fs::read_to_string(file).with_context(|| {
        format!("cannot read {}: --data is the folder that the data was unpacked into", file.display())
    })?;
    let documents = yaml::parse(&text).documents;
    documents.first().map(Node::to_value).with_context(|| format!("{} is empty", file.display()))
}

/// The schema of a CRD's version; null if it has none.
pub(super) fn schema<'a>(crd: &'a Value, version: &str) -> &'a Value {
    let mut versions = crd["spec"]["versions"].as_array().into_iter().flatten();
    let version = versions.find(|candidate| candidate["name"] == version).unwrap_or(&Value::Null);
    &version["schema"]["openAPIV3Schema"]
}

/// The value without any list of rules in it. A property of that name is a schema, not a list, and stays.
pub(super) fn without_rules(mut value: Value) -> Value {
    remove_rules(&mut value);
    value
}

fn remove_rules(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(remove_rules),
        Value::Object(members) => {
            members.retain(|name, member| name != "x-kubernetes-validations" || !member.is_array());
            members.values_mut().for_each(remove_rules);
        }
        _ => {}
    }
}
