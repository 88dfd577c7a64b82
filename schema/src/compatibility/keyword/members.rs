//! Members of objects: properties, what is required, defaults, maps, and what happens to unknown members.

mod defaults;
mod governed;
mod renamed;
mod required;

use self::governed::{Governed, governed};
use super::{Child, Pair};
use crate::{
    compatibility::{
        code::{Change, Subject},
        draft::{Draft, Reach},
    },
    diagnostic::quote,
    schema::{AdditionalProperties, Schema},
    synthesis::{ANY_KEY, Step},
};

/// What has changed about members, beside what has changed within them.
pub(super) fn drafts(pair: Pair<'_>) -> Vec<Draft> {
    let mut drafts = Vec::new();
    drafts.extend(unknown_fields(pair));
    drafts.extend(embedded_resource(pair.old, pair.new));
    drafts.extend(additional_properties(pair));
    drafts.extend(removed(pair));
    drafts.extend(added(pair));
    drafts.extend(required::compare(pair));
    drafts.extend(defaults::compare(pair.old, pair.new));
    drafts
}

/// The members that some schema describes on both sides.
pub(super) fn children(pair: Pair<'_>) -> Vec<Child<'_>> {
    let declared = pair.old.properties.keys();
    let others = pair.new.properties.keys().filter(|name| !pair.old.properties.contains_key(*name));
    let mut children = Vec::new();
    for name in declared.chain(others) {
        let (old, new) = governed::both(pair, name);
        if let (Governed::Schema(old), Governed::Schema(new)) = (old, new) {
            children.push(Child { step: Step::Member(name.clone()), pair: governed::child(pair, name, old, new) });
        }
    }
    if let (Some(AdditionalProperties::Schema(old)), Some(AdditionalProperties::Schema(new))) =
        (&pair.old.additional_properties, &pair.new.additional_properties)
    {
        children.push(Child { step: Step::Key(ANY_KEY.to_owned()), pair: governed::child(pair, ANY_KEY, old, new) });
    }
    children
}

/// Properties that are not declared any more.
fn removed(pair: Pair<'_>) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for (name, old) in pair.old.properties.iter().filter(|(name, _)| !pair.new.properties.contains_key(*name)) {
        let shown = quote(name);
        let draft = match governed(pair.new, name, pair.prunes.new, pair.is_resource) {
            Governed::Given(_) => continue,
            Governed::Dropped => {
                let message = format!("{shown} is gone, and is dropped from objects");
                let twin = renamed::find(pair, name, old);
                let (change, message) = match twin {
                    Some(twin) => {
                        (Change::Renamed, format!("{message}; {} has the same schema: was it renamed?", quote(twin)))
                    }
                    None => (Change::Removed, message),
                };
                Draft::suspect(Subject::Property, change, message).member_value(name)
            }
            Governed::Forbidden => {
                let message = format!("{shown} is gone, and is refused");
                Draft::suspect(Subject::Property, Change::Removed, message).member_value(name)
            }
            Governed::Emptied => {
                let message = format!("{shown} is not declared any more; it is kept, but without what is in it");
                Draft::suspect(Subject::Property, Change::Removed, message).member_value(name).within()
            }
            Governed::Anything => {
                let message = format!("{shown} is not declared any more; it is kept whatever it holds");
                Draft::safe(Subject::Property, Change::Removed, message).member(name)
            }
            Governed::Schema(_) => {
                let message = format!("{shown} is not declared any more; it must be what any other member must be");
                Draft::safe(Subject::Property, Change::Removed, message).member(name)
            }
        };
        drafts.push(draft.generated());
    }
    drafts
}

/// Properties that were not declared before.
fn added(pair: Pair<'_>) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for name in pair.new.properties.keys().filter(|name| !pair.old.properties.contains_key(*name)) {
        let shown = quote(name);
        let draft = match governed(pair.old, name, pair.prunes.old, pair.is_resource) {
            Governed::Given(_) => continue,
            // `required` says more.
            Governed::Dropped if required::is_newly_required(pair.old, pair.new, name) => continue,
            Governed::Dropped | Governed::Forbidden => {
                Draft::safe(Subject::Property, Change::Added, format!("{shown} is new")).member(name)
            }
            Governed::Anything | Governed::Emptied => {
                let message = format!("{shown} is declared now; before, whatever it held was kept");
                Draft::suspect(Subject::Property, Change::Added, message).member_value(name).within()
            }
            Governed::Schema(_) => {
                let message = format!("{shown} is declared now; before, it was a member as any other");
                Draft::safe(Subject::Property, Change::Added, message).member(name)
            }
        };
        drafts.push(draft.generated());
    }
    drafts
}

fn unknown_fields(pair: Pair<'_>) -> Option<Draft> {
    if !pair.prunes.old || !pair.prunes.new {
        // Whether anything is dropped at all is said of the definition.
        return None;
    }
    match (pair.old.preserve_unknown_fields, pair.new.preserve_unknown_fields) {
        (false, true) => {
            let message = "members that are not declared are kept now";
            Some(Draft::safe(Subject::UnknownFields, Change::Added, message).generated())
        }
        (true, false) => {
            let message = "members that are not declared are dropped now";
            Some(Draft::suspect(Subject::UnknownFields, Change::Removed, message).unknown_member().generated())
        }
        _ => None,
    }
}

fn embedded_resource(old: &Schema, new: &Schema) -> Option<Draft> {
    match (old.embedded_resource, new.embedded_resource) {
        (false, true) => {
            let message = "it must be a Kubernetes resource now, with apiVersion and kind";
            Some(Draft::suspect(Subject::EmbeddedResource, Change::Added, message).reach(Reach::Resource).generated())
        }
        (true, false) => {
            let message =
                "it need not be a Kubernetes resource any more; apiVersion, kind and metadata are members as any other";
            Some(Draft::suspect(Subject::EmbeddedResource, Change::Removed, message).reach(Reach::Resource).generated())
        }
        _ => None,
    }
}

fn additional_properties(pair: Pair<'_>) -> Option<Draft> {
    use AdditionalProperties::{Any, Schema as Described};
    let subject = Subject::AdditionalProperties;
    let keeps = |schema: &Schema, prunes: bool| schema.preserve_unknown_fields || !prunes;
    let draft = match (&pair.old.additional_properties, &pair.new.additional_properties) {
        (None, None) if !pair.old.forbids_additional && pair.new.forbids_additional => {
            Draft::suspect(subject, Change::Tightened, "members that are not declared are refused now").unknown_member()
        }
        (None, None) if pair.old.forbids_additional && !pair.new.forbids_additional => {
            Draft::safe(subject, Change::Loosened, "members that are not declared are not refused any more")
        }
        (Some(Any), Some(Described(_))) => {
            Draft::suspect(subject, Change::Tightened, "the values of the map must fulfil a schema now")
                .reach(Reach::Keys)
        }
        (Some(Described(_)), Some(Any)) => {
            let message = "the values of the map may be anything now, but what is in them is dropped";
            Draft::suspect(subject, Change::Changed, message).reach(Reach::Keys)
        }
        (Some(_), None) if pair.new.forbids_additional => {
            Draft::suspect(subject, Change::Removed, "members that are not declared are refused now").reach(Reach::Keys)
        }
        (Some(_), None) if keeps(pair.new, pair.prunes.new) => {
            Draft::safe(subject, Change::Removed, "members that are not declared are kept whatever they hold")
        }
        (Some(_), None) => {
            Draft::suspect(subject, Change::Removed, "members that are not declared are dropped now").reach(Reach::Keys)
        }
        (None, Some(Described(_))) if keeps(pair.old, pair.prunes.old) => {
            let message = "members that are not declared must fulfil a schema now; before, whatever they held was kept";
            Draft::suspect(subject, Change::Added, message).reach(Reach::Keys)
        }
        (None, Some(Any)) if keeps(pair.old, pair.prunes.old) => {
            let message = "members that are not declared are kept as before, but what is in them is dropped";
            Draft::suspect(subject, Change::Added, message).reach(Reach::Keys)
        }
        (None, Some(_)) => Draft::safe(subject, Change::Added, "members that are not declared are kept now"),
        _ => return None,
    };
    Some(draft.generated())
}
