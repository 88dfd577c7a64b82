//! The board for Grafana in `docs` shows what there is.

use std::collections::BTreeSet;

use serde_json::Value;

use super::*;
use crate::kind::StaticKind;

const BOARD: &str = include_str!("../../../../docs/grafana.json");

/// The words of `PromQL` that labels in parentheses follow, and those that may stand before them.
const GROUPINGS: [&str; 4] = ["by", "without", "on", "ignoring"];
const AGGREGATIONS: [&str; 3] = ["sum", "min", "max"];

/// The names of all time series of a program that has one of everything.
fn series() -> BTreeSet<String> {
    let metrics = Metrics::new();
    metrics.controller("c").ended(Outcome::Done, Duration::ZERO);
    let queue = WorkQueue::<&str>::new(ExponentialRateLimiter::new(Duration::from_secs(1), Duration::from_secs(1)));
    queue.set_metrics(&metrics, "c");
    queue.add("key");
    let informer = metrics.informer("i", &Database::api_resource());
    informer.read_from(|| {
        let resource_version = "1".to_owned();
        Some(Reading { queued: 0, resource_version, objects: 0, synced: true, silence: Some(Duration::ZERO) })
    });
    informer.watched(0, Duration::ZERO, true);
    let client = metrics.client();
    client.plugin_called(Ok(()));
    let sent = client.sending(&http::Request::new(http_body_util::Empty::<bytes::Bytes>::new()), true);
    sent.answered(None);
    drop(sent.counting(()));
    metrics.leader("l").renewed_slowly();
    let sharding = metrics.sharding("s");
    sharding.replicas(1);
    sharding.moved(Move::Taken);
    drop(sharding.holding());
    let text = metrics.encode();
    let named = |line: &str| line.split(['{', ' ']).next().unwrap_or_default().to_owned();
    text.lines().filter(|line| !line.starts_with('#')).map(named).collect()
}

/// The metrics that an expression names.
fn named_in(expression: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut rest = expression;
    let is_word = |character: char| character.is_ascii_alphanumeric() || character == '_';
    while let Some(start) = rest.find(|character: char| character.is_ascii_alphabetic() || "{[\"".contains(character)) {
        let closing = match &rest[start..=start] {
            "{" => Some('}'),
            "[" => Some(']'),
            _ => None,
        };
        if let Some(closing) = closing {
            let end = rest[start..].find(closing).expect("it is closed");
            rest = &rest[start + end..];
            continue;
        }
        let end = rest[start..].find(|character| !is_word(character)).map_or(rest.len(), |end| start + end);
        let (word, after) = (&rest[start..end], rest[end..].trim_start());
        rest = &rest[end..];
        if GROUPINGS.contains(&word) {
            rest = &rest[rest.find(')').expect("labels are in parentheses")..];
        } else if !after.starts_with('(') && !AGGREGATIONS.contains(&word) {
            names.push(word);
        }
    }
    names
}

#[test]
fn the_names_in_an_expression_are_found() {
    let found =
        named_in(r#"histogram_quantile(0.99, sum by (a, le) (rate(b_bucket{c=~"$d"}[$__rate_interval]))) / max(e)"#);
    assert_eq!(found, ["b_bucket", "e"]);
}

#[test]
fn the_board_names_metrics_that_there_are_and_leaves_none_out() {
    let (board, there): (Value, _) = (serde_json::from_str(BOARD).unwrap(), series());
    let mut shown = BTreeSet::new();
    for panel in board["panels"].as_array().unwrap() {
        for target in panel["targets"].as_array().into_iter().flatten() {
            let expression = target["expr"].as_str().unwrap();
            for name in named_in(expression) {
                assert!(there.contains(name), "{name} of {expression:?} is not among {there:#?}");
                shown.insert(base(name).to_owned());
            }
        }
    }
    let all: BTreeSet<String> = there.iter().map(|name| base(name).to_owned()).collect();
    assert_eq!(all.difference(&shown).collect::<Vec<_>>(), [""; 0], "they are not on the board");
}

/// The name of a metric without what tells its series apart.
fn base(name: &str) -> &str {
    ["_bucket", "_sum", "_count"].iter().find_map(|suffix| name.strip_suffix(suffix)).unwrap_or(name)
}

#[test]
fn the_documentation_lists_every_metric() {
    let documentation = include_str!("../mod.rs");
    for name in series() {
        assert!(documentation.contains(&format!("//! | `{}` |", base(&name))), "{name} is not in the table");
    }
}
