//! CRD files → their output, each on its own.

use std::{
    path::{Path, PathBuf},
    rc::Rc,
};

use anyhow::{Context, Result, bail};
use crdgen_schema::{
    definition::{self, Definition, Loaded},
    diagnostic::Diagnostics,
};

use super::{
    batch,
    report::{Report, Stage},
};
use crate::scratch::Files;

/// What one CRD file became.
#[derive(Clone, Debug)]
pub(crate) struct Generated {
    /// The file below the corpus' folder.
    pub(crate) name: String,
    /// The module that holds its output in a batch.
    pub(crate) module: String,
    /// The output.
    pub(crate) files: Files,
    /// How many types it defines.
    pub(crate) types: usize,
    /// Its resources, one for each version.
    pub(crate) resources: Vec<Resource>,
}

/// One kind in one version.
#[derive(Clone, Debug)]
pub(crate) struct Resource {
    /// The API group.
    pub(crate) group: String,
    /// The kind.
    pub(crate) kind: String,
    /// The version.
    pub(crate) version: String,
    /// The CRD.
    pub(crate) definition: Rc<Definition>,
    /// The Rust path of its type below the output's root.
    pub(crate) path: String,
}

impl Generated {
    /// The folder that the file is in: a project.
    pub(crate) fn project(&self) -> &str {
        self.name.split('/').next().unwrap_or_default()
    }
}

/// Generates every file, and notes each failure; `take` gets what does not fail.
pub(crate) fn all(
    files: &[PathBuf],
    folder: &Path,
    types_only: bool,
    report: &mut Report,
    mut take: impl FnMut(Generated),
) -> Result<()> {
    for (number, file) in files.iter().enumerate() {
        if number % 250 == 249 {
            eprintln!("{} of {} CRDs", number + 1, files.len());
        }
        report.crds += 1;
        let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
        report.bytes += text.len();
        let name = file.strip_prefix(folder).unwrap_or(file).to_string_lossy().into_owned();
        match one(&name, &text, number, types_only) {
            Ok(generated) => {
                report.generated += 1;
                report.count(&generated);
                take(generated);
            }
            Err(error) => report.fail(Stage::Generate, &error.to_string(), name),
        }
    }
    Ok(())
}

/// Generates all files as one run, into one tree.
pub(crate) fn together(files: &[PathBuf], folder: &Path, types_only: bool, report: &mut Report) -> Result<Generated> {
    let mut loaded = Loaded::default();
    for file in files {
        report.crds += 1;
        let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
        report.bytes += text.len();
        let next = definition::load(&file.strip_prefix(folder).unwrap_or(file).to_string_lossy(), &text);
        loaded.definitions.extend(next.definitions);
        loaded.diagnostics.extend(next.diagnostics);
    }
    loaded.diagnostics.extend(definition::check_unique(&loaded.definitions));
    let generated = generate("all together", loaded, 0, types_only)?;
    report.generated = report.crds;
    report.count(&generated);
    Ok(generated)
}

/// Generates what is in one text.
pub(crate) fn one(name: &str, text: &str, number: usize, types_only: bool) -> Result<Generated> {
    let loaded = definition::load(name, text);
    if loaded.definitions.is_empty() && !loaded.diagnostics.has_errors() {
        bail!("no CRD in the file");
    }
    generate(name, loaded, number, types_only)
}

fn generate(name: &str, loaded: Loaded, number: usize, types_only: bool) -> Result<Generated> {
    let first =
        |diagnostics: &Diagnostics| diagnostics.iter().next().map_or("an error", |first| &first.message).to_owned();
    if loaded.diagnostics.has_errors() {
        bail!("{}", first(&loaded.diagnostics));
    }
    let output = match crdgen::configure().types_only(types_only).output(&loaded.definitions, None) {
        Ok(output) => output,
        Err(crdgen::Error::Input(diagnostics)) => bail!("{}", first(&diagnostics)),
        Err(error) => return Err(error.into()),
    };
    Ok(Generated {
        name: name.to_owned(),
        module: batch::module(number),
        resources: resources(output.resources, loaded.definitions),
        files: output.files,
        types: output.types,
    })
}

/// How many lines of Rust are in `files`.
pub(crate) fn rust_lines(files: &Files) -> usize {
    files
        .iter()
        .filter(|(path, _)| Path::new(path).extension().is_some_and(|ending| ending == "rs"))
        .map(|(_, text)| text.lines().count())
        .sum()
}

fn resources(generated: Vec<crdgen::GeneratedResource>, definitions: Vec<Definition>) -> Vec<Resource> {
    let definitions: Vec<Rc<Definition>> = definitions.into_iter().map(Rc::new).collect();
    let resource = |resource: crdgen::GeneratedResource| {
        let definition = definitions.iter().find(|definition| definition.name == resource.crd)?;
        Some(Resource {
            group: definition.group.clone(),
            kind: definition.names.kind.clone(),
            version: resource.version,
            definition: Rc::clone(definition),
            path: resource.path,
        })
    };
    generated.into_iter().filter_map(resource).collect()
}
