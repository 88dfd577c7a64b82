//! Several threads: readers never see a part of a write, and the two copies never drift apart.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::*;

const WRITES: usize = 20_000;
const OBJECTS: usize = 8;
/// What all objects have together. Each write takes some from one object and gives it to another.
const TOTAL: usize = 80;

/// An object that has so much.
fn holder(number: usize, version: usize, amount: usize) -> Database {
    let mut object = database(&format!("o{number}"), &version.to_string());
    object.spec.engine = amount.to_string();
    object
}

fn amount(object: &Database) -> usize {
    object.spec.engine.parse().unwrap()
}

/// What must hold of every state but the first, which is empty: all objects, what they have together, and an index that
/// says the same.
fn check(snapshot: &Snapshot<Database>, amounts: &Index<Database, String>) {
    let objects: Vec<_> = snapshot.objects().collect();
    if objects.is_empty() {
        return;
    }
    assert_eq!((objects.len(), objects.iter().map(|object| amount(object)).sum::<usize>()), (OBJECTS, TOTAL));
    for object in &objects {
        let same = objects.iter().filter(|other| other.spec.engine == object.spec.engine).count();
        assert_eq!(snapshot.by_index(amounts, &*object.spec.engine).count(), same, "the index says something else");
    }
    let newest = objects.iter().filter_map(|object| object.metadata.resource_version.as_deref()?.parse::<usize>().ok());
    assert_eq!(snapshot.resource_version(), newest.max().unwrap().to_string());
}

#[test]
fn on_real_threads_readers_see_whole_writes_only() {
    let writer = Writer::new();
    let amounts = index_engines(&writer).unwrap();
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        for holds_snapshots in [false, false, true] {
            let (store, amounts, done) = (writer.store(), amounts.clone(), &done);
            scope.spawn(move || {
                let mut held = Vec::new();
                while !done.load(Ordering::Relaxed) {
                    let snapshot = store.snapshot();
                    check(&snapshot, &amounts);
                    store.read(|snapshot| check(snapshot, &amounts));
                    if holds_snapshots {
                        held.push((snapshot.resource_version().to_owned(), snapshot));
                    }
                    if held.len() > 3 {
                        let (version, snapshot) = held.remove(0);
                        assert_eq!(snapshot.resource_version(), version, "a snapshot has changed");
                        check(&snapshot, &amounts);
                    }
                }
            });
        }
        let mut has = [TOTAL / OBJECTS; OBJECTS];
        let all = |has: &[usize], version| {
            has.iter().enumerate().map(|(number, amount)| holder(number, version, *amount).into()).collect()
        };
        writer.replace(all(&has, 1), Vec::new(), "1");
        for version in 2..=WRITES {
            let (from, to) = (version % OBJECTS, version / OBJECTS % OBJECTS);
            let moved = has[from].min(version % 3);
            has[from] -= moved;
            has[to] += moved;
            if version % 100 == 0 {
                writer.replace(all(&has, version), Vec::new(), &version.to_string());
                continue;
            }
            writer.batch(|batch| {
                batch.insert(holder(from, version, has[from]));
                batch.remove(&ObjectKey::new(Some("ns"), &format!("o{to}")), None, &version.to_string());
                batch.insert(holder(to, version, has[to]));
                batch.insert(holder(from, version, has[from]));
            });
        }
        done.store(true, Ordering::Relaxed);
    });
    check(&writer.store().snapshot(), &amounts);
}

#[test]
fn on_real_threads_an_index_that_is_added_meanwhile_misses_nothing() {
    for round in 0..200 {
        let writer = Writer::new();
        thread::scope(|scope| {
            scope.spawn(|| {
                for number in 0..50 {
                    put(&writer, &format!("o{number}"), "1", "x");
                }
            });
            scope.spawn(|| index_engines(&writer).unwrap());
        });
        let engines = writer.store().index::<String>("engine").unwrap();
        assert_eq!(engines.get("x").len(), 50, "round {round}");
    }
}
