//! The workers that wait for an item.

use std::collections::VecDeque;
use std::task::Waker;

/// The place of a waiting worker in the line.
pub(super) type Ticket = u64;

/// Workers in the order in which they began to wait. A worker that is woken leaves the line.
pub(super) struct Waiters {
    line: VecDeque<(Ticket, Waker)>,
    issued: Ticket,
    /// The worker that waits for the time of the next delayed item: one timer is enough for all.
    timekeeper: Option<Ticket>,
}

/// How a worker has ended its waiting.
pub(super) struct Left {
    /// It was no longer in the line.
    pub(super) was_woken: bool,
    /// It was the one that kept the time.
    pub(super) kept_time: bool,
}

impl Waiters {
    pub(super) fn new() -> Self {
        Self { line: VecDeque::new(), issued: 0, timekeeper: None }
    }

    /// Takes workers out of the line, those that have waited longest.
    pub(super) fn take(&mut self, count: usize) -> Vec<Waker> {
        let count = count.min(self.line.len());
        self.line.drain(..count).map(|(_, waker)| waker).collect()
    }

    /// Takes all workers out of the line.
    pub(super) fn all(&mut self) -> Vec<Waker> {
        self.take(self.line.len())
    }

    /// The worker that must look at the clock again, because an earlier item was added: the one that keeps the time, or
    /// anyone if there is none.
    pub(super) fn for_the_time(&mut self) -> Vec<Waker> {
        let Some(keeper) = self.timekeeper else { return self.take(1) };
        let waker = self.line.iter().find(|(ticket, _)| *ticket == keeper).map(|(_, waker)| waker.clone());
        waker.into_iter().collect()
    }

    /// Puts a worker into the line, or refreshes its waker if its ticket is still in it.
    pub(super) fn wait(&mut self, ticket: Option<Ticket>, waker: &Waker) -> Ticket {
        if let Some((ticket, known)) = self.line.iter_mut().find(|(waiting, _)| Some(*waiting) == ticket) {
            known.clone_from(waker);
            return *ticket;
        }
        self.issued += 1;
        if ticket.is_some() && self.timekeeper == ticket {
            self.timekeeper = Some(self.issued);
        }
        self.line.push_back((self.issued, waker.clone()));
        self.issued
    }

    /// Whether this worker keeps the time. It does from now on if nobody else does.
    pub(super) fn keeps_time(&mut self, ticket: Ticket) -> bool {
        *self.timekeeper.get_or_insert(ticket) == ticket
    }

    /// Takes a worker out of the line.
    pub(super) fn leave(&mut self, ticket: Ticket) -> Left {
        let place = self.line.iter().position(|(waiting, _)| *waiting == ticket);
        place.and_then(|place| self.line.remove(place));
        let kept_time = self.timekeeper.take_if(|keeper| *keeper == ticket).is_some();
        Left { was_woken: place.is_none(), kept_time }
    }
}
