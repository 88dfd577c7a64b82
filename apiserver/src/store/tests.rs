//! The store alone: what is read after which writes.

use serde_json::json;

use super::*;

fn object(name: &str) -> Value {
    json!({"metadata": {"name": name}})
}

fn keys(snapshot: &Snapshot) -> Vec<&str> {
    snapshot.iter().map(|(key, _)| &**key).collect()
}

fn create(store: &Store, key: &str) -> u64 {
    store.write("things", key, Write::Create(object(key))).unwrap().revision
}

#[test]
fn a_written_object_carries_the_revision_of_its_write() {
    let store = Store::default();
    create(&store, "a");
    let stored = store.get("things", "a").unwrap();
    assert_eq!(stored.value()["metadata"]["resourceVersion"], "1");
    assert_eq!(store.revision(), 1);
}

#[test]
fn keys_are_listed_in_the_order_of_their_bytes() {
    let store = Store::default();
    for key in ["a/x", "b/x", "a-b/x", "a.b/x"] {
        create(&store, key);
    }
    assert_eq!(keys(&store.snapshot("things")), ["a-b/x", "a.b/x", "a/x", "b/x"]);
}

#[test]
fn a_write_from_an_old_revision_is_refused_and_counts_nothing() {
    let store = Store::default();
    let first = create(&store, "a");
    store.write("things", "a", Write::Replace(first, object("a"))).unwrap();
    assert_eq!(store.write("things", "a", Write::Replace(first, object("a"))).unwrap_err(), WriteError::Modified);
    assert_eq!(store.write("things", "a", Write::Delete(first)).unwrap_err(), WriteError::Modified);
    assert_eq!(store.write("things", "a", Write::Create(object("a"))).unwrap_err(), WriteError::Exists);
    assert_eq!(store.revision(), 2);
}

#[test]
fn an_old_snapshot_shows_what_was_there_then() {
    let store = Store::default();
    let first = create(&store, "a");
    let second = create(&store, "b");
    store.write("things", "a", Write::Delete(first)).unwrap();
    create(&store, "c");
    assert_eq!(keys(&store.snapshot_at("things", second).unwrap()), ["a", "b"]);
    assert_eq!(keys(&store.snapshot_at("things", first).unwrap()), ["a"]);
    assert_eq!(keys(&store.snapshot("things")), ["b", "c"]);
}

#[test]
fn events_beyond_the_history_are_too_old() {
    let store = Store::with_history(2);
    for key in ["a", "b", "c"] {
        create(&store, key);
    }
    let after = |revision| store.events_after("things", revision, 10).map(|events| events.len());
    assert_eq!(after(0), Err(TooOld { asked: 0, oldest: 1 }));
    assert_eq!(after(1), Ok(2));
    assert_eq!(after(3), Ok(0));
}

#[test]
fn compaction_makes_every_older_revision_too_old() {
    let store = Store::default();
    create(&store, "a");
    create(&store, "b");
    store.compact();
    assert_eq!(store.snapshot_at("things", 1).unwrap_err(), TooOld { asked: 1, oldest: 2 });
    assert_eq!(keys(&store.snapshot_at("things", 2).unwrap()), ["a", "b"]);
}

#[test]
fn a_deletion_has_a_revision_of_its_own() {
    let store = Store::default();
    let first = create(&store, "a");
    let deleted = store.write("things", "a", Write::Delete(first)).unwrap();
    assert_eq!(deleted.value()["metadata"]["resourceVersion"], "2");
    let events = store.events_after("things", first, 10).unwrap();
    assert!(events[0].deleted);
    assert_eq!(events[0].before().unwrap().revision, first);
}

#[test]
fn a_creation_is_refused_once_what_it_relies_on_has_changed() {
    let store = Store::default();
    let revision = create(&store, "a");
    let seen = [Seen { collection: "things", key: "a".to_owned(), revision }];
    store.create("others", "x", object("x"), &seen).unwrap();
    store.write("things", "a", Write::Replace(revision, object("a"))).unwrap();
    assert_eq!(store.create("others", "y", object("y"), &seen).unwrap_err(), WriteError::Modified);
    assert_eq!(store.get("others", "y").map(|stored| stored.revision), None);
}

#[test]
fn large_objects_shorten_the_history() {
    let mut collection = Collection::new("", 0, 100, 10_000);
    for revision in 1..=10 {
        let value = json!({"metadata": {}, "blob": "x".repeat(3_000)});
        let write = if revision == 1 { Write::Create(value) } else { Write::Replace(revision - 1, value) };
        collection.write("a", write, revision).unwrap();
    }
    assert!(collection.after(0, 100).is_err());
    assert_eq!(collection.after(8, 100).unwrap().len(), 2);
    collection.write("a", Write::Replace(10, json!({"blob": "x".repeat(20_000)})), 11).unwrap();
    assert_eq!(collection.after(10, 100).unwrap().len(), 1);
}
