//! A bar on standard error that shows how far the work is, if that is a terminal and the work is long.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::validate::Progress;

/// From so many turns on a step is long.
const MANY: usize = 200;

/// A bar, which is one for all steps.
pub(super) struct Bar(ProgressBar);

impl Bar {
    /// A bar, which is never seen if `quiet`.
    pub(super) fn new(quiet: bool) -> Self {
        let bar = ProgressBar::hidden();
        if !quiet {
            // It draws nothing unless standard error is a terminal.
            bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        if let Ok(style) = ProgressStyle::with_template("{msg} {bar:40} {pos}/{len}") {
            bar.set_style(style);
        }
        Self(bar)
    }

    /// Removes the bar.
    pub(super) fn finish(&self) {
        self.0.finish_and_clear();
    }
}

impl Progress for Bar {
    fn start(&self, what: &'static str, turns: usize) {
        self.0.reset();
        self.0.set_length(if turns < MANY { 0 } else { turns as u64 });
        self.0.set_message(what);
    }

    fn turn(&self) {
        if self.0.length() > Some(0) {
            self.0.inc(1);
        }
    }
}
