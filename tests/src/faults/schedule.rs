//! Which fault befalls which request. It follows from the seed, and from how many requests of the same class there were before.

use std::{
    collections::HashMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use fastrand::Rng;

use super::Fault;

/// Of a hundred requests so many suffer a fault, and of a hundred watches so many do before they are open.
const REQUESTS: u32 = 35;
const WATCHES: u32 = 15;

/// What may befall a request that is not a watch, with its weight.
const MISHAPS: [(Fault, u32); 11] = [
    (Fault::Slow, 5),
    (Fault::TooManyRequests, 2),
    (Fault::InternalError, 3),
    (Fault::Unavailable, 2),
    (Fault::Gone, 2),
    (Fault::RequestLost, 3),
    (Fault::AnswerLost, 5),
    (Fault::AnswerCut, 4),
    (Fault::AnswerSilent, 1),
    (Fault::AnsweredEarly, 2),
    (Fault::DeadConnection, 4),
];

/// What may befall a watch before it is open.
const REFUSALS: [(Fault, u32); 7] = [
    (Fault::Slow, 3),
    (Fault::TooManyRequests, 2),
    (Fault::InternalError, 2),
    (Fault::Unavailable, 1),
    (Fault::Gone, 2),
    (Fault::RequestLost, 2),
    (Fault::AnswerLost, 2),
];

/// What may befall a watch.
const ENDS: [(Fault, u32); 7] = [
    (Fault::EventCut, 8),
    (Fault::WatchCut, 4),
    (Fault::WatchEnded, 4),
    (Fault::WatchSilent, 2),
    (Fault::WatchGone, 3),
    (Fault::WatchError, 3),
    (Fault::WatchSlow, 5),
];

/// How time passes: as in life, or on a paused clock, where hours cost nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Time {
    /// As in life.
    Real,
    /// On tokio's paused clock.
    Paused,
}

/// What befalls a request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mishap {
    /// The fault.
    pub(super) fault: Fault,
    /// For a watch: the event before which it happens.
    pub(super) events: usize,
    /// How long an answer is held back; how long a watch lasts if fewer events come.
    pub(super) delay: Duration,
    /// How far a body gets, in percent.
    pub(super) part: u8,
    /// After which time a half-open connection is reset; never if there is none.
    pub(super) hold: Option<Duration>,
    /// Whether a connection is reset rather than closed.
    pub(super) resets: bool,
    /// What `Retry-After` says, in seconds; nothing if it is zero.
    pub(super) retry_after: u32,
}

/// The faults of a world.
pub(super) struct Schedule {
    seed: u64,
    time: Time,
    counts: Mutex<HashMap<String, u64>>,
    stopped: AtomicBool,
}

/// A source of choices that depend on the seed and a name, and on nothing that happens.
pub(super) fn choices(seed: u64, name: &str) -> Rng {
    // FNV-1a, which is the same everywhere.
    let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    Rng::with_seed(seed.to_le_bytes().into_iter().chain(name.bytes()).fold(0xcbf2_9ce4_8422_2325, mix))
}

/// A duration between two.
pub(super) fn between(random: &mut Rng, least: Duration, most: Duration) -> Duration {
    least + most.saturating_sub(least).mul_f64(random.f64())
}

impl Schedule {
    /// The schedule of a seed.
    pub(super) fn new(seed: u64, time: Time) -> Self {
        Self { seed, time, counts: Mutex::default(), stopped: AtomicBool::new(false) }
    }

    /// From now on nothing goes wrong any more. What is half-open stays so.
    pub(super) fn stop(&self) {
        self.stopped.store(true, Ordering::SeqCst);
    }

    /// Whether nothing goes wrong any more.
    pub(super) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }

    /// What befalls the next request of a class.
    pub(super) fn request(&self, class: &str) -> Option<Mishap> {
        let mut random = self.next(class)?;
        (random.u32(0..100) < REQUESTS).then(|| self.mishap(&mut random, &MISHAPS))
    }

    /// What befalls the next watch of a class before it is open.
    pub(super) fn opening(&self, class: &str) -> Option<Mishap> {
        let mut random = self.next(&format!("{class} opening"))?;
        (random.u32(0..100) < WATCHES).then(|| self.mishap(&mut random, &REFUSALS))
    }

    /// What befalls an open watch of a class next.
    pub(super) fn watch(&self, class: &str) -> Option<Mishap> {
        let mut random = self.next(class)?;
        Some(self.mishap(&mut random, &ENDS))
    }

    fn next(&self, class: &str) -> Option<Rng> {
        if self.is_stopped() {
            return None;
        }
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(class.to_owned()).or_default();
        *count += 1;
        Some(choices(self.seed, &format!("{class} {count}")))
    }

    fn mishap(&self, random: &mut Rng, of: &[(Fault, u32)]) -> Mishap {
        let all = of.iter().map(|(_, weight)| weight).sum();
        let mut chosen = random.u32(0..all);
        let fault = of.iter().find(|(_, weight)| {
            let is_it = chosen < *weight;
            chosen = chosen.saturating_sub(*weight);
            is_it
        });
        let seconds = Duration::from_secs_f64;
        let (longest, held) = match self.time {
            Time::Real => (seconds(0.5), Some(between(random, seconds(0.1), seconds(2.0)))),
            Time::Paused if random.bool() => (seconds(7.0), None),
            Time::Paused => (seconds(7.0), Some(between(random, seconds(0.1), seconds(400.0)))),
        };
        Mishap {
            fault: fault.map_or(Fault::Slow, |(fault, _)| *fault),
            // Often at once, seldom late.
            events: [0, 0, 1, 2, 3, 5, 8, 13][random.usize(0..8)],
            delay: longest.mul_f64(random.f64().powi(2)),
            part: random.u8(0..100),
            hold: held,
            resets: random.bool(),
            retry_after: if self.time == Time::Real { u32::from(random.u8(0..4) == 0) } else { random.u32(0..4) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_makes_the_same_schedule_whatever_comes_in_between() {
        let faults = |seed, disturbed: bool| {
            let schedule = Schedule::new(seed, Time::Paused);
            let next = |_| {
                if disturbed {
                    schedule.request("other");
                }
                schedule.request("a").map(|mishap| (mishap.fault, mishap.delay))
            };
            (0..200).map(next).collect::<Vec<_>>()
        };
        assert_eq!(faults(1, false), faults(1, true));
        assert_ne!(faults(1, false), faults(2, false));
        let injected = faults(3, false).into_iter().flatten().count();
        assert!((40..100).contains(&injected), "{injected} of 200");
    }

    #[test]
    fn nothing_goes_wrong_after_the_end() {
        let schedule = Schedule::new(1, Time::Real);
        assert!(schedule.watch("a").is_some());
        schedule.stop();
        assert!(schedule.watch("a").is_none() && schedule.request("a").is_none());
    }
}
