//! Files as they were at a revision. A shell around the `git` command, which reads the repository of the working directory.
//!
//! In: a revision and a path. Out: the texts of all YAML and JSON files there, in the order of their names.

use std::{
    io::{self, BufReader, Read as _, Write as _},
    process::{Command, Output, Stdio},
    thread,
};

/// A file at a revision.
pub(super) struct File {
    /// Its path from the working directory, with slashes.
    pub(super) path: String,
    pub(super) text: String,
}

/// No file is larger, in bytes.
const LARGEST: u64 = 1 << 28;

/// All files at `path`, a file or a folder, that may hold CRDs; or why they cannot be had.
pub(super) fn files(revision: &str, path: &str) -> Result<Vec<File>, String> {
    let known = run(&["rev-parse", "--verify", "--quiet", &format!("{revision}^{{tree}}")])?;
    if !known.status.success() {
        // Outside of a repository the revision is not to blame.
        let told = String::from_utf8_lossy(&known.stderr).trim().to_owned();
        return Err(if told.is_empty() { format!("git knows no revision {revision:?}") } else { told });
    }
    let path = if path.is_empty() { "." } else { path };
    let listing = run(&["ls-tree", "-r", "-z", revision, "--", path])?;
    if !listing.status.success() {
        return Err(String::from_utf8_lossy(&listing.stderr).trim().to_owned());
    }
    let listing = String::from_utf8(listing.stdout).map_err(|_| "a file's name is not UTF-8 text".to_owned())?;
    let entries: Vec<(&str, &str)> = listing.split_terminator('\0').filter_map(entry).collect();
    if entries.is_empty() {
        return Err(format!("there is no file {path:?} at the revision"));
    }
    let wanted: Vec<(&str, &str)> =
        entries.into_iter().filter(|(_, name)| *name == path || may_hold_crds(name)).collect();
    let ids: Vec<&str> = wanted.iter().map(|(id, _)| *id).collect();
    let texts = read(&ids).map_err(|error| error.to_string())?;
    Ok(wanted.iter().zip(texts).map(|((_, name), text)| File { path: (*name).to_owned(), text }).collect())
}

/// The object and the name of a line of `ls-tree`, if it is a file.
fn entry(line: &str) -> Option<(&str, &str)> {
    let (about, name) = line.split_once('\t')?;
    let mut about = about.split(' ');
    let (mode, kind, id) = (about.next()?, about.next()?, about.next()?);
    // A link's text is the path that it leads to.
    (kind == "blob" && mode != "120000").then_some((id, name))
}

/// As in folders on disk, hidden files and those in hidden folders are left out.
fn may_hold_crds(name: &str) -> bool {
    let is_hidden = name.split('/').any(|part| part.starts_with('.') && part != "." && part != "..");
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    !is_hidden && ["yaml", "yml", "json"].contains(&extension)
}

fn run(arguments: &[&str]) -> Result<Output, String> {
    let output = Command::new("git").args(arguments).stdin(Stdio::null()).output();
    output.map_err(|error| format!("git cannot be run: {error}"))
}

/// The texts of objects, which one process reads all.
fn read(ids: &[&str]) -> io::Result<Vec<String>> {
    let questions = ids.join("\n") + "\n";
    let mut child =
        Command::new("git").args(["cat-file", "--batch"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(io::Error::other("git has no input or output"));
    };
    // git answers while it is still being asked.
    let asking = thread::spawn(move || input.write_all(questions.as_bytes()));
    let mut output = BufReader::new(output);
    let texts = ids.iter().map(|_| read_one(&mut output)).collect::<io::Result<Vec<String>>>();
    drop(output);
    let asked = asking.join().unwrap_or_else(|_| Err(io::Error::other("git stopped reading")));
    child.wait()?;
    let texts = texts?;
    asked?;
    Ok(texts)
}

/// One answer: `<id> blob <size>`, the bytes, and a newline.
fn read_one(output: &mut impl io::BufRead) -> io::Result<String> {
    let mut header = String::new();
    output.read_line(&mut header)?;
    let size = header.trim_end().rsplit_once(' ').and_then(|(_, size)| size.parse::<u64>().ok());
    let size = size.ok_or_else(|| io::Error::other(format!("git says {:?}", header.trim_end())))?;
    if size > LARGEST {
        return Err(io::Error::other(format!("a file has more than {} MB", LARGEST >> 20)));
    }
    let mut bytes = Vec::new();
    output.by_ref().take(size + 1).read_to_end(&mut bytes)?;
    bytes.pop();
    String::from_utf8(bytes).map_err(|_| io::Error::other("a file is not UTF-8 text"))
}
