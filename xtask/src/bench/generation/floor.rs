//! What nobody who reads the YAML can do without: its events, and the tree of nodes that the schema crate makes of them.

use std::{fs, path::PathBuf};

use anyhow::{Result, ensure};
use crdgen_schema::yaml;
use granit_parser::{Options, Parser};

/// Read YAML files and do nothing with them
#[derive(clap::Args)]
pub(crate) struct Args {
    /// What to read them into
    #[arg(value_enum)]
    level: Level,
    /// The files
    files: Vec<PathBuf>,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Level {
    Events,
    Nodes,
}

/// Reads each file.
pub(crate) fn run(args: &Args) -> Result<()> {
    for file in &args.files {
        let text = fs::read_to_string(file)?;
        let read = match args.level {
            Level::Events => events(&text)?,
            Level::Nodes => yaml::parse(&text).documents.len(),
        };
        ensure!(read > 0, "{} is empty", file.display());
    }
    Ok(())
}

/// How many events there are.
fn events(text: &str) -> Result<usize> {
    let mut options = Options::default();
    options.set_emit_comments(false);
    options.block_scalar_eof_without_line_feed = true;
    let mut parser = Parser::new_from_str_with_options(text, options);
    let mut count = 0;
    while let Some(event) = parser.next_event() {
        event?;
        count += 1;
    }
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_counted_to_the_end_of_the_text() {
        // The stream, the document, the mapping, its key and value, and the ends of the three.
        assert_eq!(events("a: 1\n").unwrap(), 8);
        assert!(events("a: [").is_err());
    }
}
