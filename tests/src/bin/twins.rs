//! Sends the same random requests to the embedded API server and to a real one, and prints where their answers differ.
//!
//! Ends with 1 if they do.

use std::{collections::BTreeMap, path::PathBuf, process::ExitCode, time::Duration};

use anyhow::{Result, ensure};
use clap::Parser;
use crdgen_apiserver::Server;
use serde_json::{Value, json};
use tests::{
    control_plane::ControlPlane,
    random::Requests,
    twins::{Request, Twin},
};

#[derive(Parser)]
struct Arguments {
    /// The folder of kube-apiserver and etcd
    assets: PathBuf,
    /// The first seed
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many seeds, each with a namespace of its own
    #[arg(long, default_value_t = 100)]
    seeds: u64,
    /// Requests of each seed
    #[arg(long, default_value_t = 40)]
    requests: usize,
    /// Only resources with these plurals
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// How many differences are printed
    #[arg(long, default_value_t = 20)]
    show: usize,
}

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let plane = ControlPlane::start(&arguments.assets).await?;
    let real = plane.client().await?;
    let embedded = kube::Client::new(Server::builder().controllers(false).build().service(), "default");
    let (mut sent, mut found): (usize, BTreeMap<String, usize>) = (0, BTreeMap::new());
    for seed in arguments.seed..arguments.seed + arguments.seeds {
        let mut twins = [Twin::new(real.clone()), Twin::new(embedded.clone())];
        let mut requests = Requests::new(seed, &arguments.only);
        for twin in &mut twins {
            make_namespace(twin, requests.namespace()).await?;
        }
        for index in 0..arguments.requests {
            let request = requests.next_request();
            let expected = twins[0].send(&request).await?;
            let answer = twins[1].send(&request).await?;
            requests.learn(expected.0, &expected.1);
            sent += 1;
            let Some(difference) = difference(&expected, &answer) else { continue };
            let count = found.entry(class(&request, &difference)).or_default();
            *count += 1;
            if *count == 1 && found.len() <= arguments.show {
                println!("seed {seed}, request {index}: {} {}\n  {}", request.method, request.path, request.body);
                println!("{difference}\n");
            }
            // Both have different objects from here on.
            if expected.0 != answer.0 {
                break;
            }
        }
    }
    let total: usize = found.values().sum();
    println!("{sent} requests, {total} differences of {} kinds", found.len());
    Ok(if found.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn make_namespace(twin: &mut Twin, name: &str) -> Result<()> {
    let body = json!({"metadata": {"name": name}});
    let path = "/api/v1/namespaces".to_owned();
    let (status, answer) = twin.send(&Request { method: "POST", path, media_type: "application/json", body }).await?;
    ensure!(status == 201, "{answer:#}");
    // Admission of the real server learns of it a little later.
    tokio::time::sleep(Duration::from_millis(30)).await;
    Ok(())
}

/// What two answers differ in, line by line; none if they are the same.
fn difference(expected: &(u16, Value), found: &(u16, Value)) -> Option<String> {
    let mut lines = Vec::new();
    if expected.0 != found.0 {
        // The bodies have nothing in common.
        let message = |body: &Value| body.get("message").map_or_else(|| body["spec"].to_string(), Value::to_string);
        let (real, ours) = (message(&expected.1), message(&found.1));
        return Some(format!("  status: {} is {}\n    real {real}\n    ours {ours}", expected.0, found.0));
    }
    compare("", &expected.1, &found.1, &mut lines);
    if lines.is_empty() {
        return None;
    }
    lines.truncate(12);
    Some(lines.join("\n"))
}

fn compare(path: &str, expected: &Value, found: &Value, lines: &mut Vec<String>) {
    match (expected, found) {
        (Value::Object(a), Value::Object(b)) => {
            let names: std::collections::BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            for name in names {
                let of = |members: &serde_json::Map<String, Value>| members.get(name).cloned().unwrap_or_default();
                compare(&format!("{path}.{name}"), &of(a), &of(b), lines);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (index, (a, b)) in a.iter().zip(b).enumerate() {
                compare(&format!("{path}[{index}]"), a, b, lines);
            }
        }
        _ if expected == found => {}
        _ => lines.push(format!("  {path}:\n    real {expected}\n    ours {found}")),
    }
}

/// Differences of one class have the same resource and the same place.
fn class(request: &Request, difference: &str) -> String {
    let resource =
        request.path.split(['/', '?']).find(|part| part.ends_with('s') && !["apis", "namespaces"].contains(part));
    let place: String = difference.lines().next().unwrap_or_default().chars().filter(|c| !c.is_ascii_digit()).collect();
    let message = difference.lines().find(|line| line.trim_start().starts_with("real")).unwrap_or_default();
    let words: String = message.chars().filter(|c| !c.is_ascii_digit()).take(90).collect();
    format!("{} {place} {words}", resource.unwrap_or_default())
}
