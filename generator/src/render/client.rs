//! Clients, listers, informers and controllers: aliases over the runtime's generics, and the structs that gather them.

use std::fmt::Write as _;

use super::{Context, file::File, item};
use crate::{
    markdown::code,
    model::{Group, Resource, Version},
    options::Options,
    place,
};

/// The root's module for what gathers all groups.
pub(crate) const CLIENTSET: &str = "clientset";

/// `client.rs` of a kind.
pub(super) fn aliases(context: Context<'_, '_>, resource: &Resource<'_>) -> String {
    let mut file = File::of_crd(context.options, resource.file, resource.crd);
    let kind = code(&resource.names.kind);
    file.docs = vec![format!("Client, lister, informer and controller for {kind}.")];
    let (runtime, ty) = (context.options.runtime(), &context.group.shapes[resource.root].ty);
    let aliases = [
        ("Client", "client::Client", format!("Reads and writes {kind} objects on the API server.")),
        ("Lister", "lister::Lister", format!("Reads {kind} objects from an informer's cache.")),
        ("Informer", "informer::SharedInformer", format!("Watches {kind} objects, for any number of handlers.")),
    ];
    for (suffix, generic, doc) in aliases {
        file.items.push(format!("/// {doc}\npub type {ty}{suffix} = {runtime}::{generic}<super::{ty}>;\n"));
    }
    file.items.push(format!(
        "/// Runs a reconciler `R` for {kind} objects.\n\
         pub type {ty}Controller<R> = {runtime}::controller::Controller<super::{ty}, R>;\n"
    ));
    file.text()
}

/// `Clients` and `Informers` of a version.
pub(super) fn of_version(context: Context<'_, '_>, version: &Version<'_>) -> Vec<String> {
    let runtime = context.options.runtime();
    let what = code(&place::root(context.group.name, version.name));
    let (mut clients, mut informers) = (Set::new("Clients"), Set::new("Informers"));
    clients.doc = format!("The clients of {what}.");
    informers.doc = format!("The informers of {what}.");
    for resource in &version.resources {
        let kind = code(&resource.names.kind);
        let doc = format!("The client of {kind}, for all namespaces.");
        clients.line(&doc, &resource.accessor, &reachable(context, resource, "Client"));
        let doc = format!("The informer of {kind}, which all callers share.");
        informers.line(&doc, &resource.accessor, &reachable(context, resource, "Informer"));
    }
    vec![clients.text(runtime, "clients"), informers.text(runtime, "informers")]
}

/// An alias as a version's module calls it: by its kind's module, if it is not re-exported.
fn reachable(context: Context<'_, '_>, resource: &Resource<'_>, suffix: &str) -> String {
    let alias = format!("{}{suffix}", context.group.shapes[resource.root].ty);
    if resource.exports.contains_key(&alias) { alias } else { format!("{}::{alias}", resource.module) }
}

/// The root's `Clientset` and `Informers`.
pub(super) fn clientset(groups: &[Group<'_>], options: &Options) -> String {
    let mut file = File::of_many(options);
    file.docs = vec!["The clients and the informers of all groups and versions.".to_owned()];
    let (mut clients, mut informers) = (Set::new("Clientset"), Set::new("Informers"));
    clients.doc.push_str("The clients of all groups.");
    informers.doc.push_str("The informers of all groups.");
    for group in groups {
        for version in &group.versions {
            let module = format!("super::{}::{}", group.module, version.module);
            let what = code(&place::root(group.name, version.name));
            clients.line(&format!("The clients of {what}."), &version.accessor, &format!("{module}::Clients"));
            informers.line(&format!("The informers of {what}."), &version.accessor, &format!("{module}::Informers"));
        }
    }
    file.items = vec![clients.text(options.runtime(), "clients"), informers.text(options.runtime(), "informers")];
    file.text()
}

/// A struct with a method for each of its lines.
struct Set {
    name: &'static str,
    doc: String,
    lines: String,
}

impl Set {
    fn new(name: &'static str) -> Self {
        Self { name, doc: String::new(), lines: String::new() }
    }

    fn line(&mut self, doc: &str, accessor: &crate::model::Ident, ty: &str) {
        item::doc(&mut self.lines, "        ", doc);
        let _ = writeln!(self.lines, "        {accessor}: {ty},");
    }

    fn text(&self, runtime: &str, table: &str) -> String {
        let Self { name, doc, lines } = self;
        format!("{runtime}::{table}! {{\n    /// {doc}\n    pub struct {name} {{\n{lines}    }}\n}}\n")
    }
}
