//! What a value must fulfil: several schemas at once.
//!
//! In: schemas that all hold for one value. Out: the same question for its members and items, and the choice of one branch
//! of every `oneOf` and `anyOf`. It makes no values.

use std::collections::BTreeSet;

use crate::schema::{ListType, Schema, SchemaType};

/// More schemas than this are never put together.
const MAX_PARTS: usize = 64;

/// Schemas that one value must fulfil together.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted<'s> {
    /// All of these must hold. The first is a part of the CRD's structure, others may be branches of combinators.
    pub(crate) parts: Vec<&'s Schema>,
    /// These need not hold, but their limits are worth trying, and what surrounds the place of interest fulfils them if it can.
    pub(crate) also: Vec<&'s Schema>,
    /// Members that the chosen branches do not allow.
    absent: BTreeSet<&'s str>,
}

impl<'s> Wanted<'s> {
    /// A value of several schemas.
    pub(crate) fn all_of(schemas: impl IntoIterator<Item = &'s Schema>) -> Self {
        Self { parts: schemas.into_iter().collect(), ..Self::default() }
    }

    /// A value of one schema, with an eye on another.
    pub(crate) fn beside(schema: &'s Schema, also: &'s Schema) -> Self {
        Self { parts: vec![schema], also: vec![also], ..Self::default() }
    }

    /// Every schema, those that need not hold last.
    pub(crate) fn all(&self) -> impl Iterator<Item = &'s Schema> {
        self.parts.iter().chain(&self.also).copied()
    }

    /// The same, and what need not hold must hold too.
    pub(crate) fn strict(&self) -> Self {
        Self { parts: self.all().collect(), also: Vec::new(), absent: self.absent.clone() }
    }

    /// The same without what need not hold.
    pub(crate) fn alone(&self) -> Self {
        Self { parts: self.parts.clone(), also: Vec::new(), absent: self.absent.clone() }
    }

    /// Whether there is nothing to fulfil, so that any value will do.
    pub(crate) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// What the member of that name must fulfil. Nothing at all if no schema says anything about it.
    pub(crate) fn member(&self, name: &str) -> Self {
        self.below(|schema| schema.member(name))
    }

    /// What every item must fulfil.
    pub(crate) fn items(&self) -> Self {
        self.below(|schema| schema.items.as_deref())
    }

    fn below(&self, find: impl Fn(&'s Schema) -> Option<&'s Schema>) -> Self {
        let find_all = |from: &[&'s Schema]| from.iter().filter_map(|schema| find(schema)).collect();
        Self { parts: find_all(&self.parts), also: find_all(&self.also), absent: BTreeSet::new() }
    }

    /// Declared members in source order, each once.
    pub(crate) fn properties(&self) -> Vec<&'s str> {
        let mut seen = BTreeSet::new();
        let names = self.parts.iter().flat_map(|schema| schema.properties.keys());
        names.map(String::as_str).filter(|name| seen.insert(*name)).collect()
    }

    /// Required members in source order, each once.
    pub(crate) fn required(&self) -> Vec<&'s str> {
        let mut seen = BTreeSet::new();
        let names = self.parts.iter().flat_map(|schema| &schema.required);
        names.map(String::as_str).filter(|name| seen.insert(*name)).collect()
    }

    /// Whether a branch that was chosen rules this member out.
    pub(crate) fn rules_out(&self, name: &str) -> bool {
        self.absent.contains(name)
    }

    /// Whether members may be there that no schema declares.
    pub(crate) fn is_open(&self) -> bool {
        self.parts.iter().any(|schema| schema.preserve_unknown_fields || schema.additional_properties.is_some())
    }

    /// The one type that fulfils all, if a schema names one. Int-or-string is none.
    pub(crate) fn kind(&self) -> Option<SchemaType> {
        let kinds: Vec<SchemaType> = self.parts.iter().filter_map(|schema| schema.kind).collect();
        if kinds.contains(&SchemaType::Integer) { Some(SchemaType::Integer) } else { kinds.first().copied() }
    }

    /// Whether `flag` holds for one of the schemas that must hold.
    pub(crate) fn any(&self, flag: impl Fn(&Schema) -> bool) -> bool {
        self.parts.iter().any(|schema| flag(schema))
    }

    /// The list type, and the schema that has it.
    pub(crate) fn list(&self) -> Option<(&'s Schema, ListType)> {
        self.parts.iter().find_map(|schema| schema.list_type.map(|kind| (*schema, kind)))
    }

    /// The greatest lower bound of a size and the least upper one, among the schemas that must hold.
    pub(crate) fn size(&self, bounds: impl Fn(&Schema) -> (Option<i64>, Option<i64>)) -> (usize, usize) {
        let mut size = (0, usize::MAX);
        for (least, most) in self.parts.iter().map(|schema| bounds(schema)) {
            size.0 = size.0.max(count(least.unwrap_or(0)));
            size.1 = size.1.min(most.map_or(usize::MAX, count));
        }
        size
    }

    /// Whether a schema has `allOf`, `anyOf`, `oneOf` or `not`.
    pub(crate) fn has_branches(&self) -> bool {
        self.any(|schema| !schema.branches.is_empty())
    }

    /// How many choices of branches there may be; no fewer than there are.
    pub(crate) fn choices(&self) -> usize {
        self.parts.iter().map(|schema| choices(schema)).fold(1, usize::saturating_mul)
    }

    /// Whether a schema speaks of members.
    pub(crate) fn has_members(&self) -> bool {
        self.any(|schema| {
            !schema.properties.is_empty()
                || !schema.required.is_empty()
                || schema.additional_properties.is_some()
                || schema.embedded_resource
        })
    }

    /// The same with one branch chosen of every `oneOf` and `anyOf`, and every `allOf`, as schemas that must hold. Different
    /// numbers give different choices.
    pub(crate) fn choose(&self, mut choice: usize) -> Self {
        let mut chosen = Self { parts: Vec::new(), also: self.also.clone(), absent: self.absent.clone() };
        let mut pick = |branches: &'s [Schema]| -> Option<usize> {
            let picked = (!branches.is_empty()).then(|| choice % branches.len())?;
            choice /= branches.len();
            Some(picked)
        };
        let mut waiting: Vec<&'s Schema> = self.parts.iter().rev().copied().collect();
        while let Some(schema) = waiting.pop() {
            if chosen.parts.len() == MAX_PARTS {
                break;
            }
            chosen.parts.push(schema);
            waiting.extend(&schema.branches.all_of);
            waiting.extend(pick(&schema.branches.any_of).map(|picked| &schema.branches.any_of[picked]));
            if let Some(picked) = pick(&schema.branches.one_of) {
                let others = schema.branches.one_of.iter().enumerate().filter(|(index, _)| *index != picked);
                chosen.absent.extend(others.filter_map(|(_, other)| ruled_out(other, &schema.branches.one_of[picked])));
                waiting.push(&schema.branches.one_of[picked]);
            }
            if let Some(not) = schema.branches.not.as_deref() {
                chosen.absent.extend(ruled_out(not, schema));
                chosen.absent.extend(not.branches.any_of.iter().filter_map(|branch| ruled_out(branch, schema)));
            }
        }
        let required = chosen.required();
        chosen.absent.retain(|name| !required.contains(name));
        chosen
    }
}

fn choices(schema: &Schema) -> usize {
    let branches = [&schema.branches.all_of, &schema.branches.any_of, &schema.branches.one_of];
    let within = branches.into_iter().flatten().map(choices).fold(1, usize::saturating_mul);
    within.saturating_mul(schema.branches.any_of.len().max(1)).saturating_mul(schema.branches.one_of.len().max(1))
}

/// The member whose absence is enough to break `schema`, other than those that `kept` requires.
fn ruled_out<'s>(schema: &'s Schema, kept: &Schema) -> Option<&'s str> {
    schema.required.iter().rev().find(|name| !kept.required.contains(name)).map(String::as_str)
}

/// A size as a schema writes it; no size is negative.
fn count(size: i64) -> usize {
    usize::try_from(size).unwrap_or(if size < 0 { 0 } else { usize::MAX })
}
