//! Whether two values are equal once Go has decoded them.
//!
//! In: two nodes of one type that [`check`](super::check) has passed. Out: what `apiequality.Semantic.DeepEqual` says of the
//! decoded values: what is empty equals what is absent, and members that a struct does not have do not count.

use super::{Struct, Type, json::Json, scalar};
use crate::node::Node;

/// Whether Go would decode both nodes into equal values.
pub(crate) fn are_equal(node: &Node<'_>, other: &Node<'_>, kind: &Type) -> bool {
    match kind {
        Type::Pointer(inner) => match (node.is_null(), other.is_null()) {
            (false, false) => are_equal(node, other, inner),
            (is_null, other_is_null) => is_null == other_is_null,
        },
        Type::Struct(of) => are_equal_structs(node, other, of),
        Type::List(kind) => {
            let (items, others) = (node.items(), other.items());
            items.len() == others.len() && items.iter().zip(others).all(|(item, other)| are_equal(item, other, kind))
        }
        Type::Map(kind) => {
            let (members, others) = (node.members(), other.members());
            let mut pairs = members.iter().map(|member| (&member.value, other.get(&member.name)));
            members.len() == others.len()
                && pairs.all(|(value, other)| other.is_some_and(|other| are_equal(value, other, kind)))
        }
        Type::OneOf(kinds, _) => {
            let of = |node: &Node<'_>| kinds.iter().position(|kind| kind.accepts(Json::kind(node)));
            let (found, other_found) = (of(node), of(other));
            found == other_found && found.is_none_or(|index| are_equal(node, other, &kinds[index]))
        }
        Type::Text | Type::Bytes | Type::Time | Type::MicroTime => node.text() == other.text(),
        Type::Named(_, kind) => are_equal(node, other, kind),
        Type::Quantity => scalar::are_equal_quantities(node, other),
        Type::Flag => is_set(node) == is_set(other),
        Type::Int32 | Type::Int64 | Type::WholeNumber | Type::Float64 => number(node).total_cmp(&number(other)).is_eq(),
        Type::IntOrString | Type::Any => node.is_same_value(other),
    }
}

fn are_equal_structs(node: &Node<'_>, other: &Node<'_>, of: &Struct) -> bool {
    let same = |name: &str| of.field(name).is_none_or(|field| are_equal(&node[name], &other[name], &field.kind));
    node.members().iter().all(|member| same(&member.name))
        && other.members().iter().all(|member| node.get(&member.name).is_some() || same(&member.name))
}

fn is_set(node: &Node<'_>) -> bool {
    node.as_bool() == Some(true)
}

/// A number as a float; integers that a float does not hold are beyond every keyword's use.
fn number(node: &Node<'_>) -> f64 {
    let number = node.as_number().and_then(|number| number.as_f64()).unwrap_or(0.0);
    // Go takes both zeros for equal.
    if number == 0.0 { 0.0 } else { number }
}
