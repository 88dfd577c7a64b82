//! Requests, lists and watches, measured on one server.

use std::{
    sync::atomic::Ordering,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};

use super::{
    client::{Client, database, databases, text_of, version},
    subject::Subject,
    table::Row,
};

/// How long and how much.
pub(super) struct Plan {
    pub(super) time: Duration,
    pub(super) listed: usize,
}

/// Measures everything.
pub(super) fn measure(subject: &Subject, plan: &Plan) -> Result<Vec<Row>> {
    let mut client = Client::new(subject)?;
    client.define_databases()?;
    let mut rows = Vec::new();
    for connections in [1, 8] {
        rows.extend(requests(subject, connections, plan.time)?);
    }
    rows.extend(lists(subject, plan.listed)?);
    for watchers in [1, 50] {
        rows.push(watches(subject, watchers, plan.time)?);
    }
    Ok(rows)
}

fn namespace(client: &mut Client, name: &str) -> Result<String> {
    client.post("/api/v1/namespaces", &format!(r#"{{"metadata":{{"name":"{name}"}}}}"#))?;
    // Admission of a real server learns of it a little later.
    thread::sleep(Duration::from_millis(100));
    Ok(databases(name))
}

/// One connection's objects: their names and the resource versions that it knows.
struct Worker {
    client: Client,
    base: String,
    number: usize,
    names: Vec<String>,
    versions: Vec<String>,
}

/// What a worker does for the request of a number; `false` ends it.
type Step = fn(&mut Worker, usize) -> Result<bool>;

impl Worker {
    fn new(subject: &Subject, base: &str, number: usize) -> Result<Self> {
        let (names, versions) = (Vec::new(), Vec::new());
        Ok(Self { client: Client::new(subject)?, base: base.to_owned(), number, names, versions })
    }

    fn create(&mut self, index: usize) -> Result<bool> {
        let name = format!("d{}-{index:06}", self.number);
        let answer = self.client.post(&self.base, &database(&name, 10, ""))?;
        self.names.push(name);
        self.versions.push(version(&answer)?);
        Ok(true)
    }

    fn path(&self, index: usize) -> (usize, String) {
        let index = index % self.names.len();
        (index, format!("{}/{}", self.base, self.names[index]))
    }

    fn get(&mut self, index: usize) -> Result<bool> {
        self.client.get(&self.path(index).1)?;
        Ok(true)
    }

    fn update(&mut self, index: usize) -> Result<bool> {
        let (at, path) = self.path(index);
        let body = database(&self.names[at], 11 + index, &self.versions[at]);
        let answer = self.client.ask("PUT", &path, "application/json", &body)?;
        self.versions[at] = version(&answer)?;
        Ok(true)
    }

    fn apply(&mut self, index: usize) -> Result<bool> {
        let (at, path) = self.path(index);
        let body = database(&self.names[at], 1 + index, "");
        let path = format!("{path}?fieldManager=bench&force=true");
        self.client.ask("PATCH", &path, "application/apply-patch+yaml", &body)?;
        Ok(true)
    }

    fn delete(&mut self, index: usize) -> Result<bool> {
        if index < self.names.len() {
            self.client.ask("DELETE", &self.path(index).1, "application/json", "")?;
        }
        Ok(index + 1 < self.names.len())
    }
}

/// Creates, gets, updates, applies and deletes on so many connections, each for a time.
fn requests(subject: &Subject, connections: usize, time: Duration) -> Result<Vec<Row>> {
    let base = namespace(&mut Client::new(subject)?, &format!("bench{connections}"))?;
    let workers = (0..connections).map(|number| Worker::new(subject, &base, number));
    let mut workers = workers.collect::<Result<Vec<_>>>()?;
    let steps: [(&str, Step); 5] = [
        ("create", Worker::create),
        ("get", Worker::get),
        ("update", Worker::update),
        ("apply", Worker::apply),
        ("delete", Worker::delete),
    ];
    let plural = plural(connections);
    let mut rows = Vec::new();
    for (name, step) in steps {
        let rate = rate(&mut workers, step, time)?;
        eprintln!("{}: {name}, {connections} connection{plural}: {rate:.0} /s", subject.name);
        rows.push(Row::more(&format!("{name}, {connections} connection{plural}"), rate, "/s"));
    }
    Ok(rows)
}

/// How many steps all workers together make in a second.
fn rate(workers: &mut [Worker], step: Step, time: Duration) -> Result<f64> {
    let started = Instant::now();
    let counts = thread::scope(|scope| {
        let running: Vec<_> = workers
            .iter_mut()
            .map(|worker| {
                scope.spawn(move || -> Result<usize> {
                    let mut count = 0;
                    while started.elapsed() < time {
                        let goes_on = step(worker, count)?;
                        count += 1;
                        if !goes_on {
                            break;
                        }
                    }
                    Ok(count)
                })
            })
            .collect();
        running.into_iter().map(joined).sum::<Result<usize>>()
    })?;
    Ok(as_f64(counts) / started.elapsed().as_secs_f64())
}

fn joined<T>(thread: thread::ScopedJoinHandle<'_, Result<T>>) -> Result<T> {
    thread.join().unwrap_or_else(|_| Err(anyhow::anyhow!("a thread of the client panicked")))
}

/// Fills a namespace with databases by 8 connections.
pub(super) fn fill(subject: &Subject, name: &str, count: usize) -> Result<String> {
    const CONNECTIONS: usize = 8;
    let base = namespace(&mut Client::new(subject)?, name)?;
    thread::scope(|scope| {
        let filling: Vec<_> = (0..CONNECTIONS)
            .map(|first| {
                let base = &base;
                scope.spawn(move || -> Result<()> {
                    let mut client = Client::new(subject)?;
                    for index in (first..count).step_by(CONNECTIONS) {
                        client.post(base, &database(&format!("l-{index:06}"), 10, ""))?;
                    }
                    Ok(())
                })
            })
            .collect();
        filling.into_iter().try_for_each(joined)
    })?;
    Ok(base)
}

/// The best of five lists of everything: at once, from memory, and in pages.
fn lists(subject: &Subject, count: usize) -> Result<Vec<Row>> {
    let base = fill(subject, "list", count)?;
    let mut client = Client::new(subject)?;
    let mut rows = Vec::new();
    for (name, query) in [("now", "?"), ("resourceVersion=0", "?resourceVersion=0&"), ("limit=500", "?limit=500&")] {
        let mut best = 0.0_f64;
        for _ in 0..5 {
            let (started, mut bytes, mut next) = (Instant::now(), 0, Some(String::new()));
            while let Some(token) = next {
                let answer = client.get(&format!("{base}{query}continue={token}"))?;
                bytes += answer.len();
                next = if name.starts_with("limit") { text_of(&answer, "continue") } else { None };
                next = next.filter(|token| !token.is_empty());
            }
            best = best.max(as_f64(bytes) / 1e6 / started.elapsed().as_secs_f64());
        }
        eprintln!("{}: list, {name}: {best:.0} MB/s", subject.name);
        rows.push(Row::more(&format!("list of {count}, {name}"), best, "MB/s"));
    }
    Ok(rows)
}

/// The events that all watchers together get in a second while 8 connections create as fast as they can.
fn watches(subject: &Subject, watchers: usize, time: Duration) -> Result<Row> {
    const WRITERS: usize = 8;
    let mut client = Client::new(subject)?;
    let base = namespace(&mut client, &format!("fan{watchers}"))?;
    let start = version(&client.get(&format!("{base}?limit=1"))?)?;
    let events = client.watch(&base, &start, watchers)?;
    let started = Instant::now();
    let writers = (0..WRITERS).map(|number| Worker::new(subject, &base, number));
    let mut writers = writers.collect::<Result<Vec<_>>>()?;
    rate(&mut writers, Worker::create, time)?;
    let written: usize = writers.iter().map(|writer| writer.names.len()).sum();
    while events.load(Ordering::Relaxed) < written * watchers {
        ensure!(started.elapsed() < time * 10, "{}: events of a watch are lost", subject.name);
        thread::sleep(Duration::from_millis(1));
    }
    let rate = as_f64(written * watchers) / started.elapsed().as_secs_f64();
    eprintln!("{}: {watchers} watchers: {rate:.0} events/s", subject.name);
    Ok(Row::more(&format!("events to {watchers} watcher{}", plural(watchers)), rate, "/s"))
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// Counts here are far below what a float holds exactly.
#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn as_f64(count: usize) -> f64 {
    count as f64
}
