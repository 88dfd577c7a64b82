//! Tries one input after another, on a thread whose stack is as large as users' are.
//!
//! Before each input runs it is written to a file: whoever started this process finds there what ended it, or what it has
//! been busy with for too long.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{Seek as _, Write as _},
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, anyhow};
use fastrand::Rng;

use crate::{
    memory,
    target::{Maker, Outcome, Target},
};

/// The stack of threads that `std` and tokio start.
const STACK: usize = 2 << 20;

/// What a worker is asked to do.
#[derive(Clone, Debug, clap::Args)]
#[group(skip)]
pub(crate) struct Work {
    /// How long it runs
    #[arg(long)]
    pub(crate) seconds: u64,
    /// What all inputs follow from
    #[arg(long)]
    pub(crate) seed: u64,
    /// The folder with CRDs
    #[arg(long)]
    pub(crate) crds: PathBuf,
    /// Where the current input is written
    #[arg(long)]
    pub(crate) input: PathBuf,
}

/// Runs a closure on a stack of the usual size. A panic of it is an error here.
pub(crate) fn on_usual_stack<T: Send>(run: impl FnOnce() -> T + Send) -> Result<T> {
    thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, run)?;
        thread.join().map_err(|_| anyhow!("panicked"))
    })
}

/// Tries an input.
///
/// # Errors
///
/// What must hold for it does not, or it allocated too much.
pub(crate) fn attempt(target: &Target, input: &str) -> Result<Outcome, String> {
    let before = memory::total();
    let outcome = (target.run)(input)?;
    let allocated = memory::total() - before;
    if allocated > memory::PER_INPUT {
        return Err(format!("it allocated {allocated} bytes"));
    }
    Ok(outcome)
}

/// Tries inputs until time is up or something is wrong, and prints what they came to.
///
/// # Errors
///
/// Something is wrong: the text says what.
pub(crate) fn work(target: &Target, work: &Work) -> Result<()> {
    let maker = (target.maker)(&work.crds)?;
    let mut progress = Progress::new(&work.input)?;
    on_usual_stack(|| {
        let ended = repeat(target, maker, work, &mut progress);
        progress.print();
        ended
    })?
}

fn repeat(target: &Target, mut maker: Box<dyn Maker>, work: &Work, progress: &mut Progress) -> Result<()> {
    let mut random = Rng::with_seed(work.seed);
    let end = Instant::now() + Duration::from_secs(work.seconds);
    while Instant::now() < end {
        let input = maker.make(&mut random);
        progress.start(&input)?;
        let outcome = attempt(target, &input).map_err(|why| anyhow!("wrong: {why}"))?;
        if progress.finish(&outcome) {
            maker.keep(&input);
        }
    }
    Ok(())
}

/// What has been done so far.
struct Progress {
    file: File,
    count: u64,
    labels: BTreeMap<&'static str, u64>,
    /// The answers, without what differs from input to input.
    answers: BTreeSet<u64>,
}

impl Progress {
    fn new(path: &Path) -> Result<Self> {
        let file = File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Self { file, count: 0, labels: BTreeMap::new(), answers: BTreeSet::new() })
    }

    /// Writes an input down: its number, its length, a line break, and the input.
    fn start(&mut self, input: &str) -> Result<()> {
        self.count += 1;
        let text = format!("{} {}\n{input}", self.count, input.len());
        self.file.rewind()?;
        self.file.write_all(text.as_bytes())?;
        Ok(())
    }

    /// Counts how an input ended. True if none before it ended so.
    fn finish(&mut self, outcome: &Outcome) -> bool {
        *self.labels.entry(outcome.label).or_default() += 1;
        self.answers.insert(shape(&outcome.answer))
    }

    fn print(&self) {
        let labels: Vec<String> = self.labels.iter().map(|(label, count)| format!("{label} {count}")).collect();
        println!("{} inputs, {} kinds of answers ({})", self.count, self.answers.len(), labels.join(", "));
    }
}

/// A number for an answer: the same one for answers that differ only in numbers, in what is quoted, in the lines that show a text, and
/// in what comes after the first 300 characters.
fn shape(answer: &str) -> u64 {
    let mut quoted = false;
    let words = answer.lines().filter(|line| !line.starts_with(" |")).flat_map(str::chars).take(300).filter(move |c| {
        quoted ^= matches!(c, '"' | '\'');
        !quoted && !c.is_ascii_digit()
    });
    // FNV-1a, which is the same on every machine: the inputs that follow depend on it.
    words.fold(0xcbf2_9ce4_8422_2325, |hash, c| (hash ^ u64::from(u32::from(c))).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_that_differ_in_numbers_and_quoted_words_have_one_shape() {
        assert_eq!(shape("no field 'a' at 1:2"), shape("no field 'bc' at 13:5"));
        assert_ne!(shape("no field 'a'"), shape("no function 'a'"));
    }
}
