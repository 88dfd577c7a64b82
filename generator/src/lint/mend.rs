//! Which bound would make a rule cheap enough.
//!
//! In: a rule that costs too much. Out: the lists, maps and texts that the cost comes from, each with the largest bound with
//! which the rule would pass. It is found by trying: the bound is set in a copy of the schema, and the cost estimated again.

use std::collections::BTreeSet;

use crdgen_schema::{
    rule::{ExpressionOf, Site, Step, SurveyedRule},
    schema::{Constraints, Schema, SchemaType},
};

/// So many lists, maps and texts are looked at: an expression that reads more is not mended by one bound.
const MOST_TRIED: usize = 24;
/// No bound need be larger: no request holds more.
const LARGEST: i64 = 3 << 20;

/// A bound that a rule needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bound {
    /// The way to the list, map or text.
    pub(crate) steps: Vec<Step>,
    /// Which keyword bounds it.
    pub(crate) keyword: Keyword,
    /// Its bound now.
    pub(crate) present: Option<i64>,
    /// The bound that stands in `allOf` only, where it does not count for costs.
    pub(crate) in_all_of: Option<(i64, usize)>,
    /// The largest bound with which the rule passes.
    pub(crate) largest: i64,
}

/// What a keyword bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keyword {
    /// `maxItems`
    Items,
    /// `maxProperties`
    Properties,
    /// `maxLength`
    Length,
}

/// What would make a rule pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Mending {
    /// Any one of these bounds.
    AnyOf(Vec<Bound>),
    /// All of these bounds together.
    AllOf(Vec<Bound>),
    /// No bound does: the rule itself costs too much.
    None,
}

impl Keyword {
    /// As it is written.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Items => "maxItems",
            Self::Properties => "maxProperties",
            Self::Length => "maxLength",
        }
    }

    /// The keyword that bounds values of a schema, if one does.
    fn of(schema: &Schema) -> Option<Self> {
        match schema.kind {
            _ if schema.int_or_string => Some(Self::Length),
            Some(SchemaType::Array) => Some(Self::Items),
            Some(SchemaType::Object) if schema.additional_properties.is_some() => Some(Self::Properties),
            Some(SchemaType::String) if has_free_length(schema) => Some(Self::Length),
            _ => None,
        }
    }

    fn get(self, constraints: &Constraints) -> Option<i64> {
        match self {
            Self::Items => constraints.max_items,
            Self::Properties => constraints.max_properties,
            Self::Length => constraints.max_length,
        }
    }

    fn set(self, constraints: &mut Constraints, bound: Option<i64>) {
        *match self {
            Self::Items => &mut constraints.max_items,
            Self::Properties => &mut constraints.max_properties,
            Self::Length => &mut constraints.max_length,
        } = bound;
    }
}

/// Whether `maxLength` changes how long a text counts as: an enum and some formats say it already.
fn has_free_length(schema: &Schema) -> bool {
    let has_length = ["date", "date-time", "duration"].iter().any(|known| schema.format.as_deref() == Some(*known));
    !has_length && (schema.enumeration.is_empty() || schema.constraints.max_length.is_some())
}

/// An expression that costs too much.
#[derive(Clone, Copy)]
pub(crate) struct Expensive<'e> {
    /// Where it is.
    pub(crate) site: &'e Site<'e>,
    /// The rule that it belongs to.
    pub(crate) rule: &'e SurveyedRule<'e>,
    /// Which of its expressions it is.
    pub(crate) of: ExpressionOf,
    /// What it may cost.
    pub(crate) limit: u64,
}

/// What would make an expression cost no more than it may. `root` is the schema that was surveyed.
pub(crate) fn mend(root: &Schema, expensive: Expensive<'_>) -> Mending {
    let candidates = candidates(root, expensive);
    let mut trial = Trial { root: root.clone(), expensive };
    let alone: Vec<Bound> =
        candidates.iter().filter_map(|candidate| trial.largest(std::slice::from_ref(candidate))?.pop()).collect();
    if !alone.is_empty() {
        return Mending::AnyOf(alone);
    }
    match trial.largest(&candidates) {
        Some(together) => Mending::AllOf(trial.needed(together)),
        None => Mending::None,
    }
}

/// The lists, maps and texts that the cost comes from: those around a rule, and those that the expression reads.
fn candidates(root: &Schema, Expensive { site, rule, of, .. }: Expensive<'_>) -> Vec<Bound> {
    let counted = if of == ExpressionOf::Rule { site.steps.len() } else { 0 };
    let around = (0..counted).map(|length| site.steps[..length].to_vec());
    let mut seen = BTreeSet::new();
    let places = around.chain(site.sizes_of(rule, of)).filter(|steps| seen.insert(steps.clone()));
    places.filter_map(|steps| candidate(root, steps)).take(MOST_TRIED).collect()
}

fn candidate(root: &Schema, steps: Vec<Step>) -> Option<Bound> {
    let schema = steps.iter().try_fold(root, |schema, step| step.descend(schema))?;
    let keyword = Keyword::of(schema)?;
    let present = keyword.get(&schema.constraints);
    let branches = schema.branches.all_of.iter().enumerate();
    let in_all_of = branches.filter_map(|(index, branch)| Some((keyword.get(&branch.constraints)?, index))).min();
    Some(Bound { steps, keyword, present, in_all_of: in_all_of.filter(|_| present.is_none()), largest: LARGEST })
}

/// A copy of the schema, to try bounds in.
struct Trial<'t> {
    root: Schema,
    expensive: Expensive<'t>,
}

impl Trial<'_> {
    /// The bounds with the largest number for all with which the rule passes; none if it passes with no number. The schema is as
    /// before after it.
    fn largest(&mut self, bounds: &[Bound]) -> Option<Vec<Bound>> {
        let (mut passes, mut fails) = (0, LARGEST + 1);
        while passes + 1 < fails {
            let middle = passes + (fails - passes) / 2;
            self.set(bounds, |bound| Some(bound.present.map_or(middle, |present| present.min(middle))));
            if self.passes() {
                passes = middle;
            } else {
                fails = middle;
            }
        }
        self.set(bounds, |bound| bound.present);
        (passes > 0 && !bounds.is_empty())
            .then(|| bounds.iter().map(|bound| Bound { largest: passes, ..bound.clone() }).collect())
    }

    /// The bounds without those that the rule passes without.
    fn needed(&mut self, bounds: Vec<Bound>) -> Vec<Bound> {
        let number = |bound: &Bound| Some(bound.present.map_or(bound.largest, |present| present.min(bound.largest)));
        self.set(&bounds, number);
        let mut needed = Vec::new();
        for bound in bounds {
            self.set(std::slice::from_ref(&bound), |bound| bound.present);
            let lowers = bound.present.is_none_or(|present| present > bound.largest);
            if lowers && !self.passes() {
                self.set(std::slice::from_ref(&bound), number);
                needed.push(bound);
            }
        }
        needed
    }

    fn set(&mut self, bounds: &[Bound], number: impl Fn(&Bound) -> Option<i64>) {
        for bound in bounds {
            let schema = bound.steps.iter().try_fold(&mut self.root, |schema, step| step.descend_mut(schema));
            if let Some(schema) = schema {
                bound.keyword.set(&mut schema.constraints, number(bound));
            }
        }
    }

    fn passes(&self) -> bool {
        let Expensive { site, rule, of, limit } = self.expensive;
        site.cost_within(rule, of, &self.root).is_some_and(|cost| cost.total() <= limit)
    }
}
