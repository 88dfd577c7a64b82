//! What is asked of the neutral server beside lists and watches.

use anyhow::{Context, Result};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// Ends watches, and takes the objects back to their first state.
pub(crate) async fn reset(url: &str) -> Result<()> {
    get(url, "/_bench/reset").await
}

/// Sends so many events to whoever watches.
pub(crate) async fn burst(url: &str, events: usize) -> Result<()> {
    get(url, &format!("/_bench/burst?n={events}")).await
}

/// Refuses all versions so far, and ends watches: clients list again.
pub(crate) async fn expire(url: &str) -> Result<()> {
    get(url, "/_bench/gone").await?;
    get(url, "/_bench/close").await
}

async fn get(url: &str, path: &str) -> Result<()> {
    let address = url.strip_prefix("http://").context("the server's URL begins with http://")?;
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n\r\n").as_bytes()).await?;
    let mut answer = [0; 4096];
    let length = stream.read(&mut answer).await?;
    anyhow::ensure!(answer[..length].starts_with(b"HTTP/1.1 200"), "the server refused {path}");
    Ok(())
}
