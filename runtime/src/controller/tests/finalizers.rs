//! The controller's own finalizer: added before anything is made, removed after the clean-up, which is done once.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use k8s_openapi::jiff::Timestamp;
use serde_json::Value;

use super::*;

const FINALIZER: &str = "databases.example.com/data";

/// The database `a` at a version, with or without the finalizer, and perhaps on its way out.
fn state(version: &str, has_finalizer: bool, leaves: bool) -> Database {
    let mut object = database("a", version);
    object.metadata.finalizers = has_finalizer.then(|| vec![FINALIZER.to_owned()]);
    object.metadata.deletion_timestamp = leaves.then_some(Time(Timestamp::UNIX_EPOCH));
    object
}

struct Running {
    watch: WatchSender,
    patches: Arc<Mutex<Vec<String>>>,
    _kept: Source,
}

/// Starts a controller with the finalizer over one object. The server answers patches with the versions 11, 12 and so on.
async fn start(reconciler: &Scripted, object: Database) -> Running {
    let patches: Arc<Mutex<Vec<String>>> = Arc::default();
    let log = Arc::clone(&patches);
    let (connection, _) = connection_with(move |request, body| {
        assert!(request.starts_with("PATCH"), "{request}");
        let patch: Value = serde_json::from_str(body).unwrap();
        let finalizers = patch["metadata"]["finalizers"].as_array().unwrap().len();
        let mut patches = log.lock().unwrap();
        patches.push(format!("{finalizers} after {}", patch["metadata"]["resourceVersion"].as_str().unwrap()));
        let version = (10 + patches.len()).to_string();
        Reply::json(200, &serde_json::to_value(state(&version, finalizers > 0, finalizers == 0)).unwrap())
    });
    let (watch, kept) = run(connection, reconciler.clone(), |controller| controller.finalizer(FINALIZER), object).await;
    Running { watch, patches, _kept: kept }
}

/// Runs a controller over one object. The server answers for as long as the source beside the watch is held.
async fn run<R: Reconciler<Database>>(
    connection: kube::Client,
    reconciler: R,
    setup: impl FnOnce(Controller<Database, R>) -> Controller<Database, R>,
    object: Database,
) -> (WatchSender, Source) {
    let (list_watch, mut server) = source();
    let informer = SharedInformer::new(list_watch, InformerOptions::default());
    let factory = SharedInformerFactory::new(connection);
    let resource = Database::api_resource();
    let controller = setup(Controller::on("database-controller", &factory, resource, informer.clone(), reconciler));
    tokio::spawn(async move { controller.run(&Shutdown::new()).await });
    tokio::spawn(async move { informer.run(CancellationToken::new()).await });
    server.list_of(vec![object], "10").await;
    let (_, watch) = server.watch().await;
    pause().await;
    (watch, server)
}

#[tokio::test(start_paused = true)]
async fn an_object_gets_the_finalizer_before_it_is_reconciled_and_loses_it_after_the_clean_up() {
    let reconciler = Scripted::default();
    let running = start(&reconciler, state("1", false, false)).await;
    assert_eq!(
        (reconciler.take(), running.patches.lock().unwrap().clone()),
        (vec!["a@1".to_owned()], vec!["1 after 1".to_owned()])
    );
    running.watch.send(Event::Modified(Ok(state("11", true, false).into())));
    pause().await;
    assert_eq!(reconciler.take(), [""; 0], "its own write");

    running.watch.send(Event::Modified(Ok(state("12", true, true).into())));
    pause().await;
    assert_eq!(reconciler.take(), ["deleted ns/a@12"], "what is being deleted is not reconciled");
    assert_eq!(running.patches.lock().unwrap().last().unwrap(), "0 after 12");
    running.watch.send(Event::Deleted(Ok(state("14", false, true).into())));
    pause().await;
    assert_eq!(
        (reconciler.take(), running.patches.lock().unwrap().len()),
        (Vec::new(), 2),
        "it is cleaned up after once"
    );
}

#[tokio::test(start_paused = true)]
async fn a_clean_up_that_fails_is_repeated_and_keeps_the_finalizer() {
    let reconciler = Scripted::default();
    let mut leaving = state("1", true, true);
    leaving.spec.engine = "fails twice".to_owned();
    let running = start(&reconciler, leaving).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(reconciler.take(), ["deleted ns/a@1"; 3]);
    assert_eq!(running.patches.lock().unwrap().clone(), ["0 after 1"]);
}

#[tokio::test(start_paused = true)]
async fn an_object_that_leaves_without_the_finalizer_is_nobodys_business() {
    let reconciler = Scripted::default();
    let running = start(&reconciler, state("1", false, true)).await;
    running.watch.send(Event::Deleted(Ok(state("11", false, true).into())));
    pause().await;
    assert_eq!((reconciler.take(), running.patches.lock().unwrap().len()), (Vec::new(), 0));
}

/// Takes the last finalizer of an object away by itself, and counts how often it cleans up.
#[derive(Clone, Default)]
struct ByHand(Arc<AtomicUsize>);

impl Reconciler<Database> for ByHand {
    type Error = client::Error;

    async fn reconcile(&self, object: Arc<Database>, context: &Context<Database>) -> Result<Action, client::Error> {
        crate::finalizer::remove(context.client(), &*object, FINALIZER).await.map(|()| Action::Done)
    }

    async fn deleted(&self, _: &ObjectKey, _: Arc<Database>, _: &Context<Database>) -> Result<(), client::Error> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn the_end_of_an_object_is_cleaned_up_after_also_if_a_turn_has_caused_it() {
    let (connection, _) = connection_with(|request, _| {
        assert!(request.starts_with("PATCH"), "{request}");
        Reply::json(200, &serde_json::to_value(state("11", false, true)).unwrap())
    });
    let by_hand = ByHand::default();
    let (watch, _kept) = run(connection, by_hand.clone(), |controller| controller, state("1", true, true)).await;
    watch.send(Event::Deleted(Ok(state("12", false, true).into())));
    pause().await;
    assert_eq!(by_hand.0.load(Ordering::SeqCst), 1);
}
