//! Bugs that are planted to see that the checks find them.

/// What is made wrong on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bug {
    /// A handler misses a deletion.
    HandlerMissesDeletion,
    /// A handler hears nothing any more after a while.
    HandlerFallsAsleep,
    /// Watches lose deletions, so that neither cache nor handlers hear of them.
    LostEvents,
    /// A watch repeats old events.
    RepeatedEvents,
    /// The reconciler runs twice at once.
    TwoWorkers,
    /// The reconciler says that it is done, and has done nothing for a new generation.
    ForgottenGeneration,
    /// The reconciler does not clean up after one object.
    ForgottenDeletion,
    /// The reconciler does not look whether it has created a child.
    CreatedTwice,
    /// The candidates do not compete for the same lease.
    TwoLeases,
    /// A reconciliation goes round in circles, so that a paused clock never goes on.
    GoesRound,
    /// The controller stops by itself.
    StopsEarly,
}
