//! The rules of a schema, as a tree beside it.

use std::{collections::BTreeMap, sync::Arc};

use crdgen_cel::{Environment, Program};

use super::{
    declaration::Declaration,
    escape::escape,
    evaluate::{self, Budget},
    expression,
};
use crate::{
    field::{Errors, Path},
    field_path,
    schema::Schema,
    view::View,
};

/// The rules of a schema, ready to run, by several threads at once.
#[derive(Debug)]
pub struct Rules {
    root: Option<Node>,
}

/// The rules of one node of a schema, and of what is beneath it.
#[derive(Debug, Default)]
pub(super) struct Node {
    /// The rules, in source order; those that are empty are left out.
    pub(super) rules: Vec<Rule>,
    /// Why none of the rules can be compiled.
    pub(super) fault: Option<&'static str>,
    /// Whether this is the root of a resource.
    pub(super) is_root: bool,
    /// Whether one of the rules uses `oldSelf`.
    pub(super) uses_old_self: bool,
    pub(super) properties: BTreeMap<String, Node>,
    pub(super) additional: Option<Box<Node>>,
    pub(super) items: Option<Box<Node>>,
    /// The rules in `allOf`, for the same value.
    pub(super) all_of: Vec<Node>,
}

/// A rule.
#[derive(Debug)]
pub(super) struct Rule {
    /// The programs, or why they do not compile.
    pub(super) programs: Result<Programs, String>,
    /// `message`, without spaces around it; empty if absent.
    pub(super) message: String,
    /// `rule`, without spaces around it.
    pub(super) source: String,
    /// `messageExpression`.
    pub(super) message_source: String,
    /// `reason`.
    pub(super) reason: Option<String>,
    /// `optionalOldSelf`.
    pub(super) optional_old_self: bool,
    /// `fieldPath`, as the API server writes it; empty if absent.
    pub(super) field_path: String,
}

#[derive(Debug)]
pub(super) struct Programs {
    pub(super) rule: Program,
    pub(super) uses_old_self: bool,
    pub(super) message: Option<Program>,
}

impl Rules {
    /// Compiles the rules of a resource's schema.
    ///
    /// A rule that does not compile is an error for every object that it should check, as in kube-apiserver.
    pub fn new(schema: &Schema) -> Self {
        Self::compile(schema, true)
    }

    /// Compiles the rules of a schema for a part of a resource, such as a default.
    pub fn of_part(schema: &Schema) -> Self {
        Self::compile(schema, schema.embedded_resource)
    }

    fn compile(schema: &Schema, is_root: bool) -> Self {
        if !has_rules(schema) {
            return Self { root: None };
        }
        let (declaration, environment) = expression::declare(schema, is_root);
        Self { root: Node::new(schema, schema, is_root, declaration.as_ref(), &environment) }
    }

    /// Checks the default of a schema: as it stands, and as a new value.
    pub(crate) fn check_default(
        &self,
        default: View<'_>,
        schema: &Schema,
        path: &Path<'_>,
        budget: &mut Budget,
    ) -> Errors {
        let Some(root) = &self.root else { return Errors::default() };
        evaluate::check_default(root, default, schema, path, budget)
    }

    /// Checks an object, or its successor of `old`, as the API server does. See [`Rules::check_within`].
    pub fn check<'v>(&self, object: impl Into<View<'v>>, schema: &Schema, old: Option<View<'_>>) -> Errors {
        let replaced = old.map_or(Replaced::Nothing, Replaced::Forgiving);
        self.check_within(object, schema, replaced, &mut Budget::default())
    }

    /// Checks an object within a budget. The schema is the one that the rules were compiled from.
    ///
    /// The object must have passed every other check: a value of a wrong type is an error of each rule that reads it.
    pub fn check_within<'v>(
        &self,
        object: impl Into<View<'v>>,
        schema: &Schema,
        replaced: Replaced<'_>,
        budget: &mut Budget,
    ) -> Errors {
        let Some(root) = &self.root else { return Errors::default() };
        evaluate::check(root, object.into(), schema, replaced, budget)
    }
}

/// What an object replaces.
#[derive(Clone, Copy, Debug)]
pub enum Replaced<'a> {
    /// It is new: rules that use `oldSelf` have nothing to check.
    Nothing,
    /// An object whose unchanged parts may break rules, except those that use `oldSelf`.
    Forgiving(View<'a>),
    /// An object of which nothing is forgiven.
    Strict(View<'a>),
}

/// Whether the schema has rules. Those in `allOf` alone do not count: the API server takes such a schema for one without.
pub fn has_rules(schema: &Schema) -> bool {
    !schema.validations.is_empty() || schema.children().any(has_rules)
}

/// Whether there are rules anywhere that the API server may look for them: not in `anyOf`, `oneOf` and `not`.
fn has_any(schema: &Schema) -> bool {
    !schema.validations.is_empty() || schema.children().chain(&schema.branches.all_of).any(has_any)
}

impl Node {
    /// Whether rules are beneath so few members that each is looked for by its name.
    pub(super) fn leads_to_few(&self) -> bool {
        const FEW: usize = 4;
        self.additional.is_none() && self.properties.len() <= FEW
    }

    /// The rules that `from` has for values of `schema`, which is the same unless `from` is in its `allOf`. None if there
    /// are none.
    fn new(
        from: &Schema,
        schema: &Schema,
        is_root: bool,
        declaration: Option<&Arc<Declaration>>,
        environment: &Environment,
    ) -> Option<Self> {
        if !has_any(from) {
            return None;
        }
        let element = declaration.and_then(|declaration| declaration.element());
        let below = |from: &Schema, schema: &Schema, declaration: Option<&Arc<Declaration>>| {
            Self::new(from, schema, schema.embedded_resource, declaration, environment).map(Box::new)
        };
        let mut node = Self { is_root, ..Self::default() };
        if !from.validations.is_empty() {
            match declaration {
                Some(declaration) => node.compile(from, schema, declaration, environment),
                None => node.fault = Some("failed to convert to declType for CEL validation rules"),
            }
        }
        if let (Some(from), Some(items)) = (&from.items, &schema.items) {
            node.items = below(from, items, element);
        }
        if let (Some(from), Some(values)) = (from.additional_schema(), schema.additional_schema()) {
            node.additional = below(from, values, element);
        }
        for (name, from) in &*from.properties {
            // Rules in `allOf` count only for what is declared outside.
            let Some(schema) = schema.properties.get(name) else { continue };
            if !has_any(from) {
                continue;
            }
            let child = match (field_declaration(declaration, name), escape(name)) {
                (Some(field), _) => below(from, schema, Some(field)),
                // What rules cannot see at all has no rules.
                (None, Some(_)) => None,
                (None, None) => {
                    let (own, environment) = expression::declare(schema, schema.embedded_resource);
                    own.and_then(|own| Self::new(from, schema, schema.embedded_resource, Some(&own), &environment))
                        .map(Box::new)
                }
            };
            if let Some(child) = child {
                node.properties.insert(name.clone(), *child);
            }
        }
        let all_of = from.branches.all_of.iter();
        node.all_of = all_of.filter_map(|from| Self::new(from, schema, is_root, declaration, environment)).collect();
        Some(node)
    }

    fn compile(&mut self, from: &Schema, schema: &Schema, declaration: &Declaration, environment: &Environment) {
        let self_type = declaration.cel_type();
        for rule in &from.validations {
            let programs = match expression::compile(rule, environment, &self_type) {
                Ok(None) => continue,
                Ok(Some(found)) => Ok(Programs {
                    rule: found.rule.program,
                    uses_old_self: found.uses_old_self,
                    message: found.message.and_then(Result::ok).map(|message| message.program),
                }),
                Err(refused) => Err(refused.text),
            };
            self.uses_old_self |= programs.as_ref().is_ok_and(|programs| programs.uses_old_self);
            let text = |text: &Option<String>| text.as_deref().unwrap_or_default().trim().to_owned();
            self.rules.push(Rule {
                programs,
                message: text(&rule.message),
                source: rule.rule.trim().to_owned(),
                message_source: rule.message_expression.clone().unwrap_or_default(),
                reason: rule.reason.clone(),
                optional_old_self: rule.optional_old_self == Some(true),
                field_path: rule
                    .field_path
                    .as_deref()
                    .map(|path| field_path::normalized(path, schema))
                    .unwrap_or_default(),
            });
        }
    }
}

/// The declaration of a property; none if rules cannot name it.
pub(super) fn field_declaration<'d>(parent: Option<&'d Arc<Declaration>>, name: &str) -> Option<&'d Arc<Declaration>> {
    parent?.field(&escape(name)?)
}
