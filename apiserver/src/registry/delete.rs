//! The deletion of an object: preconditions, finalizers, propagation.
//!
//! Source: `Store.Delete`, `rest.BeforeDelete`.

use jiff::Timestamp;
use serde_json::Value;

use super::{Attributes, precondition};
use crate::admission::{Operation, Review};
use crate::object::{self, finalizers, generate, meta};
use crate::request::delete_options::{DeleteOptions, Propagation};
use crate::status::Result;
use crate::store::Write;

/// How far a deletion went.
#[derive(Debug)]
pub(crate) enum Deletion {
    /// The object, which is gone.
    Done(Value),
    /// The object, which waits for its finalizers.
    Started(Value),
}

/// Deletes an object, or starts its deletion.
pub(crate) async fn delete(attributes: &Attributes<'_>, options: &DeleteOptions) -> Result<Deletion> {
    loop {
        let stored = attributes.stored().ok_or_else(|| attributes.not_found())?;
        let revision = stored.revision;
        let current = attributes.resource.take(stored);
        precondition::check_deletion(attributes, &current, options)?;
        let review = Review::new(attributes, Operation::Delete, Value::Null);
        attributes.state.admission.validate(&review).await?;
        if let Some(deletion) = attempt(attributes, revision, current, options) {
            return Ok(deletion);
        }
    }
}

/// One attempt; none if somebody else wrote in between.
fn attempt(
    attributes: &Attributes<'_>,
    mut revision: u64,
    current: Value,
    options: &DeleteOptions,
) -> Option<Deletion> {
    let (store, resource, key) = (&attributes.state.store, attributes.resource, attributes.key());
    let mut last = current.clone();
    match next(attributes, &current, options) {
        Next::Remove => {}
        Next::Wait => return Some(Deletion::Started(current)),
        Next::Mark(marked) | Next::MarkAndRemove(marked) if options.dry_run => return Some(Deletion::Started(marked)),
        Next::Mark(marked) if marked == current => return Some(Deletion::Started(marked)),
        Next::Mark(marked) => {
            let value = resource.strategy.to_stored(resource, marked);
            let stored = store.write(&resource.collection, &key, Write::Replace(revision, value)).ok()?;
            return Some(Deletion::Started(resource.take(stored)));
        }
        Next::MarkAndRemove(marked) => {
            let value = resource.strategy.to_stored(resource, marked);
            let stored = store.write(&resource.collection, &key, Write::Replace(revision, value)).ok()?;
            revision = stored.revision;
            last = resource.take(stored);
        }
    }
    if options.dry_run {
        return Some(Deletion::Done(last));
    }
    let deleted = store.write(&resource.collection, &key, Write::Delete(revision)).ok()?;
    attributes.release(&last);
    Some(Deletion::Done(resource.take(deleted)))
}

/// What a deletion does with an object.
enum Next {
    /// It is removed.
    Remove,
    /// It is being deleted, and this request changes nothing about that.
    Wait,
    /// It is marked as being deleted, and stays until its finalizers are gone or its time is over.
    Mark(Value),
    /// It is marked as having no time left, and then removed.
    MarkAndRemove(Value),
}

/// `rest.BeforeDelete`, and what the garbage collector wants.
fn next(attributes: &Attributes<'_>, current: &Value, options: &DeleteOptions) -> Next {
    let strategy = attributes.resource.strategy;
    let mut object = current.clone();
    let period = strategy.grace_period(current, options.grace_period);
    let is_marked = match period {
        Some(period) => match give_time(attributes, &mut object, current, options, period) {
            Given::Nothing => false,
            Given::Less => true,
            Given::SameAsBefore => return Next::Wait,
        },
        None => false,
    };
    if strategy.is_garbage_collected() {
        let propagation = options.propagation.or_else(|| default_propagation(attributes, current));
        let finalizers = wanted_finalizers(current, propagation);
        let finalizers = if finalizers.is_empty() { Value::Null } else { Value::from(finalizers) };
        object::set(&mut object, "finalizers", finalizers);
    }
    if !is_marked && meta(current, "deletionTimestamp").is_none() {
        strategy.mark_deleted(&mut object, &generate::time(attributes.state.now()));
    }
    let waits = !finalizers::of(&object).is_empty() || strategy.has_own_finalizers(&object);
    let has_time = is_marked && meta(&object, "deletionGracePeriodSeconds").is_some_and(|period| *period != 0);
    match (waits || has_time, is_marked) {
        (true, _) => Next::Mark(object),
        (false, true) => Next::MarkAndRemove(object),
        (false, false) => Next::Remove,
    }
}

/// What a request changes about the time that an object has left.
enum Given {
    /// Nothing is known of a time, so that the object ends at once.
    Nothing,
    Less,
    SameAsBefore,
}

/// Gives an object whose kind ends in its own time that time, or less than it was given before.
fn give_time(
    attributes: &Attributes<'_>,
    object: &mut Value,
    current: &Value,
    options: &DeleteOptions,
    period: i64,
) -> Given {
    let mut give = |period: i64, end: Timestamp| {
        object::set(object, "deletionTimestamp", Value::from(generate::time(end)));
        object::set(object, "deletionGracePeriodSeconds", Value::from(period));
    };
    let later =
        |time: Timestamp, seconds: i64| time.checked_add(jiff::SignedDuration::from_secs(seconds)).unwrap_or(time);
    let Some(end) = meta(current, "deletionTimestamp").and_then(Value::as_str) else {
        give(period, later(attributes.state.now(), period));
        if let Some(generation) = meta(current, "generation").and_then(Value::as_i64).filter(|number| *number > 0) {
            object::set(object, "generation", Value::from(generation + 1));
        }
        return Given::Less;
    };
    let left = meta(current, "deletionGracePeriodSeconds").and_then(Value::as_i64).unwrap_or(0);
    match options.grace_period {
        _ if left == 0 => Given::Nothing,
        Some(period) if period < left => {
            let end = end.parse().unwrap_or_else(|_| attributes.state.now());
            give(period, later(end, period - left));
            Given::Less
        }
        _ => Given::SameAsBefore,
    }
}

/// What the kind says of the dependents, unless the object has a finalizer that says it.
fn default_propagation(attributes: &Attributes<'_>, current: &Value) -> Option<Propagation> {
    let is_said = finalizers::of(current).iter().any(|one| matches!(*one, "foregroundDeletion" | "orphan"));
    attributes.resource.strategy.default_propagation().filter(|_| !is_said)
}

/// The object's finalizers, with or without the two of the garbage collector (`foregroundDeletion`, `orphan`) as the
/// propagation policy asks for.
fn wanted_finalizers(object: &Value, propagation: Option<Propagation>) -> Vec<String> {
    let mut finalizers: Vec<String> = finalizers::of(object).into_iter().map(str::to_owned).collect();
    let wanted = match propagation {
        None => return finalizers,
        Some(Propagation::Background) => None,
        Some(Propagation::Foreground) => Some("foregroundDeletion"),
        Some(Propagation::Orphan) => Some("orphan"),
    };
    finalizers.retain(|one| Some(one.as_str()) == wanted || (one != "foregroundDeletion" && one != "orphan"));
    if let Some(wanted) = wanted.filter(|wanted| !finalizers.iter().any(|one| one == wanted)) {
        finalizers.push(wanted.to_owned());
    }
    finalizers
}
