//! The cases of client-go's `thread_safe_store_test.go`, `index_test.go` and `listers_test.go`.

use std::sync::Arc;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, LabelSelectorRequirement};
use kube::core::Selector;

use super::*;
use crate::decode::Undecodable;
use crate::kind::ObjectKey;
use crate::lister::Lister;
use crate::testing::{Database, database};

mod copies;
mod threads;

fn insert(writer: &Writer<Database>, object: Arc<Database>) -> Vec<Change<Database>> {
    writer.batch(|batch| batch.insert(object))
}

fn put(writer: &Writer<Database>, name: &str, version: &str, engine: &str) -> Vec<Change<Database>> {
    let mut object = database(name, version);
    engine.clone_into(&mut object.spec.engine);
    insert(writer, Arc::new(object))
}

fn in_namespace(namespace: &str, name: &str) -> Arc<Database> {
    let mut object = database(name, "1");
    object.metadata.namespace = Some(namespace.to_owned());
    Arc::new(object)
}

fn remove(writer: &Writer<Database>, name: &str, version: &str) -> Vec<Change<Database>> {
    writer.batch(|batch| batch.remove(&ObjectKey::new(Some("ns"), name), None, version))
}

fn undecodable(name: &str, version: &str) -> Undecodable {
    let key = Some(ObjectKey::new(Some("ns"), name));
    Undecodable { key, uid: None, resource_version: Some(version.to_owned()), error: "no engine".to_owned() }
}

/// An index by each comma-separated part of the engine.
fn index_engines(writer: &Writer<Database>) -> Result<Index<Database, String>, IndexError> {
    let parts =
        |object: &Database| -> Vec<String> { object.spec.engine.split_terminator(',').map(str::to_owned).collect() };
    writer.add_index("engine", parts)
}

fn check_index(index: &Index<Database, String>, value: &str, expected: &[&str]) {
    assert_eq!(names(&index.get(value)), expected, "under {value:?}");
    assert_eq!(index.contains(value), !expected.is_empty());
    let keys = index.keys(value);
    assert_eq!(keys.iter().map(ObjectKey::name).collect::<Vec<_>>(), expected, "under {value:?}");
}

fn names(objects: &[Cached<Database>]) -> Vec<&str> {
    objects.iter().filter_map(|object| object.metadata.name.as_deref()).collect()
}

/// A change as `+name`, `~name@old->new`, `-name` or `?name`.
fn told(change: &Change<Database>) -> String {
    let name = |object: &Database| object.metadata.name.clone().unwrap();
    let version = |object: &Database| object.metadata.resource_version.clone().unwrap();
    match change {
        Change::Added(object) => format!("+{}", name(object)),
        Change::Updated { old, new } => format!("~{}@{}->{}", name(new), version(old), version(new)),
        Change::Deleted(Deleted::Final(object)) => format!("-{}", name(object)),
        Change::Deleted(Deleted::LastKnown(object)) => format!("?{}", name(object)),
    }
}

fn all_told<'c>(changes: impl IntoIterator<Item = &'c Change<Database>>) -> Vec<String> {
    changes.into_iter().map(told).collect()
}

#[test]
fn objects_are_found_by_key_and_listed_in_the_order_of_their_keys() {
    let writer = Writer::new();
    for (namespace, name) in [("b", "x"), ("a", "z"), ("a", "y"), ("ab", "w")] {
        insert(&writer, in_namespace(namespace, name));
    }
    let lister = Lister::new(writer.store());
    assert_eq!(names(&lister.list()), ["y", "z", "w", "x"]);
    assert_eq!(names(&lister.namespace("a")), ["y", "z"]);
    let snapshot = lister.store().snapshot();
    assert_eq!((snapshot.objects().size_hint(), snapshot.namespace("a").count()), ((4, Some(4)), 2));
    let mut rest = snapshot.namespace("a");
    assert!(rest.next().is_some() && rest.size_hint() == (1, Some(1)), "room is made for what is left");
    assert_eq!(names(&lister.namespace("missing")), [""; 0]);
    assert!(lister.get(("a", "y")).is_some());
    assert!(lister.get(&ObjectKey::new(Some("ab"), "w")).is_some());
    assert!(lister.get(("a", "x")).is_none());
    assert!(lister.get("y").is_none(), "a key without a namespace is that of a cluster-scoped object");
}

#[test]
fn an_object_is_viewed_without_being_handed_out() {
    let writer = Writer::new();
    let object = in_namespace("a", "x");
    insert(&writer, Arc::clone(&object));
    let lister = Lister::new(writer.store());
    assert!(!writer.store().snapshot().is_empty());
    let handles = Arc::strong_count(&object);
    let name_and_handles = |viewed: &Database| {
        assert!(std::ptr::eq(viewed, &raw const *object) && lister.contains(("a", "x")), "a view may ask again");
        (viewed.metadata.name.clone(), Arc::strong_count(&object))
    };
    assert_eq!(lister.view(("a", "x"), name_and_handles), Some((Some("x".to_owned()), handles)));
    assert_eq!(lister.view(("a", "y"), |_| ()), None);
    assert!(!lister.contains(("a", "y")) && !lister.contains("x"));
}

#[test]
fn labels_select_objects_of_one_namespace_or_of_all() {
    let writer = Writer::new();
    for (namespace, name, labels) in [("a", "x", Some("gold")), ("b", "y", Some("silver")), ("b", "z", None)] {
        let mut object = Arc::unwrap_or_clone(in_namespace(namespace, name));
        object.metadata.labels = labels.map(|tier| [("tier".to_owned(), tier.to_owned())].into());
        insert(&writer, Arc::new(object));
    }
    let lister = Lister::new(writer.store());
    let selector = |operator: &str, values: Option<&str>| -> Selector {
        let values = values.map(|value| vec![value.to_owned()]);
        let requirement = LabelSelectorRequirement { key: "tier".to_owned(), operator: operator.to_owned(), values };
        LabelSelector { match_expressions: Some(vec![requirement]), match_labels: None }.try_into().unwrap()
    };
    assert_eq!(names(&lister.select(None, &selector("Exists", None))), ["x", "y"]);
    assert_eq!(names(&lister.select(Some("b"), &selector("Exists", None))), ["y"]);
    assert_eq!(names(&lister.select(None, &selector("NotIn", Some("gold")))), ["y", "z"]);
    assert_eq!(names(&lister.select(None, &Selector::default())), ["x", "y", "z"]);
}

#[test]
fn an_index_gives_the_objects_of_each_of_their_values() {
    let writer = Writer::new();
    let engines = index_engines(&writer).unwrap();
    put(&writer, "one", "1", "a,b");
    put(&writer, "two", "2", "b,b");
    put(&writer, "none", "3", "");
    check_index(&engines, "a", &["one"]);
    check_index(&engines, "b", &["one", "two"]);
    check_index(&engines, "", &[]);
    put(&writer, "one", "4", "c,b");
    check_index(&engines, "a", &[]);
    check_index(&engines, "b", &["one", "two"]);
    check_index(&engines, "c", &["one"]);
    assert!(format!("{engines:?}").contains("engine"), "it has a name");
    let same = writer.store().index::<String>("engine").unwrap();
    check_index(&same, "c", &["one"]);
    let unknown = writer.store().index::<String>("colour").unwrap_err();
    assert_eq!(unknown, IndexError::Unknown("colour".to_owned()));
    let other = writer.store().index::<u64>("engine").unwrap_err();
    assert_eq!(other, IndexError::OtherType("engine".to_owned()));
}

#[test]
fn an_index_gives_the_latest_state_of_an_object_whose_value_did_not_change() {
    let writer = Writer::new();
    let engines = index_engines(&writer).unwrap();
    put(&writer, "one", "1", "a");
    put(&writer, "one", "2", "a");
    let indexed = engines.get("a");
    assert_eq!(indexed[0].metadata.resource_version.as_deref(), Some("2"));
}

#[test]
fn values_without_objects_leave_the_index() {
    let writer = Writer::new();
    let engines = index_engines(&writer).unwrap();
    put(&writer, "one", "1", "a,b");
    put(&writer, "two", "2", "b");
    remove(&writer, "one", "3");
    assert_eq!(engines.values(), ["b"]);
}

#[test]
fn an_index_can_be_added_when_there_are_objects_already_and_only_once() {
    let writer = Writer::new();
    put(&writer, "one", "1", "a");
    let engines = index_engines(&writer).unwrap();
    check_index(&engines, "a", &["one"]);
    assert_eq!(index_engines(&writer).unwrap_err(), IndexError::Exists("engine".to_owned()));
}

#[test]
fn replacing_the_list_rebuilds_every_index() {
    let writer = Writer::new();
    let engines = index_engines(&writer).unwrap();
    put(&writer, "one", "1", "a");
    let mut two = database("two", "2");
    "b".clone_into(&mut two.spec.engine);
    writer.replace(vec![two.into()], vec![], "3");
    check_index(&engines, "a", &[]);
    check_index(&engines, "b", &["two"]);
}

#[test]
fn replacing_the_list_tells_first_of_what_vanished_and_then_of_the_rest_in_list_order() {
    let writer = Writer::new();
    writer.replace(["a", "b", "c", "d"].map(|name| database(name, "1").into()).into(), vec![], "1");
    let next = [database("z", "5"), database("d", "2"), database("b", "1"), database("e", "5"), database("e", "6")];
    let changes = writer.replace(next.map(Cached::from).into(), vec![], "9");
    assert_eq!(all_told(&changes), ["?a", "?c", "+z", "~d@1->2", "+e", "~e@5->6"]);
    assert_eq!(writer.store().snapshot().resource_version(), "9");
    assert_eq!(writer.store().get(("ns", "e")).unwrap().metadata.resource_version.as_deref(), Some("6"));
}

#[test]
fn an_object_of_the_same_name_and_another_uid_is_an_update() {
    let writer = Writer::new();
    insert(&writer, Arc::new(database("a", "1")));
    let mut other = database("a", "1");
    other.metadata.uid = Some("another".to_owned());
    assert_eq!(all_told(&insert(&writer, Arc::new(other))), ["~a@1->1"]);
}

#[test]
fn a_repeated_state_is_not_told_again() {
    let writer = Writer::new();
    assert_eq!(all_told(&put(&writer, "a", "1", "x")), ["+a"]);
    assert!(put(&writer, "a", "1", "x").is_empty());
    assert_eq!(all_told(&put(&writer, "a", "2", "x")), ["~a@1->2"]);
}

#[test]
fn a_deletion_is_told_once_with_the_final_state_if_there_is_one() {
    let writer = Writer::new();
    put(&writer, "a", "1", "x");
    let last = Some(database("a", "2").into());
    let changes = writer.batch(|batch| batch.remove(&ObjectKey::new(Some("ns"), "a"), last, "2"));
    assert_eq!(all_told(&changes), ["-a"]);
    assert!(remove(&writer, "a", "2").is_empty());
    put(&writer, "b", "3", "x");
    assert_eq!(all_told(&remove(&writer, "b", "4")), ["?b"]);
}

#[test]
fn the_version_of_the_store_moves_with_every_write_and_bookmark() {
    let writer = Writer::new();
    let check = |expected: &str| assert_eq!(writer.store().snapshot().resource_version(), expected);
    check("");
    writer.replace(vec![], vec![], "5");
    check("5");
    put(&writer, "a", "6", "x");
    check("6");
    remove(&writer, "a", "7");
    check("7");
    writer.batch(|batch| batch.bookmark("8"));
    check("8");
    writer.batch(|batch| batch.insert_undecodable(undecodable("b", "9")));
    check("9");
}

#[test]
fn an_object_that_cannot_be_decoded_keeps_its_last_good_state() {
    let writer = Writer::new();
    put(&writer, "a", "1", "x");
    writer.batch(|batch| batch.insert_undecodable(undecodable("a", "2")));
    writer.batch(|batch| batch.insert_undecodable(undecodable("b", "3")));
    let snapshot = writer.store().snapshot();
    assert_eq!(
        snapshot.undecodable().map(ToString::to_string).collect::<Vec<_>>(),
        ["ns/a: no engine", "ns/b: no engine"]
    );
    assert!(snapshot.get(("ns", "a")).is_some() && snapshot.get(("ns", "b")).is_none());

    let changes = writer.replace(vec![], vec![undecodable("a", "4")], "5");
    assert_eq!(all_told(&changes), [""; 0], "it is still on the server");
    assert!(writer.store().get(("ns", "a")).is_some());
    let same = Undecodable { uid: Some("uid-a".to_owned()), ..undecodable("a", "4") };
    assert_eq!(all_told(&writer.replace(vec![], vec![same], "5")), [""; 0]);

    assert_eq!(all_told(&put(&writer, "a", "6", "x")), ["~a@1->6"]);
    assert_eq!(writer.store().snapshot().undecodable().count(), 0);
    assert_eq!(all_told(&writer.replace(vec![], vec![], "7")), ["?a"]);
}

#[test]
fn an_object_whose_successor_cannot_be_decoded_is_gone() {
    let writer = Writer::new();
    put(&writer, "a", "1", "x");
    let successor = Undecodable { uid: Some("another".to_owned()), ..undecodable("a", "4") };
    assert_eq!(all_told(&writer.replace(vec![], vec![successor], "5")), ["?a"]);
    assert_eq!((writer.store().snapshot().len(), writer.store().snapshot().undecodable().count()), (0, 1));
}

#[test]
fn readers_see_a_batch_at_once_and_handlers_are_told_of_each_step() {
    let writer = Writer::new();
    let store = writer.store();
    let changes = writer.batch(|batch| {
        batch.insert(Arc::new(database("a", "1")));
        batch.insert(Arc::new(database("a", "2")));
        batch.remove(&ObjectKey::new(Some("ns"), "a"), None, "3");
        batch.insert(Arc::new(database("b", "4")));
        assert!(store.snapshot().is_empty());
    });
    assert_eq!(all_told(&changes), ["+a", "~a@1->2", "?a", "+b"]);
    assert_eq!((store.snapshot().len(), store.snapshot().resource_version()), (1, "4"));
}

#[test]
fn a_snapshot_does_not_change() {
    let writer = Writer::new();
    put(&writer, "a", "1", "x");
    let before = writer.store().snapshot();
    put(&writer, "a", "2", "x");
    remove(&writer, "a", "3");
    assert_eq!(before.get(("ns", "a")).unwrap().metadata.resource_version.as_deref(), Some("1"));
    assert_eq!(before.len(), 1);
    assert!(writer.store().snapshot().is_empty());
}

#[test]
fn a_list_of_one_namespace_leaves_the_others_alone() {
    let writer = Writer::new();
    let in_namespace = |name: &str, namespace: &str| {
        let mut object = database(name, "1");
        object.metadata.namespace = Some(namespace.to_owned());
        Cached::from(object)
    };
    let bad = |namespace: &str| Undecodable {
        key: Some(ObjectKey::new(Some(namespace), "bad")),
        uid: None,
        resource_version: None,
        error: "as it was made".to_owned(),
    };
    let all = vec![in_namespace("x", "a"), in_namespace("y", "a"), in_namespace("x", "b")];
    writer.replace(all, vec![bad("a"), bad("b")], "1");
    let scope = Arc::from("a");
    let (changes, _) = writer.prepare_list(Some(&scope), vec![in_namespace("x", "a")], Vec::new(), "2").publish();
    let gone: Vec<_> = changes.iter().map(|change| change.object().key().unwrap().to_string()).collect();
    assert_eq!(gone, ["a/y"]);
    let snapshot = writer.store().snapshot();
    assert_eq!(snapshot.keys().map(ToString::to_string).collect::<Vec<_>>(), ["a/x", "b/x"]);
    let undecodable: Vec<_> = snapshot.undecodable().filter_map(|bad| bad.key.clone()).collect();
    assert_eq!(undecodable, [ObjectKey::new(Some("b"), "bad")]);
}

#[test]
fn an_index_that_panics_leaves_the_store_as_it_was() {
    // TestCacheTransactionShouldIndexErrors
    let writer = Writer::new();
    let engines = index_engines(&writer).unwrap();
    let picky = |object: &Database| -> Option<String> {
        assert_ne!(object.spec.engine, "odd", "as it was asked to");
        None
    };
    writer.add_index("picky", picky).unwrap();
    put(&writer, "a", "1", "x");
    let failed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        writer.batch(|batch| {
            batch.insert(database("b", "2"));
            let mut odd = database("c", "3");
            "odd".clone_into(&mut odd.spec.engine);
            batch.insert(odd);
        })
    }));
    assert!(failed.is_err());
    let check = |expected: &[&str], version: &str| {
        let snapshot = writer.store().snapshot();
        assert_eq!(names(&snapshot.objects().collect::<Vec<_>>()), expected);
        assert_eq!(snapshot.resource_version(), version);
    };
    check(&["a"], "1");
    check_index(&engines, "PostgreSQL", &[]);
    insert(&writer, Arc::new(database("d", "4")));
    check(&["a", "d"], "4");
    check_index(&engines, "PostgreSQL", &["d"]);
}

#[test]
fn an_object_without_a_name_is_skipped() {
    // TestRealFIFO_PopBrokenItemsInBatch
    let writer = Writer::new();
    let changes = writer.batch(|batch| {
        batch.insert(database("", "1"));
        batch.insert(database("a", "2"));
        batch.insert_undecodable(Undecodable { key: None, ..undecodable("x", "3") });
    });
    assert_eq!(all_told(&changes), ["+a"]);
    assert_eq!(writer.store().snapshot().resource_version(), "2");
    assert_eq!(all_told(&writer.replace(vec![database("", "5").into()], vec![], "6")), ["?a"]);
}

#[test]
fn a_value_that_no_object_has_is_not_taken_for_another() {
    let writer = Writer::new();
    let engines = index_engines(&writer).unwrap();
    writer.batch(|batch| {
        for number in 0..500 {
            let mut object = database(&format!("o{number}"), "1");
            object.spec.engine = format!("e{number}");
            batch.insert(object);
        }
    });
    for number in 0..1_000 {
        assert_eq!(engines.contains(format!("e{number}").as_str()), number < 500, "{number}");
    }
    assert_eq!(writer.store().snapshot().index_values(&engines).count(), 500);
}
