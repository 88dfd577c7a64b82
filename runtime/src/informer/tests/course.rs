//! Any course of events: what handlers hear adds up to what the store has.

use std::collections::BTreeMap;

use rand::rngs::SmallRng;
use rand::{RngExt as _, SeedableRng as _};

use super::*;
use crate::informer::SharedInformer;

/// Keeps what it hears. A call that does not fit to the ones before leaves a trace.
#[derive(Clone, Default)]
struct Mirror(Arc<Mutex<BTreeMap<String, String>>>);

impl Mirror {
    fn expect(&self, fits: bool, name: &str, what: &str) {
        if !fits {
            self.0.lock().unwrap().insert(format!("{name} {what}"), String::new());
        }
    }
}

fn parts(object: &Database) -> (String, String) {
    let metadata = &object.metadata;
    (metadata.name.clone().unwrap(), metadata.resource_version.clone().unwrap())
}

impl EventHandler<Database> for Mirror {
    async fn add(&mut self, object: &Cached<Database>, _: bool) {
        let (name, version) = parts(object);
        let known = self.0.lock().unwrap().insert(name.clone(), version);
        self.expect(known.is_none(), &name, "was added twice");
    }

    async fn update(&mut self, old: &Cached<Database>, new: &Cached<Database>) {
        let ((name, version), (_, before)) = (parts(new), parts(old));
        let known = self.0.lock().unwrap().insert(name.clone(), version);
        self.expect(known == Some(before), &name, "had another state before");
        yield_now().await;
    }

    async fn delete(&mut self, last: &Deleted<Database>) {
        let (name, _) = parts(last.object());
        let known = self.0.lock().unwrap().remove(&name);
        self.expect(known.is_some(), &name, "was deleted twice");
    }
}

/// A server whose objects change at random.
struct Changing {
    random: SmallRng,
    version: u64,
    objects: BTreeMap<String, String>,
}

impl Changing {
    /// Makes a change, and returns its event.
    fn change(&mut self) -> Event<Database> {
        self.version += 1;
        let (name, version) = (format!("o{}", self.random.random_range(0..6)), self.version.to_string());
        let object = Ok(database(&name, &version).into());
        let known = self.objects.contains_key(&name);
        if known && self.random.random_range(0..3) == 0 {
            self.objects.remove(&name);
            return Event::Deleted(object);
        }
        self.objects.insert(name, version);
        if known { Event::Modified(object) } else { Event::Added(object) }
    }

    fn all(&self) -> Vec<Database> {
        self.objects.iter().map(|(name, version)| database(name, version)).collect()
    }
}

fn stored(informer: &SharedInformer<Database>) -> BTreeMap<String, String> {
    informer.lister().list().iter().map(|object| parts(object)).collect()
}

#[tokio::test(start_paused = true)]
async fn after_any_course_of_events_handlers_know_what_the_store_has() {
    // TestHammerController, TestUpdate, TestSharedInformerHandlerAbuse
    for seed in 0..8 {
        let (informer, server) = informer();
        let mut mirrors = vec![(Mirror::default(), None)];
        informer.add_handler(mirrors[0].0.clone(), HandlerOptions::default()).unwrap();
        let mut running = start(informer, server);
        let random = SmallRng::seed_from_u64(seed);
        let mut changing = Changing { random, version: 1, objects: BTreeMap::new() };
        running.server.list_of(changing.all(), "1").await;
        let (_, mut watch) = running.server.watch().await;
        for _ in 0..300 {
            match changing.random.random_range(0..20) {
                0 => {
                    // The watch breaks, and what happens before the next list is only seen in that.
                    watch.fail(api_error(410, "Expired"));
                    for _ in 0..changing.random.random_range(0..4) {
                        changing.change();
                    }
                    let version = changing.version.to_string();
                    running.server.list_of(changing.all(), &version).await;
                    watch = running.server.watch().await.1;
                }
                1 => {
                    let mirror = Mirror::default();
                    let resync = changing.random.random_bool(0.5).then_some(Duration::from_secs(1));
                    let merge_above = changing.random.random_bool(0.5).then(|| changing.random.random_range(0..5));
                    let options = HandlerOptions { resync, merge_above };
                    let registration = running.informer.add_handler(mirror.clone(), options).unwrap();
                    mirrors.push((mirror, Some(registration)));
                }
                2 if mirrors.len() > 1 => {
                    let at = changing.random.random_range(1..mirrors.len());
                    mirrors.remove(at).1.unwrap().remove();
                }
                3 => tokio::time::sleep(Duration::from_millis(300)).await,
                _ => watch.send(changing.change()),
            }
            if changing.random.random_bool(0.3) {
                settle().await;
            }
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert_eq!(stored(&running.informer), changing.objects, "seed {seed}");
        for (mirror, _) in &mirrors {
            assert_eq!(*mirror.0.lock().unwrap(), changing.objects, "seed {seed}");
        }
    }
}
