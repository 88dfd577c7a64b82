//! Figures as tables.

/// A figure of one side.
pub(super) struct Row {
    pub(super) name: String,
    pub(super) value: f64,
    unit: &'static str,
    more_is_better: bool,
}

impl Row {
    /// A figure of which more is better.
    pub(super) fn more(name: &str, value: f64, unit: &'static str) -> Self {
        Self { name: name.to_owned(), value, unit, more_is_better: true }
    }

    /// A figure of which less is better.
    pub(super) fn less(name: &str, value: f64, unit: &'static str) -> Self {
        Self { more_is_better: false, ..Self::more(name, value, unit) }
    }
}

/// Prints both sides, and how many times ours is better.
pub(super) fn print_beside(ours: &[Row], real: &[Row]) {
    println!("{:34} {:>12} {:>12} {:6} {:>8}", "", "embedded", "real", "", "times");
    for (ours, real) in ours.iter().zip(real) {
        let times = if ours.more_is_better { ours.value / real.value } else { real.value / ours.value };
        println!("{:34} {:>12.1} {:>12.1} {:6} {times:>8.1}", ours.name, ours.value, real.value, ours.unit);
    }
    println!();
}

/// Prints the embedded server's figures and what is asked of them.
pub(super) fn print_alone(rows: &[(Row, f64)]) {
    println!("{:34} {:>12} {:>12} {:6}", "", "embedded", "at most", "");
    for (row, bar) in rows {
        println!("{:34} {:>12.1} {bar:>12.1} {:6}", row.name, row.value, row.unit);
    }
}
