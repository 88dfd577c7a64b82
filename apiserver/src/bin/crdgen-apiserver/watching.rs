//! Changes of the files, applied to the running server.
//!
//! In: events of the file system. Out: applied manifests, and a line about each. Editors write a file in several steps, so that the
//! files are read once nothing has happened for a moment.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crdgen_apiserver::{Manifest, Server};
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc;

use crate::sources::Sources;

/// How long nothing must happen before the files are read.
const QUIET: Duration = Duration::from_millis(100);

/// What tells of changes.
pub(crate) struct Changes {
    events: mpsc::UnboundedReceiver<()>,
    _watcher: RecommendedWatcher,
}

/// Starts to watch the files; there is nothing to watch without any.
pub(crate) fn start(sources: &Sources) -> Result<Option<Changes>, String> {
    let paths: Vec<PathBuf> = sources.paths().filter_map(|path| std::path::absolute(path).ok()).collect();
    if paths.is_empty() {
        return Ok(None);
    }
    let (sender, events) = mpsc::unbounded_channel();
    let ours = paths.clone();
    let tell = move |event: notify::Result<Event>| {
        // Reading a file is an event, too. An error may hide a change.
        let is_change = event.is_ok_and(|event| {
            !event.kind.is_access() && event.paths.iter().any(|path| ours.iter().any(|own| path.starts_with(own)))
        });
        if is_change {
            // Nobody listens once the server ends.
            let _ = sender.send(());
        }
    };
    let failed = |path: &Path, error: notify::Error| {
        format!("cannot watch {}: {error}\n  Start with --no-watch to do without.", path.display())
    };
    let mut watcher = notify::recommended_watcher(tell).map_err(|error| failed(Path::new("files"), error))?;
    for path in &paths {
        // A file is often replaced by another one, which a watch of the file itself would not see.
        let folder = if path.is_dir() { Some(path.as_path()) } else { path.parent() };
        let mode = if path.is_dir() { RecursiveMode::Recursive } else { RecursiveMode::NonRecursive };
        if let Some(folder) = folder {
            watcher.watch(folder, mode).map_err(|error| failed(path, error))?;
        }
    }
    Ok(Some(Changes { events, _watcher: watcher }))
}

/// Applies changes for ever.
pub(crate) async fn follow(mut changes: Changes, sources: &Sources, server: &Server, mut known: Vec<Manifest>) {
    while changes.events.recv().await.is_some() {
        while let Ok(Some(())) = tokio::time::timeout(QUIET, changes.events.recv()).await {}
        match sources.read() {
            Ok(read) => {
                apply(server, &known, &read).await;
                known = read;
            }
            Err(error) => {
                eprintln!("error: {error}\n  Nothing was applied; correct the file, and it will be read again.");
            }
        }
    }
}

async fn apply(server: &Server, known: &[Manifest], read: &[Manifest]) {
    let mut changed: Vec<&Manifest> =
        read.iter().filter(|manifest| !known.iter().any(|old| old.value() == manifest.value())).collect();
    changed.sort_by_key(|manifest| manifest.rank());
    for manifest in changed {
        match server.install([manifest.clone()]).await {
            Ok(()) => println!("applied {manifest}"),
            Err(error) => eprintln!("error: {error}"),
        }
    }
    for gone in known.iter().filter(|old| !read.iter().any(|manifest| manifest.is_same_object(old))) {
        println!("{gone} is no longer there; the object stays on the server until you delete it");
    }
}
