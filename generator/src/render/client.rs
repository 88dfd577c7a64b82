//! Clients, listers, informers and controllers: aliases over the runtime's generics, and the structs that gather them.
//!
//! In: names. Out: the text of `client.rs`, `Clients` and `Informers` of a version, and the root's `Clientset` and
//! `Informers`.

use proc_macro2::TokenStream;
use quote::quote;

use super::{
    Context, Error,
    file::File,
    item::{layout, parse},
    resource::Place,
};
use crate::{
    analyze::naming::{ResourceNames, VersionNames, stem},
    markdown::code,
    model::{Group, Version},
};

/// The root's module for what gathers all groups.
pub const CLIENTSET: &str = "clientset";

/// `client.rs` of a kind.
pub(super) fn aliases(context: &Context<'_>, place: &Place<'_>) -> Result<String, Error> {
    let mut file = File::of_resource(context, place.resource);
    let kind = code(&place.resource.kind);
    file.docs = format!("What a controller of {kind} is made of.");
    let runtime = runtime(context)?;
    let ty = parse(&context.names(place.resource.root).ty)?;
    let names = &place.names.client;
    let aliases = [
        (&names.client, quote!(client::Client), format!("Reads and writes {kind} objects on the API server.")),
        (&names.lister, quote!(lister::Lister), format!("Reads {kind} objects from an informer's cache.")),
        (
            &names.informer,
            quote!(informer::SharedInformer),
            format!("Watches {kind} objects, for any number of handlers."),
        ),
    ];
    for (name, generic, doc) in aliases {
        let (name, doc) = (parse(name)?, format!(" {doc}"));
        file.items.push(layout(quote!(#[doc = #doc] pub type #name = #runtime::#generic<super::#ty>;))?);
    }
    let (name, doc) = (parse(&names.controller)?, format!(" Runs a reconciler `R` for {kind} objects."));
    file.items
        .push(layout(quote!(#[doc = #doc] pub type #name<R> = #runtime::controller::Controller<super::#ty, R>;))?);
    file.text("")
}

/// `Clients` and `Informers` of a version.
pub(super) fn of_version(
    context: &Context<'_>,
    group: &Group,
    version: &Version,
    names: &VersionNames,
) -> Result<Vec<String>, Error> {
    let runtime = runtime(context)?;
    let what = code(&format!("{}/{}", group.name, version.name));
    let (mut clients, mut informers) = (Vec::new(), Vec::new());
    for (resource, resource_names) in version.resources.iter().zip(&names.resources) {
        let accessor = parse(&resource_names.accessor)?;
        let client = reachable(resource_names, &resource_names.client.client)?;
        let informer = reachable(resource_names, &resource_names.client.informer)?;
        let doc = format!(" The client of {}, for all namespaces.", code(&resource.kind));
        clients.push(quote! {
            #[doc = #doc]
            #[must_use]
            pub fn #accessor(&self) -> #client { #client::new(self.connection.clone()) }
        });
        let doc = format!(" The informer of {}, which all callers share.", code(&resource.kind));
        informers.push(quote! {
            #[doc = #doc]
            #[must_use]
            pub fn #accessor(&self) -> #informer { self.factory.informer() }
        });
    }
    let mut items = holder(&Holder::clients("Clients", &format!("The clients of {what}."), &runtime), &clients)?;
    items.extend(holder(&Holder::informers("Informers", &format!("The informers of {what}."), &runtime), &informers)?);
    Ok(items)
}

/// An alias as a version's module calls it: by its kind's module, if it is not re-exported.
fn reachable(names: &ResourceNames, alias: &String) -> Result<TokenStream, Error> {
    if names.client_exports.contains(alias) { parse(alias) } else { parse(&format!("{}::{alias}", names.module)) }
}

/// The root's `Clientset` and `Informers`.
pub(super) fn clientset(context: &Context<'_>) -> Result<String, Error> {
    let mut file = File::of_many(context);
    file.docs.push_str("The clients and the informers of all groups and versions.");
    let runtime = runtime(context)?;
    let (mut clients, mut informers) = (Vec::new(), Vec::new());
    for (group, group_names) in context.model.groups.iter().zip(&context.analysis.names.groups) {
        for (version, version_names) in group.versions.iter().zip(&group_names.versions) {
            let accessor = parse(&format!("{}_{}", stem(&group_names.module), stem(&version_names.module)))?;
            let (group_module, version_module) = (parse(&group_names.module)?, parse(&version_names.module)?);
            let module = quote!(super::#group_module::#version_module);
            let what = code(&format!("{}/{}", group.name, version.name));
            let doc = format!(" The clients of {what}.");
            clients.push(quote! {
                #[doc = #doc]
                #[must_use]
                pub fn #accessor(&self) -> #module::Clients { #module::Clients::new(self.connection.clone()) }
            });
            let doc = format!(" The informers of {what}.");
            informers.push(quote! {
                #[doc = #doc]
                #[must_use]
                pub fn #accessor(&self) -> #module::Informers { #module::Informers::new(self.factory.clone()) }
            });
        }
    }
    file.items.extend(holder(&Holder::clients("Clientset", "The clients of all groups.", &runtime), &clients)?);
    file.items.extend(holder(&Holder::informers("Informers", "The informers of all groups.", &runtime), &informers)?);
    file.text("")
}

/// A struct around one thing that its methods hand on.
struct Holder {
    name: &'static str,
    doc: String,
    field: TokenStream,
    ty: TokenStream,
    new: &'static str,
}

impl Holder {
    fn clients(name: &'static str, doc: &str, runtime: &TokenStream) -> Self {
        let (field, ty) = (quote!(connection), quote!(#runtime::kube::Client));
        Self { name, doc: format!(" {doc}"), field, ty, new: " Clients over this connection." }
    }

    fn informers(name: &'static str, doc: &str, runtime: &TokenStream) -> Self {
        let (field, ty) = (quote!(factory), quote!(#runtime::factory::SharedInformerFactory));
        Self {
            name,
            doc: format!(" {doc}"),
            field,
            ty,
            new: " Informers of this factory, which starts and stops them.",
        }
    }
}

/// `prettyplease` puts no blank line between methods. A line of docs never ends a method.
const METHODS_MEET: &str = "\n    }\n    ///";
const METHODS_APART: &str = "\n    }\n\n    ///";

fn holder(holder: &Holder, methods: &[TokenStream]) -> Result<Vec<String>, Error> {
    let Holder { name, doc, field, ty, new } = holder;
    let name = parse(name)?;
    Ok(vec![
        layout(quote! {
            #[doc = #doc]
            #[derive(Clone)]
            pub struct #name { #field: #ty }
        })?,
        layout(quote! {
            impl #name {
                #[doc = #new]
                #[must_use]
                pub fn new(#field: #ty) -> Self { Self { #field } }
                #(#methods)*
            }
        })?
        .replace(METHODS_MEET, METHODS_APART),
    ])
}

fn runtime(context: &Context<'_>) -> Result<TokenStream, Error> {
    parse(&context.options.runtime)
}
