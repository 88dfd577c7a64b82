//! When members of an operator run, what ends it, and what its endpoints answer.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::FutureExt;
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use super::endpoints::Endpoints;
use super::probe::{self, Checks};
use super::*;
use crate::client;
use crate::controller::{Action, Context, Controller, Reconciler};
use crate::factory::SharedInformerFactory;
use crate::leader::{self, LeaderElection};
use crate::metrics::Metrics;
use crate::shutdown::Shutdown;
use crate::testing::{Database, LeaseServer, Reply, connection_with, within};

/// Notes what it reconciles. A call takes `time`.
#[derive(Clone, Default)]
struct Noting {
    started: Arc<AtomicUsize>,
    ended: Arc<AtomicUsize>,
    time: Duration,
}

impl Reconciler<Database> for Noting {
    type Error = client::Error;

    async fn reconcile(&self, _: Arc<Database>, _: &Context<Database>) -> Result<Action, client::Error> {
        self.started.fetch_add(1, Ordering::Relaxed);
        sleep(self.time).await;
        self.ended.fetch_add(1, Ordering::Relaxed);
        Ok(Action::Done)
    }
}

/// A cluster with one database and a lease, which can be made to refuse whatever is asked of the lease.
#[derive(Clone, Default)]
struct Cluster {
    leases: LeaseServer,
    refuses: Arc<Mutex<bool>>,
}

impl Cluster {
    fn factory(&self) -> SharedInformerFactory {
        let cluster = self.clone();
        let (connection, _) = connection_with(move |request, body| {
            if request.contains("/leases") {
                let refuses = *cluster.refuses.lock().unwrap();
                return if refuses { Reply::json(500, &json!({})) } else { cluster.leases.answer(request, body) };
            }
            let failure = |code: u16| Reply::json(code, &json!({ "kind": "Status", "code": code }));
            if request.contains("sendInitialEvents") {
                return failure(422);
            }
            if request.contains("watch=true") {
                return Reply { stalls: true, ..Reply::chunks(200, [""; 0]) };
            }
            if request.contains("/databases") {
                let metadata = json!({ "name": "a", "namespace": "ns", "uid": "1", "resourceVersion": "1" });
                let items = json!([{ "metadata": metadata, "spec": { "engine": "PostgreSQL" } }]);
                return Reply::json(200, &json!({ "items": items, "metadata": { "resourceVersion": "1" } }));
            }
            failure(403)
        });
        SharedInformerFactory::new(connection)
    }

    /// An operator with a controller, on a connection of its own.
    fn operator(&self, reconciler: &Noting) -> Operator {
        let factory = self.factory();
        Operator::new(&factory).controller(Controller::new("database", &factory, reconciler.clone()))
    }
}

fn candidate(identity: &str) -> LeaderElection {
    LeaderElection { identity: identity.to_owned(), ..LeaderElection::new("ns", "operator") }
}

fn run(operator: Operator) -> (Shutdown, JoinHandle<Result<(), Error>>) {
    let shutdown = Shutdown::new();
    let running = tokio::spawn({
        let shutdown = shutdown.clone();
        async move { operator.run(&shutdown).await }
    });
    (shutdown, running)
}

fn count(calls: &AtomicUsize) -> usize {
    calls.load(Ordering::Relaxed)
}

#[tokio::test(start_paused = true)]
async fn everything_runs_until_a_shutdown_is_requested() {
    let (reconciler, cleaned) = (Noting::default(), Arc::new(AtomicUsize::new(0)));
    let task = {
        let cleaned = Arc::clone(&cleaned);
        |stop: tokio_util::sync::CancellationToken| async move {
            stop.cancelled().await;
            cleaned.fetch_add(1, Ordering::Relaxed);
            Ok::<_, Error>(())
        }
    };
    let operator = Cluster::default().operator(&reconciler);
    let (shutdown, running) = run(operator.task("cleaner", task.clone()).task_of_all_replicas("sweeper", task));
    sleep(Duration::from_secs(1)).await;
    assert_eq!((count(&reconciler.ended), count(&cleaned)), (1, 0));
    assert!(!running.is_finished());
    shutdown.trigger();
    within(running).await.unwrap().unwrap();
    assert_eq!(count(&cleaned), 2, "tasks are waited for");
}

#[tokio::test(start_paused = true)]
async fn a_task_that_fails_stops_all_the_others_and_is_named() {
    let reconciler = Noting::default();
    let operator = Cluster::default().operator(&reconciler);
    let failing = |_| async {
        sleep(Duration::from_secs(1)).await;
        Err("the bucket is gone")
    };
    let (_, running) = run(operator.task("backup", failing).task("short", |_| async { Ok::<_, Error>(()) }));
    assert_eq!(within(running).await.unwrap().unwrap_err().to_string(), "backup: the bucket is gone");
    assert_eq!(count(&reconciler.ended), 1);

    let panicking = Cluster::default().operator(&reconciler).task("backup", |_| async {
        assert!(std::hint::black_box(false), "no bucket at all");
        Ok::<_, Error>(())
    });
    assert_eq!(within(run(panicking).1).await.unwrap().unwrap_err().to_string(), "backup: no bucket at all");
}

#[tokio::test(start_paused = true)]
async fn a_controller_whose_kind_cannot_be_listed_ends_the_operator() {
    let factory = Cluster::default().factory();
    let controller = Controller::new("database", &factory, Noting::default());
    let operator = Operator::new(&factory).controller(controller.owns::<k8s_openapi::api::core::v1::Secret>());
    let error = within(run(operator).1).await.unwrap().unwrap_err().to_string();
    assert!(error.starts_with("database: no complete list within 120s of: Secret ("), "{error}");
}

#[tokio::test(start_paused = true)]
async fn one_replica_works_and_the_other_takes_over_with_full_caches() {
    let cluster = Cluster::default();
    let (first, second) = (Noting::default(), Noting::default());
    let (stop_first, running_first) = run(cluster.operator(&first).elect(candidate("first")));
    sleep(Duration::from_secs(5)).await;
    let factory = cluster.factory();
    let operator = Operator::new(&factory).controller(Controller::new("database", &factory, second.clone()));
    let on_both = Noting::default();
    let operator = operator.controller_of_all_replicas(Controller::new("watcher", &factory, on_both.clone()));
    let (stop_second, running_second) = run(operator.elect(candidate("second")));
    sleep(Duration::from_mins(5)).await;
    assert_eq!((count(&first.ended), count(&second.ended), count(&on_both.ended)), (1, 0, 1));
    assert!(factory.health().iter().all(|(_, health)| health.synced), "{:?}", factory.health());

    stop_first.trigger();
    within(running_first).await.unwrap().unwrap();
    assert_eq!(cluster.leases.spec()["holderIdentity"], "", "given up after the work has ended");
    sleep(Duration::from_secs(5)).await;
    assert_eq!((cluster.leases.spec()["holderIdentity"].as_str(), count(&second.ended)), (Some("second"), 1));
    stop_second.trigger();
    within(running_second).await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_replica_that_waits_for_the_lease_can_be_stopped() {
    let cluster = Cluster::default();
    let reconciler = Noting::default();
    let (_stop, _first) = run(cluster.operator(&Noting::default()).elect(candidate("first")));
    sleep(Duration::from_secs(5)).await;
    let (stop, second) = run(cluster.operator(&reconciler).elect(candidate("second")));
    sleep(Duration::from_secs(5)).await;
    stop.trigger();
    within(second).await.unwrap().unwrap();
    assert_eq!(count(&reconciler.started), 0);
}

#[tokio::test(start_paused = true)]
async fn a_lost_lease_cancels_the_work_before_another_replica_may_lead() {
    let cluster = Cluster::default();
    let slow = Noting { time: Duration::from_hours(1), ..Noting::default() };
    let (_stop, running) = run(cluster.operator(&slow).elect(candidate("first")));
    sleep(Duration::from_secs(5)).await;
    assert_eq!(count(&slow.started), 1);
    *cluster.refuses.lock().unwrap() = true;
    let lost = Instant::now();
    let error = within(running).await.unwrap().unwrap_err();
    assert!(matches!(error, Error::Leader(leader::Error::Lost(_))), "{error}");
    assert_eq!(count(&slow.ended), 0);
    let election = candidate("first");
    assert!(lost.elapsed() < election.lease_duration, "{:?} of paused time", lost.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_second_request_does_not_wait_for_tasks_and_reconciliations() {
    let slow = Noting { time: Duration::from_hours(1), ..Noting::default() };
    let operator = Cluster::default().operator(&slow);
    let (shutdown, running) = run(operator.task("stuck", |_| std::future::pending::<Result<(), Error>>()));
    sleep(Duration::from_secs(1)).await;
    let asked = Instant::now();
    shutdown.trigger();
    shutdown.trigger();
    within(running).await.unwrap().unwrap();
    assert!(asked.elapsed() < Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn a_stuck_task_is_dropped_half_a_minute_after_a_request() {
    let operator = Operator::new(&Cluster::default().factory());
    let (shutdown, running) = run(operator.task("stuck", |_| std::future::pending::<Result<(), Error>>()));
    sleep(Duration::from_secs(1)).await;
    let asked = Instant::now();
    shutdown.trigger();
    running.await.unwrap().unwrap();
    assert_eq!(asked.elapsed().as_secs(), 30);
}

fn get(endpoints: &Endpoints, path: &str) -> (StatusCode, String) {
    body(endpoints.answer(&Request::get(path).body(()).unwrap()))
}

fn body<B: BodyExt<Error: std::fmt::Debug>>(response: Response<B>) -> (StatusCode, String) {
    let status = response.status();
    let body = response.into_body().collect().now_or_never().unwrap().unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

#[test]
fn probes_answer_as_those_of_kube_apiserver() {
    let (mut live, mut ready) = (Checks::default(), Checks::default());
    live.add("ping", || Ok(()));
    ready.add("ping", || Ok(()));
    ready.add("license", || Err("it has run out".to_owned()));
    ready.add("broken", || panic!("no disk"));
    let endpoints = Endpoints { live, ready, metrics: Metrics::new() };
    let ok = |text: &str| (StatusCode::OK, text.to_owned());
    let failed = |text: &str| (StatusCode::INTERNAL_SERVER_ERROR, text.to_owned());
    assert_eq!(get(&endpoints, "/healthz"), ok("ok"));
    assert_eq!(get(&endpoints, "/livez?verbose"), ok("[+]ping ok\nlivez check passed\n"));
    let list = "[+]ping ok\n[-]license failed: it has run out\n[-]broken failed: no disk\nreadyz check failed\n";
    assert_eq!(get(&endpoints, "/readyz"), failed(list));
    assert_eq!(get(&endpoints, "/readyz/ping"), ok("ok"));
    assert_eq!(get(&endpoints, "/readyz/license"), failed("it has run out\n"));
    assert_eq!(get(&endpoints, "/readyz/absent").0, StatusCode::NOT_FOUND);
    assert!(get(&endpoints, "/metrics").1.ends_with("# EOF\n"));
    assert_eq!(get(&endpoints, "/").0, StatusCode::NOT_FOUND);
    let posted = endpoints.answer(&Request::post("/healthz").body(()).unwrap());
    assert_eq!(posted.headers()["allow"], "GET, HEAD");
}

#[tokio::test(start_paused = true)]
async fn a_replica_is_ready_once_its_caches_are_complete_and_alive_unless_one_has_failed() {
    let factory = Cluster::default().factory();
    let synced = probe::informers_synced(factory.clone());
    let live = probe::informers_live(factory.clone());
    let databases = factory.informer::<Database>();
    assert_eq!(synced(), Err("Database".to_owned()));
    factory.start();
    databases.wait_for_sync().await.unwrap();
    assert_eq!((synced(), live()), (Ok(()), Ok(())));
    databases.stop();
    databases.wait_for_end().await;
    assert_eq!((synced(), live()), (Ok(()), Ok(())), "it was stopped on purpose");

    factory.transform(|_: &mut Database| panic!("as it was asked to"));
    factory.informer::<Database>().wait_for_end().await;
    assert_eq!(live(), Err("Database (ended by a panic)".to_owned()));
    assert!(synced().is_err());
}

#[tokio::test]
async fn the_endpoints_answer_from_the_start_to_the_end() {
    let operator = Cluster::default()
        .operator(&Noting::default())
        .elect(candidate("first"))
        .listen(SocketAddr::from(([127, 0, 0, 1], 0)));
    let operator = operator.ready_check("license", || Ok(()));
    let (shutdown, (sender, address)) = (Shutdown::new(), tokio::sync::oneshot::channel());
    let running = tokio::spawn({
        let shutdown = shutdown.clone();
        async move { operator.run_at(&shutdown, |address| sender.send(address).unwrap()).await }
    });
    let address = address.await.unwrap();
    let get = async |path: &str| {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        std::io::Result::Ok(answer)
    };
    while !get("/readyz").await.unwrap().starts_with("HTTP/1.1 200 OK") {
        tokio::task::yield_now().await;
    }
    let ready = get("/readyz?verbose").await.unwrap();
    assert!(ready.ends_with("[+]license ok\n[+]informers ok\n[+]shutdown ok\nreadyz check passed\n"), "{ready}");
    assert!(get("/livez/leader-election").await.unwrap().ends_with("ok"));
    let metrics = get("/metrics").await.unwrap();
    assert!(metrics.contains("content-type: application/openmetrics-text"), "{metrics}");
    assert!(metrics.contains(r#"controller_runtime_max_concurrent_reconciles{controller="database"} 1"#), "{metrics}");
    assert!(metrics.contains(r#"leader_election_master_status{name="operator"} 1"#), "{metrics}");
    shutdown.trigger();
    within(running).await.unwrap().unwrap();
    assert!(get("/livez").await.is_err(), "nobody listens any more");
}

#[tokio::test]
async fn an_address_that_is_taken_is_named() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let operator = Operator::new(&Cluster::default().factory()).listen(address);
    let error = run(operator).1.await.unwrap().unwrap_err().to_string();
    assert!(error.starts_with(&format!("cannot listen at {address}: ")), "{error}");
}
