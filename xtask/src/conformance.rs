//! Compares the schema crate with verdicts of the real API server's code.
//!
//! In: the unpacked conformance data (`--data`). Out: a table per suite: how many cases agree on the verdict, and on the type and
//! field of every error; what differs, by kind; and failure if agreement falls below the floors. Cases whose schema has CEL rules
//! are counted apart, since the rules are not evaluated: among them no error may be found that the server does not report.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    rc::Rc,
};

use anyhow::{Context, Result, bail, ensure};
use crdgen_schema::{
    acceptance::{self, Rejection},
    defaulting,
    definition::{self, Definition, Scope},
    field::{self, Errors, print_json},
    list_type,
    metadata::{self, NameRule},
    node::Node,
    pruning,
    schema::Schema,
    strategy::Strategy,
    validation, yaml,
};
use serde_json::{Value, json};

/// The suites and the least agreement of each, in tenths of a percent: on the verdict, on
/// every error, and on the object after each stage.
const SUITES: [Suite; 6] = [
    Suite { name: "k8s-tests", floors: [1000, 1000, 1000] },
    Suite { name: "directed", floors: [999, 999, 1000] },
    Suite { name: "corpus", floors: [1000, 1000, 1000] },
    Suite { name: "wide", floors: [1000, 1000, 1000] },
    Suite { name: "crd-validity", floors: [1000, 1000, 1000] },
    Suite { name: "crd-mutations", floors: [1000, 1000, 1000] },
];
/// How many cases are named for each kind of difference.
const EXAMPLES: usize = 4;

/// Compare validation with the verdicts of kube-apiserver's own code
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The folder that the data was unpacked into
    #[arg(long, default_value = "target/shared")]
    data: PathBuf,
    /// Run this suite only
    #[arg(long)]
    only: Option<String>,
}

/// One file of cases.
struct Suite {
    name: &'static str,
    floors: [usize; 3],
}

/// What a case should have given, or gave.
#[derive(Debug, PartialEq)]
struct Verdict {
    accepted: bool,
    /// Type and field of each error, sorted, each once.
    errors: Vec<(String, String)>,
    /// The object after each stage, as JSON text, where the case tells it.
    stages: Vec<String>,
}

/// The agreement of one suite.
#[derive(Default)]
struct Tally {
    cases: usize,
    same_verdict: usize,
    same_errors: usize,
    same_stages: usize,
    differing: BTreeMap<String, Vec<String>>,
    /// Cases with an error that the server does not report.
    invented: Vec<String>,
}

/// Definitions that were read before, by the path that cases name.
struct Library<'a> {
    data: &'a Path,
    definitions: BTreeMap<String, Rc<Definition>>,
    strategies: BTreeMap<(String, String), Rc<Strategy>>,
}

/// Runs the suites.
pub(crate) fn run(args: &Args) -> Result<()> {
    let mut library = Library { data: &args.data, definitions: BTreeMap::new(), strategies: BTreeMap::new() };
    let mut failed = Vec::new();
    for suite in SUITES.iter().filter(|suite| args.only.as_deref().is_none_or(|only| only == suite.name)) {
        let [plain, with_rules] = run_suite(suite, &mut library)?;
        plain.print(suite.name);
        with_rules.print(&format!("{} with CEL rules", suite.name));
        if !plain.reaches(suite.floors) || !with_rules.invented.is_empty() {
            failed.push(suite.name);
        }
    }
    ensure!(failed.is_empty(), "agreement is below its floor: {}", failed.join(", "));
    Ok(())
}

fn run_suite(suite: &Suite, library: &mut Library<'_>) -> Result<[Tally; 2]> {
    let file = library.data.join("conformance").join(format!("{}.jsonl", suite.name));
    let text = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
    let mut tallies = [Tally::default(), Tally::default()];
    for (number, line) in (1..).zip(text.lines()) {
        let Ok(case) = serde_json::from_str::<Value>(line) else {
            // A number that no JSON reader can hold: refused before anything else can be compared.
            let refused = Verdict { accepted: false, errors: Vec::new(), stages: Vec::new() };
            let accepted = line.contains("\"accepted\":true") || line.contains("\"accepted\": true");
            let expected = Verdict { accepted, errors: Vec::new(), stages: Vec::new() };
            tallies[0].add("number", &format!("line {number}"), &expected, &refused);
            continue;
        };
        let Some((has_rules, expected, found)) =
            judge(suite, &case, library).with_context(|| format!("{} line {number}", suite.name))?
        else {
            continue;
        };
        let id = ["id", "file"].iter().find_map(|key| case[key].as_str()).unwrap_or_default();
        let kind = ["kind", "check"].iter().find_map(|key| case[key].as_str()).unwrap_or("crd");
        tallies[usize::from(has_rules)].add(kind, id, &expected, &found);
    }
    Ok(tallies)
}

/// Whether the case has CEL rules, what is expected and what is found; nothing for cases of other machinery.
fn judge(suite: &Suite, case: &Value, library: &mut Library<'_>) -> Result<Option<(bool, Verdict, Verdict)>> {
    match suite.name {
        "k8s-tests" => judge_unit(case),
        "crd-validity" | "crd-mutations" => judge_definition(case, library.data),
        _ => judge_object(case, library).map(Some),
    }
}

fn judge_object(case: &Value, library: &mut Library<'_>) -> Result<(bool, Verdict, Verdict)> {
    let text = |name: &str| case[name].as_str().unwrap_or_default();
    let (definition, strategy) = library.find(text("crd"), text("version"))?;
    let mut expected = Verdict::from_errors(case["expect"]["accepted"] == true, &case["expect"]["errors"]);
    let mut found = admit(case, &definition, &strategy);
    let refused_early = found.errors.iter().any(|(kind, _)| kind == "DecodeError" || kind == "BadRequest");
    let is_told = case["expect"].get("pruned").is_some() || case["op"] != "validate";
    if refused_early || !is_told {
        found.stages.clear();
    } else {
        let pruned = case["expect"].get("pruned").unwrap_or(&case["object"]);
        let defaulted = case["expect"].get("defaulted").unwrap_or(pruned);
        expected.stages = vec![print_json(pruned), print_json(defaulted)];
    }
    Ok((strategy.has_rules(), expected, found))
}

/// A CRD, given in the case or as a file.
fn judge_definition(case: &Value, data: &Path) -> Result<Option<(bool, Verdict, Verdict)>> {
    let verdict = case.get("expect").unwrap_or(case);
    let expected = Verdict::from_errors(verdict["accepted"] == true, &verdict["errors"]);
    let is_unnamed = case["file"].is_string() && case["name"].is_null();
    if is_unnamed && expected.errors == [("BadRequest".to_owned(), String::new())] {
        // An empty document before the CRD: the YAML reader leaves it out.
        return Ok(None);
    }
    let document = match case["file"].as_str() {
        None => case["crd"].clone(),
        Some(file) => {
            let text = fs::read_to_string(data.join(file)).with_context(|| format!("cannot read {file}"))?;
            let documents = yaml::parse(&text).documents;
            documents.first().map(Node::to_value).unwrap_or_default()
        }
    };
    let found = match acceptance::check(&document) {
        Ok(()) => Verdict::found(&Errors::default()),
        Err(Rejection::Invalid(errors)) => Verdict::found(&errors),
        Err(Rejection::Malformed(told)) if told.starts_with("not an") => Verdict::refused("BadRequest", ""),
        Err(Rejection::Malformed(_)) => Verdict::refused("DecodeError", ""),
    };
    Ok(Some((document.to_string().contains("x-kubernetes-validations"), expected, found)))
}

/// What the server does with a request, as far as the data shows it.
fn admit(case: &Value, definition: &Definition, strategy: &Strategy) -> Verdict {
    let mut object = case["object"].clone();
    if strategy.prune(&mut object).is_err() {
        return Verdict::refused("DecodeError", "");
    }
    let pruned = print_json(&object);
    strategy.apply_defaults(&mut object);
    let stages = vec![pruned, print_json(&object)];
    let api_version = format!("{}/{}", definition.group, case["version"].as_str().unwrap_or_default());
    if object["apiVersion"] != api_version.as_str() {
        return Verdict::refused("BadRequest", "apiVersion");
    }
    set_namespace(&mut object, definition.scope);
    let operation = case["op"].as_str().unwrap_or_default();
    let mut old = case["old"].clone();
    if !old.is_null() {
        if strategy.decode(&mut old).is_err() {
            return Verdict::refused("DecodeError", "old");
        }
        set_namespace(&mut old, definition.scope);
        if object["metadata"]["name"] != old["metadata"]["name"] {
            return Verdict::refused("BadRequest", "metadata.name");
        }
        set_system_fields(&mut object, &mut old);
    }
    let mut errors = match operation {
        "create" => {
            generate_name(&mut object);
            strategy.prepare_create(&mut object);
            strategy.validate(&object)
        }
        "update" => {
            strategy.prepare_update(&mut object, &old);
            strategy.validate_update(&object, &old)
        }
        "status" => {
            strategy.prepare_status_update(&mut object, &old);
            strategy.validate_status_update(&object, &old)
        }
        _ => strategy.validate(&object),
    };
    if matches!(operation, "update" | "status") {
        errors.extend(check_common_metadata(&object, &old, definition.scope));
    }
    Verdict { stages, ..Verdict::found(&errors) }
}

/// What the server checks at an update of any resource, beside the strategy.
fn check_common_metadata(object: &Value, old: &Value, scope: Scope) -> Errors {
    let path = field::Path::ROOT.child("metadata");
    let (new, old) = (&object["metadata"], &old["metadata"]);
    let mut errors = metadata::validate(new, scope == Scope::Namespaced, NameRule::PathSegment, &path);
    errors.extend(metadata::validate_update(new, old, &path));
    errors
}

fn set_namespace(object: &mut Value, scope: Scope) {
    let Some(metadata) = metadata_of(object) else { return };
    if scope == Scope::Cluster {
        metadata.remove("namespace");
    } else {
        metadata.entry("namespace").or_insert_with(|| json!("default"));
    }
}

fn generate_name(object: &mut Value) {
    let Some(metadata) = metadata_of(object) else { return };
    if let (None, Some(Value::String(start))) = (metadata.get("name"), metadata.get("generateName")) {
        let name = format!("{start}abcde");
        metadata.insert("name".to_owned(), Value::from(name));
    }
}

/// What storage sets before an update is checked.
fn set_system_fields(object: &mut Value, old: &mut Value) {
    if let Some(old) = metadata_of(old) {
        old.insert("uid".to_owned(), json!("00000000-0000-4000-8000-000000000001"));
        old.insert("creationTimestamp".to_owned(), json!("2026-01-01T00:00:00Z"));
        old.insert("resourceVersion".to_owned(), json!("1"));
    }
    let old = old["metadata"].clone();
    let Some(metadata) = metadata_of(object) else { return };
    metadata.insert("resourceVersion".to_owned(), json!("1"));
    metadata.entry("uid").or_insert_with(|| old["uid"].clone());
    for name in ["creationTimestamp", "generation"] {
        match old.get(name) {
            Some(value) => metadata.insert(name.to_owned(), value.clone()),
            None => metadata.remove(name),
        };
    }
    if let Some(time) = old.get("deletionTimestamp") {
        metadata.insert("deletionTimestamp".to_owned(), time.clone());
    }
    if let Some(seconds) = old.get("deletionGracePeriodSeconds") {
        metadata.entry("deletionGracePeriodSeconds").or_insert_with(|| seconds.clone());
    }
}

fn metadata_of(object: &mut Value) -> Option<&mut serde_json::Map<String, Value>> {
    let members = object.as_object_mut()?;
    members.entry("metadata").or_insert_with(|| json!({})).as_object_mut()
}

/// A case of upstream's unit tests: one function, a schema and a value.
fn judge_unit(case: &Value) -> Result<Option<(bool, Verdict, Verdict)>> {
    let expect = &case["expected"];
    let check = case["check"].as_str().unwrap_or_default();
    if !matches!(
        check,
        "schema" | "schemaUpdate" | "prune" | "prunenulls" | "default" | "listtype" | "objectmeta" | "coerce"
    ) {
        return Ok(None);
    }
    let schema = Schema::from_value(&case["schema"]).with_context(|| format!("case {}", case["id"]))?;
    let mut object = case["object"].clone();
    let is_root = case["root"] == true;
    let mut expected = Verdict::from_errors(expect["accepted"] != false, &expect["errors"]);
    // Upstream's tests may start below a path of their own.
    let start = case["path"].as_str().unwrap_or_default();
    for (_, field) in &mut expected.errors {
        *field = field.strip_prefix(start).unwrap_or(field).trim_start_matches('.').to_owned();
    }
    let mut stage = false;
    let found = match check {
        "schema" => Verdict::found(&validation::validate(&object, &schema)),
        "schemaUpdate" => Verdict::found(&validation::validate_update(&object, &case["old"], &schema)),
        "listtype" => Verdict::found(&list_type::validate(&object, &schema)),
        "objectmeta" => Verdict::found(&metadata::validate_embedded(&object, &schema)),
        // Dropping what is malformed is for objects that were stored before; this crate does not read storage.
        "coerce" if case["dropInvalid"] == true => return Ok(None),
        "coerce" if is_root && metadata::coerce(&mut object).is_err() => {
            Verdict::refused("FieldValueInvalid", "metadata")
        }
        "coerce" => match metadata::coerce_embedded(&mut object, &schema) {
            Ok(_) => {
                stage = true;
                Verdict::found(&Errors::default())
            }
            Err(error) => Verdict::found(&Errors(vec![error])),
        },
        _ => {
            match (check, is_root) {
                ("prune", true) => drop(pruning::prune(&mut object, &schema)),
                ("prune", false) => pruning::prune_part(&mut object, &schema),
                ("prunenulls", _) => pruning::drop_nulls(&mut object, &schema),
                _ => defaulting::apply(&mut object, &schema),
            }
            stage = true;
            Verdict::found(&Errors::default())
        }
    };
    let stages = if stage { vec![print_json(&object)] } else { Vec::new() };
    if stage {
        expected.stages = vec![print_json(&expect["output"])];
    }
    Ok(Some((false, expected, Verdict { stages, ..found })))
}

impl Verdict {
    fn from_errors(accepted: bool, errors: &Value) -> Self {
        let text = |error: &Value, name: &str| error[name].as_str().unwrap_or_default().to_owned();
        let errors = errors.as_array().into_iter().flatten();
        let mut errors: Vec<_> = errors.map(|error| (text(error, "type"), text(error, "field"))).collect();
        errors.sort();
        errors.dedup();
        Self { accepted, errors, stages: Vec::new() }
    }

    fn found(errors: &Errors) -> Self {
        let mut pairs: Vec<_> =
            errors.iter().map(|error| (error.kind.reason().to_owned(), error.field.clone())).collect();
        pairs.sort();
        pairs.dedup();
        Self { accepted: errors.is_empty(), errors: pairs, stages: Vec::new() }
    }

    fn refused(kind: &str, field: &str) -> Self {
        Self { accepted: false, errors: vec![(kind.to_owned(), field.to_owned())], stages: Vec::new() }
    }
}

impl Tally {
    fn add(&mut self, kind: &str, id: &str, expected: &Verdict, found: &Verdict) {
        self.cases += 1;
        self.same_verdict += usize::from(expected.accepted == found.accepted);
        self.same_errors += usize::from(expected.accepted == found.accepted && expected.errors == found.errors);
        self.same_stages += usize::from(expected.stages == found.stages);
        if found.errors.iter().any(|error| !expected.errors.contains(error)) {
            self.invented.push(id.to_owned());
        }
        let difference = match (expected.accepted, found.accepted) {
            (true, false) => "refused wrongly",
            (false, true) => "accepted wrongly",
            _ if expected.errors != found.errors => "other errors",
            _ if expected.stages != found.stages => "another object",
            _ => return,
        };
        self.differing.entry(format!("{difference}: {kind}")).or_default().push(id.to_owned());
    }

    fn reaches(&self, floors: [usize; 3]) -> bool {
        let enough = |same: usize, floor: usize| same * 1000 >= floor * self.cases;
        let same = [self.same_verdict, self.same_errors, self.same_stages];
        same.into_iter().zip(floors).all(|(same, floor)| enough(same, floor))
    }

    fn print(&self, name: &str) {
        if self.cases == 0 {
            return;
        }
        let percent = |same: usize| {
            let tenths = same * 10_000 / self.cases;
            format!("{same} ({}.{:02} %)", tenths / 100, tenths % 100)
        };
        let same = [self.same_verdict, self.same_errors, self.same_stages].map(percent);
        println!("{name}: {} cases, verdict {}, errors {}, objects {}", self.cases, same[0], same[1], same[2]);
        for (difference, ids) in &self.differing {
            let examples: Vec<&str> = ids.iter().take(EXAMPLES).map(String::as_str).collect();
            println!("  {:5}  {difference}  {}", ids.len(), examples.join(" "));
        }
        if !self.invented.is_empty() {
            println!(
                "  {:5}  errors that the server does not report  {}",
                self.invented.len(),
                self.invented.join(" ")
            );
        }
    }
}

impl Library<'_> {
    fn find(&mut self, file: &str, version: &str) -> Result<(Rc<Definition>, Rc<Strategy>)> {
        if !self.definitions.contains_key(file) {
            let text = fs::read_to_string(self.data.join(file)).with_context(|| format!("cannot read {file}"))?;
            let loaded = definition::load(file, &text);
            let Some(definition) = loaded.definitions.into_iter().next() else { bail!("{}", loaded.diagnostics) };
            self.definitions.insert(file.to_owned(), Rc::new(definition));
        }
        let definition = Rc::clone(&self.definitions[file]);
        let key = (file.to_owned(), version.to_owned());
        if !self.strategies.contains_key(&key) {
            let strategy = Strategy::new(&definition, version).with_context(|| format!("{file} has no {version}"))?;
            self.strategies.insert(key.clone(), Rc::new(strategy));
        }
        Ok((definition, Rc::clone(&self.strategies[&key])))
    }
}
