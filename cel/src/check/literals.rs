//! Literals that would fail or surprise when the expression is evaluated, found before (cel-go's AST validators).

use super::Checked;
use crate::{
    library::{check_format, convert},
    re2::Pattern,
    source::Issues,
    static_type::Type,
    syntax::{Expression, Id, Kind, Literal},
    value::Arena,
};

/// Reports literals that are invalid as durations, timestamps or patterns; lists and maps whose literals have several types; and
/// arguments that do not fit a format string.
pub(super) fn check(checked: &Checked, issues: &mut Issues) {
    Check { checked, issues, within_format: false }.visit(&checked.expression);
}

struct Check<'c> {
    checked: &'c Checked,
    issues: &'c mut Issues,
    /// Arguments of a format string may have different types.
    within_format: bool,
}

impl Check<'_> {
    fn report(&mut self, id: Id, message: String) {
        self.issues.report(self.checked.positions.get(id), message);
    }

    fn visit(&mut self, expression: &Expression) {
        let within_format = self.within_format;
        match &expression.kind {
            Kind::Call { function, target, arguments } => {
                self.argument(function, arguments);
                if &**function == "format" {
                    self.format(expression, target.as_deref(), arguments);
                    self.within_format = true;
                }
            }
            Kind::List(items) if !within_format => {
                self.same_type(items.iter().map(|(item, optional)| (item, *optional)), true);
            }
            Kind::Map(entries) if !within_format => {
                self.same_type(entries.iter().map(|entry| (&entry.key, false)), false);
                self.same_type(entries.iter().map(|entry| (&entry.value, entry.optional)), false);
            }
            _ => {}
        }
        expression.children(|child| self.visit(child));
        self.within_format = within_format;
    }

    /// The first argument of functions that take texts of a certain form.
    fn argument(&mut self, function: &str, arguments: &[Expression]) {
        let Some(Expression { id, kind: Kind::Literal(literal) }) = arguments.first() else { return };
        let is_valid = match (function, literal) {
            ("duration" | "timestamp", _) => {
                let arena = Arena::new();
                convert(&arena, function, literal.value()).is_ok()
            }
            ("matches", Literal::String(pattern)) => Pattern::new(pattern).is_ok(),
            _ => true,
        };
        if !is_valid {
            self.report(*id, format!("invalid {function} argument"));
        }
    }

    /// Reports the first item (or, with `only_first` off, every one) whose type is not that of the one at the start.
    fn same_type<'e>(&mut self, items: impl Iterator<Item = (&'e Expression, bool)>, only_first: bool) {
        let mut expected: Option<Type> = None;
        for (item, optional) in items {
            let found = self.checked.type_of(item.id);
            let found = if optional { found.unwrapped().unwrap_or(found) } else { found };
            match &expected {
                None => expected = Some(found.clone()),
                Some(expected) if expected != found => {
                    self.report(item.id, format!("expected type '{expected}' but found '{found}'"));
                    if only_first {
                        return;
                    }
                }
                Some(_) => {}
            }
        }
    }

    fn format(&mut self, call: &Expression, target: Option<&Expression>, arguments: &[Expression]) {
        let Some(Expression { kind: Kind::Literal(Literal::String(text)), .. }) = target else { return };
        let [Expression { kind: Kind::List(items), .. }] = arguments else { return };
        if let Err((item, message)) = check_format(text, items, |id| self.checked.type_of(id).clone()) {
            self.report(item.unwrap_or(call.id), message);
        }
    }
}
