//! Paths of modules and of their files.

use crate::model::Ident;

/// The file of a module: `mod.rs` in a folder down to the kind, then a file beside the folder.
pub(super) fn file(path: &[Ident]) -> String {
    let stems: Vec<&str> = path.iter().map(Ident::as_str).collect();
    let joined = stems.join("/");
    match path.len() {
        0 => "mod.rs".to_owned(),
        1..=3 => format!("{joined}/mod.rs"),
        _ => format!("{joined}.rs"),
    }
}

/// The way from one module to another: `super::super::v1::cache`, or `self::spec`.
pub(super) fn relative(from: &[Ident], to: &[Ident]) -> String {
    let common = from.iter().zip(to).take_while(|(a, b)| a == b).count();
    let up = from.len() - common;
    let start = if up == 0 { vec!["self".to_owned()] } else { vec!["super".to_owned(); up] };
    start.into_iter().chain(to[common..].iter().map(Ident::to_string)).collect::<Vec<_>>().join("::")
}

/// A type of the module so many levels above this one.
pub(super) fn above(levels: usize, ty: &str) -> String {
    format!("{}{ty}", "super::".repeat(levels))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> Vec<Ident> {
        text.split('/').filter(|part| !part.is_empty()).map(|part| Ident::new(part.to_owned())).collect()
    }

    #[test]
    fn modules_down_to_the_kind_are_folders() {
        assert_eq!(file(&path("")), "mod.rs");
        assert_eq!(file(&path("g/v1/cache")), "g/v1/cache/mod.rs");
        assert_eq!(file(&path("g/v1/cache/spec/type")), "g/v1/cache/spec/type.rs");
    }

    #[test]
    fn a_way_goes_up_only_as_far_as_it_must() {
        assert_eq!(relative(&path("g/v1/a/spec"), &path("g/v1/a/spec/b")), "self::b");
        assert_eq!(relative(&path("g/v1/a/spec"), &path("g/v2/type")), "super::super::super::v2::r#type");
    }
}
