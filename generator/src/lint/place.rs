//! Where findings are: the parts of a schema, each with its place in the file, in the document, and as settings name it.

use crdgen_schema::{
    definition::{Definition, Version},
    diagnostic::Position,
    rule::{Site, Step, print_schema_path},
    schema::Schema,
};

use crate::place;

/// A version of a definition.
#[derive(Clone, Copy)]
pub(crate) struct VersionOf<'a> {
    pub(crate) definition: &'a Definition,
    /// Its index among the versions.
    pub(crate) index: usize,
    pub(crate) version: &'a Version,
}

/// A part of a version's schema.
#[derive(Clone, Copy)]
pub(crate) struct Node<'a> {
    pub(crate) of: VersionOf<'a>,
    pub(crate) schema: &'a Schema,
    /// The schema around it, unless it is the root.
    pub(crate) parent: Option<&'a Schema>,
    /// The way from the root.
    pub(crate) steps: &'a [Step],
    /// Where it stands, or the nearest known place around it.
    pub(crate) position: Option<Position>,
}

/// Where a finding is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Spot {
    pub(crate) file: String,
    pub(crate) position: Option<Position>,
    /// In the document: `spec.versions[0].schema.openAPIV3Schema.properties[spec]`.
    pub(crate) path: String,
    /// As settings name it: `databases.example.com/v1/spec`.
    pub(crate) place: String,
}

impl<'a> VersionOf<'a> {
    /// All versions of a definition.
    pub(crate) fn all(definition: &'a Definition) -> impl Iterator<Item = Self> {
        definition.versions.iter().enumerate().map(move |(index, version)| Self { definition, index, version })
    }

    /// Where a member of the version is: `subresources` for instance.
    pub(crate) fn spot(self, member: &str) -> Spot {
        self.spot_at(member, self.version.at.or(self.definition.source.position))
    }

    /// Where a member of the version is, at a place that is known better.
    pub(crate) fn spot_at(self, member: &str, position: Option<Position>) -> Spot {
        Spot {
            file: self.definition.source.file.clone(),
            position,
            path: format!("spec.versions[{}].{member}", self.index),
            place: place::root(&self.definition.name, &self.version.name),
        }
    }

    /// Where a part of the schema is.
    pub(crate) fn spot_of(self, steps: &[Step], position: Option<Position>) -> Spot {
        let mut spot = self.spot_at("schema.openAPIV3Schema", position.or(self.definition.source.position));
        spot.path.push_str(&print_schema_path(steps));
        for step in steps {
            spot.place = match step {
                Step::Property(name) => place::child(&spot.place, name),
                Step::Items | Step::Values => place::element(&spot.place),
            };
        }
        spot
    }

    /// Where a rule is: the rule of that index of a site.
    pub(crate) fn spot_of_rule(self, site: &Site<'_>, index: usize) -> Spot {
        let rule = site.schema.validations.get(index);
        let mut spot = self.spot_of(&site.steps, rule.and_then(|rule| rule.at).or(site.schema.at));
        spot.path = format!("{}.x-kubernetes-validations[{index}]", spot.path);
        spot
    }

    /// Calls `visit` with every part of the schema, parents first. The members that every object has (`apiVersion`, `kind`,
    /// `metadata`) are left out.
    pub(crate) fn visit(self, visit: &mut dyn FnMut(&Node<'_>)) {
        let schema = &self.version.schema;
        self.node(schema, None, &mut Vec::new(), schema.at, visit);
    }

    fn node(
        self,
        schema: &Schema,
        parent: Option<&Schema>,
        steps: &mut Vec<Step>,
        around: Option<Position>,
        visit: &mut dyn FnMut(&Node<'_>),
    ) {
        let position = schema.at.or(around);
        visit(&Node { of: self, schema, parent, steps, position });
        let is_given = |name: &str| parent.is_none() && ["apiVersion", "kind", "metadata"].contains(&name);
        let properties = schema.properties.iter().filter(|(name, _)| !is_given(name));
        let properties = properties.map(|(name, schema)| (Step::Property(name.clone()), schema));
        let items = schema.items.as_deref().map(|items| (Step::Items, items));
        let values = schema.additional_schema().map(|values| (Step::Values, values));
        for (step, child) in properties.chain(items).chain(values) {
            steps.push(step);
            self.node(child, Some(schema), steps, position, visit);
            steps.pop();
        }
    }
}

impl Node<'_> {
    /// Where it is.
    pub(crate) fn spot(&self) -> Spot {
        self.of.spot_of(self.steps, self.position)
    }

    /// The name of the property, if it is one.
    pub(crate) fn name(&self) -> Option<&str> {
        match self.steps.last()? {
            Step::Property(name) => Some(name),
            Step::Items | Step::Values => None,
        }
    }

    /// Whether it is a property that its object must have.
    pub(crate) fn is_required(&self) -> bool {
        let required = |name: &str| self.parent.is_some_and(|parent| parent.required.iter().any(|known| known == name));
        self.name().is_some_and(required)
    }

    /// Whether it is a property right beneath that of the root with this name.
    pub(crate) fn is_right_beneath(&self, name: &str) -> bool {
        matches!(self.steps, [Step::Property(first), Step::Property(_)] if first == name)
    }
}

/// A place as people write it: `spec.ports[*].name`; `the object` for the root.
pub(crate) fn people(steps: &[Step]) -> String {
    if steps.is_empty() {
        return "the object".to_owned();
    }
    let mut path = String::new();
    for step in steps {
        match step {
            Step::Property(name) => path.extend([if path.is_empty() { "" } else { "." }, name]),
            Step::Items | Step::Values => path.push_str("[*]"),
        }
    }
    path
}
