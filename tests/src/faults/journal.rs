//! What happened in a world, and what was found wrong with it.

use std::{
    collections::VecDeque,
    fmt,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::time::Instant;

/// How many entries are kept.
const ENTRIES: usize = 20_000;
/// How many entries about the object a finding shows, and how many about no object.
const SHOWN: usize = 60;
const SHOWN_GENERAL: usize = 15;

/// What must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Check {
    /// In the end each cache has what the server has.
    Cache,
    /// A handler is called with additions, updates and deletions that fit together, and never with an older state.
    HandlerOrder,
    /// In the end each handler was called with the last state of each object, and with its deletion.
    HandlerEnd,
    /// Two workers are never on one key.
    OneWorker,
    /// The last change of each object is reconciled.
    Forgotten,
    /// Each deletion is cleaned up after, before the next object of the same name is reconciled.
    CleanUp,
    /// What must be created once is not created again by a controller that can know of it.
    Once,
    /// There are never two leaders, and each term has a number of its own.
    Leader,
    /// A controller runs until it is stopped.
    Ended,
    /// Time passes: a world does not go round in circles.
    Stuck,
}

/// Something that does not hold.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The seed that repeats it.
    pub seed: u64,
    /// The seed of the world, which is another one if several share a server.
    pub world: u64,
    /// What does not hold.
    pub check: Check,
    /// The object, or what else it is about.
    pub about: String,
    /// What is wrong.
    pub text: String,
    /// What happened before.
    pub transcript: Vec<String>,
}

struct Entry {
    at: Duration,
    about: String,
    text: String,
}

/// The journal of a world.
pub(super) struct Journal {
    seed: u64,
    world: u64,
    began: Instant,
    entries: Mutex<VecDeque<Entry>>,
    findings: Mutex<Vec<Finding>>,
    found: AtomicBool,
}

impl Journal {
    /// The empty journal of the world `world`, which `seed` repeats.
    pub(super) fn new(seed: u64, world: u64) -> Self {
        Self {
            seed,
            world,
            began: Instant::now(),
            entries: Mutex::default(),
            findings: Mutex::default(),
            found: AtomicBool::new(false),
        }
    }

    /// Notes what happened to an object (its name), or in general (an empty text).
    pub(super) fn note(&self, about: &str, text: impl Into<String>) {
        let entry = Entry { at: self.began.elapsed(), about: about.to_owned(), text: text.into() };
        let mut entries = lock(&self.entries);
        if entries.len() == ENTRIES {
            entries.pop_front();
        }
        entries.push_back(entry);
    }

    /// Notes that something does not hold.
    pub(super) fn find(&self, check: Check, about: &str, text: impl Into<String>) {
        let text = text.into();
        self.note(about, format!("FINDING {check:?}: {text}"));
        let transcript = self.transcript(about);
        let (seed, world) = (self.seed, self.world);
        let finding = Finding { seed, world, check, about: about.to_owned(), text, transcript };
        lock(&self.findings).push(finding);
        self.found.store(true, Ordering::SeqCst);
    }

    /// Whether anything was found.
    pub(super) fn has_found(&self) -> bool {
        self.found.load(Ordering::SeqCst)
    }

    /// What was found so far.
    pub(super) fn findings(&self) -> Vec<Finding> {
        lock(&self.findings).clone()
    }

    /// The last entries about an object, among the last ones about none.
    fn transcript(&self, about: &str) -> Vec<String> {
        let (mut own, mut general) = (0, 0);
        let entries = lock(&self.entries);
        let mut shown = Vec::new();
        for entry in entries.iter().rev() {
            let is_general = entry.about.is_empty() && !about.is_empty();
            let (count, limit) = if is_general { (&mut general, SHOWN_GENERAL) } else { (&mut own, SHOWN) };
            if *count < limit && (about.is_empty() || is_general || entry.about == about) {
                *count += 1;
                shown.push(format!("{:>12.4} {:<14} {}", entry.at.as_secs_f64(), entry.about, entry.text));
            }
        }
        shown.reverse();
        shown
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, world, check, about, text, transcript } = self;
        writeln!(f, "seed {seed} (world {world}), check {check:?}, about {about}: {text}")?;
        transcript.iter().try_for_each(|line| writeln!(f, "  {line}"))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
