//! The Pods that are listed: about 6 KB of JSON each, which follow from their number.

use anyhow::{Context, Result};

/// A Pod as kube-apiserver 1.36.3 served it. A client with kube-controller-manager's name had made it for a `ReplicaSet`, and one
/// with a kubelet's name had reported its status. That server ran without service accounts: the name of one was added. `$name` stands
/// where Pods differ.
const TEMPLATE: &str = include_str!("pod.json");

/// How many Pods a `ReplicaSet` has.
const REPLICAS: usize = 10;

/// How many namespaces there are.
const NAMESPACES: usize = 100;

/// How many Pods a node runs.
const PODS_OF_A_NODE: usize = 50;

/// What differs from Pod to Pod, in the order of [`values`].
const NAMES: [&str; 12] =
    ["app", "hash", "suffix", "namespace", "uid", "owner", "version", "node", "host_ip", "pod_ip", "first", "second"];

/// The template, taken apart once.
pub(super) struct Pods {
    start: &'static str,
    /// Which of [`NAMES`] follows, and the text after it.
    rest: Vec<(usize, &'static str)>,
}

impl Pods {
    /// Takes the template apart. Fails if it has a name that is none of [`NAMES`].
    pub(super) fn new() -> Result<Self> {
        let mut parts = TEMPLATE.trim_end().split('$');
        let start = parts.next().unwrap_or_default();
        let rest = parts.map(|part| {
            let end = part.find(|c: char| !c.is_ascii_lowercase() && c != '_').unwrap_or(part.len());
            let (name, text) = part.split_at(end);
            let position = NAMES.iter().position(|known| *known == name);
            Ok((position.with_context(|| format!("the template has ${name}"))?, text))
        });
        Ok(Self { start, rest: rest.collect::<Result<_>>()? })
    }

    /// How long the first Pod is, in bytes. The others differ from it by a few.
    pub(super) fn length(&self) -> usize {
        let mut text = String::new();
        self.write(0, &mut text);
        text.len()
    }

    /// Appends the Pod with this number.
    pub(super) fn write(&self, number: usize, out: &mut String) {
        let values = values(number);
        out.push_str(self.start);
        for (name, text) in &self.rest {
            out.push_str(&values[*name]);
            out.push_str(text);
        }
    }
}

/// The resource version of the Pod with this number.
pub(super) fn version(number: usize) -> usize {
    1_000_000 + number
}

/// What stands for [`NAMES`] in the Pod with this number.
fn values(number: usize) -> [String; 12] {
    let set = number / REPLICAS;
    let node = number / PODS_OF_A_NODE;
    let (mut of_set, mut of_pod) = (digits(set, 1), digits(number, 2));
    [
        format!("orders-{set:05}"),
        of_set(10),
        format!("{}{:02}", of_pod(3), number % 100),
        format!("team-{:03}", set % NAMESPACES),
        uid(&mut of_pod),
        uid(&mut of_set),
        version(number).to_string(),
        format!("node-{node:04}"),
        format!("10.0.{}.{}", node / 250, 1 + node % 250),
        format!("10.{}.{}.{}", 128 + number / 62_500, number / 250 % 250, 1 + number % 250),
        of_pod(64),
        of_pod(64),
    ]
}

/// Hexadecimal digits that follow from a number and a seed, as many as are asked for each time.
fn digits(number: usize, seed: u64) -> impl FnMut(usize) -> String {
    let mut random = fastrand::Rng::with_seed((number as u64) << 2 | seed);
    move |count| (0..count).map(|_| char::from(b"0123456789abcdef"[random.usize(..16)])).collect()
}

fn uid(digits: &mut impl FnMut(usize) -> String) -> String {
    format!("{}-{}-4{}-8{}-{}", digits(8), digits(4), digits(3), digits(3), digits(12))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::Pods;

    fn pod(number: usize) -> (usize, Value) {
        let mut text = String::new();
        Pods::new().expect("the template's names are known").write(number, &mut text);
        (text.len(), serde_json::from_str(&text).expect("a Pod is JSON"))
    }

    #[test]
    fn a_pod_has_about_6_kb() {
        for number in [0, 99_999] {
            let (length, _) = pod(number);
            assert!((6_000..6_300).contains(&length), "{length} bytes");
        }
    }

    #[test]
    fn pods_of_a_replica_set_share_owner_and_labels_and_nothing_that_is_their_own() {
        let pods: Vec<_> = (0..20).map(|number| pod(number).1).collect();
        let distinct = |pointer: &str| {
            let values = pods.iter().map(|pod| pod.pointer(pointer).expect("it is there").to_string());
            values.collect::<BTreeSet<_>>().len()
        };
        for shared in ["/metadata/labels", "/metadata/ownerReferences", "/metadata/namespace"] {
            assert_eq!(distinct(shared), 2, "{shared}");
        }
        for own in ["/metadata/name", "/metadata/uid", "/metadata/resourceVersion", "/status/podIP"] {
            assert_eq!(distinct(own), 20, "{own}");
        }
    }
}
