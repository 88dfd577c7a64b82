//! The selectors of a list or watch, combined: by labels, by fields, and by shards of a collection.
//!
//! In: their texts. Out: [`Selector`], which says whether an object matches.

pub(crate) mod fields;
pub(crate) mod labels;
mod shard;
mod text;

use serde_json::Value;

use crate::request::list_options::ListOptions;
use crate::resource::Resource;
use crate::status::{Result, Status};
use fields::FieldSelector;
use labels::LabelSelector;
use shard::ShardSelector;

pub(crate) use text::{as_text, map_as_text};

/// The selectors of a request; the default matches everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Selector {
    labels: LabelSelector,
    fields: FieldSelector,
    shard: Option<ShardSelector>,
}

impl Selector {
    /// Reads the selectors of a request. The resource decides which fields may be used.
    pub(crate) fn parse(options: &ListOptions, resource: &Resource) -> Result<Self> {
        let selector = Self::read(options)?;
        for name in selector.fields.names() {
            resource.check_selectable(name).map_err(Status::bad_request)?;
        }
        Ok(selector)
    }

    /// Refuses a text that is not a selector. That comes before anything else about the options is looked at.
    pub(crate) fn check_syntax(options: &ListOptions) -> Result<()> {
        Self::read(options).map(drop)
    }

    fn read(options: &ListOptions) -> Result<Self> {
        let labels =
            LabelSelector::parse(&options.label_selector).map_err(|why| Status::bad_request(why.to_string()))?;
        let fields =
            FieldSelector::parse(&options.field_selector).map_err(|why| Status::bad_request(why.to_string()))?;
        Ok(Self { labels, fields, shard: None })
    }

    /// The same selector, restricted to the shard that the request asks for.
    pub(crate) fn with_shard(mut self, options: &ListOptions) -> Result<Self> {
        if !options.shard_selector.is_empty() {
            let shard = ShardSelector::parse(&options.shard_selector);
            let shard = shard.map_err(|why| Status::unclassified(format!("invalid shard selector: {why}")))?;
            self.shard = Some(shard);
        }
        Ok(self)
    }

    /// The shard as text, if there is one.
    pub(crate) fn shard(&self) -> Option<String> {
        self.shard.as_ref().map(ToString::to_string)
    }

    /// The same selector, restricted to one name.
    pub(crate) fn with_name(mut self, name: &str) -> Self {
        self.fields = self.fields.and_equal("metadata.name", name);
        self
    }

    /// The only name that can match, if the selector has one.
    pub(crate) fn name(&self) -> Option<&str> {
        self.fields.exact("metadata.name")
    }

    /// Whether every object matches.
    pub(crate) fn is_empty(&self) -> bool {
        self.shard.is_none() && self.is_countable()
    }

    /// Whether a server says how many objects are left: shards do not count.
    pub(crate) fn is_countable(&self) -> bool {
        self.labels.is_empty() && self.fields.is_empty()
    }

    /// Whether an object of the resource matches.
    pub(crate) fn matches(&self, object: &Value, resource: &Resource) -> bool {
        self.shard.as_ref().is_none_or(|shard| shard.matches(object))
            && self.labels.matches(object)
            && self.fields.matches(|name| resource.field(object, name))
    }
}
