//! The task that waits for what is due. Without it things would go on only with the next request.

use std::sync::{Arc, Weak};
use std::time::Duration;

use crate::state::State;

/// How long it waits at most. A clock that a test sets may move meanwhile.
const LONGEST: Duration = Duration::from_millis(100);

/// Starts the task, once, if the server simulates workloads and there is a runtime to run it. It ends with the server.
pub(crate) fn start(state: &Arc<State>) {
    if state.settings.simulate.is_none() || !state.controllers.claim_ticker() {
        return;
    }
    match tokio::runtime::Handle::try_current() {
        Ok(runtime) => drop(runtime.spawn(run(Arc::downgrade(state), state.ending.clone()))),
        Err(error) => tracing::debug!(%error, "simulated workloads go on with requests only"),
    }
}

async fn run(state: Weak<State>, ending: tokio_util::sync::CancellationToken) {
    loop {
        let Some(state) = state.upgrade() else { return };
        if state.controllers.is_due(state.now()) {
            state.controllers.run(&state).await;
        }
        drop(state);
        tokio::select! {
            () = ending.cancelled() => return,
            () = tokio::time::sleep(LONGEST) => {}
        }
    }
}
