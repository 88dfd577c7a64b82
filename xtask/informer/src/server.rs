//! What is asked of the neutral server beside lists and watches.

use anyhow::{Context, Result};
use kube::Client;

/// Ends watches, and takes the objects back to their first state.
pub(crate) async fn reset(client: &Client) -> Result<()> {
    get(client, "/_bench/reset").await
}

/// Sends so many events to whoever watches.
pub(crate) async fn burst(client: &Client, events: usize) -> Result<()> {
    get(client, &format!("/_bench/burst?n={events}")).await
}

/// Refuses all versions so far, and ends watches: clients list again.
pub(crate) async fn expire(client: &Client) -> Result<()> {
    get(client, "/_bench/gone").await?;
    get(client, "/_bench/close").await
}

async fn get(client: &Client, path: &str) -> Result<()> {
    let request = http::Request::get(path).body(Vec::new())?;
    client.request_text(request).await.with_context(|| format!("the server refused {path}"))?;
    Ok(())
}
