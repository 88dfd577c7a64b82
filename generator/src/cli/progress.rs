//! A bar on standard error that shows how far the work is, if that is a terminal and the work is long.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::validate::Progress;

/// From so many turns on a step is long.
const MANY: usize = 200;

/// A bar, which is one for all steps.
pub(super) struct Bar {
    bar: ProgressBar,
    is_quiet: bool,
}

impl Bar {
    /// A bar, which is never seen if `is_quiet`.
    pub(super) fn new(is_quiet: bool) -> Self {
        let bar = ProgressBar::hidden();
        if let Ok(style) = ProgressStyle::with_template("{msg} {bar:40} {pos}/{len}") {
            bar.set_style(style);
        }
        Self { bar, is_quiet }
    }

    /// Removes the bar.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for Bar {
    fn start(&self, what: &'static str, turns: usize) {
        self.finish();
        // On standard error it draws nothing unless that is a terminal.
        let is_seen = turns >= MANY && !self.is_quiet;
        self.bar.set_draw_target(if is_seen { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() });
        self.bar.reset();
        self.bar.set_length(turns as u64);
        self.bar.set_message(what);
    }

    fn turn(&self) {
        self.bar.inc(1);
    }
}
