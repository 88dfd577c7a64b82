//! `v1` `PodTemplate`: a template that nothing makes pods of.
//!
//! Source: `k8s.io/kubernetes/pkg/registry/core/podtemplate`, `ValidatePodTemplate`.

use serde_json::Value;

use super::super::pod;
use super::{cells, warning};
use crate::check::Field;
use crate::resource::Resource;
use crate::resource::strategy::{Strategy, Subresource};

/// `v1/PodTemplate`
#[derive(Debug)]
pub(crate) struct PodTemplate;

impl Strategy for PodTemplate {
    fn set_defaults(&self, object: &mut Value) {
        pod::defaults::of_template(&mut object["template"]);
    }

    fn counted(&self) -> &'static [&'static str] {
        &["/template"]
    }

    fn validate(&self, _resource: &Resource, object: Field<'_>) {
        pod::check_template(object.get("template"), None);
    }

    fn validate_update(&self, _: &Resource, object: Field<'_>, old: Field<'_>, _: Subresource) {
        pod::check_template(object.get("template"), Some(old.get("template")));
    }

    fn warnings(&self, object: Field<'_>, old: Option<Field<'_>>) -> Vec<String> {
        match old {
            Some(old) if !warning::is_changed(object, old) => Vec::new(),
            old => pod::template_warnings(object.get("template"), old.map(|old| old.get("template"))),
        }
    }

    fn cells(&self, object: &Value, _now: jiff::Timestamp) -> Vec<Value> {
        let [containers, images] = cells::containers(&object["template"]);
        let labels = cells::labels(&object["template"]["metadata"]["labels"]);
        vec![object["metadata"]["name"].clone(), containers, images, labels]
    }
}
