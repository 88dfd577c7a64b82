//! The paths that are written in a type.

use syn::{GenericArgument, PathArguments, Type, ext::IdentExt};

/// The paths of a type in the order in which they are written: `Option<Vec<a::Listener>>` is `Option`, `Vec` and
/// `a::Listener`, each as its segments.
pub(crate) type Mentions = Vec<Vec<String>>;

/// The paths in `ty`.
pub(super) fn mentions(ty: &Type) -> Mentions {
    let mut found = Vec::new();
    of_type(ty, &mut found);
    found
}

/// The segments of a path, without `r#`.
pub(super) fn segments(path: &syn::Path) -> Vec<String> {
    path.segments.iter().map(|segment| segment.ident.unraw().to_string()).collect()
}

fn of_type(ty: &Type, found: &mut Mentions) {
    match ty {
        Type::Path(path) => of_path(&path.path, found),
        Type::ImplTrait(bounds) => {
            for bound in &bounds.bounds {
                if let syn::TypeParamBound::Trait(bound) = bound {
                    of_path(&bound.path, found);
                }
            }
        }
        _ => found.push(vec!["?".to_owned()]),
    }
}

fn of_path(path: &syn::Path, found: &mut Mentions) {
    found.push(segments(path));
    for segment in &path.segments {
        if let PathArguments::AngleBracketed(arguments) = &segment.arguments {
            for argument in &arguments.args {
                if let GenericArgument::Type(ty) = argument {
                    of_type(ty, found);
                }
            }
        }
    }
}
