//! Whether a replica may work: replicas that count with different shards must not, at the same time.
//!
//! A replica that wants to work writes that it claims the work, then lists all replicas, and works if nobody else claims it or
//! works who counts with other shards. Of two such replicas that start together the later writer sees the claim of the earlier one in
//! its list, so never both work. If both see each other, one of them takes its claim back. Whoever works goes on, whoever
//! else claims it.

/// What a replica has written about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It does not work, and keeps nobody from working.
    Waiting,
    /// It works as soon as a list shows that it may.
    Claiming,
    Working,
}

/// A replica that counts with other shards, and that claims the work or works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rival {
    pub(super) identity: String,
    pub(super) works: bool,
}

impl Standing {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Claiming => "claiming",
            Self::Working => "working",
        }
    }

    pub(super) fn read(text: &str) -> Option<Self> {
        [Self::Waiting, Self::Claiming, Self::Working].into_iter().find(|standing| standing.as_str() == text)
    }

    /// What comes after this, which was written before the rivals were listed.
    pub(super) fn next(self, identity: &str, rivals: &[Rival]) -> Self {
        match self {
            Self::Working => Self::Working,
            Self::Waiting if rivals.is_empty() => Self::Claiming,
            Self::Waiting => Self::Waiting,
            Self::Claiming if rivals.is_empty() => Self::Working,
            Self::Claiming => {
                let yields = rivals.iter().any(|rival| rival.works || *rival.identity < *identity);
                if yields { Self::Waiting } else { Self::Claiming }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::rngs::SmallRng;
    use rand::{RngExt as _, SeedableRng as _};

    use super::*;

    /// A replica: what it has written, what it will write next, and whether it works.
    struct Replica {
        identity: &'static str,
        shards: u32,
        written: Option<Standing>,
        next: Standing,
    }

    /// Whatever the order of writes and lists, replicas with different numbers of shards never work at the same time, and
    /// somebody works in the end.
    #[test]
    fn replicas_that_count_differently_never_work_together_and_one_of_them_does_in_the_end() {
        for seed in 0..2_000 {
            let mut random = SmallRng::seed_from_u64(seed);
            let mut replicas: Vec<Replica> = ["a", "b", "c", "d"]
                .map(|identity| {
                    let shards = if random.random() { 16 } else { 32 };
                    Replica { identity, shards, written: None, next: Standing::Waiting }
                })
                .into();
            for step in 0..400 {
                let at = random.random_range(0..replicas.len());
                // Each writes and lists in turn; others may come between.
                if replicas[at].written == Some(replicas[at].next) {
                    let own = replicas[at].shards;
                    let rivals = replicas.iter().filter(|other| other.shards != own);
                    let rivals: Vec<Rival> = rivals
                        .filter(|other| !matches!(other.written, None | Some(Standing::Waiting)))
                        .map(|other| Rival {
                            identity: other.identity.to_owned(),
                            works: other.written == Some(Standing::Working),
                        })
                        .collect();
                    replicas[at].next = replicas[at].next.next(replicas[at].identity, &rivals);
                } else {
                    replicas[at].written = Some(replicas[at].next);
                }
                let working: Vec<_> = replicas.iter().filter(|replica| replica.next == Standing::Working).collect();
                assert!(
                    working.iter().all(|replica| replica.shards == working[0].shards),
                    "seed {seed}, step {step}: both work"
                );
            }
            let working = replicas.iter().filter(|replica| replica.next == Standing::Working).count();
            assert!(working > 0, "seed {seed}: nobody works");
        }
    }
}
