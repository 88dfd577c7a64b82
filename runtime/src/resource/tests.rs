#![expect(unreachable_pub, reason = "to its own crate a macro is not foreign, so lints look into it")]

use serde_json::json;

use super::CustomResource;
use crate::{
    Scope, Validate as _,
    k8s_openapi::{ListableResource, Metadata, Resource, apimachinery::pkg::apis::meta::v1::ObjectMeta},
    object, resource,
};

const CRD: &[u8] = br#"{
  "apiVersion": "apiextensions.k8s.io/v1",
  "kind": "CustomResourceDefinition",
  "metadata": {"name": "widgets.example.com"},
  "spec": {
    "group": "example.com",
    "names": {"kind": "Widget", "plural": "widgets"},
    "scope": "Cluster",
    "versions": [{
      "name": "v1",
      "served": true,
      "storage": true,
      "schema": {"openAPIV3Schema": {"type": "object", "properties": {
        "spec": {"type": "object", "properties": {"size": {"type": "integer", "minimum": 1, "default": 2}}}
      }}}
    }]
  }
}
"#;

#[derive(Clone, Default, PartialEq)]
struct Widget {
    metadata: ObjectMeta,
    spec: WidgetSpec,
}

#[derive(Clone, Default, PartialEq)]
struct WidgetSpec {
    size: Option<i64>,
}

object! { WidgetSpec { size: "size", optional; } }
resource! { Widget {
    group: "example.com", version: "v1", kind: "Widget", list_kind: "WidgetList", plural: "widgets", singular: "widget",
    short_names: ["w"], categories: ["all", "parts"], scope: Cluster, status: false, crd: CRD;
    new(spec: WidgetSpec);
    metadata: "metadata", required;
    spec: "spec", required;
} }

fn check_error(text: &str, message: &str) {
    assert_eq!(serde_json::from_str::<Widget>(text).unwrap_err().to_string(), message);
}

#[test]
fn api_version_and_kind_are_written_first() {
    let widget = Widget::new("a", WidgetSpec { size: Some(3) });
    assert_eq!(
        serde_json::to_string(&widget).unwrap(),
        r#"{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"a"},"spec":{"size":3}}"#
    );
    assert_eq!(serde_json::from_value::<Widget>(serde_json::to_value(&widget).unwrap()).unwrap(), widget);
}

#[test]
fn api_version_and_kind_may_be_missing_but_not_different() {
    assert!(serde_json::from_str::<Widget>(r#"{"metadata": {}, "spec": {}}"#).is_ok());
    check_error(
        r#"{"apiVersion": "example.com/v2", "kind": "Widget", "metadata": {}, "spec": {}}"#,
        "apiVersion: invalid value: string \"example.com/v2\", expected \"example.com/v1\" at line 1 column 31",
    );
    check_error(
        r#"{"metadata": {}, "spec": {}, "kind": "Gadget"}"#,
        "kind: invalid value: string \"Gadget\", expected \"Widget\" at line 1 column 45",
    );
}

#[test]
fn metadata_is_needed() {
    check_error(r#"{"spec": {}}"#, "missing field `metadata` at line 1 column 12");
}

#[test]
fn the_names_are_those_of_the_definition() {
    assert_eq!((Widget::API_VERSION, Widget::KIND, Widget::LIST_KIND), ("example.com/v1", "Widget", "WidgetList"));
    assert_eq!((Widget::CRD_NAME, Widget::PLURAL, Widget::SINGULAR), ("widgets.example.com", "widgets", "widget"));
    assert_eq!((Widget::SHORT_NAMES, Widget::CATEGORIES), (&["w"][..], &["all", "parts"][..]));
    assert_eq!((Widget::SCOPE, Widget::HAS_STATUS), (Scope::Cluster, false));
    assert_eq!(Widget::new("a", WidgetSpec::default()).metadata().name.as_deref(), Some("a"));
}

#[test]
fn the_definition_is_the_document_as_read() {
    assert_eq!(Widget::crd().unwrap(), serde_json::from_slice::<serde_json::Value>(CRD).unwrap());
    let mut typed = serde_json::to_value(Widget::definition().unwrap()).unwrap();
    let minimum = typed.pointer_mut("/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/size/minimum");
    // The one difference: bounds are floats in `k8s_openapi`.
    assert_eq!(minimum.map(|minimum| std::mem::replace(minimum, json!(1))), Some(json!(1.0)));
    assert_eq!(typed, Widget::crd().unwrap());
}

#[test]
fn validation_starts_at_the_root() {
    let errors = Widget::new("a", WidgetSpec { size: Some(0) }).validate().unwrap_err();
    assert_eq!(errors.0[0].field, "spec.size");
}

#[cfg(feature = "client")]
#[test]
fn kube_knows_the_resource() {
    use kube::{CustomResourceExt as _, Resource as _};
    assert_eq!(Widget::url_path(&(), None), "/apis/example.com/v1/widgets");
    assert_eq!(<Widget as kube::CustomResourceExt>::crd_name(), "widgets.example.com");
    assert_eq!(Widget::shortnames(), ["w"]);
    let api = Widget::api_resource();
    assert_eq!((api.api_version.as_str(), api.plural.as_str()), ("example.com/v1", "widgets"));
    assert_eq!(<Widget as kube::CustomResourceExt>::crd().metadata.name.as_deref(), Some("widgets.example.com"));
}
