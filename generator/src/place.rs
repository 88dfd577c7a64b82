//! Places in the schemas of CRDs, as text: `databases.example.com/v1/spec/listeners/*`.
//!
//! The CRD's name and the version come first, then the way from the schema's root: a property by its key, the items of an
//! array or the values of a map as `*`. In a key `~` is `~0`, `/` is `~1`, and a key that is a star is `~2`.

use std::borrow::Cow;

/// The place of a version's root.
pub(crate) fn root(crd: &str, version: &str) -> String {
    format!("{crd}/{version}")
}

/// The place of a property.
pub(crate) fn child(place: &str, key: &str) -> String {
    let key = escaped(key);
    let mut child = String::with_capacity(place.len() + 1 + key.len());
    child.push_str(place);
    child.push('/');
    child.push_str(&key);
    child
}

/// The place of an array's items or of a map's values.
pub(crate) fn element(place: &str) -> String {
    format!("{place}/*")
}

/// The way from the schema's root: what follows the CRD's name and the version.
pub(crate) fn pointer(place: &str) -> &str {
    let version = place.find('/').map_or(place.len(), |slash| slash + 1);
    let end = place[version..].find('/').map_or(place.len(), |slash| version + slash);
    &place[end..]
}

/// The place without the steps into arrays and maps, as settings name it.
pub(crate) fn without_elements(place: &str) -> Cow<'_, str> {
    if place.contains("/*") {
        place.split('/').filter(|step| *step != "*").collect::<Vec<_>>().join("/").into()
    } else {
        place.into()
    }
}

fn escaped(key: &str) -> Cow<'_, str> {
    match key {
        "*" => "~2".into(),
        _ if key.contains(['~', '/']) => key.replace('~', "~0").replace('/', "~1").into(),
        _ => key.into(),
    }
}

/// The same place in the document of a CRD, whose version with that number it is in.
pub(crate) fn in_document(version: usize, place: &str) -> String {
    let mut path = format!("spec.versions[{version}].schema.openAPIV3Schema");
    for step in pointer(place).split('/').skip(1) {
        match step {
            "*" => path.push_str("[*]"),
            _ => path.extend([".properties[", &unescaped(step), "]"]),
        }
    }
    path
}

/// The key of a step that is not into an array or a map.
pub(crate) fn unescaped(step: &str) -> String {
    match step {
        "~2" => "*".to_owned(),
        _ => step.replace("~1", "/").replace("~0", "~"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_the_way_from_the_crd_down() {
        let spec = child(&root("a.example.com", "v1"), "spec");
        let items = child(&element(&child(&spec, "a/b~")), "*");
        assert_eq!(items, "a.example.com/v1/spec/a~1b~0/*/~2");
        assert_eq!(pointer(&items), "/spec/a~1b~0/*/~2");
        assert_eq!(pointer("a.example.com/v1"), "");
        let path = "spec.versions[1].schema.openAPIV3Schema.properties[spec].properties[a/b~][*].properties[*]";
        assert_eq!(in_document(1, &items), path);
        assert_eq!(items.split('/').map(unescaped).skip(3).collect::<Vec<_>>(), ["a/b~", "*", "*"]);
        assert_eq!(without_elements(&items), "a.example.com/v1/spec/a~1b~0/~2");
    }
}
