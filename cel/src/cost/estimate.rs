//! What an expression will cost, from the sizes that are known of its variables.

use std::{collections::HashMap, sync::Arc};

use super::{
    CallEstimate, LIST, MAP, Operand, PER_CHARACTER, Range, Sizes,
    call::{Call, Path},
};
use crate::{
    check::Checked,
    library::DeclaredOverload,
    operator,
    static_type::Type,
    syntax::{Comprehension, Expression, Id, Kind, Literal, Loop},
};

/// The cost of a whole expression.
pub(crate) fn estimate(checked: &Checked, sizes: &dyn Sizes) -> Range {
    let mut estimator = Estimator {
        checked,
        sizes,
        paths: HashMap::new(),
        known_sizes: HashMap::new(),
        known_entries: HashMap::new(),
        locals: Vec::new(),
    };
    estimator.cost(&checked.expression)
}

/// Sizes of the keys and the values of a list or a map.
#[derive(Clone, Copy)]
struct Entries {
    is_list: bool,
    key: Range,
    value: Range,
}

/// What is known of a variable of a loop.
#[derive(Clone)]
struct Local {
    name: Arc<str>,
    path: Path,
    size: Option<Range>,
    entries: Option<Entries>,
}

struct Estimator<'e> {
    checked: &'e Checked,
    sizes: &'e dyn Sizes,
    paths: HashMap<Id, Path>,
    known_sizes: HashMap<Id, Range>,
    known_entries: HashMap<Id, Entries>,
    locals: Vec<Local>,
}

impl<'e> Estimator<'e> {
    fn cost(&mut self, expression: &'e Expression) -> Range {
        match &expression.kind {
            // Nothing that is a message passes the checker.
            Kind::Literal(_) | Kind::Missing | Kind::Message { .. } => Range::ZERO,
            Kind::Identifier(name) => {
                let path = self.local(name).map_or_else(|| vec![name.clone()], |local| local.path.clone());
                self.paths.insert(expression.id, path);
                Range::ONE
            }
            Kind::Select { operand, field, test } => self.select(expression.id, operand, field, *test),
            Kind::Call { function, target, arguments } => self.call(expression, function, target.as_deref(), arguments),
            Kind::List(items) => {
                let mut sum = Range::ZERO;
                let mut item_size = Range { min: if items.is_empty() { 0 } else { u64::MAX }, max: 0 };
                for (item, _) in items {
                    sum = sum.plus(self.cost(item));
                    item_size = item_size.or(self.size_or_unknown(item));
                }
                let entries = Entries { is_list: true, key: Range::ONE, value: item_size };
                self.known_entries.insert(expression.id, entries);
                sum.plus(Range::exactly(LIST))
            }
            Kind::Map(entries) => {
                let mut sum = Range::ZERO;
                let nothing = Range { min: if entries.is_empty() { 0 } else { u64::MAX }, max: 0 };
                let (mut key, mut value) = (nothing, nothing);
                for entry in entries {
                    sum = sum.plus(self.cost(&entry.key)).plus(self.cost(&entry.value));
                    key = key.or(self.size_or_unknown(&entry.key));
                    value = value.or(self.size_or_unknown(&entry.value));
                }
                self.known_entries.insert(expression.id, Entries { is_list: false, key, value });
                sum.plus(Range::exactly(MAP))
            }
            Kind::Comprehension(comprehension) if comprehension.shape == Loop::Bind => {
                self.bind(expression.id, comprehension)
            }
            Kind::Comprehension(comprehension) => self.comprehension(expression.id, comprehension),
        }
    }

    fn local(&self, name: &str) -> Option<&Local> {
        self.locals.iter().rev().find(|local| &*local.name == name)
    }

    fn path(&self, expression: &Expression) -> Path {
        if let Kind::Identifier(name) = &expression.kind
            && let Some(local) = self.local(name)
        {
            return local.path.clone();
        }
        self.paths.get(&expression.id).cloned().unwrap_or_default()
    }

    fn extended(&self, expression: &Expression, name: &str) -> Path {
        let mut path = self.path(expression);
        path.push(name.into());
        path
    }

    fn select(&mut self, id: Id, operand: &'e Expression, field: &Arc<str>, test: bool) -> Range {
        let mut sum = self.cost(operand);
        // Asking whether a field is there costs nothing in Kubernetes.
        if test {
            return sum;
        }
        if matches!(self.checked.type_of(operand.id), Type::Map(_) | Type::Object(_) | Type::Parameter(_)) {
            sum = sum.plus(Range::ONE);
        }
        let path = self.extended(operand, field);
        self.paths.insert(id, path);
        sum
    }

    fn call(
        &mut self,
        expression: &'e Expression,
        function: &str,
        target: Option<&'e Expression>,
        arguments: &'e [Expression],
    ) -> Range {
        if function == "dyn" {
            let cost = self.cost(&arguments[0]);
            self.copy_sizes(expression.id, &arguments[0]);
            return Range::ONE.plus(cost);
        }
        let costs: Vec<_> = arguments.iter().map(|argument| self.cost(argument)).collect();
        let operands: Vec<_> = arguments.iter().map(|argument| self.operand(argument)).collect();
        let checked = self.checked;
        let overloads = checked.overloads(expression.id);
        if overloads.is_empty() {
            return Range::ZERO;
        }
        let mut sum = Range::ZERO;
        let target = target.map(|target| {
            sum = sum.plus(self.cost(target));
            self.operand(target)
        });
        let mut calls = Range { min: u64::MAX, max: 0 };
        let mut size: Option<Range> = None;
        for overload in overloads {
            let found = self.overload(expression, function, overload, target.as_ref(), &operands, &costs);
            calls = calls.or(found.cost);
            size = match (size, found.size) {
                (Some(a), Some(b)) => Some(a.or(b)),
                (a, b) => a.or(b),
            };
            if let "index_list" | "index_map" = overload.id {
                let name = if overload.id == "index_list" { "@items" } else { "@values" };
                size = self.entries(&arguments[0]).map(|entries| entries.value);
                let path = self.extended(&arguments[0], name);
                self.paths.insert(expression.id, path);
            }
            size = size.or_else(|| self.size(expression));
        }
        if let Some(size) = size {
            self.known_sizes.insert(expression.id, size);
        }
        sum.plus(calls)
    }

    /// What a call of one overload costs, with its arguments.
    fn overload(
        &mut self,
        expression: &Expression,
        function: &str,
        overload: &DeclaredOverload,
        target: Option<&Operand<'e>>,
        operands: &[Operand<'e>],
        costs: &[Range],
    ) -> CallEstimate {
        let arguments = || costs.iter().fold(Range::ZERO, |sum, cost| sum.plus(*cost));
        match function {
            // The second argument may not be evaluated.
            operator::AND | operator::OR => {
                CallEstimate::of(Range { min: costs[0].min, max: costs[0].plus(costs[1]).max })
            }
            operator::CONDITIONAL => {
                let size = operands[1].known_size().or(operands[2].known_size());
                self.unite_entries(expression.id, &operands[1], &operands[2]);
                CallEstimate::of(costs[0].plus(costs[1].or(costs[2]))).giving(size)
            }
            operator::ADD if matches!(overload.id, "add_string" | "add_bytes" | "add_list") => {
                let size = operands[0].known_size().plus(operands[1].known_size());
                self.unite_entries(expression.id, &operands[0], &operands[1]);
                let cost = if overload.id == "add_list" { Range::ONE } else { size.scaled(PER_CHARACTER) };
                CallEstimate::of(cost.plus(arguments())).giving(size)
            }
            _ => {
                let call = Call { target, arguments: operands, sizes: self.sizes };
                let cost = overload.cost.or(overload.function_cost);
                let found = cost.map_or(CallEstimate::ONE, |cost| (cost.estimate)(&call));
                CallEstimate { cost: found.cost.plus(arguments()), size: found.size }
            }
        }
    }

    /// Items of the result are items of one of two operands, if something is known of both.
    fn unite_entries(&mut self, id: Id, first: &Operand<'_>, second: &Operand<'_>) {
        let (Some(first), Some(second)) = (first.expression, second.expression) else { return };
        if let (Some(a), Some(b)) = (self.entries(first), self.entries(second)) {
            let united = Entries { is_list: a.is_list, key: a.key.or(b.key), value: a.value.or(b.value) };
            self.known_entries.insert(id, united);
        }
    }

    fn comprehension(&mut self, id: Id, comprehension: &'e Comprehension) -> Range {
        let Comprehension { range, initial, condition, step, result, .. } = comprehension;
        let mut sum = self.cost(range).plus(self.cost(initial));
        let accumulator = self.local_of(&comprehension.accumulator, initial);
        self.locals.push(accumulator);
        let depth = self.locals.len();
        self.push_loop_variables(comprehension);
        let each = self.cost(condition);
        let each = self.cost(step).plus(each);
        self.locals.truncate(depth);
        sum = sum.plus(self.cost(result));
        self.locals.truncate(depth - 1);
        let count = self.size_or_unknown(range);
        sum = sum.plus(count.times(each));
        match initial.kind {
            Kind::Literal(_) => {
                if let Some(size) = self.size(initial) {
                    self.known_sizes.insert(id, size);
                }
            }
            Kind::List(_) | Kind::Map(_) => {
                self.known_sizes.insert(id, count);
                if let Some(entries) = self.entries(step) {
                    self.known_entries.insert(id, entries);
                }
            }
            _ => {}
        }
        sum
    }

    fn push_loop_variables(&mut self, comprehension: &Comprehension) {
        let range = &comprehension.range;
        let entries = self.entries(range);
        let is_list =
            entries.map_or_else(|| matches!(self.checked.type_of(range.id), Type::List(_)), |entries| entries.is_list);
        let key = (if is_list { "@indices" } else { "@keys" }, entries.map(|entries| entries.key));
        let value = (if is_list { "@items" } else { "@values" }, entries.map(|entries| entries.value));
        let variables = match &comprehension.second_variable {
            Some(second) => vec![(&comprehension.variable, key), (second, value)],
            None => vec![(&comprehension.variable, if is_list { value } else { key })],
        };
        for (name, (segment, size)) in variables {
            let path = self.extended(range, segment);
            self.locals.push(Local { name: name.clone(), path, size, entries: None });
        }
    }

    fn local_of(&mut self, name: &Arc<str>, value: &Expression) -> Local {
        Local { name: name.clone(), path: self.path(value), size: self.size(value), entries: self.entries(value) }
    }

    fn bind(&mut self, id: Id, comprehension: &'e Comprehension) -> Range {
        let Comprehension { range, initial, result, .. } = comprehension;
        let sum = self.cost(range).plus(self.cost(initial));
        let local = self.local_of(&comprehension.accumulator, initial);
        self.locals.push(local);
        let sum = sum.plus(self.cost(result));
        self.locals.pop();
        self.copy_sizes(id, result);
        sum
    }

    fn operand(&mut self, expression: &'e Expression) -> Operand<'e> {
        let path = self.path(expression);
        let is_collected = path.first().is_some_and(|name| name.starts_with("@result"));
        Operand {
            expression: Some(expression),
            kind: self.checked.type_of(expression.id),
            path: (!path.is_empty() && !is_collected).then_some(path),
            size: self.size(expression),
        }
    }

    fn copy_sizes(&mut self, to: Id, from: &Expression) {
        if let Some(size) = self.size(from) {
            self.known_sizes.insert(to, size);
        }
        if let Some(entries) = self.entries(from) {
            self.known_entries.insert(to, entries);
        }
    }

    fn size_or_unknown(&mut self, expression: &Expression) -> Range {
        self.size(expression).unwrap_or(Range::UNKNOWN)
    }

    fn size(&mut self, expression: &Expression) -> Option<Range> {
        if let Some(size) = self.known_sizes.get(&expression.id) {
            return Some(*size);
        }
        let written = match &expression.kind {
            Kind::Literal(Literal::String(text)) => Some(text.chars().count()),
            Kind::Literal(Literal::Bytes(bytes)) => Some(bytes.len()),
            Kind::Literal(_) => Some(1),
            Kind::List(items) => Some(items.len()),
            Kind::Map(entries) => Some(entries.len()),
            _ => None,
        };
        if let Some(written) = written {
            return Some(Range::exactly(written as u64));
        }
        if let Some(size) = self.sizes.size(&self.path(expression)) {
            self.known_sizes.insert(expression.id, size);
            return Some(size);
        }
        if is_scalar(self.checked.type_of(expression.id)) {
            return Some(Range::ONE);
        }
        match &expression.kind {
            Kind::Identifier(name) => self.local(name)?.size,
            _ => None,
        }
    }

    fn entries(&self, expression: &Expression) -> Option<Entries> {
        if let Some(entries) = self.known_entries.get(&expression.id) {
            return Some(*entries);
        }
        match &expression.kind {
            Kind::Identifier(name) => self.local(name)?.entries,
            _ => None,
        }
    }
}

fn is_scalar(found: &Type) -> bool {
    match found {
        Type::Bool | Type::Double | Type::Duration | Type::Int | Type::Timestamp | Type::Uint => true,
        other => other.unwrapped().is_some_and(is_scalar),
    }
}
