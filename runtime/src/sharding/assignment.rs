//! Which replica should have which shard: a function of the replicas alone, which all of them compute for themselves.
//!
//! Each replica has a score for each shard, by a hash of both (rendezvous hashing), and a bounded number of shards (consistent
//! hashing with bounded loads). The best scores are served first. A replica that comes takes a few shards from each of the others,
//! and one that goes leaves its own to them.

use super::hash::{BASIS, fnv1a, mix};

/// The replica of each shard, as an index into `members`, which are distinct and in the same order everywhere. Every member has
/// as many shards as any other, or one more. Without members there are no shards.
pub(super) fn assign(members: &[&str], shards: u32) -> Vec<usize> {
    if members.is_empty() {
        return Vec::new();
    }
    let count = shards as usize;
    let (least, mut extra) = (count / members.len(), count % members.len());
    let hashes: Vec<u64> = members.iter().map(|member| fnv1a(b"/", fnv1a(member.as_bytes(), BASIS))).collect();
    let mut pairs = Vec::with_capacity(count * members.len());
    for shard in 0..shards {
        let scores = hashes.iter().map(|hash| mix(fnv1a(&shard.to_be_bytes(), *hash)));
        pairs.extend(scores.enumerate().map(|(member, score)| (score, shard as usize, member)));
    }
    pairs.sort_unstable_by(|one, other| other.cmp(one));
    let (mut loads, mut owners) = (vec![0; members.len()], vec![None; count]);
    for (_, shard, member) in pairs {
        let load = &mut loads[member];
        if owners[shard].is_some() || *load > least || (*load == least && extra == 0) {
            continue;
        }
        extra -= usize::from(*load == least);
        *load += 1;
        owners[shard] = Some(member);
    }
    // A shard has a score with every member, and together they may have as many as there are.
    owners.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use rand::rngs::SmallRng;
    use rand::{RngExt as _, SeedableRng as _};

    use super::*;

    fn names(random: &mut SmallRng, count: usize) -> Vec<String> {
        let mut names: Vec<_> = (0..count).map(|_| format!("operator-{:016x}", random.random::<u64>())).collect();
        names.sort();
        names
    }

    fn owners(names: &[String], shards: u32) -> Vec<String> {
        let members: Vec<&str> = names.iter().map(String::as_str).collect();
        assign(&members, shards).into_iter().map(|member| names[member].clone()).collect()
    }

    #[test]
    fn every_shard_is_assigned_and_no_replica_has_two_more_than_another() {
        let mut random = SmallRng::seed_from_u64(1);
        for _ in 0..500 {
            let (members, shards) = (random.random_range(1..20), random.random_range(1..100));
            let names = names(&mut random, members);
            let owners = owners(&names, shards);
            assert_eq!(owners.len(), shards as usize);
            let loads = names.iter().map(|name| owners.iter().filter(|owner| *owner == name).count());
            let (least, most) = (loads.clone().min().unwrap(), loads.max().unwrap());
            assert!(most - least <= 1, "{members} replicas, {shards} shards: {least} to {most}");
        }
        assert_eq!(assign(&[], 16), [0; 0]);
    }

    #[test]
    fn assignments_never_change_from_build_to_build() {
        assert_eq!(assign(&["a", "b", "c"], 8), [1, 2, 1, 2, 2, 0, 0, 0]);
    }

    #[test]
    fn few_shards_move_when_a_replica_comes_or_goes() {
        let mut random = SmallRng::seed_from_u64(2);
        for members in 1..12 {
            let (mut moved, mut needed) = (0, 0);
            for _ in 0..100 {
                let mut names = names(&mut random, members + 1);
                let many = owners(&names, 64);
                let gone = names.remove(random.random_range(0..names.len()));
                let few = owners(&names, 64);
                moved += many.iter().zip(&few).filter(|(with, without)| with != without).count();
                needed += many.iter().filter(|owner| **owner == gone).count();
            }
            assert!(moved <= 2 * needed, "{members} replicas and one more: {moved} moves where {needed} would do");
        }
    }
}
