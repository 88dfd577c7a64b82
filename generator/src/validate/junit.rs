//! The report as JUnit XML, which CI systems show as tests: a suite for each file, a case for each object.
//!
//! Source: the schema of Jenkins' xUnit plugin (`junit-10.xsd`).

use std::{collections::BTreeMap, io};

use crdgen_schema::diagnostic::Severity;
use quick_xml::{
    Writer,
    events::{BytesDecl, BytesText, Event},
};

use super::{
    Report,
    report::{Finding, Judged, Verdict},
};

type Out = Writer<Vec<u8>>;

/// The objects of a file, and what keeps it from being read.
#[derive(Default)]
struct Suite<'r> {
    objects: Vec<&'r Judged>,
    faults: Vec<String>,
}

impl Report {
    /// One XML document, ending in a newline.
    pub(crate) fn to_junit(&self) -> String {
        let mut out = Writer::new_with_indent(Vec::new(), b' ', 2);
        // Writing to a vector cannot fail.
        let _ = self.write_junit(&mut out);
        String::from_utf8(out.into_inner()).unwrap_or_default() + "\n"
    }

    fn write_junit(&self, out: &mut Out) -> io::Result<()> {
        let mut suites: BTreeMap<&str, Suite<'_>> = BTreeMap::new();
        for object in &self.objects {
            suites.entry(&object.file).or_default().objects.push(object);
        }
        for fault in self.diagnostics.iter().filter(|finding| finding.severity == Severity::Error) {
            suites.entry(fault.file.as_deref().unwrap_or_default()).or_default().faults.push(fault.to_string());
        }
        out.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        let summary = self.summary();
        let faults: usize = suites.values().map(|suite| suite.faults.len()).sum();
        let element = out.create_element("testsuites").with_attributes([
            ("name", "crdgen validate"),
            ("tests", (summary.objects + faults).to_string().as_str()),
            ("failures", summary.refused.to_string().as_str()),
            ("errors", faults.to_string().as_str()),
        ]);
        element.write_inner_content(|out| suites.iter().try_for_each(|(file, suite)| write_suite(out, file, suite)))?;
        Ok(())
    }
}

fn write_suite(out: &mut Out, file: &str, suite: &Suite<'_>) -> io::Result<()> {
    let count = |verdict| suite.objects.iter().filter(|object| object.verdict == verdict).count().to_string();
    let element = out.create_element("testsuite").with_attributes([
        ("name", allowed(file).as_str()),
        ("tests", (suite.objects.len() + suite.faults.len()).to_string().as_str()),
        ("failures", count(Verdict::Refused).as_str()),
        ("errors", suite.faults.len().to_string().as_str()),
        ("skipped", count(Verdict::Skipped).as_str()),
    ]);
    element.write_inner_content(|out| {
        suite.faults.iter().try_for_each(|fault| write_fault(out, file, fault))?;
        suite.objects.iter().try_for_each(|object| write_object(out, object))
    })?;
    Ok(())
}

fn write_fault(out: &mut Out, file: &str, fault: &str) -> io::Result<()> {
    let case =
        out.create_element("testcase").with_attributes([("name", "the file can be read"), ("classname", "input")]);
    let case = case.with_attribute(("file", allowed(file).as_str()));
    case.write_inner_content(|out| write_text(out, "error", &[("message", "cannot be read")], fault))?;
    Ok(())
}

fn write_object(out: &mut Out, object: &Judged) -> io::Result<()> {
    let case = out.create_element("testcase").with_attributes([
        ("name", allowed(&object.title()).as_str()),
        ("classname", allowed(&object.api_version).as_str()),
        ("file", allowed(&object.file).as_str()),
        ("line", object.position.map_or(1, |position| position.line).to_string().as_str()),
    ]);
    case.write_inner_content(|out| {
        let told = |severity| -> Vec<String> {
            object.findings.iter().filter(|finding| finding.severity == severity).map(|it| line(object, it)).collect()
        };
        let first = object.findings.iter().find(|finding| finding.severity == Severity::Error);
        match (object.verdict, first) {
            (Verdict::Refused, Some(first)) => {
                let attributes = [("message", first.message.as_str()), ("type", first.reason)];
                write_text(out, "failure", &attributes, &told(Severity::Error).join("\n"))?;
            }
            (Verdict::Skipped, _) => {
                out.create_element("skipped")
                    .with_attribute(("message", "there is no CRD of its kind"))
                    .write_empty()?;
            }
            _ => {}
        }
        let warnings = told(Severity::Warning);
        if !warnings.is_empty() {
            write_text(out, "system-out", &[], &warnings.join("\n"))?;
        }
        Ok(())
    })?;
    Ok(())
}

fn line(object: &Judged, finding: &Finding) -> String {
    let place = finding.position.map_or_else(String::new, |position| format!(":{position}"));
    format!("{}{place}: {}", object.file, finding.message)
}

fn write_text(out: &mut Out, name: &str, attributes: &[(&str, &str)], text: &str) -> io::Result<()> {
    let attributes: Vec<(&str, String)> = attributes.iter().map(|(key, value)| (*key, allowed(value))).collect();
    let element =
        out.create_element(name).with_attributes(attributes.iter().map(|(key, value)| (*key, value.as_str())));
    element.write_text_content(BytesText::new(&allowed(text)))?;
    Ok(())
}

/// A text without the characters that XML cannot hold, not even as references: they are escaped as in Rust.
fn allowed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\t' | '\n' | '\r' | ' '..='~' | '\u{a0}'..='\u{fffd}' | '\u{10000}'.. => out.push(c),
            _ => out.extend(c.escape_default()),
        }
    }
    out
}
