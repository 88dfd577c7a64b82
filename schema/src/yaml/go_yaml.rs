//! What go-yaml says of a text that it cannot read, where the parser here fails over the same thing.
//!
//! In: a syntax error, and the text. Out: go-yaml's sentence, with the line that it names; none for a fault that it
//! has no counterpart of. Source: `scannerc.go`, `parserc.go` and `parser.fail` of `go.yaml.in/yaml/v2`.

use granit_parser::{ErrorKind, ScanError};

/// The text of go-yaml's error.
pub(super) fn describe(error: &ScanError, text: &str) -> Option<String> {
    if matches!(error.kind(), ErrorKind::UnknownAnchor) {
        return Some(format!("unknown anchor '{}' referenced", anchor(error, text)));
    }
    let (sentence, line) = if let Some(sentence) = scanner(error.kind()) {
        // A quoted text and a key are given up where the scanner stands, not where they start.
        let line = match error.kind() {
            ErrorKind::UnclosedQuotedScalar => text.matches('\n').count() + 1,
            ErrorKind::SimpleKeyExpected => error.marker().line() + 1,
            _ => error.marker().line(),
        };
        (sentence, if line == 1 { 0 } else { line })
    } else if let ErrorKind::UnclosedFlowCollection { open } = error.kind() {
        (unclosed(*open, text), text.lines().count())
    } else {
        (parser(error.kind())?, error.marker().line().saturating_sub(1))
    };
    Some(if line == 0 { sentence.to_owned() } else { format!("line {line}: {sentence}") })
}

/// The anchor that an alias names where an error is.
fn anchor<'t>(error: &ScanError, text: &'t str) -> &'t str {
    let marker = error.marker();
    let line = text.lines().nth(marker.line().saturating_sub(1)).unwrap_or_default();
    let start = line.char_indices().nth(marker.col()).map_or(line.len(), |(at, _)| at);
    let alias = line[start..].trim_start_matches('*');
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    &alias[..alias.find(|c| !is_name(c)).unwrap_or(alias.len())]
}

/// Faults of the scanner, which counts lines from 1, and names none for the first.
fn scanner(kind: &ErrorKind) -> Option<&'static str> {
    Some(match kind {
        ErrorKind::MappingValueNotAllowed => "mapping values are not allowed in this context",
        ErrorKind::SimpleKeyExpected => "could not find expected ':'",
        ErrorKind::UnclosedQuotedScalar => "found unexpected end of stream",
        ErrorKind::UnexpectedCharacter { .. } | ErrorKind::TabInBlockIndentation => {
            "found character that cannot start any token"
        }
        ErrorKind::MissingAnchorOrAliasName => "did not find expected alphabetic or numeric character",
        ErrorKind::UnknownQuotedScalarEscape => "found unknown escape character",
        ErrorKind::InvalidQuotedScalarHexEscape => "did not find expected hexdecimal number",
        ErrorKind::InvalidBlockScalarHeader => "did not find expected comment or line break",
        ErrorKind::ZeroBlockScalarIndent => "found an indentation indicator equal to 0",
        ErrorKind::BlockSequenceEntryNotAllowed => "block sequence entries are not allowed in this context",
        ErrorKind::UnclosedVerbatimTag => "did not find the expected '>'",
        ErrorKind::MissingYamlVersionSeparator => "did not find expected digit or '.' character",
        ErrorKind::InvalidLowSurrogateHexEscape
        | ErrorKind::InvalidLowSurrogate
        | ErrorKind::MissingLowSurrogate
        | ErrorKind::UnpairedLowSurrogate => "found invalid Unicode character escape code",
        _ => return None,
    })
}

/// Faults of the parser, which counts lines from 0.
fn parser(kind: &ErrorKind) -> Option<&'static str> {
    Some(match kind {
        ErrorKind::ExpectedBlockMappingKey
        | ErrorKind::InvalidTrailingSingleQuotedScalar
        | ErrorKind::InvalidTrailingDoubleQuotedScalar => "did not find expected key",
        ErrorKind::ExpectedBlockSequenceEntry => "did not find expected '-' indicator",
        ErrorKind::ExpectedNodeContent
        | ErrorKind::MisplacedFlowCollectionEnd
        | ErrorKind::UnexpectedEofImplicitFlowMapping => NODE,
        ErrorKind::ExpectedFlowMappingSeparator => MAPPING,
        ErrorKind::ExpectedFlowSequenceSeparator | ErrorKind::InvalidColonPlacement => SEQUENCE,
        ErrorKind::ExpectedDocumentStart => "did not find expected <document start>",
        ErrorKind::UndeclaredTagHandle => "found undefined tag handle",
        _ => return None,
    })
}

const NODE: &str = "did not find expected node content";
const MAPPING: &str = "did not find expected ',' or '}'";
const SEQUENCE: &str = "did not find expected ',' or ']'";

/// A flow collection that the text ends in: after a bracket, comma or colon a node is missing, else a separator.
fn unclosed(open: char, text: &str) -> &'static str {
    let content =
        |line: &'_ str| line.split_inclusive(" #").next().map_or(0, |start| start.trim_end_matches('#').len());
    let last = text.lines().rev().map(|line| line[..content(line)].trim()).find(|line| !line.is_empty());
    match (last, open) {
        (Some(last), _) if last.ends_with(['[', '{', ',', ':']) => NODE,
        (_, '{') => MAPPING,
        _ => SEQUENCE,
    }
}

#[cfg(test)]
mod tests {
    use crate::yaml::parse_first;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(parse_first(text).unwrap_err(), format!("yaml: {expected}"), "{text}");
    }

    #[test]
    fn a_flow_collection_that_is_not_closed_lacks_a_node_or_a_separator() {
        check("a: [", "line 1: did not find expected node content");
        check("a: [ # c\n", "line 1: did not find expected node content");
        check("x: 1\na: {b: 1,\n\n", "line 3: did not find expected node content");
        check("a: [1, 2\n", "line 1: did not find expected ',' or ']'");
        check("a: {b: [1]", "line 1: did not find expected ',' or '}'");
        check("a: [1\nb: 2\n", "line 1: did not find expected ',' or ']'");
    }

    #[test]
    fn the_parser_counts_lines_from_nought_and_the_scanner_names_no_first_line() {
        check("spec:\n  size: 1\n size: 2\n", "line 2: did not find expected key");
        check("- a\nb: 1\n", "line 1: did not find expected '-' indicator");
        check("a: ]", "did not find expected node content");
        check("a: b: c", "mapping values are not allowed in this context");
        check("x: 1\na: b: c\n", "line 2: mapping values are not allowed in this context");
        check("x: 1\nfoo\n", "line 3: could not find expected ':'");
        check("x: 1\na: \"b\n", "line 3: found unexpected end of stream");
        check("a:\n\tb: 1\n", "line 2: found character that cannot start any token");
    }

    #[test]
    fn escapes_directives_and_anchors_are_refused_in_go_yamls_words() {
        check(r#"a: "\ud800""#, "found invalid Unicode character escape code");
        check("%YAML 2", "did not find expected digit or '.' character");
        check("a: 1\nb: [*one-two]", "unknown anchor 'one-two' referenced");
        check("{,}", "did not find expected node content");
    }

    #[test]
    fn values_of_scalars_are_refused_in_gos_words() {
        check("!!binary x", "!!binary value contains invalid base64 data");
        check("a: !!int x", "cannot decode !!str `x` as a !!int");
        check("a: !!int 1.5", "cannot decode !!float `1.5` as a !!int");
        assert_eq!(parse_first("a: [-.inf]").unwrap_err(), "json: unsupported value: -Inf");
        assert_eq!(parse_first("a: .nan").unwrap_err(), "json: unsupported value: NaN");
    }

    #[test]
    fn what_go_yaml_has_no_words_for_is_told_in_ours() {
        check("~: a", "line 1: null cannot be a key: quote it");
        check("a: \u{1}", "control characters are not allowed");
    }
}
