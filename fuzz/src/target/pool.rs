//! Inputs that did something new.

use fastrand::Rng;

/// So many are kept.
const MOST: usize = 1000;

/// Inputs to be changed further.
#[derive(Debug, Default)]
pub(super) struct Pool {
    inputs: Vec<String>,
    kept: usize,
}

impl Pool {
    pub(super) fn new(inputs: Vec<String>) -> Self {
        Self { inputs, kept: 0 }
    }

    /// One of the inputs; an empty text if there are none.
    pub(super) fn choose(&self, random: &mut Rng) -> &str {
        random.choice(&self.inputs).map_or("", String::as_str)
    }

    pub(super) fn inputs(&self) -> &[String] {
        &self.inputs
    }

    /// Keeps an input, in the place of an older one if there are many.
    pub(super) fn keep(&mut self, input: &str) {
        if self.inputs.len() < MOST {
            self.inputs.push(input.to_owned());
        } else {
            // A large odd step goes through all places before it comes back to one.
            let place = self.kept.wrapping_mul(7919) % MOST;
            self.inputs[place] = input.to_owned();
        }
        self.kept += 1;
    }
}
