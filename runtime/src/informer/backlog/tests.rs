//! What a handler hears that falls behind.

use std::collections::BTreeMap;

use futures::FutureExt;
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

use super::*;
use crate::cached::Cached;
use crate::store::Deleted;
use crate::testing::{Database, database};

fn state(name: &str, uid: u64, version: u64) -> Cached<Database> {
    let mut object = database(name, &version.to_string());
    object.metadata.uid = Some(uid.to_string());
    object.into()
}

fn push(backlog: &Backlog<Database>, changes: Vec<Change<Database>>, initial: bool) {
    backlog.push(Notice::Changes { changes: Arc::new(changes), initial });
}

/// All that waits, as a text for each change: the sign, the name, the old version if there is one, the version.
fn rest(backlog: &Backlog<Database>) -> Vec<String> {
    let mut all = Vec::new();
    while let Some(Some(notice)) = backlog.next().now_or_never() {
        let Notice::Changes { changes, initial } = notice else {
            all.push("synced".to_owned());
            continue;
        };
        changes.iter().for_each(|_| backlog.seen());
        let version = |object: &Cached<Database>| object.resource_version().unwrap().to_owned();
        all.extend(changes.iter().map(|change| {
            let name = change.object().metadata.name.clone().unwrap();
            match change {
                Change::Added(new) => format!("{}{name}@{}", if initial { "initial " } else { "+" }, version(new)),
                Change::Updated { old, new } => format!("~{name}@{}..{}", version(old), version(new)),
                Change::Deleted(last) => format!("-{name}@{}", version(last.object())),
            }
        }));
    }
    all
}

#[test]
fn changes_of_an_object_become_one_when_too_many_wait() {
    let backlog = Backlog::new(Some(3));
    push(&backlog, vec![Change::Added(state("a", 1, 1)), Change::Added(state("b", 2, 2))], true);
    backlog.push(Notice::Synced);
    push(&backlog, vec![Change::Updated { old: state("a", 1, 1), new: state("a", 1, 3) }], false);
    assert_eq!(backlog.len(), 3, "that is not too many");
    push(&backlog, vec![Change::Updated { old: state("b", 2, 2), new: state("b", 2, 4) }], false);
    push(&backlog, vec![Change::Updated { old: state("b", 2, 4), new: state("b", 2, 5) }], false);
    push(&backlog, vec![Change::Added(state("c", 3, 6))], false);
    assert_eq!(backlog.len(), 3);
    assert_eq!(rest(&backlog), ["initial a@3", "initial b@5", "+c@6", "synced"]);
    assert_eq!(backlog.len(), 0);
}

#[test]
fn updates_of_an_object_become_one_from_the_first_old_state_to_the_last_new_one() {
    let backlog = Backlog::new(Some(0));
    for version in 1..5 {
        push(&backlog, vec![Change::Updated { old: state("a", 1, version), new: state("a", 1, version + 1) }], false);
    }
    assert_eq!(rest(&backlog), ["~a@1..5"]);
}

#[test]
fn what_is_left_of_a_batch_is_merged_with_what_comes_and_what_was_taken_is_not() {
    let backlog = Backlog::new(Some(0));
    let name = |number: u64| format!("o{number:03}");
    push(&backlog, (0..300).map(|number| Change::Added(state(&name(number), number, 1))).collect(), false);
    let Some(Some(Notice::Changes { changes, .. })) = backlog.next().now_or_never() else { panic!("nothing waits") };
    changes.iter().for_each(|_| backlog.seen());
    assert_eq!((changes.len(), backlog.len()), (BATCH, 300 - BATCH));
    for number in [0, 299] {
        let (old, new) = (state(&name(number), number, 1), state(&name(number), number, 2));
        push(&backlog, vec![Change::Updated { old, new }], false);
    }
    let rest = rest(&backlog);
    assert_eq!((rest.len(), rest[0].as_str()), (300 - BATCH + 1, "+o256@1"));
    assert_eq!(rest[300 - BATCH - 1..], ["+o299@2", "~o000@1..2"]);
}

#[test]
fn without_a_limit_every_change_is_kept() {
    let backlog = Backlog::new(None);
    for version in 1..1000 {
        push(&backlog, vec![Change::Updated { old: state("a", 1, version), new: state("a", 1, version + 1) }], false);
    }
    assert_eq!((backlog.len(), rest(&backlog).len()), (999, 999));
}

#[test]
fn objects_of_the_same_name_and_those_that_come_and_go_stay_apart() {
    let backlog = Backlog::new(Some(0));
    let gone = |uid, version| Change::Deleted(Deleted::Final(state("a", uid, version)));
    push(&backlog, vec![Change::Updated { old: state("a", 1, 1), new: state("a", 1, 2) }, gone(1, 3)], false);
    push(&backlog, vec![Change::Added(state("a", 2, 4)), gone(2, 5), Change::Added(state("a", 3, 6))], false);
    push(&backlog, vec![Change::Updated { old: state("a", 3, 6), new: state("a", 4, 7) }], false);
    push(&backlog, vec![Change::Updated { old: state("a", 4, 7), new: state("a", 4, 8) }], false);
    assert_eq!(rest(&backlog), ["-a@3", "+a@4", "-a@5", "+a@6", "~a@6..7", "~a@7..8"]);
}

#[test]
fn a_closed_backlog_has_nothing_and_takes_nothing() {
    let backlog = Backlog::new(Some(0));
    push(&backlog, vec![Change::Added(state("a", 1, 1))], false);
    backlog.close();
    push(&backlog, vec![Change::Added(state("b", 1, 1))], false);
    assert!(matches!(backlog.next().now_or_never(), Some(None)));
    assert_eq!(backlog.len(), 0);
}

/// What a handler knows, by the rule that each change begins where the last one of the object ended.
#[derive(Default)]
struct Known {
    objects: BTreeMap<String, (String, String)>,
    deleted: Vec<String>,
}

impl Known {
    fn hear(&mut self, change: &Change<Database>) {
        let identity = |object: &Cached<Database>| {
            (object.uid().unwrap().to_owned(), object.resource_version().unwrap().to_owned())
        };
        let name = change.object().metadata.name.clone().unwrap();
        match change {
            Change::Added(new) => assert_eq!(self.objects.insert(name, identity(new)), None),
            Change::Updated { old, new } => {
                assert_eq!(self.objects.insert(name, identity(new)), Some(identity(old)));
            }
            Change::Deleted(last) => {
                let uid = last.object().uid().unwrap().to_owned();
                assert_eq!(self.objects.remove(&name).map(|(uid, _)| uid), Some(uid.clone()));
                self.deleted.push(uid);
            }
        }
    }
}

#[test]
fn however_far_behind_a_handler_ends_up_with_the_same_knowledge() {
    for seed in 0..300 {
        let mut random = SmallRng::seed_from_u64(seed);
        let backlog = Backlog::new(Some(random.random_range(0..20)));
        let (mut truth, mut heard) = (Known::default(), Known::default());
        let mut objects: BTreeMap<String, Cached<Database>> = BTreeMap::new();
        for version in 0..300 {
            let name = format!("o{}", random.random_range(0..8));
            let change = match (objects.get(&name).cloned(), random.random_range(0..5)) {
                (Some(last), 0) => Change::Deleted(Deleted::Final(last)),
                (Some(old), 1) => Change::Updated { old, new: state(&name, version, version) },
                (Some(old), _) => {
                    let uid = old.uid().unwrap().parse().unwrap();
                    Change::Updated { old, new: state(&name, uid, version) }
                }
                (None, _) => Change::Added(state(&name, version, version)),
            };
            match &change {
                Change::Deleted(_) => drop(objects.remove(&name)),
                change => drop(objects.insert(name, change.object().clone())),
            }
            truth.hear(&change);
            push(&backlog, vec![change], false);
            while random.random_range(0..4) == 0
                && let Some(Some(Notice::Changes { changes, .. })) = backlog.next().now_or_never()
            {
                changes.iter().for_each(|change| {
                    backlog.seen();
                    heard.hear(change);
                });
            }
        }
        while let Some(Some(Notice::Changes { changes, .. })) = backlog.next().now_or_never() {
            changes.iter().for_each(|change| {
                backlog.seen();
                heard.hear(change);
            });
        }
        truth.deleted.sort();
        heard.deleted.sort();
        assert_eq!((&heard.objects, &heard.deleted), (&truth.objects, &truth.deleted), "seed {seed}");
        assert_eq!(backlog.len(), 0);
    }
}
