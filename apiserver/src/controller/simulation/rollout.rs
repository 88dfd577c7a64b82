//! How many replicas each replica set of a deployment gets next.
//!
//! In: counts. Out: counts. Source: `NewRSNewReplicas`, `reconcileOldReplicaSets`, `rolloutRecreate`.

use serde_json::Value;

use super::cluster::{number, share};

/// A replica set in a rollout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Member {
    /// How many replicas it wants.
    pub(super) wanted: i64,
    /// How many of them there are.
    pub(super) present: i64,
    /// How many of them are available.
    pub(super) available: i64,
}

/// What a deployment wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) replicas: i64,
    /// How many replicas there may be beyond that, and how many may be missing. Without them all old ones go first.
    pub(super) rolling: Option<(i64, i64)>,
}

impl Plan {
    /// Reads the spec of a deployment.
    pub(super) fn of(spec: &Value) -> Self {
        let (replicas, rolling) = (number(&spec["replicas"]), &spec["strategy"]["rollingUpdate"]);
        let surge = share(&rolling["maxSurge"], replicas, true);
        let missing = share(&rolling["maxUnavailable"], replicas, false).min(replicas);
        let bounds = if surge == 0 && missing == 0 { (0, 1) } else { (surge, missing) };
        Self { replicas, rolling: (spec["strategy"]["type"] != "Recreate").then_some(bounds) }
    }

    /// The most replicas that there may be.
    pub(super) fn most(self) -> i64 {
        self.replicas + self.rolling.map_or(0, |(surge, _)| surge)
    }

    /// How many replicas the new replica set is to have.
    pub(super) fn new_replicas(self, new: Member, old: &[Member]) -> i64 {
        if new.wanted > self.replicas {
            return self.replicas;
        }
        let old_wanted: i64 = old.iter().map(|member| member.wanted).sum();
        let old_present: i64 = old.iter().map(|member| member.present).sum();
        match self.rolling {
            None if old_wanted + old_present > 0 => new.wanted,
            None => self.replicas,
            Some(_) => {
                let room = (self.most() - new.wanted - old_wanted).max(0);
                new.wanted + room.min(self.replicas - new.wanted)
            }
        }
    }

    /// How many replicas the old replica sets are to have, oldest first.
    pub(super) fn old_replicas(self, new: Member, old: &[Member]) -> Vec<i64> {
        let Some((_, missing)) = self.rolling else { return vec![0; old.len()] };
        let all: i64 = old.iter().map(|member| member.wanted).sum::<i64>() + new.wanted;
        let least = self.replicas - missing;
        let mut room = (all - least - (new.wanted - new.available).max(0)).max(0);
        let mut wanted: Vec<i64> = old.iter().map(|member| member.wanted).collect();
        // Those that are not available go first, because nobody misses them.
        for (wanted, member) in wanted.iter_mut().zip(old) {
            let gone = (member.wanted - member.available).clamp(0, room);
            *wanted -= gone;
            room -= gone;
        }
        let available: i64 = old.iter().map(|member| member.available).sum::<i64>() + new.available;
        let mut room = room.min((available - least).max(0));
        for wanted in &mut wanted {
            let gone = room.min(*wanted);
            *wanted -= gone;
            room -= gone;
        }
        wanted
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn member((wanted, available): (i64, i64)) -> Member {
        Member { wanted, present: wanted, available }
    }

    #[track_caller]
    fn check(strategy: &Value, new: (i64, i64), old: (i64, i64), expected: (i64, i64)) {
        let plan = Plan::of(&json!({"replicas": 4, "strategy": strategy}));
        let (new, old) = (member(new), [member(old)]);
        let found = (plan.new_replicas(new, &old), plan.old_replicas(new, &old)[0]);
        assert_eq!(found, expected, "{strategy} {new:?} {old:?}");
    }

    #[test]
    fn a_rolling_update_stays_within_its_bounds() {
        let rolling = json!({"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}});
        check(&rolling, (0, 0), (4, 4), (1, 3));
        check(&rolling, (1, 0), (3, 3), (2, 3));
        check(&rolling, (2, 2), (3, 3), (2, 1));
        check(&rolling, (4, 4), (0, 0), (4, 0));
        check(&rolling, (6, 6), (0, 0), (4, 0));
        let surge = json!({"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}});
        check(&surge, (0, 0), (4, 4), (1, 4));
        check(&surge, (1, 1), (4, 4), (1, 3));
    }

    #[test]
    fn what_is_not_available_goes_first() {
        let rolling = json!({"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 1}});
        check(&rolling, (1, 0), (4, 2), (1, 3));
    }

    #[test]
    fn a_recreated_deployment_waits_until_the_old_pods_are_gone() {
        let recreate = json!({"type": "Recreate"});
        check(&recreate, (0, 0), (4, 4), (0, 0));
        check(&recreate, (0, 0), (0, 0), (4, 0));
    }
}
