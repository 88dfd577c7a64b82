//! The chapter `docs/validate.md`: its commands do what it says that they do.

use std::process::Command;

use super::here;

const CHAPTER: &str = include_str!("../../../docs/validate.md");

/// A command of the chapter, and what it prints.
struct Example {
    command: String,
    printed: String,
}

/// The blocks ```` ```console ````: lines that start with `$ ` are commands, the others what they print.
fn examples() -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    let mut is_inside = false;
    for line in CHAPTER.lines() {
        if line.starts_with("```") {
            is_inside = line == "```console";
        } else if is_inside {
            match (line.strip_prefix("$ "), examples.last_mut()) {
                (Some(command), _) => {
                    examples.push(Example { command: command.to_owned(), printed: String::new() });
                }
                (None, Some(example)) => example.printed.extend([line, "\n"]),
                (None, None) => panic!("{line:?} is printed by no command"),
            }
        }
    }
    examples
}

#[cfg(unix)]
#[test]
fn the_commands_of_the_chapter_print_what_it_says() {
    let crdgen = std::path::Path::new(env!("CARGO_BIN_EXE_crdgen"));
    let path = format!("{}:{}", crdgen.parent().unwrap().display(), std::env::var("PATH").unwrap());
    let examples = examples();
    assert!(examples.len() >= 6, "{}", examples.len());
    for Example { command, printed } in examples {
        let shell = Command::new("sh")
            .args(["-c", &format!("{{ {command}; }} 2>&1")])
            .current_dir(here())
            .env("PATH", &path)
            .output();
        let output = String::from_utf8(shell.unwrap().stdout).unwrap();
        assert_eq!(output, printed, "$ {command}");
    }
}

#[test]
fn the_chapter_names_every_flag() {
    let help = super::validate(&["--help"], "").out;
    let flags = help
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("--").or(line.trim_start().strip_prefix("-q, --")));
    let flags: Vec<&str> = flags.map(|rest| rest.split([' ', '<']).next().unwrap_or_default()).collect();
    assert!(flags.len() >= 9, "{flags:?}");
    for flag in flags {
        assert!(CHAPTER.contains(&format!("`--{flag}")), "--{flag}");
    }
}
