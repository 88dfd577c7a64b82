//! The requests of many seeds, to both servers at once.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Instant,
};

use anyhow::{Result, ensure};
use crdgen_apiserver::Server;
use futures::{StreamExt as _, TryStreamExt as _};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::{Answer, Known, Place, Request, Twin, difference};
use crate::{
    control_plane::ControlPlane,
    random::{self, Requests},
};

/// What is asked.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The seeds, each with a namespace of its own.
    pub seeds: Vec<u64>,
    /// Requests of each seed.
    pub requests: usize,
    /// Only resources with these plurals; all if there are none.
    pub only: Vec<String>,
    /// How many seeds run at once.
    pub parallel: usize,
    /// Whether every request is printed with both answers.
    pub trace: bool,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Report {
    /// How many requests were sent to each server.
    pub sent: usize,
    /// How many places differ for each known reason.
    pub known: BTreeMap<String, usize>,
    /// The first difference of each class that is not known, and how many there are.
    pub unknown: BTreeMap<String, (Found, usize)>,
    /// How many differences did not come again when their seeds were repeated alone.
    pub passing: usize,
}

/// A difference.
#[derive(Clone, Debug)]
pub struct Found {
    /// The seed and the number of the request.
    pub at: (u64, usize),
    /// The request.
    pub request: Request,
    /// Where the answers differ.
    pub place: Place,
}

/// Both servers, and what all seeds share.
struct Servers {
    real: kube::Client,
    embedded: kube::Client,
    /// Held by a seed that asks for addresses or ports of its choice, which belong to the whole cluster.
    cluster: Mutex<()>,
}

/// Sends all requests. The report depends on the seeds alone, not on how many run at once.
///
/// # Errors
/// A server cannot be reached, or does not serve what is needed.
pub async fn run(plane: &ControlPlane, plan: &Plan, known: &Known) -> Result<Report> {
    let embedded = kube::Client::new(Server::builder().controllers(false).build().service(), "default");
    let servers = Servers { real: plane.client().await?, embedded, cluster: Mutex::new(()) };
    for client in [&servers.real, &servers.embedded] {
        install(&mut Twin::new(client.clone())).await?;
    }
    let servers = Arc::new(servers);
    let mut report = Report::default();
    let (started, mut told) = (Instant::now(), 0);
    let mut seeds = futures::stream::iter(plan.seeds.clone())
        .map(|seed| {
            let running = tokio::spawn(run_seed(Arc::clone(&servers), plan.clone(), seed));
            async move { running.await? }
        })
        .buffered(plan.parallel);
    while let Some((sent, found)) = seeds.try_next().await? {
        report.sent += sent;
        for found in found {
            report.add(found, known);
        }
        let elapsed = started.elapsed().as_secs();
        if elapsed >= told + 10 {
            told = elapsed;
            let unknown: usize = report.unknown.values().map(|(_, count)| count).sum();
            eprintln!("{} requests in {elapsed} s, {unknown} unlisted differences", report.sent);
        }
    }
    Ok(report)
}

impl Report {
    /// The seeds of the differences that are not known.
    pub fn seeds(&self) -> Vec<u64> {
        let seeds: BTreeSet<u64> = self.unknown.values().map(|(found, _)| found.at.0).collect();
        seeds.into_iter().collect()
    }

    /// Drops the differences that `repeated`, a report of the same seeds, does not have. They came from how the requests of
    /// different seeds, or the work of controllers, fell together in time.
    pub fn keep_what_repeats(&mut self, repeated: &Self) {
        let before = self.unknown.len();
        self.unknown.retain(|class, _| repeated.unknown.contains_key(class));
        self.passing = before - self.unknown.len();
    }

    fn add(&mut self, found: Found, known: &Known) {
        match known.reason(&found.request, &found.place) {
            Some(reason) => *self.known.entry(reason.to_owned()).or_default() += 1,
            None => self.unknown.entry(found.place.class(&found.request)).or_insert((found, 0)).1 += 1,
        }
    }
}

/// The requests of one seed: how many were sent, and where the answers differ.
async fn run_seed(servers: Arc<Servers>, plan: Plan, seed: u64) -> Result<(usize, Vec<Found>)> {
    let mut requests = Requests::new(seed, &plan.only);
    let _cluster = if requests.chooses_addresses() { Some(servers.cluster.lock().await) } else { None };
    let mut real = Twin::new(servers.real.clone());
    let mut embedded = Twin::new(servers.embedded.clone());
    let (mut sent, mut found) = (0, Vec::new());
    let namespace = json!({"metadata": {"name": requests.namespace()}});
    let namespace = Request::new("POST", "/api/v1/namespaces".to_owned(), "application/json", namespace);
    for twin in [&mut real, &mut embedded] {
        let answer = twin.send(&namespace).await?;
        ensure!(answer.status == 201, "{:#}", answer.body);
    }
    for index in 0..plan.requests {
        let request = requests.next_request();
        let (expected, answer) = ask(&mut real, &mut embedded, &request).await?;
        sent += 1;
        if plan.trace {
            println!("request {index}: {} {}\n  {}", request.method, request.path, request.body);
            println!("  real {} {}\n  ours {} {}\n", expected.status, expected.body, answer.status, answer.body);
        }
        let places = difference::places(&expected, &answer);
        if places.is_empty() {
            requests.learn(expected.status, &expected.body);
            continue;
        }
        found.extend(places.into_iter().map(|place| Found { at: (seed, index), request: request.clone(), place }));
        // Both have different objects from here on, unless they are gone.
        let removal = if request.method == "GET" { Vec::new() } else { requests.removal() };
        for request in removal {
            ask(&mut real, &mut embedded, &request).await?;
        }
        real.align(&mut embedded);
    }
    for request in requests.release() {
        ask(&mut real, &mut embedded, &request).await?;
    }
    Ok((sent, found))
}

/// Asks both at once.
async fn ask(real: &mut Twin, embedded: &mut Twin, request: &Request) -> Result<(Answer, Answer)> {
    let (real, embedded) = tokio::join!(real.send(request), embedded.send(request));
    Ok((real?, embedded?))
}

/// Creates the CRDs and waits until they are served.
async fn install(twin: &mut Twin) -> Result<()> {
    let get = |path: String| Request::new("GET", path, "application/json", Value::Null);
    for (definition, collections) in random::definitions() {
        let path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions".to_owned();
        let answer = twin.send(&Request::new("POST", path, "application/json", definition)).await?;
        ensure!(answer.status == 201, "{:#}", answer.body);
        for collection in collections {
            while twin.send(&get(collection.clone())).await?.status != 200 {
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            }
        }
    }
    Ok(())
}
