//! The resources of `resources.txt`, with their columns.

use std::sync::LazyLock;

use super::columns::{self, Column};
use crate::group_resource::api_version;

pub(super) const TEXT: &str = include_str!("resources.txt");

/// A resource as discovery shows it.
#[derive(Debug, Default)]
pub(crate) struct Served {
    /// Empty for the core API.
    pub(crate) group: &'static str,
    pub(crate) version: &'static str,
    pub(crate) plural: &'static str,
    pub(crate) singular: &'static str,
    pub(crate) kind: &'static str,
    /// Empty if it cannot be listed.
    pub(crate) list_kind: &'static str,
    pub(crate) namespaced: bool,
    pub(crate) verbs: Vec<&'static str>,
    pub(crate) short_names: Vec<&'static str>,
    pub(crate) categories: Vec<&'static str>,
    pub(crate) subresources: Vec<Subresource>,
    /// The hash by which clients notice that the storage version changed; empty if nothing is stored.
    pub(crate) hash: &'static str,
    pub(crate) columns: &'static [Column],
    /// Whether a deletion is answered with the object and not with a `Status`.
    pub(crate) returned: bool,
}

/// A subresource as discovery shows it.
#[derive(Debug)]
pub(crate) struct Subresource {
    pub(crate) name: &'static str,
    pub(crate) kind: &'static str,
    /// The group and version of its kind, if they are not the resource's own.
    pub(crate) foreign: Option<(&'static str, &'static str)>,
    pub(crate) verbs: Vec<&'static str>,
}

impl Served {
    /// `GROUP/VERSION`
    pub(crate) fn group_version(&self) -> String {
        api_version(self.group, self.version)
    }
}

/// All resources, in the server's order.
pub(crate) fn resources() -> &'static [Served] {
    static RESOURCES: LazyLock<Vec<Served>> = LazyLock::new(|| read(TEXT));
    &RESOURCES
}

fn read(text: &'static str) -> Vec<Served> {
    let mut all: Vec<Served> = Vec::new();
    let mut group_version = "";
    let mut columns = columns::read();
    for line in text.lines() {
        if let Some(line) = line.strip_prefix("  ") {
            let subresource = subresource(line);
            if let (Some(resource), Some(subresource)) = (all.last_mut(), subresource) {
                resource.subresources.push(subresource);
            }
        } else if let Some(line) = line.strip_prefix(' ') {
            let found = resource(line, group_version);
            all.extend(found.map(|found| Served {
                columns: columns.remove(&(group_version, found.plural)).unwrap_or_default().leak(),
                ..found
            }));
        } else {
            group_version = line.split(' ').next().unwrap_or_default();
        }
    }
    all
}

/// A version of a group, and where it stands among the others.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct GroupVersion {
    /// Empty for the core API.
    pub(crate) group: &'static str,
    pub(crate) version: &'static str,
    pub(crate) group_priority: i64,
    pub(crate) version_priority: i64,
}

/// All versions that an `APIService` stands for, in the server's order.
pub(crate) fn versions() -> impl Iterator<Item = GroupVersion> {
    TEXT.lines().filter_map(|line| {
        let (group_version, priorities) = line.split_once(" priority=")?;
        let (group, version) = group_version.split_once('/').unwrap_or(("", group_version));
        let (of_group, of_version) = priorities.split_once(',')?;
        let (group_priority, version_priority) = (of_group.parse().ok()?, of_version.parse().ok()?);
        Some(GroupVersion { group, version, group_priority, version_priority })
    })
}

fn resource(line: &'static str, group_version: &'static str) -> Option<Served> {
    let mut words = line.split(' ');
    let (group, version) = group_version.split_once('/').unwrap_or(("", group_version));
    let mut resource = Served {
        group,
        version,
        plural: words.next()?,
        singular: words.next()?,
        kind: words.next()?,
        namespaced: words.next()? == "namespaced",
        verbs: list(words.next()?),
        ..Served::default()
    };
    for word in words {
        match word.split_once('=').unwrap_or((word, "")) {
            ("returned", _) => resource.returned = true,
            ("list", kind) => resource.list_kind = kind,
            ("short", names) => resource.short_names = list(names),
            ("categories", names) => resource.categories = list(names),
            ("hash", hash) => resource.hash = hash,
            _ => return None,
        }
    }
    Some(resource)
}

fn subresource(line: &'static str) -> Option<Subresource> {
    let mut words = line.split(' ');
    let (name, kind, verbs) = (words.next()?, words.next()?, list(words.next()?));
    let foreign = words.next().and_then(|word| word.strip_prefix("version="));
    Some(Subresource { name, kind, foreign: foreign.map(|text| text.split_once('/').unwrap_or(("", text))), verbs })
}

fn list(text: &'static str) -> Vec<&'static str> {
    text.split(',').collect()
}
