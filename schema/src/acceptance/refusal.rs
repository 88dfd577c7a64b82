//! Field errors about a CRD → findings with their places in the file that it was read from.
//!
//! In: a document as it was read. Out: a warning for each error that kube-apiserver would refuse it with. The server's paths are
//! those of its internal type, which keeps once what all versions share: here they become paths of the document.

#[cfg(all(test, feature = "yaml"))]
mod tests;

use super::{Refusal, examine, stored_versions};
use crate::{
    definition::Definition,
    diagnostic::{Diagnostic, Diagnostics, code, escape},
    field::Error,
    node::Node,
    strategy::Operation,
};

/// Of very many errors so many are reported one by one.
const MAX_REPORTED: usize = 100;
/// A value or detail longer than this is cut, in characters.
const LONGEST: usize = 300;

/// What kube-apiserver would refuse a CRD with, each error as a warning in its words, at the place in `file` that it is about
/// or the nearest one around it, and with a way out where one is known. `definition` is what the document was decoded into,
/// if that is done already.
pub fn refusals(file: &str, document: &Node<'_>, definition: Option<&Definition>) -> Diagnostics {
    let errors = match examine(document, definition, Operation::Create) {
        Ok(()) => return Diagnostics::default(),
        Err(Refusal::Malformed(mismatch)) => {
            return Diagnostics(vec![refusal(&mismatch.text).at(file, mismatch.position)]);
        }
        // What is wrong with the stored versions of a new CRD follows from its versions, and is an error of theirs as well.
        Err(Refusal::Invalid(errors)) => errors.into_iter().filter(|error| error.field != stored_versions::PATH),
    };
    let errors: Vec<Error> = errors.collect();
    let reported = errors.iter().take(MAX_REPORTED).map(|error| {
        let path = document_path(&error.field);
        let finding = refusal(&told(error)).at(file, document.find(&path).value).on(path);
        match way_out(error) {
            Some(help) => finding.help(help),
            None => finding,
        }
    });
    let mut diagnostics = Diagnostics(reported.collect());
    diagnostics.0.sort_by_key(|diagnostic| diagnostic.position);
    let more = errors.len().saturating_sub(MAX_REPORTED);
    if more > 0 {
        diagnostics.push(refusal(&format!("{more} more errors")).at(file, document.position));
    }
    diagnostics
}

fn refusal(why: &str) -> Diagnostic {
    Diagnostic::warning(format!("the API server would refuse this CRD: {}", escape(why))).code(code::REFUSED)
}

/// The text of an error without its path; a whole schema as the value would fill the screen.
fn told(error: &Error) -> String {
    Error { value: cut(&error.value), detail: cut(&error.detail), ..error.clone() }.body()
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The path in the document that the server's path stands for.
fn document_path(field: &str) -> String {
    const INTERNAL: [(&str, &str); 7] = [
        ("spec.validation", "spec.versions[0].schema"),
        ("spec.subresources", "spec.versions[0].subresources"),
        ("spec.additionalPrinterColumns", "spec.versions[0].additionalPrinterColumns"),
        ("spec.selectableFields", "spec.versions[0].selectableFields"),
        ("spec.version", "spec.versions[0].name"),
        ("spec.conversion.webhookClientConfig", "spec.conversion.webhook.clientConfig"),
        ("spec.conversion.conversionReviewVersions", "spec.conversion.webhook.conversionReviewVersions"),
    ];
    let renamed = INTERNAL.iter().find_map(|(internal, path)| {
        let rest = field.strip_prefix(internal)?;
        (rest.is_empty() || rest.starts_with(['.', '['])).then(|| format!("{path}{rest}"))
    });
    let path = renamed.unwrap_or_else(|| field.to_owned());
    match path.strip_suffix(".JSONPath") {
        Some(column) if column.contains(".additionalPrinterColumns[") => format!("{column}.jsonPath"),
        _ => path,
    }
}

/// What to do about an error, for those that authors make most.
fn way_out(error: &Error) -> Option<&'static str> {
    const BY_DETAIL: [(&str, &str); 18] = [
        (
            "must not be empty for specified array items",
            "give the items a `type`, or `x-kubernetes-preserve-unknown-fields: true` if anything may stand there",
        ),
        (
            "must not be empty for specified object fields",
            "give the property a `type`, or `x-kubernetes-preserve-unknown-fields: true` if anything may stand there",
        ),
        ("must not be empty at the root", "add `type: object`"),
        ("items must be a schema object", "write the one schema that every item has"),
        ("must be specified", "add `items` with the schema of an item"),
        (
            "additionalProperties and properties are mutual exclusive",
            "keep `properties` for names that are known, or `additionalProperties` for names that are not",
        ),
        ("uniqueItems cannot be set to true", "delete it; `x-kubernetes-list-type: set` makes items unique"),
        ("must not have unknown fields", "declare these fields in `properties`, or take them out of the default"),
        (
            "so it must have a default or be a required property",
            "add the key to the `required` of the items, or give it a `default`",
        ),
        ("so it cannot be nullable", "delete `nullable`: the key of a list needs a value"),
        ("to be structural", "move it to the schema that contains `allOf`, `anyOf`, `oneOf` or `not`"),
        (
            "because it is defined in",
            "declare it here as well: combinators only restrict what is declared outside of them",
        ),
        (
            "must not specify anything other than name and generateName",
            "leave `type: object` only: the server knows the schema of `metadata`",
        ),
        ("protected groups must have approval", "choose a group of your own: these are for the Kubernetes project"),
        ("should be a domain with at least one dot", "choose a domain that you own, with a dot in it"),
        (
            "must have exactly one version marked as storage",
            "set `storage: true` in one version, and false in the others",
        ),
        ("cannot set to true, set x-kubernetes-preserve", "delete `preserveUnknownFields`, or set it to false"),
        (
            "must be a valid regular expression",
            "write the pattern in RE2 syntax: it has no look-around and no back references",
        ),
    ];
    let known = BY_DETAIL.iter().find(|(part, _)| error.detail.contains(part)).map(|(_, help)| *help);
    let default = "change the default, or what the schema demands of it";
    known.or_else(|| error.field.contains(".default").then_some(default))
}
