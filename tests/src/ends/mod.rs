//! What is left after owners, definitions and namespaces were deleted: the same steps on two servers, and what then is there, in a
//! form in which it can be compared.

mod cluster;
mod kind;
pub mod scenarios;
mod snapshot;

pub use cluster::Cluster;
pub use kind::Kind;
pub use snapshot::Snapshot;

/// One step of a scenario. Names that start with `../` are in a second namespace of the scenario.
#[derive(Clone, Debug)]
pub enum Step {
    /// Creates an object.
    Create(Object),
    /// Deletes an object, with a propagation policy unless that is empty.
    Delete(Kind, &'static str, &'static str),
    /// Takes all finalizers off an object's metadata.
    Release(Kind, &'static str),
    /// Makes all owner references of an object such that no owner waits for it.
    Unblock(Kind, &'static str),
    /// Changes an object by a merge patch, given as JSON.
    Change(Kind, &'static str, &'static str),
    /// Gives the scenario's namespace these finalizers in its spec.
    Finalize(&'static [&'static str]),
    /// Deletes the scenario's namespace.
    DeleteNamespace,
    /// Waits until an object is gone.
    Gone(Kind, &'static str),
    /// Waits until an object is being deleted, or is gone.
    Deleting(Kind, &'static str),
    /// Waits until an object is there.
    There(Kind, &'static str),
}

/// An object to be created.
#[derive(Clone, Debug)]
pub struct Object {
    kind: Kind,
    name: &'static str,
    owners: Vec<Owner>,
    finalizers: Vec<&'static str>,
    /// The grace period of a pod that a node has, in seconds; none if no node has it.
    grace: Option<u32>,
}

#[derive(Clone, Debug)]
struct Owner {
    kind: Kind,
    name: &'static str,
    blocks: bool,
}

impl Object {
    /// An object of this kind and name.
    #[must_use]
    pub fn new(kind: Kind, name: &'static str) -> Self {
        Self { kind, name, owners: Vec::new(), finalizers: Vec::new(), grace: None }
    }

    /// With an owner that waits for it when it is deleted in the foreground. One that was never created is named by a uid that
    /// nothing has.
    #[must_use]
    pub fn of(self, kind: Kind, name: &'static str) -> Self {
        self.owned(Owner { kind, name, blocks: true })
    }

    /// With an owner that does not wait for it.
    #[must_use]
    pub fn loosely_of(self, kind: Kind, name: &'static str) -> Self {
        self.owned(Owner { kind, name, blocks: false })
    }

    fn owned(mut self, owner: Owner) -> Self {
        self.owners.push(owner);
        self
    }

    /// With a finalizer.
    #[must_use]
    pub fn held_by(mut self, finalizer: &'static str) -> Self {
        self.finalizers.push(finalizer);
        self
    }

    /// A pod that a node has, and that may take so many seconds to end.
    #[must_use]
    pub fn on_a_node(mut self, grace: u32) -> Self {
        self.grace = Some(grace);
        self
    }

    /// Creates it.
    #[must_use]
    pub fn create(self) -> Step {
        Step::Create(self)
    }
}

/// Steps that leave something behind, or nothing.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// What it is about: the name of its namespace, too.
    pub name: &'static str,
    /// What is done.
    pub steps: Vec<Step>,
}
