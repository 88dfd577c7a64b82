//! How fast objects are read and written: `object!` tables beside serde's derives, on the same structs and the same JSON.
//!
//! Prints one line for each measurement, `name ratio`, where the ratio is the table's time by the derive's (below
//! 1: faster). Both sides take turns within every round, so that a busy machine slows both down; the figure is the median
//! of the rounds. Where a machine is too busy even for that, count instructions: with the arguments `case side turns` one
//! side (`table` or `derive`) of one case runs that often, and nothing is measured
//! (`valgrind --tool=callgrind objects parse-sorted table 200`). Where functions happen to lie in memory is worth up to 3 %:
//! with `RUSTFLAGS=-Cllvm-args=-align-all-functions=6` that is the same for both sides.

use std::{
    collections::BTreeMap,
    hint::black_box,
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

const ROUNDS: usize = 400;
const OBJECTS_PER_TURN: usize = 40;

/// The type of a required field.
#[expect(non_camel_case_types, reason = "the word of the table")]
type required<T> = T;

/// The type of an optional field.
#[expect(non_camel_case_types, reason = "the word of the table")]
type optional<T> = Option<T>;

/// What the derived side asks before it writes a field.
trait Absent {
    fn is_absent(&self) -> bool;
}

impl<T> Absent for Option<T> {
    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

/// Required fields are never absent.
macro_rules! always_there {
    ($($Type:ty),*) => {$(
        impl Absent for $Type {
            fn is_absent(&self) -> bool {
                false
            }
        }
    )*};
}

always_there!(String, bool, i32, Vec<table::Container>, Vec<derive::Container>);

/// An open enum by `string_enum!`.
mod enum_by_table {
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub(crate) enum PullPolicy {
        Always,
        IfNotPresent,
        Never,
        Unrecognized(crdgen_runtime::Unrecognized<Self>),
    }

    crdgen_runtime::string_enum! { PullPolicy { Always = "Always", IfNotPresent = "IfNotPresent", Never = "Never" } }
}

/// The same open enum as one writes it by hand: serde's derives know none that keeps an unrecognized text cheaply.
mod enum_by_hand {
    use std::fmt;

    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Visitor};

    #[derive(Clone, Debug, PartialEq)]
    pub(crate) enum PullPolicy {
        Always,
        IfNotPresent,
        Never,
        Unrecognized(String),
    }

    impl Serialize for PullPolicy {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_str(match self {
                Self::Always => "Always",
                Self::IfNotPresent => "IfNotPresent",
                Self::Never => "Never",
                Self::Unrecognized(text) => text,
            })
        }
    }

    impl<'de> Deserialize<'de> for PullPolicy {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            deserializer.deserialize_str(PullPolicyVisitor)
        }
    }

    struct PullPolicyVisitor;

    impl Visitor<'_> for PullPolicyVisitor {
        type Value = PullPolicy;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a string")
        }

        fn visit_str<E>(self, text: &str) -> Result<PullPolicy, E> {
            Ok(match text {
                "Always" => PullPolicy::Always,
                "IfNotPresent" => PullPolicy::IfNotPresent,
                "Never" => PullPolicy::Never,
                _ => PullPolicy::Unrecognized(text.to_owned()),
            })
        }
    }
}

/// The same structs twice: module `table` with `object!`, module `derive` with serde's derives.
macro_rules! twice {
    ($($Type:ident { $($field:ident: $name:literal, $presence:ident, $Field:ty;)* })*) => {
        #[expect(clippy::struct_field_names, reason = "the names of Kubernetes")]
        mod table {
            use super::{enum_by_table::PullPolicy, *};
            $(
                #[derive(Clone, Default, PartialEq)]
                pub(crate) struct $Type { $(pub(crate) $field: $presence<$Field>,)* }
                crdgen_runtime::object! { $Type { $($field: $name, $presence;)* } }
            )*
        }

        #[expect(clippy::struct_field_names, reason = "the names of Kubernetes")]
        mod derive {
            use super::{enum_by_hand::PullPolicy, *};
            $(
                #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
                pub(crate) struct $Type { $(
                    #[serde(rename = $name, skip_serializing_if = "Absent::is_absent")]
                    pub(crate) $field: $presence<$Field>,
                )* }
            )*
        }
    };
}

twice! {
    Workload {
        affinity: "affinity", optional, Value;
        containers: "containers", required, Vec<Container>;
        node_selector: "nodeSelector", optional, BTreeMap<String, String>;
        paused: "paused", required, bool;
        replicas: "replicas", optional, i64;
        revision_history_limit: "revisionHistoryLimit", optional, i32;
        service_account_name: "serviceAccountName", optional, String;
        strategy: "strategy", optional, Strategy;
        suspend: "suspend", optional, bool;
        tolerations: "tolerations", optional, Vec<Toleration>;
    }
    Strategy {
        max_surge: "maxSurge", optional, i64;
        max_unavailable: "maxUnavailable", optional, i64;
        r#type: "type", optional, String;
    }
    Toleration {
        effect: "effect", optional, String;
        key: "key", optional, String;
        operator: "operator", optional, String;
        toleration_seconds: "tolerationSeconds", optional, i64;
        value: "value", optional, String;
    }
    Container {
        args: "args", optional, Vec<String>;
        command: "command", optional, Vec<String>;
        env: "env", optional, Vec<EnvVar>;
        image: "image", required, String;
        image_pull_policy: "imagePullPolicy", optional, PullPolicy;
        liveness_probe: "livenessProbe", optional, Probe;
        name: "name", required, String;
        ports: "ports", optional, Vec<Port>;
        readiness_probe: "readinessProbe", optional, Probe;
        resources: "resources", optional, BTreeMap<String, BTreeMap<String, String>>;
        stdin: "stdin", optional, bool;
        termination_message_path: "terminationMessagePath", optional, String;
        tty: "tty", optional, bool;
        working_dir: "workingDir", optional, String;
    }
    EnvVar {
        name: "name", required, String;
        value: "value", optional, String;
        value_from: "valueFrom", optional, EnvVarSource;
    }
    EnvVarSource {
        key: "key", required, String;
        name: "name", required, String;
        optional: "optional", optional, bool;
    }
    Port {
        container_port: "containerPort", required, i32;
        host_ip: "hostIP", optional, String;
        host_port: "hostPort", optional, i32;
        name: "name", optional, String;
        protocol: "protocol", optional, String;
    }
    Probe {
        failure_threshold: "failureThreshold", optional, i32;
        initial_delay_seconds: "initialDelaySeconds", optional, i32;
        path: "path", optional, String;
        period_seconds: "periodSeconds", optional, i32;
        port: "port", required, i32;
        timeout_seconds: "timeoutSeconds", optional, i32;
    }
}

/// One thing to measure, done by either side.
struct Case<'a> {
    name: &'static str,
    table: Turn<'a>,
    derive: Turn<'a>,
}

type Turn<'a> = Box<dyn Fn() + 'a>;

fn main() {
    let json = object();
    let sorted = json.to_string();
    let shuffled = shuffled(&json);
    assert_eq!(serde_json::from_str::<Value>(&shuffled).ok(), Some(json.clone()), "only the order differs");
    let (Some(table), Some(derive)) = (read_as::<table::Workload>(&sorted), read_as::<derive::Workload>(&sorted))
    else {
        unreachable!("the object is valid");
    };
    assert_eq!(serde_json::to_value(&table).ok(), Some(json.clone()), "nothing is lost");

    let cases = [
        Case::new("parse-sorted", || read_as::<table::Workload>(&sorted), || read_as::<derive::Workload>(&sorted)),
        Case::new(
            "parse-shuffled",
            || read_as::<table::Workload>(&shuffled),
            || read_as::<derive::Workload>(&shuffled),
        ),
        Case::new("parse-value", || read_value::<table::Workload>(&json), || read_value::<derive::Workload>(&json)),
        Case::new("write", || serde_json::to_string(&table).ok(), || serde_json::to_string(&derive).ok()),
        Case::new("write-value", || serde_json::to_value(&table).ok(), || serde_json::to_value(&derive).ok()),
    ];
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [case, side, turns] = arguments.as_slice() {
        repeat(&cases, case, side, turns.parse().unwrap_or_default());
        return;
    }
    println!("object: {} bytes", sorted.len());
    for case in &cases {
        println!("{} {:.3}", case.name, ratio(&case.table, &case.derive));
    }
}

impl<'a> Case<'a> {
    fn new<A, B>(name: &'static str, table: impl Fn() -> A + 'a, derive: impl Fn() -> B + 'a) -> Self {
        Self {
            name,
            table: Box::new(move || drop(black_box(table()))),
            derive: Box::new(move || drop(black_box(derive()))),
        }
    }
}

/// One side of one case, to count its instructions.
fn repeat(cases: &[Case<'_>], name: &str, side: &str, turns: usize) {
    let case = cases.iter().find(|case| case.name == name);
    let turn = case.map(|case| if side == "table" { &case.table } else { &case.derive });
    for _ in 0..turns {
        turn.inspect(|turn| turn());
    }
}

fn read_as<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_str(text).ok()
}

fn read_value<T: DeserializeOwned>(json: &Value) -> Option<T> {
    serde_json::from_value(json.clone()).ok()
}

/// The median over all rounds of the time of `table` by the time of `derive`.
fn ratio(table: &Turn<'_>, derive: &Turn<'_>) -> f64 {
    let mut ratios: Vec<f64> = (0..ROUNDS)
        .map(|round| {
            // Who goes first changes, because the second finds warmer caches.
            let (first, second);
            if round % 2 == 0 {
                first = time(table);
                second = time(derive);
            } else {
                second = time(derive);
                first = time(table);
            }
            first.as_secs_f64() / second.as_secs_f64()
        })
        .collect();
    ratios.sort_by(f64::total_cmp);
    ratios[ROUNDS / 2]
}

fn time(turn: &Turn<'_>) -> Duration {
    let start = Instant::now();
    for _ in 0..OBJECTS_PER_TURN {
        turn();
    }
    start.elapsed()
}

/// An object of about 8 KB, as large as busy custom resources are.
fn object() -> Value {
    let container = |index: usize| {
        serde_json::json!({
            "args": ["--listen", "0.0.0.0:8080", "--log-level=info", format!("--shard={index}")],
            "env": (0..12).map(|variable| match variable % 3 {
                0 => serde_json::json!({"name": format!("SECRET_{variable}"), "valueFrom": {"key": "password", "name": "credentials"}}),
                _ => serde_json::json!({"name": format!("VARIABLE_{variable}"), "value": format!("value of {variable}")}),
            }).collect::<Vec<_>>(),
            "image": format!("registry.example.com/team/worker:{index}.2.3"),
            "imagePullPolicy": "IfNotPresent",
            "livenessProbe": {"failureThreshold": 3, "path": "/healthz", "periodSeconds": 10, "port": 8080},
            "name": format!("worker-{index}"),
            "ports": [{"containerPort": 8080, "name": "http", "protocol": "TCP"}, {"containerPort": 9090, "name": "metrics"}],
            "readinessProbe": {"initialDelaySeconds": 5, "path": "/ready", "port": 8080, "timeoutSeconds": 1},
            "resources": {"limits": {"cpu": "2", "memory": "1Gi"}, "requests": {"cpu": "500m", "memory": "512Mi"}},
            "tty": false,
        })
    };
    serde_json::json!({
        "affinity": {"nodeAffinity": {"preferred": [{"weight": 1, "zone": "a"}]}},
        "containers": (0..6).map(container).collect::<Vec<_>>(),
        "nodeSelector": {"kubernetes.io/arch": "amd64", "kubernetes.io/os": "linux"},
        "paused": false,
        "replicas": 3,
        "revisionHistoryLimit": 10,
        "serviceAccountName": "worker",
        "strategy": {"maxSurge": 1, "maxUnavailable": 0, "type": "RollingUpdate"},
        "tolerations": [{"effect": "NoSchedule", "key": "dedicated", "operator": "Equal", "value": "team"}],
    })
}

/// The same object with the keys of each object in an order that is nobody's.
fn shuffled(value: &Value) -> String {
    match value {
        Value::Object(object) => {
            let mut fields: Vec<(&String, &Value)> = object.iter().collect();
            fields.sort_by_key(|(name, _)| name.bytes().rev().collect::<Vec<u8>>());
            let fields: Vec<String> =
                fields.into_iter().map(|(name, value)| format!("{name:?}:{}", shuffled(value))).collect();
            format!("{{{}}}", fields.join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(shuffled).collect::<Vec<_>>().join(",")),
        scalar => scalar.to_string(),
    }
}
