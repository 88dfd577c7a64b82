//! The expression tree.

use std::sync::Arc;

use crate::value::Value;

/// Names one node of an expression: an index into tables about its nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Id(u32);

impl Id {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// Where each node stands: the byte offset of the token that makes it, as cel-go counts it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Positions(Vec<Option<u32>>);

impl Positions {
    /// A name for a new node.
    pub(crate) fn add(&mut self, offset: Option<u32>) -> Id {
        // A text has far fewer nodes than that.
        let id = Id(u32::try_from(self.0.len()).unwrap_or(u32::MAX));
        self.0.push(offset);
        id
    }

    pub(crate) fn get(&self, id: Id) -> Option<u32> {
        self.0[id.index()]
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

/// A node with what is below it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Expression {
    pub(crate) id: Id,
    pub(crate) kind: Kind,
}

/// What a node is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    Literal(Literal),
    Identifier(Arc<str>),
    /// `operand.field`, or with `test` `has(operand.field)`.
    Select {
        operand: Box<Expression>,
        field: Arc<str>,
        test: bool,
    },
    /// An operator, a function, or with a target a member function.
    Call {
        function: Arc<str>,
        target: Option<Box<Expression>>,
        arguments: Vec<Expression>,
    },
    /// The items, each with whether it is optional (`[?x]`).
    List(Vec<(Expression, bool)>),
    Map(Vec<Entry>),
    /// `type_name{field: value}`.
    Message {
        type_name: Arc<str>,
        fields: Vec<(Id, Arc<str>, Expression, bool)>,
    },
    Comprehension(Box<Comprehension>),
    /// Stands where the text was wrong.
    Missing,
}

/// An entry of a map literal.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub(crate) key: Expression,
    pub(crate) value: Expression,
    /// `{?key: value}`.
    pub(crate) optional: bool,
}

/// A constant as it was written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Literal {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Double(f64),
    String(Arc<str>),
    Bytes(Arc<[u8]>),
}

/// A loop, as macros expand to it: the checker and the cost estimate see its parts, the evaluator what the [`Loop`] does.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Comprehension {
    pub(crate) shape: Loop,
    pub(crate) range: Expression,
    pub(crate) variable: Arc<str>,
    /// With it, the variables are index and item, or key and value.
    pub(crate) second_variable: Option<Arc<str>>,
    pub(crate) accumulator: Arc<str>,
    pub(crate) initial: Expression,
    pub(crate) condition: Expression,
    pub(crate) step: Expression,
    pub(crate) result: Expression,
}

/// What a loop does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Loop {
    /// Step: `accumulator && predicate`.
    All,
    /// Step: `accumulator || predicate`.
    Exists,
    /// Step: `predicate ? accumulator + 1 : accumulator`.
    ExistsOne,
    /// Step: `accumulator + [item]`, perhaps within `filter ? … : accumulator`.
    List,
    /// Step: `cel.@mapInsert(accumulator, …)`, perhaps within `filter ? … : accumulator`.
    Map,
    /// No loop: the result is evaluated with the accumulator as a variable, which is evaluated when it is first used.
    Bind,
}

impl Literal {
    /// What it stands for.
    pub(crate) fn value(&self) -> Value<'_> {
        match self {
            Self::Null => Value::Null,
            Self::Bool(flag) => Value::Bool(*flag),
            Self::Int(number) => Value::Int(*number),
            Self::Uint(number) => Value::Uint(*number),
            Self::Double(number) => Value::Double(*number),
            Self::String(text) => Value::String(text),
            Self::Bytes(bytes) => Value::Bytes(bytes),
        }
    }
}

impl Expression {
    /// The name that a chain of selections reads as: `a.b.c`.
    pub(crate) fn qualified_name(&self) -> Option<String> {
        match &self.kind {
            Kind::Identifier(name) => Some(name.to_string()),
            Kind::Select { operand, field, test: false } => Some(format!("{}.{field}", operand.qualified_name()?)),
            _ => None,
        }
    }

    /// Whether a loop in it has two variables.
    pub(crate) fn has_loop_of_two_variables(&self) -> bool {
        let mut found =
            matches!(&self.kind, Kind::Comprehension(comprehension) if comprehension.second_variable.is_some());
        self.children(|child| found = found || child.has_loop_of_two_variables());
        found
    }

    /// Calls `visit` with each node directly below this one, in the order of evaluation.
    pub(crate) fn children<'e>(&'e self, mut visit: impl FnMut(&'e Self)) {
        match &self.kind {
            Kind::Literal(_) | Kind::Identifier(_) | Kind::Missing => {}
            Kind::Select { operand, .. } => visit(operand),
            Kind::Call { target, arguments, .. } => {
                if let Some(target) = target {
                    visit(target);
                }
                arguments.iter().for_each(visit);
            }
            Kind::List(items) => items.iter().for_each(|(item, _)| visit(item)),
            Kind::Map(entries) => entries.iter().for_each(|entry| {
                visit(&entry.key);
                visit(&entry.value);
            }),
            Kind::Message { fields, .. } => fields.iter().for_each(|(_, _, value, _)| visit(value)),
            Kind::Comprehension(comprehension) => {
                let Comprehension { range, initial, condition, step, result, .. } = &**comprehension;
                [range, initial, condition, step, result].into_iter().for_each(visit);
            }
        }
    }
}
