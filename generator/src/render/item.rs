//! Structs and enums.
//!
//! In: a shape and its names. Out: its definition, laid out.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Context, Error, external::Scope};
use crate::{
    analyze::naming::ShapeNames,
    markdown,
    model::{Body, Docs, Field, Object, ShapeId, Type},
};

/// The definition of a shape.
pub(super) fn definition(context: &Context<'_>, id: ShapeId, scope: &mut Scope) -> Result<String, Error> {
    let shape = &context.model.shapes[id];
    let names = context.names(id);
    let what = if shape.parent.is_none() { "The kind" } else { "The type of" };
    let what = format!("{what} {}.", markdown::code(&shape.key));
    let docs = doc_attributes(&shape.docs, &what);
    let tokens = match &shape.body {
        Body::Object(object) => structure(context, id, names, object, &docs, scope)?,
        Body::Enumeration(values) => enumeration(names, values, &docs, &scope.ty(context, &Type::String)?)?,
    };
    layout(tokens)
}

/// One item as text, ending in a newline.
pub(super) fn layout(tokens: TokenStream) -> Result<String, Error> {
    let code = tokens.to_string();
    match syn::parse2::<syn::Item>(tokens) {
        Ok(item) => Ok(prettyplease::unparse(&file_of(item))),
        Err(error) => Err(Error { message: error.to_string(), code }),
    }
}

fn file_of(item: syn::Item) -> syn::File {
    syn::File { shebang: None, frontmatter: None, attrs: Vec::new(), items: vec![item] }
}

/// A name or path as tokens.
pub(super) fn parse(text: &str) -> Result<TokenStream, Error> {
    text.parse().map_err(|error: proc_macro2::LexError| Error { message: error.to_string(), code: text.to_owned() })
}

/// One attribute a line: the description, a blank line, the notes, as a list if there are several. `otherwise` stands in
/// for both.
pub(super) fn doc_attributes(docs: &Docs, otherwise: &str) -> TokenStream {
    let mut lines = docs.description.as_deref().map(markdown::lines).unwrap_or_default();
    if !lines.is_empty() && !docs.notes.is_empty() {
        lines.push(String::new());
    }
    let marker = match docs.notes.len() {
        0 | 1 => "",
        // Another marker starts another list than the description's.
        _ if lines.iter().any(|line| line.starts_with("- ")) => "* ",
        _ => "- ",
    };
    lines.extend(docs.notes.iter().map(|note| format!("{marker}{note}")));
    if lines.is_empty() {
        lines.push(otherwise.to_owned());
    }
    let lines = lines.into_iter().map(|line| if line.is_empty() { line } else { format!(" {line}") });
    quote!(#(#[doc = #lines])*)
}

fn structure(
    context: &Context<'_>,
    id: ShapeId,
    names: &ShapeNames,
    object: &Object,
    docs: &TokenStream,
    scope: &mut Scope,
) -> Result<TokenStream, Error> {
    let ident = parse(&names.ty)?;
    let mut fields = Vec::new();
    for (field, name) in object.fields.iter().zip(&names.fields) {
        fields.push(member(context, field, name, scope)?);
    }
    if object.unknown {
        let name = parse(&names.unknown)?;
        let ty = scope.ty(context, &Type::Map(Box::new(Type::Any)))?;
        fields.push(quote!(#[doc = " The properties that the schema does not know."] pub #name: #ty));
    }
    let default = context.analysis.defaults.contains(&id).then(|| quote!(Default,));
    Ok(quote! {
        #docs
        #[derive(Clone, Debug, #default PartialEq)]
        pub struct #ident { #(#fields,)* }
    })
}

fn member(context: &Context<'_>, field: &Field, name: &str, scope: &mut Scope) -> Result<TokenStream, Error> {
    let docs = doc_attributes(&field.docs, &format!("The property {}.", markdown::code(&field.key)));
    let name = parse(name)?;
    let mut ty = scope.ty(context, &field.ty)?;
    if field.nullable {
        ty = scope.option(&ty)?;
    }
    if !field.required {
        ty = scope.option(&ty)?;
    }
    Ok(quote!(#docs pub #name: #ty))
}

fn enumeration(
    names: &ShapeNames,
    values: &[String],
    docs: &TokenStream,
    string: &TokenStream,
) -> Result<TokenStream, Error> {
    let ident = parse(&names.ty)?;
    let mut variants = Vec::new();
    for (value, name) in values.iter().zip(&names.variants) {
        let doc = format!(" {}", markdown::code(value));
        let name = parse(name)?;
        variants.push(quote!(#[doc = #doc] #name));
    }
    Ok(quote! {
        #docs
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub enum #ident {
            #(#variants,)*
            #[doc = " A value that the schema does not list."]
            Unrecognized(#string),
        }
    })
}
