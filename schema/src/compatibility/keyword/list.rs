//! Lists and maps as a whole: which items are the same, and who owns them.

use crate::{
    compatibility::{
        code::{Change, Subject},
        draft::{Draft, Reach},
    },
    schema::{ListType, Schema},
};

/// Why another list or map type matters though nothing is refused.
const OWNERS: &str = "server-side apply merges it in another way: whoever applies such objects may now remove what others \
                      set, or keep what they removed";

/// What has changed about list types, keys and map types.
pub(super) fn compare(old: &Schema, new: &Schema) -> Vec<Draft> {
    [list_type(old, new), list_map_keys(old, new), map_type(old, new), unique_items(old, new), items(old, new)]
        .into_iter()
        .flatten()
        .collect()
}

fn list_type(old: &Schema, new: &Schema) -> Option<Draft> {
    let (before, after) = (old.list_type.unwrap_or(ListType::Atomic), new.list_type.unwrap_or(ListType::Atomic));
    if before == after {
        return (old.list_type != new.list_type).then(|| {
            Draft::safe(
                Subject::ListType,
                Change::Changed,
                "the list type is written out or left out; it was atomic anyway",
            )
        });
    }
    let message = format!("the list type was {}, and is {} now", name(before), name(after));
    Some(Draft::attention(Subject::ListType, Change::Changed, message, OWNERS).reach(Reach::Repetitions))
}

fn list_map_keys(old: &Schema, new: &Schema) -> Option<Draft> {
    let sorted = |schema: &Schema| {
        let mut keys = schema.list_map_keys.clone();
        keys.sort();
        keys
    };
    if sorted(old) == sorted(new) || old.list_type != Some(ListType::Map) || new.list_type != Some(ListType::Map) {
        return None;
    }
    let told = |schema: &Schema| schema.list_map_keys.join(", ");
    let message = format!("the items' keys were {}, and are {} now", told(old), told(new));
    Some(Draft::attention(Subject::ListMapKeys, Change::Changed, message, OWNERS).reach(Reach::Repetitions))
}

fn map_type(old: &Schema, new: &Schema) -> Option<Draft> {
    let name = |schema: &Schema| if schema.atomic_map { "atomic" } else { "granular" };
    (old.atomic_map != new.atomic_map).then(|| {
        let message = format!("the map type was {}, and is {} now", name(old), name(new));
        Draft::attention(Subject::MapType, Change::Changed, message, OWNERS)
    })
}

fn unique_items(old: &Schema, new: &Schema) -> Option<Draft> {
    match (old.constraints.unique_items, new.constraints.unique_items) {
        (false, true) => Some(Draft::suspect(Subject::UniqueItems, Change::Added, "items must be unique now")),
        (true, false) => Some(Draft::safe(Subject::UniqueItems, Change::Removed, "items need not be unique any more")),
        _ => None,
    }
}

fn items(old: &Schema, new: &Schema) -> Option<Draft> {
    match (&old.items, &new.items) {
        (None, Some(_)) => {
            Some(Draft::suspect(Subject::Items, Change::Added, "items must fulfil a schema now").within().generated())
        }
        (Some(_), None) => {
            let message = "items have no schema any more";
            Some(Draft::suspect(Subject::Items, Change::Removed, message).within().generated())
        }
        _ => None,
    }
}

fn name(kind: ListType) -> &'static str {
    match kind {
        ListType::Atomic => "atomic",
        ListType::Map => "map",
        ListType::Set => "set",
    }
}
