//! The two copies of the tables, which change places with each write.

use super::*;

fn address(writer: &Writer<Database>) -> *const Snapshot<Database> {
    Arc::as_ptr(&writer.store().snapshot())
}

#[test]
fn two_copies_change_places_and_no_other_is_made_while_nobody_holds_one() {
    let writer = Writer::new();
    put(&writer, "a", "1", "x");
    let first = address(&writer);
    put(&writer, "a", "2", "x");
    let second = address(&writer);
    assert_ne!(first, second);
    for version in 3..20 {
        put(&writer, "a", &version.to_string(), "x");
        assert_eq!(address(&writer), if version % 2 == 1 { first } else { second }, "at version {version}");
        assert_eq!(writer.store().get(("ns", "a")).unwrap().resource_version(), Some(version.to_string().as_str()));
    }
}

#[test]
fn both_copies_have_every_write_whoever_holds_a_snapshot() {
    let writer = Writer::new();
    let engines = index_engines(&writer).unwrap();
    let mut held = Vec::new();
    for version in 0..60 {
        match version % 5 {
            0 => drop(remove(&writer, &format!("o{}", version % 7), &version.to_string())),
            1 => drop(writer.batch(|batch| batch.insert_undecodable(undecodable("odd", &version.to_string())))),
            _ => drop(put(&writer, &format!("o{}", version % 7), &version.to_string(), &format!("e{}", version % 3))),
        }
        if version % 4 == 0 {
            held.push((version, writer.store().snapshot()));
        }
        if version % 11 == 0 {
            held.clear();
        }
        for (version, snapshot) in &held {
            assert_eq!(snapshot.resource_version(), version.to_string());
        }
        let snapshot = writer.store().snapshot();
        let all: Vec<_> = snapshot.objects().collect();
        assert_eq!((all.len(), all.len()), (snapshot.len(), snapshot.namespace("ns").count()));
        let indexed: usize = engines.values().iter().map(|engine| engines.get(engine).len()).sum();
        assert_eq!(indexed, all.len());
    }
}
