//! The verdict of one object.
//!
//! In: an object, the CRDs, and the objects that are replaced. Out: what the API server says, in its order: duplicate and unknown
//! fields and what cannot be decoded (400), then everything that is invalid (422), each error with the place of its field.
//! Source: `k8s.io/apiserver/pkg/endpoints/handlers/create.go` and `update.go`.

use crdgen_schema::{
    definition::{Definition, Scope},
    diagnostic::Severity,
    go::{print_json, print_quoted},
    json,
    strategy::{self, Operation, Strategy, registry},
    yaml::{self, Duplicate},
};
use serde_json::Value;

use super::{
    Catalog, Object, Old, Stored,
    catalog::{Found, Missing, split},
    document::{Syntax, Type},
    findings::{self, Findings},
    no_match::no_match,
    report::{Finding, Judged, Verdict},
};

/// How objects are judged.
#[derive(Clone, Copy, Debug, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct Options {
    /// Unknown and duplicate fields refuse an object, as with `fieldValidation=Strict`.
    pub(crate) strict: bool,
    /// Objects are updates of the status of old ones.
    pub(crate) status: bool,
    /// Objects without a CRD are skipped.
    pub(crate) ignore_missing: bool,
    /// What would be stored is kept.
    pub(crate) stored: bool,
}

/// Why an object gets no further.
struct Refused;

/// Judges one object of a file.
pub(super) fn judge(file: &str, object: &Object<'_>, catalog: &Catalog, old: &Old, options: Options) -> Judged {
    let of = object.type_of();
    let text = |name: &str| object.node["metadata"][name].as_str().unwrap_or_default().to_owned();
    let name = text("name");
    let mut judged = Judged {
        file: file.to_owned(),
        position: object.start(),
        namespace: namespace(text("namespace"), catalog.definition(&of.api_version, &of.kind)),
        name: if name.is_empty() { text("generateName") } else { name },
        operation: if options.status { "status" } else { "create" },
        verdict: Verdict::Accepted,
        findings: Vec::new(),
        stored: None,
        api_version: of.api_version.clone(),
        kind: of.kind.clone(),
    };
    let mut judge = Judge { object, of: &of, options, findings: Findings::default(), judged: &mut judged };
    let verdict = judge.run(catalog, old);
    let findings = judge.findings.finish(object);
    judged.findings = findings;
    judged.verdict = verdict;
    judged
}

/// The namespace that the object will be in.
fn namespace(given: String, definition: Option<&Definition>) -> String {
    match definition.map(|definition| definition.scope) {
        Some(Scope::Namespaced) if given.is_empty() => "default".to_owned(),
        Some(Scope::Cluster) => String::new(),
        _ => given,
    }
}

struct Judge<'j, 't> {
    object: &'j Object<'t>,
    of: &'j Type,
    options: Options,
    findings: Findings,
    judged: &'j mut Judged,
}

impl Judge<'_, '_> {
    fn run(&mut self, catalog: &Catalog, old: &Old) -> Verdict {
        let value = self.object.value();
        if self.check_type(&value).is_err() {
            return Verdict::Refused;
        }
        let found = match catalog.find(&self.of.api_version, &self.of.kind) {
            Ok(found) => found,
            Err(Missing::Kind) if self.options.ignore_missing => return Verdict::Skipped,
            Err(missing) => {
                self.findings.push(no_match(self.of, &missing));
                return Verdict::Refused;
            }
        };
        match self.admit(value, &found, old) {
            Ok(()) => Verdict::Accepted,
            Err(Refused) => Verdict::Refused,
        }
    }

    /// What the server looks for before it knows what kind of object it has.
    fn check_type(&mut self, value: &Value) -> Result<(), Refused> {
        if let Err(error) = strategy::kind_of(value) {
            return self.refuse(Finding::error(findings::BAD_REQUEST, error.to_string()).on("kind"));
        }
        if self.of.api_version.is_empty() {
            let said = format!("Object 'apiVersion' is missing in '{}'", print_json(value));
            return self.refuse(Finding::error(findings::BAD_REQUEST, said).on("apiVersion"));
        }
        Ok(())
    }

    /// Everything that the server does with an object of a kind that it serves.
    fn admit(&mut self, mut value: Value, found: &Found<'_>, old: &Old) -> Result<(), Refused> {
        let scope = found.definition.scope;
        self.decode(&mut value, found.strategy)?;
        registry::place(&mut value, scope);
        let replaced = match old.find(&value, scope) {
            Some(old) => Some(self.decode_old(old, &value, found.strategy)?),
            None => None,
        };
        let operation = self.operation(replaced.as_ref().map(|replaced| &replaced.value), found)?;
        let errors = registry::write(found.strategy, &mut value, operation);
        if errors.is_empty() {
            self.keep(value, replaced.as_ref());
            return Ok(());
        }
        self.findings.extend_errors(errors);
        Err(Refused)
    }

    fn decode(&mut self, value: &mut Value, strategy: &Strategy) -> Result<(), Refused> {
        let unknown = match strategy.decode(value) {
            Ok(unknown) => unknown,
            Err(error) => {
                let refusal = Finding::error(findings::BAD_REQUEST, cannot_be_handled(self.of, &error.0));
                let field = findings::field_of(&error.0, &self.object.node);
                return self.refuse(Finding { field, ..refusal });
            }
        };
        self.note_fields(&unknown)
    }

    /// Duplicate and unknown fields are warnings, or with strict validation errors.
    fn note_fields(&mut self, unknown: &[String]) -> Result<(), Refused> {
        let (object, is_strict) = (self.object, self.options.strict);
        let severity = if is_strict { Severity::Error } else { Severity::Warning };
        let of = self.of;
        let worded = |said: String| {
            if is_strict { cannot_be_handled(of, &format!("strict decoding error: {said}")) } else { said }
        };
        for duplicate in &object.duplicates {
            let said = || worded(duplicate_field(object, duplicate));
            let place = object.in_file(Some(duplicate.position));
            self.findings.push_made(severity, || Finding::new(severity, findings::DUPLICATE_FIELD, said()).at(place));
        }
        for path in unknown {
            let said = || worded(format!("unknown field \"{path}\""));
            self.findings.push_made(severity, || Finding::new(severity, findings::UNKNOWN_FIELD, said()).on(path));
        }
        if is_strict && !(object.duplicates.is_empty() && unknown.is_empty()) { Err(Refused) } else { Ok(()) }
    }

    fn refuse<T>(&mut self, why: Finding) -> Result<T, Refused> {
        self.findings.push(why);
        Err(Refused)
    }

    /// The old object as the server reads it from storage, with what only the server sets.
    fn decode_old(&mut self, old: &Value, value: &Value, strategy: &Strategy) -> Result<Replaced, Refused> {
        let given = old["metadata"].clone();
        let mut old = old.clone();
        // Without a webhook, a version is converted to another by its name.
        old["apiVersion"] = value["apiVersion"].clone();
        if let Err(error) = strategy.decode(&mut old) {
            let said = format!("the old object cannot be decoded: {error}");
            return self.refuse(Finding::error(findings::BAD_REQUEST, said));
        }
        for (name, placeholder) in PLACEHOLDERS {
            if old["metadata"][name].is_null() {
                let own = Some(&value["metadata"][name]).filter(|own| own.is_string() && name != "resourceVersion");
                old["metadata"][name] = own.cloned().unwrap_or_else(|| Value::from(placeholder));
            }
        }
        Ok(Replaced { value: old, given })
    }

    /// The write that the object is a part of.
    fn operation<'o>(&mut self, old: Option<&'o Value>, found: &Found<'_>) -> Result<Operation<&'o Value>, Refused> {
        match (old, self.options.status) {
            (_, true) if !found.version.status_subresource => {
                let said = "the server could not find the requested resource".to_owned();
                let help = "the version has no `subresources.status`: its status is a part of every update";
                self.refuse(Finding::error(findings::NOT_FOUND, said).help(help))
            }
            (Some(old), true) => Ok(Operation::Status { old }),
            (None, true) => {
                let (plural, group) = (&found.definition.names.plural, &found.definition.group);
                let said = format!("{plural}.{group} {} not found", print_quoted(&self.judged.name));
                let help = "no object of this namespace and name is among those of `--old`";
                self.refuse(Finding::error(findings::NOT_FOUND, said).on("metadata.name").help(help))
            }
            (Some(old), false) => {
                self.judged.operation = "update";
                Ok(Operation::Update { old })
            }
            (None, false) => Ok(Operation::Create),
        }
    }

    /// Keeps what would be stored, without what is made up here.
    fn keep(&mut self, mut value: Value, replaced: Option<&Replaced>) {
        if !self.options.stored {
            return;
        }
        if let Some(metadata) = value["metadata"].as_object_mut() {
            for (name, _) in PLACEHOLDERS {
                metadata.remove(name);
                let given = replaced.map_or(&Value::Null, |replaced| &replaced.given[name]);
                if !given.is_null() {
                    metadata.insert(name.to_owned(), given.clone());
                }
            }
            if metadata.contains_key("generateName") && self.object.node["metadata"].get("name").is_none() {
                metadata.remove("name");
            }
        }
        json::whole_numbers(&mut value);
        let syntax = self.object.syntax;
        let text = match syntax {
            Syntax::Yaml => yaml::print(&value),
            Syntax::Json => format!("{value:#}\n"),
        };
        self.judged.stored = Some(Stored { text, syntax });
    }
}

/// An object that is replaced.
struct Replaced {
    value: Value,
    /// Its metadata as it was given.
    given: Value,
}

/// What the server sets, and what stands for it where it is not known.
const PLACEHOLDERS: [(&str, &str); 3] = [
    ("uid", "00000000-0000-4000-8000-000000000000"),
    ("creationTimestamp", "2000-01-01T00:00:00Z"),
    ("resourceVersion", "1"),
];

fn cannot_be_handled(of: &Type, why: &str) -> String {
    let (kind, (_, version)) = (&of.kind, split(&of.api_version));
    format!("{kind} in version \"{version}\" cannot be handled as a {kind}: {why}")
}

/// The server's words, which depend on the format.
fn duplicate_field(object: &Object<'_>, duplicate: &Duplicate) -> String {
    match object.syntax {
        Syntax::Yaml => {
            let line = object.in_file(Some(duplicate.value)).map_or(0, |position| position.line);
            format!("line {line}: key {} already set in map", print_quoted(&duplicate.key))
        }
        Syntax::Json => {
            let path = object.path_to(duplicate.value).unwrap_or_else(|| duplicate.key.clone());
            format!("duplicate field {}", print_quoted(&path))
        }
    }
}
