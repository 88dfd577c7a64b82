//! What the embedded server alone has a bar for: memory of what is stored, of definitions and of further servers, and how soon a
//! definition is served.

use std::time::Instant;

use anyhow::Result;
use crdgen_apiserver::TestServer;

use super::{
    client::{Client, DATABASES, DEFINITIONS},
    load,
    subject::{Subject, resident},
    table::Row,
};

/// Each figure with the most that it may be.
pub(super) fn measure() -> Result<Vec<(Row, f64)>> {
    let mut rows = vec![databases()?];
    rows.extend(definitions()?);
    rows.push(further_servers()?);
    Ok(rows)
}

/// What a server holds in memory with 100,000 databases.
fn databases() -> Result<(Row, f64)> {
    eprintln!("creating 100,000 databases");
    let subject = Subject::embedded()?;
    Client::new(&subject)?.define_databases()?;
    load::fill(&subject, "many", 100_000)?;
    Ok((Row::less("100,000 databases", subject.memory()? / 1e6, "MB"), 250.0))
}

/// What 1,000 definitions take beyond their text, each, and how long it takes until one is served.
fn definitions() -> Result<Vec<(Row, f64)>> {
    const COUNT: u16 = 1000;
    eprintln!("installing 1,000 CRDs");
    let subject = Subject::embedded()?;
    let mut client = Client::new(&subject)?;
    client.get("/readyz")?;
    let before = subject.memory()?;
    let (mut text, mut times) = (0.0, Vec::new());
    for number in 0..COUNT {
        let definition = DATABASES.replace("example.com", &format!("g{number}.example.com"));
        text += f64::from(u32::try_from(definition.len())?);
        let started = Instant::now();
        client.post_yaml(DEFINITIONS, &definition)?;
        while client.get(&format!("/apis/g{number}.example.com/v1alpha1/databases")).is_err() {}
        times.push(started.elapsed().as_secs_f64() * 1e3);
    }
    times.sort_by(f64::total_cmp);
    let each = (subject.memory()? - before - text) / f64::from(COUNT) / 1e3;
    Ok(vec![
        (Row::less("a CRD beyond its text", each, "KB"), 100.0),
        (Row::less("until a CRD is served, median", times[times.len() / 2], "ms"), 10.0),
        (Row::less("until a CRD is served, 99 of 100", times[times.len() * 99 / 100], "ms"), 10.0),
    ])
}

/// What one more server costs in this process.
fn further_servers() -> Result<(Row, f64)> {
    const COUNT: u16 = 200;
    eprintln!("starting 200 servers in one process");
    let threads = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let each = threads.block_on(async {
        let _first = TestServer::start().await?;
        let before = resident("self")?;
        let mut servers = Vec::new();
        for _ in 0..COUNT {
            servers.push(TestServer::start().await?);
        }
        anyhow::Ok((resident("self")? - before) / f64::from(COUNT))
    })?;
    Ok((Row::less("a further server in a process", each / 1e6, "MB"), 1.0))
}
