//! The metrics of shardings.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::NameLabels;

/// How a shard came or went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Move {
    /// This replica has it now.
    Taken,
    /// It was given up, after its work had ended.
    Released,
    /// Its lease could not be renewed in time.
    Lost,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct MoveLabels {
    name: String,
    r#move: &'static str,
}

pub(super) struct Families {
    held: Family<NameLabels, Gauge>,
    replicas: Family<NameLabels, Gauge>,
    moves: Family<MoveLabels, Counter>,
}

/// The metrics of one replica.
#[derive(Clone)]
pub(crate) struct ShardingMetrics {
    name: String,
    held: Gauge,
    replicas: Gauge,
    moves: Family<MoveLabels, Counter>,
}

/// Is held by those who hold a shard.
pub(crate) struct Held(Gauge);

impl Families {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let families = Self { held: Family::default(), replicas: Family::default(), moves: Family::default() };
        registry.register("crdgen_sharding_shards_held", "Shards that this replica holds", families.held.clone());
        let replicas = "Replicas among which the shards are shared out, as this one sees it";
        registry.register("crdgen_sharding_replicas", replicas, families.replicas.clone());
        let moves = "Shards that this replica has taken, released, and lost";
        registry.register("crdgen_sharding_moves", moves, families.moves.clone());
        families
    }

    pub(super) fn of(&self, name: &str) -> ShardingMetrics {
        let labels = NameLabels { name: name.to_owned() };
        ShardingMetrics {
            name: name.to_owned(),
            held: self.held.get_or_create(&labels).clone(),
            replicas: self.replicas.get_or_create(&labels).clone(),
            moves: self.moves.clone(),
        }
    }
}

impl ShardingMetrics {
    /// Says that a shard is held, until what it returns is dropped.
    pub(crate) fn holding(&self) -> Held {
        self.held.inc();
        Held(self.held.clone())
    }

    pub(crate) fn replicas(&self, count: usize) {
        self.replicas.set(i64::try_from(count).unwrap_or(i64::MAX));
    }

    pub(crate) fn moved(&self, how: Move) {
        let how = match how {
            Move::Taken => "taken",
            Move::Released => "released",
            Move::Lost => "lost",
        };
        self.moves.get_or_create(&MoveLabels { name: self.name.clone(), r#move: how }).inc();
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.dec();
    }
}
