//! The schemas of a CRD, listed: where a mutation may find what it changes.
//!
//! In: a CRD's document. Out: a [`Survey`] of [`Site`]s, which it leads to in that document and in copies of it.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::json::Json;

/// All schemas of a CRD that its objects can have values for, parents before children.
#[derive(Clone, Debug)]
pub(super) struct Survey {
    sites: Vec<Site>,
}

/// One of them.
#[derive(Clone, Debug)]
pub(super) struct Site {
    /// The number of the version, in the document's order.
    pub(super) version: usize,
    /// The way from the schema around it.
    pub(super) step: Step,
    /// How many properties lead to it from the root of the version.
    pub(super) depth: usize,
    /// Whether an array or a map is on the way.
    pub(super) in_elements: bool,
    /// What it describes.
    pub(super) sort: Sort,
    /// Whether it has a `default`, a `format`, a bound.
    pub(super) keywords: Keywords,
    /// Equal for schemas that are equal but for their own descriptions.
    pub(super) fingerprint: u64,
    parent: Option<usize>,
}

/// Some keywords that a schema may have.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Keywords {
    pub(super) default: bool,
    pub(super) format: bool,
    pub(super) constraint: bool,
}

/// The way from one schema to the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// A version's root.
    Root,
    /// A property.
    Property(String),
    /// The items of an array.
    Items,
    /// The values of a map.
    Values,
}

/// What a schema describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    /// An object with properties.
    Object,
    /// An object with any keys.
    Map,
    /// An array.
    Array,
    /// A string with an `enum`.
    Enum,
    /// Any other string.
    Text,
    /// Any other integer, number or boolean.
    Scalar,
    /// Anything else.
    Other,
}

/// The constraints that are bounds or patterns of a value.
pub(super) const CONSTRAINTS: [&str; 12] = [
    "minLength",
    "maxLength",
    "pattern",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
];

impl Survey {
    /// Lists the schemas of a document.
    pub(super) fn new(document: &Json) -> Self {
        let mut survey = Self { sites: Vec::new() };
        let versions = document.at(&["spec", "versions"]).map_or(&[][..], Json::items);
        for (number, version) in versions.iter().enumerate() {
            if let Some(schema) = version.at(&["schema", "openAPIV3Schema"]) {
                survey.add(schema, None, number, Step::Root);
            }
        }
        survey
    }

    /// All of them.
    pub(super) fn sites(&self) -> &[Site] {
        &self.sites
    }

    /// The number of the schema around one.
    pub(super) fn parent(&self, site: usize) -> Option<usize> {
        self.sites.get(site)?.parent
    }

    /// The key of the property that a schema belongs to, as itself or as what an array or a map holds.
    pub(super) fn key(&self, mut site: usize) -> Option<&str> {
        loop {
            match &self.sites.get(site)?.step {
                Step::Property(key) => return Some(key),
                Step::Root => return None,
                Step::Items | Step::Values => site = self.sites[site].parent?,
            }
        }
    }

    /// The way to a schema from the root of its version.
    pub(super) fn way(&self, site: usize) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut at = Some(site);
        while let Some(found) = at.and_then(|at| self.sites.get(at)) {
            steps.push(found.step.clone());
            at = found.parent;
        }
        steps.reverse();
        steps
    }

    /// The schema of a version on that way, if it is there.
    pub(super) fn find(&self, version: usize, way: &[Step]) -> Option<usize> {
        let sites = self.sites.iter().enumerate().filter(|(_, site)| site.version == version);
        way.iter()
            .try_fold((None, sites), |(parent, mut sites), step| {
                let (number, _) = sites.find(|(_, site)| site.parent == parent && site.step == *step)?;
                Some((Some(number), sites))
            })?
            .0
    }

    /// Whether `site` is `above`, or is inside of it.
    pub(super) fn is_within(&self, mut site: usize, above: usize) -> bool {
        while site > above {
            match self.sites[site].parent {
                Some(parent) => site = parent,
                None => return false,
            }
        }
        site == above
    }

    /// The schema in a document, to change it.
    pub(super) fn schema_mut<'d>(&self, document: &'d mut Json, site: usize) -> Option<&'d mut Json> {
        let mut steps = Vec::new();
        let mut at = site;
        loop {
            let found = self.sites.get(at)?;
            steps.push(&found.step);
            match found.parent {
                Some(parent) => at = parent,
                None => break,
            }
        }
        let versions = document.at_mut(&["spec", "versions"])?.items_mut()?;
        let mut schema = versions.get_mut(self.sites[site].version)?.at_mut(&["schema", "openAPIV3Schema"])?;
        for step in steps.iter().rev().skip(1) {
            schema = match step {
                Step::Root => schema,
                Step::Property(key) => schema.at_mut(&["properties", key])?,
                Step::Items => schema.at_mut(&["items"])?,
                Step::Values => schema.at_mut(&["additionalProperties"])?,
            };
        }
        Some(schema)
    }

    fn add(&mut self, schema: &Json, parent: Option<usize>, version: usize, step: Step) -> u64 {
        let above = parent.map(|parent| (self.sites[parent].depth, self.sites[parent].in_elements));
        let (depth, in_elements) = above.unwrap_or_default();
        let number = self.sites.len();
        self.sites.push(Site {
            version,
            depth: depth + usize::from(matches!(step, Step::Property(_))),
            in_elements: in_elements || matches!(step, Step::Items | Step::Values),
            sort: sort(schema),
            keywords: Keywords {
                default: schema.get("default").is_some(),
                format: schema.get("format").is_some(),
                constraint: CONSTRAINTS.iter().any(|keyword| schema.get(keyword).is_some()),
            },
            fingerprint: 0,
            parent,
            step,
        });
        let mut hasher = DefaultHasher::new();
        for (name, value) in schema.members().into_iter().flatten() {
            match (name.as_ref(), value.members()) {
                ("description" | "title", _) => {}
                ("properties", Some(properties)) => {
                    for (key, property) in properties {
                        key.hash(&mut hasher);
                        self.add(property, Some(number), version, Step::Property(key.to_string())).hash(&mut hasher);
                    }
                }
                ("items", Some(_)) => self.add(value, Some(number), version, Step::Items).hash(&mut hasher),
                ("additionalProperties", Some(_)) => {
                    self.add(value, Some(number), version, Step::Values).hash(&mut hasher);
                }
                (other, _) => (other, value.to_string()).hash(&mut hasher),
            }
        }
        self.sites[number].fingerprint = hasher.finish();
        self.sites[number].fingerprint
    }
}

fn sort(schema: &Json) -> Sort {
    let has = |name: &str| schema.get(name).is_some();
    match schema.get("type").and_then(Json::as_str) {
        _ if has("x-kubernetes-int-or-string") => Sort::Other,
        Some("object") if schema.get("properties").and_then(Json::members).is_some_and(|all| !all.is_empty()) => {
            Sort::Object
        }
        Some("object") => Sort::Map,
        Some("array") => Sort::Array,
        Some("string") if has("enum") => Sort::Enum,
        Some("string") => Sort::Text,
        Some("integer" | "number" | "boolean") => Sort::Scalar,
        _ => Sort::Other,
    }
}
