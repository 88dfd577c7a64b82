//! The builder: settings, and what to do with them.

use std::path::{Path, PathBuf};

use crdgen_schema::definition::Definition;

use crate::{
    Error, Output, Refused, Summary,
    generate::Input,
    inputs::Inputs,
    options::{Glob, Options},
    run::{Job, Memory},
    settings,
    write::Report,
};

/// How code is generated, and the ways to do it. [`configure`](crate::configure) starts one with the default settings; then
/// come settings, and at last one of the verbs.
///
/// ```no_run
/// let summary = crdgen::configure().out("src/crds").types_only(true).generate("deploy/crds")?;
/// println!("{summary}");
/// # Ok::<(), crdgen::Error>(())
/// ```
///
/// | what for | methods |
/// |---|---|
/// | to run | [`compile`](Self::compile) (build scripts), [`generate`](Self::generate), [`check`](Self::check), [`output`](Self::output) (no files) |
/// | where and how to write | [`out`](Self::out), [`runtime`](Self::runtime), [`command`](Self::command), [`settings`](Self::settings), [`progress`](Self::progress) |
/// | what to generate | [`types_only`](Self::types_only), [`docs`](Self::docs), [`skip`](Self::skip), [`refused`](Self::refused) |
/// | types | [`i32`](Self::i32), [`small_maps`](Self::small_maps), [`closed_enums`](Self::closed_enums), [`types`](Self::types), [`shapes`](Self::shapes), [`derives`](Self::derives), [`attributes`](Self::attributes) |
/// | names | [`type_names`](Self::type_names), [`field_names`](Self::field_names), [`variant_names`](Self::variant_names) |
///
/// # The same in `crdgen.toml`
///
/// Every setting has the same name in a file `crdgen.toml` beside the CRDs, and one that is made in code wins over the same
/// one there. Of several patterns for one place the first one wins; `derives` and `attributes` of all of them are added up.
///
/// # Places
///
/// A setting for a part of a schema names its place: the CRD, the version, then the properties on the way to it, as in
/// `databases.example.com/v1/spec/engine`. In it `*` stands for any text without a slash, and `**` for any number of steps:
/// `**/engine` is every property of that name. The items of arrays and the values of maps are at the place of their property.
#[derive(Clone, Debug, Default)]
pub struct Config {
    own: Options,
    /// What is wrong with patterns that could not be read.
    faults: Vec<String>,
    file: Option<PathBuf>,
    progress: Option<fn(&str)>,
    exits: bool,
}

/// The folder below `OUT_DIR`.
const FOLDER: &str = "crds";

impl Config {
    /// The output folder. It must hold nothing else: files that crdgen did not write are an error, and those that it no longer
    /// writes are removed. [`compile`](Self::compile) uses `$OUT_DIR/crds` unless this is set.
    ///
    /// ```
    /// let config = crdgen::configure().out("src/crds");
    /// ```
    #[must_use]
    pub fn out(mut self, folder: impl Into<PathBuf>) -> Self {
        self.own.out = Some(folder.into());
        self
    }

    /// Uses an existing type for a property: one of `k8s_openapi`, or a type of yours for which `crdgen_runtime::field!` was
    /// called. For arrays and maps it is the type of their elements.
    ///
    /// ```
    /// let config = crdgen::configure()
    ///     .types("databases.example.com/*/spec/template", "k8s_openapi::api::core::v1::PodTemplateSpec")
    ///     .types("**/endpoints", "crate::Endpoint");
    /// ```
    #[must_use]
    pub fn types_only(mut self, types_only: bool) -> Self {
        self.own.types_only = Some(types_only);
        self
    }

    /// The path of the runtime crate, `crdgen_runtime` by default: for crates that re-export it under another name.
    ///
    /// ```
    /// let config = crdgen::configure().runtime("::my_operator::runtime");
    /// ```
    #[must_use]
    pub fn runtime(mut self, path: impl Into<String>) -> Self {
        self.own.runtime = Some(path.into());
        self
    }

    /// The command that the header of each file names as the way to write it again. `crdgen codegen` by default, and
    /// `cargo build` in build scripts.
    ///
    /// ```
    /// let config = crdgen::configure().command("make crds");
    /// ```
    #[must_use]
    pub fn command(mut self, command: impl Into<String>) -> Self {
        self.own.command = Some(command.into());
        self
    }

    /// Whether the schemas' descriptions and constraints become documentation. On by default.
    ///
    /// ```
    /// let config = crdgen::configure().docs(false);
    /// ```
    #[must_use]
    pub fn docs(mut self, docs: bool) -> Self {
        self.own.docs = Some(docs);
        self
    }

    /// Makes integers of `format: int32` `i32` instead of `i64`. Off by default, as API servers before Kubernetes 1.36 store
    /// larger ones, and reading an object that has one would fail.
    ///
    /// ```
    /// let config = crdgen::configure().i32(true);
    /// ```
    #[must_use]
    pub fn i32(mut self, i32: bool) -> Self {
        self.own.i32 = Some(i32);
        self
    }

    /// Makes maps `SmallMap` of the runtime instead of `BTreeMap`. Off by default; a cache of a hundred thousand objects with
    /// a few short maps each is a quarter smaller with it.
    ///
    /// ```
    /// let config = crdgen::configure().small_maps(true);
    /// ```
    #[must_use]
    pub fn small_maps(mut self, small_maps: bool) -> Self {
        self.own.small_maps = Some(small_maps);
        self
    }

    /// What happens if kube-apiserver would refuse a CRD. A warning by default.
    ///
    /// ```
    /// let config = crdgen::configure().refused(crdgen::Refused::Error);
    /// ```
    #[must_use]
    pub fn refused(mut self, refused: Refused) -> Self {
        self.own.refused = Some(refused);
        self
    }

    /// Leaves out CRDs (`databases.example.com`, `*.example.com`) or versions of them (`*.example.com/v1alpha1`).
    ///
    /// ```
    /// let config = crdgen::configure().skip("*.internal.example.com").skip("databases.example.com/v1alpha1");
    /// ```
    #[must_use]
    pub fn skip(mut self, place: &str) -> Self {
        let skip = self.glob(place);
        self.own.skip.extend(skip);
        self
    }

    /// Makes enums refuse values that the schema does not list, so that they have no variant `Unrecognized`. Reading an
    /// object that has another value then fails: use it for enums that no later version of the CRD will extend.
    ///
    /// ```
    /// let config = crdgen::configure().closed_enums("**/protocol");
    /// ```
    #[must_use]
    pub fn closed_enums(mut self, place: &str) -> Self {
        let closed = self.glob(place);
        self.own.closed_enums.extend(closed);
        self
    }

    /// Uses an existing type for a property, for example `k8s_openapi::api::core::v1::PodTemplateSpec`, or a type of
    /// yours for which `crdgen_runtime::field!` was called. Of arrays and maps it is the type of the elements.
    #[must_use]
    pub fn types(mut self, place: &str, path: impl Into<String>) -> Self {
        let path = path.into();
        let types = self.glob(place).map(|glob| (glob, path));
        self.own.types.extend(types);
        self
    }

    /// Uses an existing type for every object that has just these properties, wherever it is.
    ///
    /// ```
    /// let config = crdgen::configure().shapes(["host", "port"], "crate::Endpoint");
    /// ```
    #[must_use]
    pub fn shapes<P: Into<String>>(mut self, properties: impl IntoIterator<Item = P>, path: impl Into<String>) -> Self {
        self.own.shapes.push((properties.into_iter().map(Into::into).collect(), path.into()));
        self
    }

    /// Chooses the name of the type of a property, or of a kind (`databases.example.com/*`).
    ///
    /// ```
    /// let config = crdgen::configure().type_names("**/spec/engine", "DatabaseEngine");
    /// ```
    #[must_use]
    pub fn type_names(mut self, place: &str, name: impl Into<String>) -> Self {
        let name = name.into();
        let names = self.glob(place).map(|glob| (glob, name));
        self.own.type_names.extend(names);
        self
    }

    /// Chooses the name of the field of a property.
    ///
    /// ```
    /// let config = crdgen::configure().field_names("**/spec/storageGB", "storage_gigabytes");
    /// ```
    #[must_use]
    pub fn field_names(mut self, place: &str, name: impl Into<String>) -> Self {
        let name = name.into();
        let names = self.glob(place).map(|glob| (glob, name));
        self.own.field_names.extend(names);
        self
    }

    /// Chooses the name of the variant for a value of an enum.
    ///
    /// ```
    /// let config = crdgen::configure().variant_names("**/spec/engine", "postgres", "PostgreSQL");
    /// ```
    #[must_use]
    pub fn variant_names(mut self, place: &str, value: impl Into<String>, name: impl Into<String>) -> Self {
        let pair = (value.into(), name.into());
        if let Some(glob) = self.glob(place) {
            match self.own.variant_names.iter_mut().find(|(known, _)| *known == glob) {
                Some((_, names)) => names.push(pair),
                None => self.own.variant_names.push((glob, vec![pair])),
            }
        }
        self
    }

    /// Derives one more trait for the types at a place: `Eq`, or a path such as `schemars::JsonSchema`.
    ///
    /// ```
    /// let config = crdgen::configure().derives("databases.example.com/*/spec/**", "Eq");
    /// ```
    #[must_use]
    pub fn derives(mut self, place: &str, path: impl Into<String>) -> Self {
        let paths = vec![path.into()];
        let derives = self.glob(place).map(|glob| (glob, paths));
        self.own.derives.extend(derives);
        self
    }

    /// Puts one more attribute on the types at a place.
    ///
    /// ```
    /// let config = crdgen::configure().attributes("**", "#[non_exhaustive]");
    /// ```
    #[must_use]
    pub fn attributes(mut self, place: &str, attribute: impl Into<String>) -> Self {
        let texts = vec![attribute.into()];
        let attributes = self.glob(place).map(|glob| (glob, texts));
        self.own.attributes.extend(attributes);
        self
    }

    /// A settings file to use instead of the `crdgen.toml` beside the CRDs. Paths in it are relative to its folder.
    ///
    /// ```
    /// let config = crdgen::configure().settings("config/crdgen.toml");
    /// ```
    #[must_use]
    pub fn settings(mut self, file: impl Into<PathBuf>) -> Self {
        self.file = Some(file.into());
        self
    }

    /// Called with a line of text whenever a stage of long work begins.
    ///
    /// ```
    /// let config = crdgen::configure().progress(|stage| eprintln!("{stage}"));
    /// ```
    #[must_use]
    pub fn progress(mut self, progress: fn(&str)) -> Self {
        self.progress = Some(progress);
        self
    }

    /// The process ends after this: no memory need be given back.
    #[cfg(feature = "cli")]
    #[must_use]
    pub(crate) fn exits(mut self) -> Self {
        self.exits = true;
        self
    }

    /// For build scripts: generates code for the CRDs at `paths` into `$OUT_DIR/crds`, and tells Cargo to run the build script
    /// again when one of the files or folders that were read changes. Warnings are printed as Cargo shows them.
    ///
    /// There is no earlier output whose names could be kept: if a CRD grows by a property whose name collides with another's, a
    /// warning names both.
    ///
    /// ```no_run
    /// fn main() -> Result<(), crdgen::Error> {
    ///     crdgen::configure().types_only(true).compile(["crds/a.yaml", "crds/b.yaml"])
    /// }
    /// ```
    pub fn compile(&self, paths: impl Inputs) -> Result<(), Error> {
        let mut job = self.job(paths, "cargo build", Memory::Forgets)?;
        job.out = Some(match job.out.take() {
            Some(out) => out,
            None => build_folder()?,
        });
        let loaded = job.load()?;
        for path in job.settings_file.iter().chain(&loaded.sources.watched) {
            println!("cargo:rerun-if-changed={}", path.display());
        }
        let summary = job.write(loaded)?;
        for warning in summary.warnings.folded() {
            for line in warning.to_string().lines() {
                println!("cargo:warning={line}");
            }
        }
        Ok(())
    }

    /// Generates code for the CRDs at `paths` (files, folders, or `-` for standard input) into the output folder, which is meant
    /// to be committed: every name in it keeps its meaning when a CRD grows, thanks to the file `.crdgen` there. Files whose text
    /// is the same are not touched.
    ///
    /// ```no_run
    /// let summary = crdgen::configure().out("src/crds").generate(["crds", "more/crd.yaml"])?;
    /// for warning in &summary.warnings {
    ///     eprintln!("{warning}");
    /// }
    /// # Ok::<(), crdgen::Error>(())
    /// ```
    pub fn generate(&self, paths: impl Inputs) -> Result<Summary, Error> {
        let job = self.job(paths, "crdgen codegen", Memory::Keeps)?;
        job.write(job.load()?)
    }

    /// Says what [`generate`](Self::generate) would change, by the same comparison, and changes nothing. A test can keep the
    /// committed code up to date:
    ///
    /// ```no_run
    /// let report = crdgen::configure().out("src/crds").check("crds")?;
    /// assert!(report.is_clean(), "run `crdgen codegen` again:\n{report}");
    /// # Ok::<(), crdgen::Error>(())
    /// ```
    pub fn check(&self, paths: impl Inputs) -> Result<Report, Error> {
        let job = self.job(paths, "crdgen codegen", Memory::Keeps)?;
        job.check(job.load()?)
    }

    /// Generates without reading or writing a file, for tools that do both by themselves: definitions in, texts out. `manifest`
    /// is the text of the file `.crdgen` of the output that this one replaces, so that names keep their meaning. No settings
    /// file is read.
    ///
    /// ```
    /// # let yaml = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: as.b.c}\n\
    /// # spec: {group: b.c, scope: Namespaced, names: {kind: A, plural: as}, versions: [{name: v1, served: true, storage: true,\n  \
    /// # schema: {openAPIV3Schema: {type: object}}}]}";
    /// let loaded = crdgen_schema::definition::load("a.yaml", yaml);
    /// let output = crdgen::configure().output(&loaded.definitions, None)?;
    /// assert!(output.files["b_c/v1/a/mod.rs"].contains("pub struct A {"));
    /// # Ok::<(), crdgen::Error>(())
    /// ```
    pub fn output(&self, definitions: &[Definition], manifest: Option<&str>) -> Result<Output, Error> {
        let options = self.checked(self.own.clone())?;
        let names = manifest.map(crate::write::names_of).transpose()?.unwrap_or_default();
        let input = Input { definitions, names, remembers_names: true, ..Input::default() };
        Output::new(&input, &options)
    }

    fn job(&self, paths: impl Inputs, command: &str, memory: Memory) -> Result<Job, Error> {
        let paths = paths.into_paths();
        let settings_file = match &self.file {
            Some(file) => Some(file.clone()),
            None => settings::beside(&paths)?,
        };
        let from_file = settings_file.as_deref().map(settings::read).transpose()?;
        let mut options = self.checked(self.own.clone().or(from_file.unwrap_or_default()))?;
        options.command.get_or_insert_with(|| command.to_owned());
        Ok(Job {
            paths,
            settings_file,
            // An empty path would be the working directory, whatever is in it.
            out: options.out.clone().filter(|out| !out.as_os_str().is_empty()),
            options,
            memory,
            exits: self.exits,
            progress: self.progress,
        })
    }

    fn checked(&self, options: Options) -> Result<Options, Error> {
        let fault = self.faults.first().cloned().or_else(|| options.check().err());
        match fault {
            Some(message) => Err(Error::Setting(message)),
            None => Ok(options),
        }
    }

    fn glob(&mut self, place: &str) -> Option<Glob> {
        match Glob::new(place) {
            Ok(glob) => Some(glob),
            Err(fault) => {
                self.faults.push(fault);
                None
            }
        }
    }
}

#[allow(clippy::disallowed_methods, reason = "Cargo names a build script's output folder this way")]
fn build_folder() -> Result<PathBuf, Error> {
    std::env::var_os("OUT_DIR").map(|folder| Path::new(&folder).join(FOLDER)).ok_or(Error::NotABuildScript)
}
