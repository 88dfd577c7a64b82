//! A second CRD whose names meet those of the first one.

use serde_json::json;

use super::{
    Mutation,
    change::Change,
    json::Json,
    spelling::{dashed, lower, other_first_letter, upper},
    twin::some_schema,
};

pub(super) const ALL: &[Mutation] = &[
    Mutation { name: "second CRD, its kind is a type of the first", apply: kind_is_a_type, placed: false },
    Mutation { name: "second CRD, its kind differs in case", apply: kind_differs_in_case, placed: false },
    Mutation { name: "second CRD, its plural differs in a dash", apply: plural_differs_in_dash, placed: false },
    Mutation { name: "second CRD, its group differs in a dash", apply: group_differs_in_dash, placed: false },
    Mutation { name: "second CRD, its kind is a name of the version", apply: kind_is_of_version, placed: false },
    Mutation { name: "second CRD of equal shapes, which comes first", apply: equal_before, placed: false },
];

/// What the second CRD is called.
struct Name {
    group: String,
    kind: String,
    plural: String,
}

fn first(change: &mut Change<'_>) -> Option<Name> {
    let spec = change.crd()?.get("spec")?;
    let text = |way: &[&str]| spec.at(way).and_then(Json::as_str).map(str::to_owned);
    Some(Name { group: text(&["group"])?, kind: text(&["names", "kind"])?, plural: text(&["names", "plural"])? })
}

/// Adds a copy of the CRD under another name, with a schema of its own unless it is to be equal.
fn add(change: &mut Change<'_>, name: &Name, equal: bool) -> Option<()> {
    change.tell(&format!("{} {} {}", name.group, name.kind, name.plural));
    if change.documents.iter().any(|other| meets(other, name)) {
        return None;
    }
    let schema = json!({"type": "object", "properties": {}});
    let (spec, status) = (some_schema(change.random), some_schema(change.random));
    let mut copy = change.crd()?.clone();
    let kind = &name.kind;
    let names = json!({
        "kind": kind, "listKind": format!("{kind}List"), "plural": name.plural, "singular": kind.to_lowercase(),
    });
    copy.at_mut(&["metadata"])?.set("name", Json::text(&format!("{}.{}", name.plural, name.group)));
    copy.at_mut(&["spec"])?.set("group", Json::text(&name.group));
    copy.at_mut(&["spec"])?.set("names", Json::from(&names));
    if !equal {
        for version in copy.at_mut(&["spec", "versions"])?.items_mut()? {
            let mut root = Json::from(&schema);
            root.at_mut(&["properties"])?.set("spec", spec.clone());
            root.at_mut(&["properties"])?.set("status", status.clone());
            version.set("schema", Json::from(&json!({})));
            version.at_mut(&["schema"])?.set("openAPIV3Schema", root);
        }
    }
    change.documents.push(copy);
    Some(())
}

/// Whether the API server would see the same resource or kind in both.
fn meets(other: &Json, name: &Name) -> bool {
    let is = |way: &[&str], text: &str| other.at(way).and_then(Json::as_str) == Some(text);
    is(&["spec", "group"], &name.group)
        && (is(&["spec", "names", "kind"], &name.kind) || is(&["spec", "names", "plural"], &name.plural))
}

fn kind_is_a_type(change: &mut Change<'_>) -> Option<()> {
    let Name { group, kind, .. } = first(change)?;
    let suffix = *change.random.choice(&["Spec", "Status", "List", "Client", "Informer", "Lister", "Controller"])?;
    let kind = format!("{kind}{suffix}");
    let plural = format!("{}s", kind.to_lowercase());
    add(change, &Name { group, kind, plural }, false)
}

fn kind_differs_in_case(change: &mut Change<'_>) -> Option<()> {
    let Name { group, kind, plural } = first(change)?;
    let spellings = [upper, |text: &str| other_first_letter(&lower(text)), other_first_letter];
    let other = spellings.into_iter().map(|spelling| spelling(&kind)).find(|other| *other != kind)?;
    let equal = change.random.bool();
    add(change, &Name { group, kind: other, plural: format!("{plural}x") }, equal)
}

/// `ants` and `a-nts` differ in Rust too, `a-nts` and `a--nts` do not.
fn plural_differs_in_dash(change: &mut Change<'_>) -> Option<()> {
    let Name { group, kind, plural } = first(change)?;
    let other = if plural.contains('-') {
        plural.replacen('-', "--", 1)
    } else {
        let middle = (1..plural.len()).find(|at| plural.is_char_boundary(*at))?;
        let (start, end) = plural.split_at(middle);
        format!("{start}-{end}")
    };
    add(change, &Name { group, kind: format!("Other{kind}"), plural: other }, false)
}

fn group_differs_in_dash(change: &mut Change<'_>) -> Option<()> {
    let Name { group, kind, plural } = first(change)?;
    let other = group.replacen('.', "-", 1);
    let other = if other == group || !other.contains('.') { dashed(&group) } else { other };
    let equal = change.random.bool();
    add(change, &Name { group: other, kind, plural }, equal)
}

fn kind_is_of_version(change: &mut Change<'_>) -> Option<()> {
    let Name { group, .. } = first(change)?;
    let kind = (*change.random.choice(&["Clients", "Informers", "Clientset", "Client", "List", "New"])?).to_owned();
    let plural = format!("{}s", kind.to_lowercase());
    add(change, &Name { group, kind, plural }, false)
}

/// Kinds are taken in the order of their names, so this one's types stand for those of the first.
fn equal_before(change: &mut Change<'_>) -> Option<()> {
    let Name { group, kind, plural } = first(change)?;
    add(change, &Name { group, kind: format!("A{kind}"), plural: format!("a{plural}") }, true)
}
