//! `meta.k8s.io` `Table`: what `kubectl get` prints.
//!
//! In: objects of one resource. Out: rows of cells, by the printer columns of the definition or of the strategy.
//! Source: `k8s.io/apiextensions-apiserver/pkg/registry/customresource/tableconvertor`.

use crdgen_schema::definition::PrinterColumn;
use crdgen_schema::go;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::metadata_only;
use crate::json_path::JsonPath;
use crate::kind::table::{self, Column};
use crate::object::text;
use crate::request::accept::Rows;
use crate::resource::Resource;

/// The description of `metadata.name`.
const NAME: &str = "Name must be unique within a namespace. Is required when creating resources, although \
    some resources may allow a client to request the generation of an appropriate name automatically. Name is \
    primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: \
    https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names";

/// The description of `metadata.creationTimestamp`.
const AGE: &str = "CreationTimestamp is a timestamp representing the server time when this object was \
    created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set \
    this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for \
    lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata";

/// A Table that rows are being added to.
#[derive(Debug)]
pub(crate) struct Table<'a> {
    resource: &'a Resource,
    version: &'a str,
    include: Rows,
    now: Timestamp,
    columns: Vec<Value>,
    /// The printer columns of the CRD, each with the path of its value.
    paths: Vec<(JsonPath, &'a PrinterColumn)>,
    /// Whether the rows are scales of objects of the resource.
    has_scales: bool,
    rows: Vec<Value>,
}

impl<'a> Table<'a> {
    /// A table without rows.
    pub(crate) fn new(resource: &'a Resource, version: &'a str, include: Rows, now: Timestamp) -> Self {
        let mut table = Self::empty(resource, version, include, now);
        if let Some(served) = resource.served {
            table.columns = served.columns.iter().map(built_in_column).collect();
            return table;
        }
        table.columns.push(name_column());
        for printed in &resource.columns {
            // The server gives up at the first path that it cannot read.
            let Some(path) = JsonPath::parse(&printed.json_path) else { break };
            table.columns.push(custom_column(printed));
            table.paths.push((path, printed));
        }
        if resource.columns.is_empty() {
            table.columns.push(column("Age", "date", "", AGE, 0));
        }
        table
    }

    /// A table without rows for the scales of objects.
    pub(crate) fn of_scales(resource: &'a Resource, version: &'a str, include: Rows, now: Timestamp) -> Self {
        let mut table = Self { has_scales: true, ..Self::empty(resource, version, include, now) };
        let said = |of: &str, field: &str| table::description(of, field).unwrap_or_default();
        table.columns = if resource.custom.is_some() {
            vec![
                name_column(),
                column("Desired", "integer", "", "Number of desired replicas", 0),
                column("Available", "integer", "", "Number of actual replicas", 0),
                column("Age", "date", "", AGE, 0),
            ]
        } else {
            vec![
                column("Name", "string", "", NAME, 0),
                column("Desired", "integer", "", &said("autoscaling/v1.ScaleSpec", "replicas"), 0),
                column("Available", "integer", "", &said("autoscaling/v1.ScaleStatus", "replicas"), 0),
                column("Age", "string", "", AGE, 0),
            ]
        };
        table
    }

    fn empty(resource: &'a Resource, version: &'a str, include: Rows, now: Timestamp) -> Self {
        let (columns, paths, rows) = (Vec::new(), Vec::new(), Vec::new());
        Self { resource, version, include, now, columns, paths, has_scales: false, rows }
    }

    /// Adds an object.
    pub(crate) fn push(&mut self, object: &Value) {
        let cells = if self.has_scales {
            let replicas = |of: &str| Value::from(object[of]["replicas"].as_i64().unwrap_or(0));
            vec![Value::from(text(object, "name")), replicas("spec"), replicas("status"), age(object, self.now)]
        } else if self.resource.served.is_some() {
            self.resource.strategy.cells(object, self.now)
        } else {
            self.cells(object)
        };
        let conditions = self.resource.strategy.row_conditions(object);
        let object = match self.include {
            Rows::Bare => Value::Null,
            Rows::Metadata => metadata_only::of(self.resource, object, self.version),
            Rows::Object => object.clone(),
        };
        let mut row = json!({"cells": cells, "object": object});
        if !conditions.is_null() {
            row["conditions"] = conditions;
        }
        self.rows.push(row);
    }

    /// The finished Table, with the metadata of the list or object that it represents.
    pub(crate) fn finish(self, revision: &str, continue_token: &str, remaining: Option<usize>) -> Value {
        let mut table = json!({
            "kind": "Table",
            "apiVersion": format!("meta.k8s.io/{}", self.version),
            "metadata": {"resourceVersion": revision},
            "columnDefinitions": self.columns,
            "rows": if self.rows.is_empty() && self.is_general() { Value::Null } else { Value::from(self.rows) },
        });
        if !continue_token.is_empty() {
            table["metadata"]["continue"] = Value::from(continue_token);
        }
        if let Some(remaining) = remaining {
            table["metadata"]["remainingItemCount"] = Value::from(remaining);
        }
        if revision.is_empty() {
            table["metadata"] = json!({});
        }
        table
    }

    /// Whether the table is the one of built-in kinds without a printer of their own, whose rows are null if there are none
    /// (`rest.NewDefaultTableConvertor`).
    fn is_general(&self) -> bool {
        self.resource.served.is_some_and(|served| served.columns.len() == 2 && served.columns[1].name == "Created At")
    }

    fn cells(&self, object: &Value) -> Vec<Value> {
        let mut cells = vec![Value::from(text(object, "name"))];
        for (path, column) in &self.paths {
            cells.push(cell(path.first(object).as_deref(), &column.kind, self.now));
        }
        if self.resource.columns.is_empty() {
            cells.push(age(object, self.now));
        }
        cells
    }
}

/// A column definition.
fn column(name: &str, kind: &str, format: &str, description: &str, priority: i64) -> Value {
    json!({"name": name, "type": kind, "format": format, "description": description, "priority": priority})
}

fn built_in_column(of: &Column) -> Value {
    column(of.name, of.kind, of.format, &of.description(), of.priority)
}

/// The first column of every table.
fn name_column() -> Value {
    column("Name", "string", "name", NAME, 0)
}

/// How long ago an object was created.
pub(crate) fn age(object: &Value, now: Timestamp) -> Value {
    since(object["metadata"]["creationTimestamp"].as_str(), now)
}

/// How long ago a time was, or `<unknown>`.
pub(crate) fn since(time: Option<&str>, now: Timestamp) -> Value {
    let then: Option<Timestamp> = time.and_then(|time| time.parse().ok());
    let text = then.map_or_else(|| "<unknown>".to_owned(), |then| human_duration(now.as_second() - then.as_second()));
    Value::from(text)
}

fn custom_column(printed: &PrinterColumn) -> Value {
    let described = printed.description.clone().filter(|text| !text.is_empty());
    let description = described
        .unwrap_or_else(|| format!("Custom resource definition column (in JSONPath format): {}", printed.json_path));
    let format = printed.format.as_deref().unwrap_or_default();
    column(&printed.name, &printed.kind, format, &description, printed.priority)
}

/// The value of a cell; null if it does not have the type of its column.
fn cell(found: Option<&Value>, kind: &str, now: Timestamp) -> Value {
    let Some(found) = found else { return Value::Null };
    match (kind, found) {
        ("integer", Value::Number(number)) => whole(number),
        ("number", Value::Number(number)) => Value::from(number.as_f64()),
        ("boolean", Value::Bool(flag)) => Value::Bool(*flag),
        ("string", Value::String(text)) => Value::from(text.as_str()),
        // Go's templates print so what is not there.
        ("string", Value::Null) => Value::from("<no value>"),
        ("string", Value::Number(number)) => Value::from(go::print_value(&Value::Number(number.clone()))),
        ("string", other) => Value::from(String::from_utf8_lossy(&crate::json::compact(other)).into_owned()),
        ("date", Value::String(text)) => match text.parse::<Timestamp>() {
            Ok(_) => since(Some(text), now),
            Err(_) => Value::from("<invalid>"),
        },
        _ => Value::Null,
    }
}

#[expect(clippy::cast_possible_truncation, reason = "Go truncates as well")]
fn whole(number: &serde_json::Number) -> Value {
    number.as_i64().or_else(|| number.as_f64().map(|float| float as i64)).map_or(Value::Null, Value::from)
}

/// A number of seconds as `k8s.io/apimachinery/pkg/util/duration.HumanDuration` prints it.
pub(crate) fn human_duration(seconds: i64) -> String {
    let pair = |big: i64, big_unit: &str, small: i64, small_unit: &str| {
        if small == 0 { format!("{big}{big_unit}") } else { format!("{big}{big_unit}{small}{small_unit}") }
    };
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match seconds {
        ..-1 => "<invalid>".to_owned(),
        -1..0 => "0s".to_owned(),
        0..120 => format!("{seconds}s"),
        120..600 => pair(minutes, "m", seconds % 60, "s"),
        600..10_800 => format!("{minutes}m"),
        10_800..28_800 => pair(hours, "h", minutes % 60, "m"),
        28_800..172_800 => format!("{hours}h"),
        172_800..691_200 => pair(days, "d", hours % 24, "h"),
        691_200..63_072_000 => format!("{days}d"),
        63_072_000..252_288_000 => pair(days / 365, "y", days % 365, "d"),
        _ => format!("{}y", days / 365),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_short() {
        let check = |seconds, expected: &str| assert_eq!(human_duration(seconds), expected);
        check(0, "0s");
        check(119, "119s");
        check(130, "2m10s");
        check(3600, "60m");
        check(3 * 3600, "3h");
        check(49 * 3600, "2d1h");
        check(3 * 365 * 86_400, "3y");
        check(-5, "<invalid>");
    }

    #[test]
    fn a_cell_that_does_not_fit_its_column_is_empty() {
        let value = |found: Value, kind| cell(Some(&found), kind, Timestamp::UNIX_EPOCH);
        assert_eq!(value(json!(5), "integer"), json!(5));
        assert_eq!(value(json!("x"), "integer"), Value::Null);
        assert_eq!(value(json!(8080), "string"), json!("8080"));
        assert_eq!(value(json!({"a": [1]}), "string"), json!("{\"a\":[1]}"));
        assert_eq!(value(json!(0.000_01), "string"), json!("1e-05"));
        assert_eq!(value(json!(1e21), "string"), json!("1e+21"));
        assert_eq!(value(json!(2.5), "integer"), json!(2));
        assert_eq!(value(Value::Null, "string"), json!("<no value>"));
        assert_eq!(value(Value::Null, "integer"), Value::Null);
        assert_eq!(cell(None, "string", Timestamp::UNIX_EPOCH), Value::Null);
    }
}
