//! Several threads: readers never see a part of a write, and two copies never drift apart.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::*;

const WRITES: usize = 20_000;

/// Both objects with this version and engine.
fn pair(version: usize) -> [Database; 2] {
    ["a", "b"].map(|name| {
        let mut object = database(name, &version.to_string());
        object.spec.engine = (version % 7).to_string();
        object
    })
}

/// What must hold of every state: the objects of the last write, all of them, and an index that says the same.
fn check(snapshot: &Snapshot<Database>, engines: &Index<Database, String>) {
    let objects: Vec<_> = snapshot.objects().collect();
    let Some(first) = objects.first() else { return };
    let version = first.metadata.resource_version.as_deref();
    assert!(objects.iter().all(|object| object.metadata.resource_version.as_deref() == version));
    assert_eq!(snapshot.resource_version(), version.unwrap(), "the version is that of the objects");
    let indexed = snapshot.by_index(engines, &*first.spec.engine).count();
    assert_eq!((objects.len(), indexed), (2, 2), "the index has what the objects say");
    assert_eq!(snapshot.index_values(engines).count(), 1, "and nothing else");
}

#[test]
fn on_real_threads_readers_see_whole_writes_only() {
    let writer = Writer::new();
    let engines = index_engines(&writer).unwrap();
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        for holds_snapshots in [false, false, true] {
            let (store, engines, done) = (writer.store(), engines.clone(), &done);
            scope.spawn(move || {
                let mut held = Vec::new();
                while !done.load(Ordering::Relaxed) {
                    let snapshot = store.snapshot();
                    check(&snapshot, &engines);
                    store.read(|snapshot| check(snapshot, &engines));
                    if holds_snapshots {
                        held.push((snapshot.resource_version().to_owned(), snapshot));
                    }
                    if held.len() > 3 {
                        let (version, snapshot) = held.remove(0);
                        assert_eq!(snapshot.resource_version(), version, "a snapshot has changed");
                        check(&snapshot, &engines);
                    }
                }
            });
        }
        for version in 1..=WRITES {
            match version % 50 {
                0 => drop(writer.replace(Vec::new(), Vec::new(), &version.to_string())),
                1 => drop(writer.replace(pair(version).map(Cached::from).into(), Vec::new(), &version.to_string())),
                _ => drop(writer.batch(|batch| pair(version).map(|object| batch.insert(object)).into_iter().collect())),
            }
        }
        done.store(true, Ordering::Relaxed);
    });
    check(&writer.store().snapshot(), &engines);
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
