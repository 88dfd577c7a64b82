//! Reads of a resource version that the server has not reached yet. They wait for it a little: the client may have it from another
//! server that is ahead of this one.
//!
//! Source: `waitUntilFreshAndBlock` in `k8s.io/apiserver/pkg/storage/cacher/watch_cache.go`.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{Action, Call};
use crate::request::query::parse_stored_version;

/// How long such a read waits (`blockTimeout`).
const LONGEST: Duration = Duration::from_secs(3);
/// How often it looks (`progressRequestPeriod`).
const PAUSE: Duration = Duration::from_millis(100);

/// Returns once the resource version in the query is there, or not within three seconds. Watches that start with events are not
/// waited for.
pub(super) async fn wait(call: &Call<'_>, action: Action) {
    let query = &call.request.query;
    let waits = match action {
        Action::Get | Action::List => true,
        Action::Watch => query.flag("sendInitialEvents") == Some(true),
        _ => false,
    };
    if !waits {
        return;
    }
    let Ok(asked) = parse_stored_version(query.text("resourceVersion")) else { return };
    let end = Instant::now() + LONGEST;
    while call.state.store.revision() < asked && Instant::now() < end && !call.state.ending.is_cancelled() {
        sleep(PAUSE).await;
    }
}
