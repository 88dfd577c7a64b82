//! Where the schema of a generated type is: in the CRD that a resource embeds, at a pointer from the schema's root.
//!
//! With the feature `schemars` a type's `JsonSchema` is just that part of the CRD, so that the type can be a part of
//! somebody's own CRD. Without it there is nothing to implement.

#[cfg(not(feature = "schemars"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __origin {
    ($Type:ident at $($Root:ident)::+ $pointer:literal) => {};
}

#[cfg(feature = "schemars")]
#[doc(hidden)]
#[macro_export]
macro_rules! __origin {
    ($Type:ident at $($Root:ident)::+ $pointer:literal) => {
        impl $crate::__private::schemars::JsonSchema for $Type {
            fn schema_name() -> $crate::__private::Cow<'static, str> {
                $crate::__private::Cow::Borrowed(stringify!($Type))
            }

            fn schema_id() -> $crate::__private::Cow<'static, str> {
                $crate::__private::Cow::Borrowed(concat!(module_path!(), "::", stringify!($Type)))
            }

            fn json_schema(
                _: &mut $crate::__private::schemars::SchemaGenerator,
            ) -> $crate::__private::schemars::Schema {
                $crate::__private::schema_at::<$($Root)::+>($pointer)
            }
        }
    };
}

/// The part of a resource's schema at a pointer, as it was read. What is not there allows everything.
#[cfg(feature = "schemars")]
#[doc(hidden)]
pub fn schema_at<K: crate::CustomResource>(pointer: &str) -> schemars::Schema {
    let found = K::crd().ok().and_then(|crd| {
        let versions = crd["spec"]["versions"].as_array()?;
        let version = versions.iter().find(|version| version["name"] == K::VERSION)?;
        descend(&version["schema"]["openAPIV3Schema"], pointer).cloned()
    });
    found.and_then(|schema| schema.try_into().ok()).unwrap_or_default()
}

/// `/key` is a property; `/*` the items of an array or the values of a map; in a key `~0` is `~`, `~1` is `/`, and `~2` is
/// a star.
#[cfg(feature = "schemars")]
fn descend<'s>(schema: &'s serde_json::Value, pointer: &str) -> Option<&'s serde_json::Value> {
    pointer.split('/').skip(1).try_fold(schema, |schema, step| match step {
        "*" => schema.get("items").or_else(|| schema.get("additionalProperties")),
        "~2" => schema.get("properties")?.get("*"),
        key => schema.get("properties")?.get(key.replace("~1", "/").replace("~0", "~")),
    })
}

#[cfg(all(test, feature = "schemars"))]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_pointer_leads_through_properties_items_and_values() {
        let schema = json!({"properties": {"a/b": {"items": {"properties": {"*": {"additionalProperties": {"type": "string"}}}}}}});
        assert_eq!(descend(&schema, "/a~1b/*/~2/*"), Some(&json!({"type": "string"})));
        assert_eq!(descend(&schema, ""), Some(&schema));
        assert_eq!(descend(&schema, "/nowhere"), None);
    }
}
