//! What the leases of a sharding are called, and what they say.
//!
//! There is one for each shard, `NAME-shard-3-of-16`: whoever holds it may work on the keys of the shard. And there is one for each
//! replica, `NAME-member-IDENTITY`, which says that it is there, with how many shards it counts, and whether it works. All have
//! the same label, so that one list finds them.

use k8s_openapi::api::coordination::v1::Lease;

use super::hash::{BASIS, Layout, fnv1a};
use super::standing::Standing;

/// The label of all leases of a sharding; its value is the name.
pub(super) const LABEL: &str = "crdgen/sharding";
/// The annotations of a member: the number and kind of its shards, and whether it works.
const LAYOUT: &str = "crdgen/shards";
const STANDING: &str = "crdgen/standing";
/// The most of an identity that is in a name: 253 letters are allowed.
const LONGEST_IDENTITY: usize = 100;

/// What a lease is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Role<'l> {
    Member { identity: &'l str, layout: &'l str, standing: Standing },
    Shard { layout: &'l str },
}

/// The name of the lease of a shard.
pub(super) fn of_shard(name: &str, shard: u32, layout: Layout) -> String {
    format!("{name}-shard-{shard}-of-{layout}")
}

/// The name of the lease of a replica: its identity as far as that may be in a name, and a hash of the whole.
pub(super) fn of_member(name: &str, identity: &str) -> String {
    let letter = |letter: char| match letter.to_ascii_lowercase() {
        letter @ ('a'..='z' | '0'..='9') => letter,
        _ => '-',
    };
    let readable: String = identity.chars().take(LONGEST_IDENTITY).map(letter).collect();
    format!("{name}-member-{readable}-{:016x}", fnv1a(identity.as_bytes(), BASIS))
}

/// Writes into the lease of a replica with which shards it counts, and whether it works.
pub(super) fn annotate(lease: &mut Lease, layout: Layout, standing: Standing) {
    let annotations = lease.metadata.annotations.get_or_insert_default();
    annotations.insert(LAYOUT.to_owned(), layout.to_string());
    annotations.insert(STANDING.to_owned(), standing.as_str().to_owned());
}

/// What a lease of the sharding of this name is for; none if it is another lease.
pub(super) fn role<'l>(name: &str, lease: &'l Lease) -> Option<Role<'l>> {
    let rest = lease.metadata.name.as_deref()?.strip_prefix(name)?;
    if let Some(shard) = rest.strip_prefix("-shard-") {
        return shard.split_once("-of-").map(|(_, layout)| Role::Shard { layout });
    }
    rest.strip_prefix("-member-")?;
    let annotations = lease.metadata.annotations.as_ref()?;
    let identity = lease.spec.as_ref()?.holder_identity.as_deref()?;
    let standing = Standing::read(annotations.get(STANDING)?)?;
    Some(Role::Member { identity, layout: annotations.get(LAYOUT)?, standing })
}

#[cfg(test)]
mod tests {
    use k8s_openapi::api::coordination::v1::LeaseSpec;

    use super::*;

    #[test]
    fn a_lease_says_what_it_is_for() {
        let layout = Layout { shards: 16, by_namespace: true };
        let mut lease = Lease::default();
        lease.metadata.name = Some(of_shard("a", 3, layout));
        assert_eq!(lease.metadata.name.as_deref(), Some("a-shard-3-of-16-namespaces"));
        assert_eq!(role("a", &lease), Some(Role::Shard { layout: "16-namespaces" }));
        assert_eq!(role("b", &lease), None);

        lease.metadata.name = Some(of_member("a", "Host_1"));
        assert_eq!(lease.metadata.name.as_deref(), Some("a-member-host-1-4e4d2e882f66cbb3"));
        assert_ne!(of_member("a", "host-1"), of_member("a", "host_1"));
        assert_eq!(role("a", &lease), None, "it does not say what a member says");
        annotate(&mut lease, layout, Standing::Claiming);
        lease.spec = Some(LeaseSpec { holder_identity: Some("Host_1".to_owned()), ..LeaseSpec::default() });
        let member = Role::Member { identity: "Host_1", layout: "16-namespaces", standing: Standing::Claiming };
        assert_eq!(role("a", &lease), Some(member));
    }
}
