//! A thread for each core, each with a runtime of its own, on which connections are served.
//!
//! Threads that share their work wake each other for every request, and that costs more than most requests do.

use std::future::pending;
use std::io;
use std::num::NonZero;
use std::thread;

use tokio::runtime::{Builder, Handle};

/// Starts the threads, which run until the process ends.
pub(crate) fn start() -> io::Result<Vec<Handle>> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    (0..cores).map(|_| start_one()).collect()
}

fn start_one() -> io::Result<Handle> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let handle = runtime.handle().clone();
    thread::Builder::new().name("connections".to_owned()).spawn(move || runtime.block_on(pending::<()>()))?;
    Ok(handle)
}
