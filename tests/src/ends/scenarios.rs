//! The scenarios: owners that are deleted in every way, definitions, and namespaces.

use super::{
    Kind::{
        self, Account, Definition, Deployment, Gadget, Idol, Lease, Machine, Map, Pod, Relic, Role, Secret, Service,
    },
    Object, Scenario,
    Step::{self, Change, Delete, DeleteNamespace, Deleting, Finalize, Gone, Release, There, Unblock},
};

const HOLD: &str = "example.com/hold";

/// All scenarios. Each has a namespace of its own name.
#[must_use]
pub fn all() -> Vec<Scenario> {
    [owners(), foreground(), foreground_of_many(), orphans(), places(), kinds(), definitions(), namespaces()].concat()
}

fn scenario<const N: usize>(name: &'static str, steps: [Step; N]) -> Scenario {
    Scenario { name, steps: steps.into() }
}

fn object(kind: Kind, name: &'static str) -> Object {
    Object::new(kind, name)
}

fn map(name: &'static str) -> Object {
    Object::new(Map, name)
}

fn owners() -> Vec<Scenario> {
    let chain = || [map("a").create(), map("b").of(Map, "a").create(), map("c").of(Map, "b").create()];
    let chain_with = |name, last| Scenario { name, steps: [&chain()[..], &[last]].concat() };
    vec![
        chain_with("chain-background", Delete(Map, "a", "Background")),
        chain_with("chain-default", Delete(Map, "a", "")),
        scenario(
            "several-owners",
            [
                map("a").create(),
                map("b").create(),
                map("c").of(Map, "a").loosely_of(Map, "b").create(),
                Delete(Map, "a", "Background"),
            ],
        ),
        scenario(
            "several-owners-all-gone",
            [
                map("a").create(),
                map("b").create(),
                map("c").of(Map, "a").of(Map, "b").create(),
                Delete(Map, "a", "Background"),
                Gone(Map, "a"),
                Delete(Map, "b", "Foreground"),
            ],
        ),
        scenario("absent-owner", [map("a").of(Map, "nobody").create()]),
        scenario("absent-and-present-owner", [map("a").create(), map("b").of(Map, "a").of(Map, "nobody").create()]),
        scenario("several-absent-owners", [map("a").create(), map("b").of(Secret, "a").of(Secret, "nobody").create()]),
        scenario("unknown-owner", [map("a").of(Kind::Unknown, "u").create()]),
        scenario(
            "owner-that-is-held",
            [map("a").held_by(HOLD).create(), map("b").of(Map, "a").create(), Delete(Map, "a", "Background")],
        ),
        scenario(
            "dependent-that-is-held",
            [map("a").create(), map("b").of(Map, "a").held_by(HOLD).create(), Delete(Map, "a", "Background")],
        ),
        scenario(
            "adopted-later",
            [
                map("a").create(),
                map("b").create(),
                Change(
                    Map,
                    "b",
                    r#"{"metadata": {"ownerReferences": [{"apiVersion": "v1", "kind": "ConfigMap", "name": "a", "uid": "1111"}]}}"#,
                ),
            ],
        ),
    ]
}

fn foreground() -> Vec<Scenario> {
    vec![
        scenario(
            "chain-foreground",
            [
                map("a").create(),
                map("b").of(Map, "a").create(),
                map("c").of(Map, "b").create(),
                Delete(Map, "a", "Foreground"),
            ],
        ),
        scenario(
            "foreground-waits",
            [
                map("a").create(),
                map("b").of(Map, "a").create(),
                map("c").of(Map, "b").held_by(HOLD).create(),
                Delete(Map, "a", "Foreground"),
                Deleting(Map, "c"),
            ],
        ),
        scenario(
            "foreground-waits-and-ends",
            [
                map("a").create(),
                map("b").of(Map, "a").create(),
                map("c").of(Map, "b").held_by(HOLD).create(),
                Delete(Map, "a", "Foreground"),
                Deleting(Map, "c"),
                Release(Map, "c"),
            ],
        ),
        scenario(
            "foreground-does-not-wait",
            [map("a").create(), map("b").loosely_of(Map, "a").held_by(HOLD).create(), Delete(Map, "a", "Foreground")],
        ),
        scenario(
            "foreground-waits-no-longer",
            [
                map("a").create(),
                map("b").of(Map, "a").held_by(HOLD).create(),
                Delete(Map, "a", "Foreground"),
                Deleting(Map, "b"),
                Unblock(Map, "b"),
            ],
        ),
        scenario(
            "foreground-beside-another-owner",
            [
                map("a").create(),
                map("b").create(),
                map("c").of(Map, "a").of(Map, "b").create(),
                Delete(Map, "a", "Foreground"),
            ],
        ),
    ]
}

fn foreground_of_many() -> Vec<Scenario> {
    vec![
        scenario(
            "foreground-in-a-circle",
            [
                map("a").create(),
                map("b").of(Map, "a").create(),
                map("c").of(Map, "b").of(Map, "a").create(),
                Delete(Map, "a", "Foreground"),
            ],
        ),
        scenario(
            "foreground-of-one-that-is-held",
            [
                map("a").held_by(HOLD).create(),
                map("b").of(Map, "a").create(),
                Delete(Map, "a", "Foreground"),
                Gone(Map, "b"),
            ],
        ),
        scenario(
            "foreground-by-its-finalizer",
            [
                map("a").create(),
                map("b").of(Map, "a").held_by("foregroundDeletion").create(),
                map("c").of(Map, "b").held_by(HOLD).create(),
                Delete(Map, "a", "Background"),
                Deleting(Map, "c"),
            ],
        ),
        scenario(
            "foreground-then-background",
            [
                map("a").create(),
                map("b").of(Map, "a").held_by(HOLD).create(),
                Delete(Map, "a", "Foreground"),
                Deleting(Map, "b"),
                Delete(Map, "a", "Background"),
            ],
        ),
    ]
}

fn orphans() -> Vec<Scenario> {
    vec![
        scenario(
            "orphans",
            [
                map("a").create(),
                map("b").of(Map, "a").create(),
                object(Secret, "c").of(Map, "a").create(),
                object(Gadget, "d").of(Map, "a").loosely_of(Secret, "c").create(),
                Delete(Map, "a", "Orphan"),
            ],
        ),
        scenario(
            "orphans-of-one-that-is-held",
            [map("a").held_by(HOLD).create(), map("b").of(Map, "a").create(), Delete(Map, "a", "Orphan")],
        ),
        scenario(
            "orphans-by-its-finalizer",
            [
                map("a").create(),
                map("b").of(Map, "a").held_by("orphan").create(),
                map("c").of(Map, "b").create(),
                Delete(Map, "a", "Background"),
            ],
        ),
        scenario(
            "foreground-then-orphan",
            [
                map("a").create(),
                map("b").of(Map, "a").held_by(HOLD).create(),
                map("c").of(Map, "b").create(),
                Delete(Map, "b", "Foreground"),
                Gone(Map, "c"),
                Delete(Map, "a", "Orphan"),
            ],
        ),
    ]
}

fn places() -> Vec<Scenario> {
    vec![
        scenario("owner-in-another-namespace", [map("../a").create(), map("b").of(Map, "../a").create()]),
        scenario(
            "owner-without-a-namespace",
            [
                object(Machine, "m1").create(),
                map("a").of(Machine, "m1").create(),
                map("../b").of(Machine, "m1").create(),
                object(Gadget, "c").loosely_of(Machine, "m1").create(),
                Delete(Machine, "m1", "Foreground"),
            ],
        ),
        scenario(
            "dependent-without-a-namespace",
            [
                map("a").create(),
                object(Role, "ends-role").of(Map, "a").create(),
                object(Machine, "m2").of(Map, "a").create(),
                Delete(Map, "a", "Background"),
            ],
        ),
        scenario(
            "both-without-a-namespace",
            [
                object(Machine, "m3").create(),
                object(Role, "ends-other-role").of(Machine, "m3").create(),
                Delete(Machine, "m3", ""),
            ],
        ),
    ]
}

fn kinds() -> Vec<Scenario> {
    vec![
        scenario(
            "custom-owns-built-in",
            [
                object(Gadget, "g").create(),
                map("a").of(Gadget, "g").create(),
                object(Secret, "b").of(Gadget, "g").create(),
                object(Pod, "c").of(Gadget, "g").create(),
                object(Deployment, "d").of(Gadget, "g").create(),
                object(Service, "e").of(Gadget, "g").create(),
                object(Lease, "f").of(Gadget, "g").create(),
                object(Account, "h").of(Gadget, "g").create(),
                Delete(Gadget, "g", "Background"),
            ],
        ),
        scenario(
            "built-in-owns-custom",
            [
                object(Deployment, "d").create(),
                object(Gadget, "a").of(Deployment, "d").create(),
                object(Pod, "b").of(Gadget, "a").create(),
                Delete(Deployment, "d", "Foreground"),
            ],
        ),
        scenario(
            "a-pod-takes-its-time",
            [
                object(Deployment, "d").create(),
                object(Pod, "p").of(Deployment, "d").on_a_node(3600).create(),
                Delete(Deployment, "d", "Foreground"),
                Deleting(Pod, "p"),
            ],
        ),
    ]
}

fn definitions() -> Vec<Scenario> {
    vec![
        scenario(
            "relics",
            [
                object(Relic, "a").create(),
                object(Relic, "b").of(Relic, "a").create(),
                map("c").of(Relic, "a").create(),
                Delete(Definition, "relics.relics.example.com", ""),
                Gone(Definition, "relics.relics.example.com"),
            ],
        ),
        scenario(
            "idols",
            [
                object(Idol, "a").create(),
                object(Idol, "b").held_by(HOLD).create(),
                map("c").of(Idol, "a").create(),
                map("d").of(Idol, "b").create(),
                Delete(Definition, "idols.idols.example.com", "Foreground"),
                Deleting(Idol, "b"),
            ],
        ),
    ]
}

fn namespaces() -> Vec<Scenario> {
    let content =
        [Map, Secret, Account, Pod, Service, Deployment, Lease, Gadget].map(|kind| object(kind, "x").create());
    vec![
        Scenario { name: "namespace-full", steps: [&content[..], &[DeleteNamespace]].concat() },
        scenario(
            "namespace-held-by-content",
            [
                map("a").held_by(HOLD).create(),
                map("b").held_by(HOLD).held_by("example.com/other").create(),
                object(Gadget, "c").held_by(HOLD).create(),
                object(Secret, "d").create(),
                DeleteNamespace,
                Deleting(Gadget, "c"),
            ],
        ),
        scenario(
            "namespace-held-and-released",
            [
                map("a").held_by(HOLD).create(),
                map("b").of(Map, "a").create(),
                DeleteNamespace,
                Deleting(Map, "a"),
                Release(Map, "a"),
            ],
        ),
        scenario("namespace-with-a-finalizer", [Finalize(&["kubernetes", "example.com/x"]), DeleteNamespace]),
        scenario(
            "namespace-with-a-finalizer-and-content",
            [
                Finalize(&["example.com/z", "kubernetes", "example.com/a"]),
                map("a").held_by(HOLD).create(),
                object(Secret, "b").create(),
                DeleteNamespace,
                Deleting(Map, "a"),
            ],
        ),
        scenario(
            "namespace-with-a-pod-on-a-node",
            [object(Pod, "p").on_a_node(3600).create(), map("a").create(), DeleteNamespace, Deleting(Pod, "p")],
        ),
        scenario(
            "namespace-with-a-held-pod",
            [object(Pod, "p").held_by(HOLD).create(), map("a").create(), DeleteNamespace, Deleting(Pod, "p")],
        ),
        scenario(
            "what-comes-back",
            [
                There(Account, "default"),
                There(Map, "kube-root-ca.crt"),
                Delete(Account, "default", ""),
                Change(Map, "kube-root-ca.crt", r#"{"data": {"ca.crt": null, "other": "x"}}"#),
                There(Account, "default"),
            ],
        ),
        scenario("what-comes-back-anew", [There(Map, "kube-root-ca.crt"), Delete(Map, "kube-root-ca.crt", "")]),
    ]
}
