//! The report as people read it: each finding like a compiler's diagnostic.

use std::fmt::{self, Write as _};

use crdgen_schema::compatibility::{Finding, Place};

use super::Report;

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, finding) in self.findings() {
            write_finding(f, name, finding)?;
        }
        writeln!(f, "{}", self.summary())
    }
}

fn write_finding(f: &mut fmt::Formatter<'_>, name: &str, finding: &Finding) -> fmt::Result {
    writeln!(f, "{}[{}]: {}", finding.verdict, finding.code, escaped(&finding.message))?;
    let version = finding.version.iter().map(|version| format!(" {version}"));
    let path = Some(&finding.path).filter(|path| !path.is_empty()).map(|path| format!(": {path}"));
    let place: String = version.chain(path).collect();
    writeln!(f, "  in {}{}", escaped(name), escaped(&place))?;
    write_place(f, "new", &finding.new)?;
    write_place(f, "old", &finding.old)?;
    let affected = finding.affects.names();
    if !affected.is_empty() {
        writeln!(f, "  affects: {}", affected.join(", "))?;
    }
    if let Some(witness) = &finding.witness {
        if let Some(replaced) = &witness.replaces {
            writeln!(f, "  where this is stored: {}", escaped(&replaced.to_string()))?;
        }
        writeln!(f, "  the old CRD accepts: {}", escaped(&witness.object.to_string()))?;
        writeln!(f, "  the new one: {}", escaped(&witness.answer.to_string()))?;
    }
    if let Some(note) = &finding.note {
        writeln!(f, "  note: {}", escaped(note))?;
    }
    writeln!(f)
}

fn write_place(f: &mut fmt::Formatter<'_>, side: &str, place: &Place) -> fmt::Result {
    if place.file.is_empty() {
        return Ok(());
    }
    writeln!(f, "  {side}: {}", escaped(&place.to_string()))
}

/// Texts come from CRDs: what they say must not be able to move a terminal's cursor, or to look like another line.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let turns = matches!(c, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}'..='\u{2029}');
        if c.is_control() || turns {
            // Writing to a string cannot fail.
            let _ = write!(out, "{}", c.escape_default());
        } else {
            out.push(c);
        }
    }
    out
}
