//! What a replica knows of the leases of its sharding, and what follows from that.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use k8s_openapi::api::coordination::v1::Lease;

use super::assignment::assign;
use super::hash::Layout;
use super::lease::{self, Role};
use super::standing::{Rival, Standing};
use crate::leader::Observed;

/// The leases of a sharding.
pub(super) struct Members {
    name: String,
    layout: Layout,
    /// By name, as they were last listed.
    leases: BTreeMap<String, Observed>,
}

impl Members {
    /// Those of the sharding of this name, of which none is known yet.
    pub(super) fn of(name: &str, layout: Layout) -> Self {
        Self { name: name.to_owned(), layout, leases: BTreeMap::new() }
    }

    /// Notes a list of all leases.
    pub(super) fn see(&mut self, list: Vec<Lease>) {
        let mut before = std::mem::take(&mut self.leases);
        for lease in list {
            let Some(name) = lease.metadata.name.clone() else { continue };
            let mut observed = before.remove(&name).unwrap_or_default();
            observed.see(lease);
            self.leases.insert(name, observed);
        }
    }

    /// What is known of a lease.
    pub(super) fn get(&self, name: &str) -> Observed {
        self.leases.get(name).cloned().unwrap_or_default()
    }

    /// The replicas that work, or claim the work, with the same shards, in order. They are alive, as far as that can be known.
    pub(super) fn working(&self) -> BTreeSet<&str> {
        let layout = self.layout.to_string();
        let working = self.live().filter_map(|role| match role {
            Role::Member { identity, layout: other, standing } if other == layout && standing != Standing::Waiting => {
                Some(identity)
            }
            _ => None,
        });
        working.collect()
    }

    /// Those that keep this replica from working: replicas that claim the work or work with other shards, and holders of such
    /// shards.
    pub(super) fn rivals(&self) -> Vec<Rival> {
        let layout = self.layout.to_string();
        let holders = self.leases.values().filter(|observed| observed.is_valid() && !observed.holder().is_empty());
        let holders = holders.filter_map(|observed| match lease::role(&self.name, observed.lease()?)? {
            Role::Shard { layout: other } if other != layout => {
                Some(Rival { identity: observed.holder().to_owned(), works: true })
            }
            _ => None,
        });
        let members = self.live().filter_map(|role| match role {
            Role::Member { identity, layout: other, standing } if other != layout && standing != Standing::Waiting => {
                Some(Rival { identity: identity.to_owned(), works: standing == Standing::Working })
            }
            _ => None,
        });
        members.chain(holders).collect()
    }

    /// The shards that a replica should have.
    pub(super) fn share(&self, identity: &str) -> BTreeSet<u32> {
        let members: Vec<&str> = self.working().into_iter().collect();
        let owners = assign(&members, self.layout.shards);
        (0..self.layout.shards)
            .zip(owners)
            .filter(|(_, owner)| members[*owner] == identity)
            .map(|(shard, _)| shard)
            .collect()
    }

    /// How long until the first of the leases that are valid runs out, unless it is renewed.
    pub(super) fn left(&self) -> Option<Duration> {
        self.leases.values().filter_map(Observed::left).min()
    }

    /// The leases that nobody needs any more: of replicas and of shards of another number that have not changed for `long`.
    pub(super) fn outdated(&self, long: Duration) -> Vec<&Lease> {
        let layout = self.layout.to_string();
        let old = self.leases.values().filter(|observed| observed.unchanged_for().is_some_and(|age| age > long));
        let old = old.filter_map(Observed::lease);
        let unneeded = |lease: &&Lease| match lease::role(&self.name, lease) {
            Some(Role::Member { .. }) => true,
            Some(Role::Shard { layout: other }) => other != layout,
            None => false,
        };
        old.filter(unneeded).collect()
    }

    /// What the leases of replicas that are alive say.
    fn live(&self) -> impl Iterator<Item = Role<'_>> {
        let valid = self.leases.values().filter(|observed| observed.is_valid());
        valid.filter_map(|observed| lease::role(&self.name, observed.lease()?))
    }
}
