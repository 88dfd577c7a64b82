//! What services need of the cluster: an address of their own, and ports of every node.
//!
//! In: what one write wants to have. Out: what it gets, until the write fails. An address is taken by an `IPAddress` object in the
//! store, as in a real cluster; ports are kept here. What is given back is free once the write was stored.
//!
//! Source: `k8s.io/kubernetes/pkg/registry/core/service/ipallocator`, `portallocator`.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::check::address;
use crate::object::generate;
use crate::store::{Store, Write};

/// The collection of addresses that are taken.
const ADDRESSES: &str = "networking.k8s.io/ipaddresses";
/// The block that addresses of services are taken from.
pub(crate) const BLOCK: &str = "10.0.0.0/24";
/// Its first address, from which the others are counted, and how many it has besides its first and last one.
const FIRST: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 0);
const COUNT: u32 = 254;
/// The first addresses are left to services that ask for one.
const RESERVED: u32 = 16;
/// The ports of nodes, and how many there are.
const FIRST_PORT: u16 = 30_000;
const LAST_PORT: u16 = 32_767;
/// So many ports at the start are left to services that ask for one.
const RESERVED_PORTS: u16 = 86;
/// Why an address cannot be had that is not one of them.
const OUTSIDE: &str = "the provided network does not match the current range";
/// The port that a dry run shows.
const DRY_PORT: u16 = 32_769;

/// The ports of nodes that are taken, and where to look next.
#[derive(Debug, Default)]
pub(crate) struct Ports {
    taken: Mutex<BTreeSet<u16>>,
    next_port: AtomicU32,
    next_address: AtomicU32,
}

/// What one write takes and gives back. Unless it is kept, everything is as before once this is dropped.
#[derive(Debug)]
pub(crate) struct Allocator<'a> {
    store: &'a Store,
    ports: &'a Ports,
    dry_run: bool,
    now: Timestamp,
    addresses: Vec<String>,
    taken: Vec<u16>,
    given_back: (Vec<String>, Vec<u16>),
    removed: Vec<(&'static str, String)>,
}

impl Ports {
    /// Takes the ports of services that exist already.
    pub(crate) fn take(&self, ports: impl IntoIterator<Item = u16>) {
        self.lock().extend(ports);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeSet<u16>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<'a> Allocator<'a> {
    /// For one write.
    pub(crate) fn new(store: &'a Store, ports: &'a Ports, dry_run: bool, now: Timestamp) -> Self {
        Self {
            store,
            ports,
            dry_run,
            now,
            addresses: Vec::new(),
            taken: Vec::new(),
            given_back: Default::default(),
            removed: Vec::new(),
        }
    }

    /// Takes a certain address for a service, or says why it cannot be had.
    pub(crate) fn address(&mut self, wanted: IpAddr, service: &Value) -> Result<(), String> {
        let block = address::Block::parse(BLOCK).filter(|block| block.contains(wanted));
        let IpAddr::V4(address) = wanted else { return Err(OUTSIDE.to_owned()) };
        // The first and the last address are those of the network and of everybody in it.
        if block.is_none() || !(1..=COUNT).contains(&(address.to_bits() - FIRST.to_bits())) {
            return Err(OUTSIDE.to_owned());
        }
        if self.dry_run || self.create(address, service) {
            return Ok(());
        }
        Err("provided IP is already allocated".to_owned())
    }

    /// Takes any address; none if there is none left. A dry run looks for none, and shows the first one of the block.
    pub(crate) fn any_address(&mut self, service: &Value) -> Option<String> {
        if self.dry_run {
            return Some(FIRST.to_string());
        }
        let span = COUNT - RESERVED;
        let start = self.ports.next_address.fetch_add(1, Ordering::Relaxed);
        let upper = (0..span).map(|step| RESERVED + 1 + start.wrapping_add(step) % span);
        for offset in upper.chain(1..=RESERVED) {
            let address = Ipv4Addr::from_bits(FIRST.to_bits() + offset);
            if self.create(address, service) {
                return Some(address.to_string());
            }
        }
        None
    }

    fn create(&mut self, address: Ipv4Addr, service: &Value) -> bool {
        let (name, time) = (address.to_string(), generate::time(self.now));
        let object = json!({
            "apiVersion": "networking.k8s.io/v1",
            "kind": "IPAddress",
            "metadata": {
                "name": name,
                "uid": generate::uid(),
                "creationTimestamp": time,
                "labels": {
                    "ipaddress.kubernetes.io/ip-family": "IPv4",
                    "ipaddress.kubernetes.io/managed-by": "ipallocator.k8s.io",
                },
                "managedFields": [managed_fields(&time)],
            },
            "spec": {"parentRef": {
                "resource": "services",
                "namespace": service["metadata"]["namespace"],
                "name": service["metadata"]["name"],
            }},
        });
        let created = self.store.write(ADDRESSES, &name, Write::Create(object)).is_ok();
        if created {
            self.addresses.push(name);
        }
        created
    }

    /// Takes a certain port, or says why it cannot be had.
    pub(crate) fn port(&mut self, wanted: i64) -> Result<(), String> {
        const ALLOCATED: &str = "provided port is already allocated";
        let port = u16::try_from(wanted).ok().filter(|port| (FIRST_PORT..=LAST_PORT).contains(port));
        let mut taken = self.ports.lock();
        match port {
            Some(port) if taken.contains(&port) || self.taken.contains(&port) => return Err(ALLOCATED.to_owned()),
            Some(port) => {
                self.taken.push(port);
                if !self.dry_run {
                    taken.insert(port);
                }
            }
            // A dry run does not look at the range.
            None if self.dry_run => {}
            None => {
                return Err(format!(
                    "provided port is not in the valid range. The range of valid ports is {FIRST_PORT}-{LAST_PORT}"
                ));
            }
        }
        Ok(())
    }

    /// Takes any port; none if there is none left.
    pub(crate) fn any_port(&mut self) -> Option<u16> {
        if self.dry_run {
            let port = self.taken.iter().max().map_or(DRY_PORT, |port| port + 1);
            self.taken.push(port);
            return Some(port);
        }
        let mut taken = self.ports.lock();
        let (low, span) = (FIRST_PORT + RESERVED_PORTS, u32::from(LAST_PORT - FIRST_PORT - RESERVED_PORTS) + 1);
        let start = self.ports.next_port.fetch_add(1, Ordering::Relaxed);
        let upper = (0..span).map(|step| start.wrapping_add(step) % span);
        let upper = upper.filter_map(|offset| Some(low + u16::try_from(offset).ok()?));
        let port = upper.chain(FIRST_PORT..low).find(|port| !taken.contains(port))?;
        taken.insert(port);
        self.taken.push(port);
        Some(port)
    }

    /// Gives an address back once the write was stored.
    pub(crate) fn give_back_address(&mut self, address: &str) {
        self.given_back.0.push(address.to_owned());
    }

    /// Gives a port back once the write was stored.
    pub(crate) fn give_back_port(&mut self, port: i64) {
        self.given_back.1.extend(u16::try_from(port).ok());
    }

    /// Removes an object that goes with the one that is written, once that was stored.
    pub(crate) fn remove(&mut self, collection: &'static str, key: String) {
        self.removed.push((collection, key));
    }

    /// The write was stored.
    pub(crate) fn keep(mut self) {
        self.addresses.clear();
        self.taken.clear();
        let (addresses, ports) = std::mem::take(&mut self.given_back);
        self.free(&addresses, &ports);
        for (collection, key) in std::mem::take(&mut self.removed) {
            self.delete(collection, &key);
        }
    }

    fn free(&self, addresses: &[String], ports: &[u16]) {
        if self.dry_run {
            return;
        }
        for address in addresses {
            self.delete(ADDRESSES, address);
        }
        if !ports.is_empty() {
            self.ports.lock().retain(|port| !ports.contains(port));
        }
    }

    fn delete(&self, collection: &str, key: &str) {
        if let Some(stored) = self.store.get(collection, key) {
            // Somebody else may have removed it in between.
            let _ = self.store.write(collection, key, Write::Delete(stored.revision));
        }
    }
}

impl Drop for Allocator<'_> {
    fn drop(&mut self) {
        self.free(&self.addresses, &self.taken);
    }
}

fn managed_fields(time: &str) -> Value {
    json!({
        "manager": "kube-apiserver",
        "operation": "Update",
        "apiVersion": "networking.k8s.io/v1",
        "time": time,
        "fieldsType": "FieldsV1",
        "fieldsV1": {
            "f:metadata": {"f:labels": {
                ".": {},
                "f:ipaddress.kubernetes.io/ip-family": {},
                "f:ipaddress.kubernetes.io/managed-by": {},
            }},
            "f:spec": {"f:parentRef": {".": {}, "f:name": {}, "f:namespace": {}, "f:resource": {}}},
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service() -> Value {
        json!({"metadata": {"name": "a", "namespace": "b"}})
    }

    #[test]
    fn an_address_is_taken_until_its_write_fails_or_gives_it_back() {
        let (store, ports) = (Store::default(), Ports::default());
        let allocator = || Allocator::new(&store, &ports, false, Timestamp::UNIX_EPOCH);
        let wanted = "10.0.0.9".parse().unwrap();
        let mut first = allocator();
        first.address(wanted, &service()).unwrap();
        assert!(allocator().address(wanted, &service()).is_err());
        drop(first);
        let mut second = allocator();
        second.address(wanted, &service()).unwrap();
        second.keep();
        let mut third = allocator();
        assert!(third.address(wanted, &service()).is_err());
        third.give_back_address("10.0.0.9");
        third.keep();
        assert!(allocator().address(wanted, &service()).is_ok());
    }

    #[test]
    fn every_address_and_port_is_given_once() {
        let (store, ports) = (Store::default(), Ports::default());
        let mut allocator = Allocator::new(&store, &ports, false, Timestamp::UNIX_EPOCH);
        let addresses: BTreeSet<String> = (0..COUNT).filter_map(|_| allocator.any_address(&service())).collect();
        assert_eq!(addresses.len(), 254);
        assert_eq!(allocator.any_address(&service()), None);
        let given: BTreeSet<u16> = (0..3000).filter_map(|_| allocator.any_port()).collect();
        assert_eq!(given.len(), 2768);
        assert_eq!(allocator.any_port(), None);
    }

    #[test]
    fn a_dry_run_takes_nothing() {
        let (store, ports) = (Store::default(), Ports::default());
        let mut dry = Allocator::new(&store, &ports, true, Timestamp::UNIX_EPOCH);
        assert_eq!(dry.any_address(&service()).as_deref(), Some("10.0.0.0"));
        assert!(dry.port(30_000).is_ok());
        for outside in ["10.0.0.0", "10.0.0.255", "10.1.0.1", "::1"] {
            assert_eq!(dry.address(outside.parse().unwrap(), &service()), Err(OUTSIDE.to_owned()), "{outside}");
        }
        dry.keep();
        assert!(Allocator::new(&store, &ports, false, Timestamp::UNIX_EPOCH).port(30_000).is_ok());
        assert_eq!(store.len(ADDRESSES), 0);
    }
}
