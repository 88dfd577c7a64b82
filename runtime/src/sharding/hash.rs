//! From a key to its shard: hashes that are the same in every build and on every replica.

use std::fmt;

use crate::kind::KeyRef;

/// What is hashed, and into how many shards: what all replicas must have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) shards: u32,
    /// Whether the shard of a key is that of its namespace.
    pub(crate) by_namespace: bool,
}

impl Layout {
    /// The shard of a key.
    pub(crate) fn shard_of(self, key: KeyRef<'_>) -> u32 {
        let namespace = fnv1a(key.namespace.unwrap_or_default().as_bytes(), BASIS);
        let hash = if self.by_namespace {
            namespace
        } else {
            // A slash is in neither part.
            mix(fnv1a(key.name.as_bytes(), fnv1a(b"/", namespace)))
        };
        let shard = (u128::from(hash) * u128::from(self.shards)) >> u64::BITS;
        // It is less than the number of shards.
        u32::try_from(shard).unwrap_or_default()
    }
}

/// The field whose hash is the shard of a namespace, and the end of all hashes, which none reaches.
const FIELD: &str = "object.metadata.namespace";
const END: u128 = 1 << u64::BITS;

impl Layout {
    /// What asks a server for the objects of these shards, in order (`shardSelector`, KEP-5866). None if these are all. No text asks
    /// for nothing: without shards a single hash is asked for.
    pub(super) fn selector(self, shards: impl IntoIterator<Item = u32>) -> Option<String> {
        let mut ranges: Vec<(u128, u128)> = Vec::new();
        for shard in shards {
            let (start, end) = (self.start_of(shard), self.start_of(shard + 1));
            match ranges.last_mut() {
                Some(last) if last.1 == start => last.1 = end,
                _ => ranges.push((start, end)),
            }
        }
        if ranges.is_empty() {
            ranges.push((0, 1));
        }
        if ranges == [(0, END)] {
            return None;
        }
        let ranges = ranges.iter().map(|(start, end)| format!("shardRange({FIELD}, '0x{start:016x}', '0x{end:016x}')"));
        Some(ranges.collect::<Vec<_>>().join(" || "))
    }

    /// The first hash of a shard.
    fn start_of(self, shard: u32) -> u128 {
        (u128::from(shard) * END).div_ceil(u128::from(self.shards))
    }
}

/// As leases have it: replicas with different texts never work at the same time.
impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.shards, if self.by_namespace { "-namespaces" } else { "" })
    }
}

/// The hash of nothing.
pub(super) const BASIS: u64 = 0xcbf2_9ce4_8422_2325;

/// The hash of what led to `hash`, and then of `bytes` (64-bit FNV-1a, as in `k8s.io/apimachinery/pkg/sharding`).
pub(super) fn fnv1a(bytes: &[u8], hash: u64) -> u64 {
    bytes.iter().fold(hash, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Spreads a hash over all its bits. The last bytes of a text hardly reach the high bits of FNV-1a: `ns-000` to `ns-099` would
/// all be in one of 16 shards. This is the end of `SplitMix64`.
pub(super) fn mix(hash: u64) -> u64 {
    let hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_go_and_never_change() {
        assert_eq!((fnv1a(b"", BASIS), fnv1a(b"foobar", BASIS)), (BASIS, 0x8594_4171_f739_67e8));
        // The first number of SplitMix64 with the seed zero.
        assert_eq!(mix(0x9e37_79b9_7f4a_7c15), 0xe220_a839_7b1d_cdaf);
        let layout = Layout { shards: 16, by_namespace: false };
        let shards = ["a", "b", "c", "d"].map(|name| layout.shard_of(("ns", name).into()));
        assert_eq!(shards, [13, 9, 13, 1]);
    }

    #[test]
    fn keys_that_differ_in_their_last_letters_are_spread_over_all_shards() {
        let layout = Layout { shards: 16, by_namespace: false };
        let mut counts = [0; 16];
        for number in 0..1600 {
            counts[layout.shard_of(("ns", &*format!("database-{number:04}")).into()) as usize] += 1;
        }
        assert!(counts.iter().all(|count| (60..140).contains(count)), "{counts:?}");
    }

    #[test]
    fn the_selector_of_a_shard_has_the_hashes_of_its_namespaces() {
        for shards in [1, 2, 3, 7, 16, 1000] {
            let layout = Layout { shards, by_namespace: true };
            for number in 0..500 {
                let namespace = format!("{number}-team");
                let shard = layout.shard_of((&*namespace, "a").into());
                let hash = u128::from(fnv1a(namespace.as_bytes(), BASIS));
                assert!(
                    (layout.start_of(shard)..layout.start_of(shard + 1)).contains(&hash),
                    "{namespace} of {shards}"
                );
            }
        }
    }

    #[test]
    fn ranges_of_hashes_that_touch_each_other_are_one() {
        let layout = Layout { shards: 4, by_namespace: true };
        let range = |start: &str, end: &str| format!("shardRange(object.metadata.namespace, '0x{start}', '0x{end}')");
        assert_eq!(layout.selector([0, 1, 2, 3]), None);
        assert_eq!(layout.selector([]), Some(range("0000000000000000", "0000000000000001")));
        let two = [range("0000000000000000", "8000000000000000"), range("c000000000000000", "10000000000000000")];
        assert_eq!(layout.selector([0, 1, 3]), Some(two.join(" || ")));
    }

    #[test]
    fn all_keys_of_a_namespace_are_in_one_shard_if_shards_have_namespaces() {
        let layout = Layout { shards: 5, by_namespace: true };
        let all = |namespace| {
            let shards = (0..100).map(|number| layout.shard_of((namespace, &*number.to_string()).into()));
            shards.collect::<std::collections::BTreeSet<_>>()
        };
        assert!(["default", "kube-system", "a"].into_iter().all(|namespace| all(namespace).len() == 1));
        assert!(layout.shard_of("node".into()) < 5);
    }
}
