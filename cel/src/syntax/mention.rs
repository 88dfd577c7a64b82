//! What an expression mentions: constants, and chains of fields.

use std::{collections::BTreeSet, sync::Arc};

use super::expression::{Expression, Kind, Literal};

impl Expression {
    /// Calls `visit` with every constant in it.
    pub(crate) fn literals<'e>(&'e self, visit: &mut dyn FnMut(&'e Literal)) {
        if let Kind::Literal(literal) = &self.kind {
            visit(literal);
        }
        self.children(|child| child.literals(visit));
    }

    /// Adds every chain of fields that starts at a name: `self.a.b` with all that it goes through.
    pub(crate) fn selections(&self, found: &mut BTreeSet<Vec<Arc<str>>>) {
        found.extend(self.chain());
        self.children(|child| child.selections(found));
    }

    fn chain(&self) -> Option<Vec<Arc<str>>> {
        match &self.kind {
            Kind::Identifier(name) => Some(vec![name.clone()]),
            Kind::Select { operand, field, .. } => {
                let mut chain = operand.chain()?;
                chain.push(field.clone());
                Some(chain)
            }
            _ => None,
        }
    }
}
