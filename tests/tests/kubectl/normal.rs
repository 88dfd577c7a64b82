//! What is printed, with fixed words for what differs from server to server and from run to run.

use std::{path::Path, sync::LazyLock};

use regex::Regex;

/// Patterns, and what is written for what they match.
static WORDS: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    let words = [
        (r"\bkubectl-edit-\d+", "kubectl-edit-<number>"),
        (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "<uid>"),
        (r"\beyJ[\w-]+\.[\w-]+\.[\w-]+", "<token>"),
        (r"\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "<time>"),
        (r"\b[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} 20\d\d \d\d:\d\d:\d\d \+0000", "<time>"),
        (r"\b20\d\d-\d\d-\d\d \d\d:\d\d:\d\d \+0000 UTC", "<time>"),
        (r"(Resource Version: +)\d+", "$1<version>"),
        (r#"(resourceVersion"?: )"\d+""#, "$1<version>"),
        (r"https?://(127\.0\.0\.1|localhost):\d+", "<server>"),
        (r"\b10\.0\.0\.\d+\b", "<ip>"),
        // Before the ports of nodes: a server may listen on one of those.
        (r"(Endpoints: +)[\d.]+:\d+", "$1<ip>:<port>"),
        (r"(TargetPort: +)\d+", "$1<port>"),
        (r"\b3[0-2]\d{3}\b", "<port>"),
        // Ages: as a column, as the text after a label, "5s ago", and "(x2 over 5y332d)", for a time that the
        // transcript itself gives. (More minutes may be a quantity, such as 50m.)
        (r"(^|\s)((\d+m)?\d+s|1?\dm|\d+h(\d+m)?|\d+d(\d+h)?|\d+y(\d+d)?)( ago)?(\s|\)|$)", "$1<age>$7$8"),
        (r"-[bcdf-hj-np-tv-xz2456789]{8,10}\b", "-<hash>"),
        (r"-[bcdf-hj-np-tv-xz2456789]{5}\b", "-<random>"),
        (r"\b10\.244\.\d+\.\d+\b", "<ip>"),
        (r"[ \t]+$", ""),
    ];
    words.into_iter().map(|(pattern, word)| (Regex::new(pattern).expect("a pattern"), word)).collect()
});

/// What lies between columns, whose widths follow from the longest cell.
static GAPS: LazyLock<Regex> = LazyLock::new(|| Regex::new(" {2,}").expect("a pattern"));

/// The normal form of what was printed by commands that ran in a folder.
pub(crate) fn normal(printed: &str, folder: &Path) -> String {
    let printed = printed.replace(&*folder.to_string_lossy(), "<folder>");
    printed.lines().map(|line| line_normal(line) + "\n").collect()
}

fn line_normal(line: &str) -> String {
    let line =
        WORDS.iter().fold(line.to_owned(), |line, (pattern, word)| pattern.replace_all(&line, *word).into_owned());
    let text = line.trim_start_matches(' ');
    let indent = &line[..line.len() - text.len()];
    indent.to_owned() + &GAPS.replace_all(text, "  ")
}

#[test]
fn what_differs_from_run_to_run_has_fixed_words() {
    let normal = |line: &str| line_normal(line);
    assert_eq!(normal("web   ClusterIP   10.0.0.17   80:30123/TCP   3s"), "web  ClusterIP  <ip>  80:<port>/TCP  <age>");
    assert_eq!(normal("Endpoints:  127.0.0.1:30123"), "Endpoints:  <ip>:<port>");
    assert_eq!(normal("  resourceVersion: \"17\"  "), "  resourceVersion: <version>");
    assert_eq!(normal("Created:  Sat, 28 Nov 2026 02:41:46 +0000"), "Created:  <time>");
    assert_eq!(normal("pod/web-5d4f8bc9c6-x2vzk 1/1"), "pod/web-<hash>-<random> 1/1");
    assert_eq!(normal("Age: 1m5s"), "Age: <age>");
    assert_eq!(normal("a  2m  50m"), "a  <age>  50m");
    assert_eq!(normal("a  26h  3d4h  5y ago"), "a  <age>  <age>  <age> ago");
    assert_eq!(normal("(x2 over 5y333d) Normal"), "(x2 over <age>) Normal");
}
