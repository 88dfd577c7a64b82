//! The pure core: definitions and options in, files and diagnostics out.
//!
//! Groups are independent of each other but for their modules' names, so they are lowered, analyzed and rendered in
//! parallel; what comes out does not depend on the order in which that happens.

use std::collections::BTreeMap;

use crdgen_schema::{
    definition::Definition,
    diagnostic::{Diagnostic, Diagnostics},
};

use crate::{
    analyze, code,
    lower::{self, Context},
    model::{Group, Ident},
    naming::{Names, Naming},
    options::{Options, Refused},
    parallel, record,
    render::{self, Tree},
};

/// What is generated from.
#[derive(Debug, Default)]
pub(crate) struct Input<'a> {
    /// All definitions, in the order in which they were read.
    pub(crate) definitions: &'a [Definition],
    /// What a source file is called in output, if not by its own name.
    pub(crate) labels: BTreeMap<String, String>,
    /// What was found on reading, warnings only.
    pub(crate) warnings: Diagnostics,
    /// What kube-apiserver would refuse.
    pub(crate) refusals: Diagnostics,
    /// What the names of the previous output stand for.
    pub(crate) names: Names,
    /// Whether the next output will know the names of this one. If not, members that want the same name get a warning.
    pub(crate) remembers_names: bool,
}

/// What was generated.
#[derive(Debug, Default)]
pub(crate) struct Generated<'a> {
    /// The files; empty if there is an error among the diagnostics.
    pub(crate) tree: Tree<'a>,
    /// What was found.
    pub(crate) diagnostics: Diagnostics,
    /// The kinds, one for each version.
    pub(crate) resources: Vec<GeneratedResource>,
}

/// Where [`Output`](crate::Output) has the type of a resource: one version of a CRD.
///
/// ```
/// fn print(resource: &crdgen::GeneratedResource) {
///     println!("{} {} is crds::{}", resource.crd, resource.version, resource.path);
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GeneratedResource {
    /// The CRD's name, such as `databases.example.com`.
    pub crd: String,
    /// The version, such as `v1alpha1`.
    pub version: String,
    /// The Rust path of its type below the output's root, such as `example_com::v1alpha1::database::Database`.
    pub path: String,
}

impl Input<'_> {
    /// What a source file is called in output.
    pub(crate) fn label<'t>(&'t self, file: &'t str) -> &'t str {
        self.labels.get(file).map_or(file, String::as_str)
    }
}

/// Generates everything.
pub(crate) fn generate<'a>(input: &'a Input<'a>, options: &'a Options) -> Generated<'a> {
    let mut diagnostics = input.warnings.clone();
    diagnostics.extend(refusals(&input.refusals, options));
    let members = by_group(input.definitions, options);
    diagnostics.extend(repeated_kinds(&members));
    if diagnostics.has_errors() {
        return Generated { diagnostics, ..Generated::default() };
    }
    let context = Context { input, options, tell_contests: !input.remembers_names };
    let mut naming = Naming::new(&input.names, options);
    let names: Vec<&str> = members.keys().copied().collect();
    let modules = naming.groups(&names);
    let members = members.into_iter().zip(modules).collect();
    let lowered = parallel::map(members, |((name, members), module)| group(name, module, members, &context));
    let mut groups = Vec::new();
    for (group, found) in lowered {
        diagnostics.extend(found);
        groups.push(group);
    }
    name_accessors(&mut groups, &mut naming);
    diagnostics.extend(naming.diagnostics(context.tell_contests));
    if diagnostics.has_errors() {
        return Generated { diagnostics, ..Generated::default() };
    }
    let mut tree = render::render(&groups, options);
    diagnostics.extend(unused_settings(options));
    tree.names = record::names(&groups);
    Generated { tree, diagnostics, resources: resources(&groups) }
}

fn group<'a>(
    name: &'a str,
    module: Ident,
    members: Vec<&'a Definition>,
    context: &Context<'a>,
) -> (Group<'a>, Diagnostics) {
    let (mut group, diagnostics) = lower::lower(name, module, members, context);
    analyze::analyze(&mut group);
    lower::export(&mut group, context);
    (group, diagnostics)
}

/// A warning for each setting that changed nothing, once everything is generated.
fn unused_settings(options: &Options) -> Diagnostics {
    let warning = |(setting, pattern): (&str, &str)| {
        Diagnostic::warning(format!(
            "the setting `{setting}` for `{pattern}` changes nothing: nothing that it could be for matches"
        ))
        .code(code::UNUSED_SETTING)
        .help("check the name of the CRD, the version and the properties on the way; an earlier pattern may win, too")
    };
    Diagnostics(options.unused().into_iter().map(warning).collect())
}

/// Sorted by the group's name.
fn by_group<'a>(definitions: &'a [Definition], options: &Options) -> BTreeMap<&'a str, Vec<&'a Definition>> {
    let mut groups: BTreeMap<&str, Vec<&Definition>> = BTreeMap::new();
    for definition in definitions {
        if definition.versions.iter().any(|version| !options.skips(&definition.name, &version.name)) {
            groups.entry(&definition.group).or_default().push(definition);
        }
    }
    groups
}

/// Two CRDs of one group and kind: the API server serves only the first of them.
fn repeated_kinds(groups: &BTreeMap<&str, Vec<&Definition>>) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    for members in groups.values() {
        let mut first: BTreeMap<&str, &Definition> = BTreeMap::new();
        for definition in members {
            let kind = definition.names.kind.as_str();
            let earlier = *first.entry(kind).or_insert(definition);
            if earlier.name != definition.name {
                let message = format!("`{}` and `{}` both define the kind `{kind}`", earlier.name, definition.name);
                let finding = Diagnostic::error(message)
                    .code(code::REPEATED_KIND)
                    .at(&definition.source.file, definition.source.position);
                diagnostics.push(finding.help("the API server serves one of them; leave the other out with `skip`"));
            }
        }
    }
    diagnostics
}

fn refusals(refusals: &Diagnostics, options: &Options) -> Diagnostics {
    let mut diagnostics = refusals.clone();
    if options.refused == Some(Refused::Error) {
        for diagnostic in &mut diagnostics.0 {
            diagnostic.severity = crdgen_schema::diagnostic::Severity::Error;
        }
    }
    diagnostics
}

fn name_accessors(groups: &mut [Group<'_>], naming: &mut Naming<'_>) {
    let texts: Vec<String> = groups
        .iter()
        .flat_map(|group| group.versions.iter().map(|version| crate::place::root(group.name, version.name)))
        .collect();
    let versions = groups.iter_mut().flat_map(|group| &mut group.versions);
    for (version, accessor) in versions.zip(naming.group_versions(&texts)) {
        version.accessor = accessor;
    }
}

fn resources(groups: &[Group<'_>]) -> Vec<GeneratedResource> {
    let mut found = Vec::new();
    for group in groups {
        for version in &group.versions {
            found.extend(version.resources.iter().map(|resource| GeneratedResource {
                crd: resource.crd.to_owned(),
                version: version.name.to_owned(),
                path: format!(
                    "{}::{}::{}::{}",
                    group.module, version.module, resource.module, group.shapes[resource.root].ty
                ),
            }));
        }
    }
    found
}
