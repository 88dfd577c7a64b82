//! Passes over a group's finished model, in this order, each a file of its own.
//!
//! In: a [`Group`] with all names. Out: the same, completed: Kubernetes' own types are recognised, equal shapes stand for
//! each other, and it is known which objects are conditions, and in which module each type lives.

mod condition;
mod kubernetes;
mod layout;
mod sharing;

use crate::model::Group;

/// Runs all passes.
pub(crate) fn analyze(group: &mut Group<'_>) {
    kubernetes::recognize(&mut group.shapes);
    sharing::share(group);
    condition::find(&mut group.shapes);
    layout::place(group);
}
