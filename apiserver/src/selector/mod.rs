//! Which objects a list or watch is about: label and field selectors together.
//!
//! In: the two texts. Out: [`Selector`], which objects are matched against.

pub(crate) mod fields;
pub(crate) mod labels;

use serde_json::Value;

use crate::request::list_options::ListOptions;
use crate::resource::Resource;
use crate::response::status::{Result, Status};
use fields::FieldSelector;
use labels::LabelSelector;

/// Both selectors of a request; the default matches everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Selector {
    labels: LabelSelector,
    fields: FieldSelector,
}

impl Selector {
    /// Reads the selectors of a request for a resource, which says what fields can be selected by.
    pub(crate) fn parse(options: &ListOptions, resource: &Resource) -> Result<Self> {
        let labels =
            LabelSelector::parse(&options.label_selector).map_err(|why| Status::bad_request(why.to_string()))?;
        let fields =
            FieldSelector::parse(&options.field_selector).map_err(|why| Status::bad_request(why.to_string()))?;
        for name in fields.names() {
            resource.check_selectable(name).map_err(Status::bad_request)?;
        }
        Ok(Self { labels, fields })
    }

    /// The same, of one object only.
    pub(crate) fn with_name(mut self, name: &str) -> Self {
        self.fields = self.fields.and_equal("metadata.name", name);
        self
    }

    /// The one name that can match, if there is one.
    pub(crate) fn name(&self) -> Option<&str> {
        self.fields.exact("metadata.name")
    }

    /// Everything matches.
    pub(crate) fn is_empty(&self) -> bool {
        self.labels.is_empty() && self.fields.is_empty()
    }

    /// Whether an object of the resource matches.
    pub(crate) fn matches(&self, object: &Value, resource: &Resource) -> bool {
        self.labels.matches(object) && self.fields.matches(|name| resource.field(object, name))
    }
}
