//! The report as people read it: each finding like a compiler's diagnostic.

use std::fmt;

use crdgen_schema::{
    compatibility::{Finding, Place},
    diagnostic::escape,
};

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
    writeln!(f, "{}[{}]: {}", finding.verdict, finding.code, escape(&finding.message))?;
    let version = finding.version.iter().map(|version| format!(" {version}"));
    let path = Some(&finding.path).filter(|path| !path.is_empty()).map(|path| format!(": {path}"));
    let place: String = version.chain(path).collect();
    writeln!(f, "  in {}{}", escape(name), escape(&place))?;
    write_place(f, "new", &finding.new)?;
    write_place(f, "old", &finding.old)?;
    let affected = finding.affects.names();
    if !affected.is_empty() {
        writeln!(f, "  affects: {}", affected.join(", "))?;
    }
    if let Some(witness) = &finding.witness {
        if let Some(replaced) = &witness.replaces {
            writeln!(f, "  where this is stored: {}", escape(&replaced.to_string()))?;
        }
        writeln!(f, "  the old CRD accepts: {}", escape(&witness.object.to_string()))?;
        writeln!(f, "  the new one: {}", escape(&witness.answer.to_string()))?;
    }
    if let Some(note) = &finding.note {
        writeln!(f, "  note: {}", escape(note))?;
    }
    writeln!(f)
}

fn write_place(f: &mut fmt::Formatter<'_>, side: &str, place: &Place) -> fmt::Result {
    if place.file.is_empty() {
        return Ok(());
    }
    writeln!(f, "  {side}: {}", escape(&place.to_string()))
}
