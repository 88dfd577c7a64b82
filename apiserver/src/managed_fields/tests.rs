//! Merging, conflicts, sets and what is no longer applied, by schema and by Go struct.

use crdgen_schema::definition;
use crdgen_schema::go::{Struct, Tags, Type, field};
use crdgen_schema::metadata::OBJECT_META;
use crdgen_schema::schema::{ListType, Schema};
use serde_json::{Value, json};

use super::shape::Shape;
use super::versions::{Unconvertible, Version, Versions};
use super::writer::{Refusal, Writer};

static POD: Struct = Struct::new(
    "v1",
    "Pod",
    &[
        field("apiVersion", Type::Text),
        field("kind", Type::Text),
        field("metadata", Type::Struct(&OBJECT_META)),
        field("spec", Type::Struct(&POD_SPEC)),
    ],
);

static POD_SPEC: Struct = Struct::new(
    "v1",
    "PodSpec",
    &[
        field("ports", Type::List(&Type::Struct(&PORT))).tagged(&PORTS),
        field("nodeSelector", Type::Map(&Type::Text)).tagged(&WHOLE),
        field("args", Type::List(&Type::Text)),
        field("count", Type::Pointer(&Type::Int32)),
    ],
);

static PORT: Struct = Struct::new(
    "v1",
    "ContainerPort",
    &[
        field("containerPort", Type::Int32).always(),
        field("protocol", Type::Text).tagged(&TCP),
        field("name", Type::Text),
    ],
);

static PORTS: Tags = Tags { list: ListType::Map, keys: &["containerPort", "protocol"], ..Tags::NONE };
static WHOLE: Tags = Tags { atomic: true, ..Tags::NONE };
static TCP: Tags = Tags { default: "\"TCP\"", ..Tags::NONE };

const WIDGETS: &str = "
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: widgets, kind: Widget}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            properties:
              size: {type: integer}
              color: {type: string}
              tags: {type: array, x-kubernetes-list-type: set, items: {type: string}}
              list:
                type: array
                x-kubernetes-list-type: map
                x-kubernetes-list-map-keys: [name]
                items: {type: object, properties: {name: {type: string}, value: {type: string}}}
              whole: {type: object, x-kubernetes-map-type: atomic, properties: {x: {type: integer}, z: {type: integer}}}
              labels: {type: object, additionalProperties: {type: string}}
              free: {type: object, x-kubernetes-preserve-unknown-fields: true}
          status: {type: object, properties: {phase: {type: string}}}
";

fn schema() -> Schema {
    definition::load("widgets.yaml", WIDGETS).definitions[0].versions[0].schema.clone()
}

/// The only version of a kind; the status is not for everybody.
struct Only<'a>(Shape<'a>, &'static str);

impl Versions for Only<'_> {
    fn find(&self, api_version: &str) -> Result<Version<'_>, Unconvertible> {
        if api_version == self.1 {
            Ok(Version { shape: self.0, ignored: &["status"] })
        } else {
            Err(Unconvertible::Unknown)
        }
    }
}

/// An object and those who write it.
struct Story {
    schema: Schema,
    kind: &'static str,
    api_version: &'static str,
    object: Value,
}

impl Story {
    fn of_widget() -> Self {
        let object = json!({"apiVersion": "example.com/v1", "kind": "Widget"});
        Self { schema: schema(), kind: "Widget", api_version: "example.com/v1", object }
    }

    fn of_pod() -> Self {
        let object = json!({"apiVersion": "v1", "kind": "Pod"});
        Self { schema: Schema::default(), kind: "Pod", api_version: "v1", object }
    }

    fn write<T>(&self, name: &str, write: impl FnOnce(&Writer<'_>) -> T) -> T {
        let shape = if self.kind == "Pod" { Shape::of_struct(&POD) } else { Shape::of_object(&self.schema) };
        write(&Writer {
            name,
            api_version: self.api_version,
            kind: self.kind,
            subresource: "",
            time: "2020-01-01T00:00:00Z",
            versions: &Only(shape, self.api_version),
            blank: &json!({"apiVersion": self.api_version, "kind": self.kind}),
            unconvertible: None,
        })
    }

    fn configuration(&self, spec: &Value) -> Value {
        json!({"apiVersion": self.api_version, "kind": self.kind, "metadata": {"name": "a"}, "spec": spec})
    }

    fn try_apply(&self, name: &str, spec: &Value, force: bool) -> Result<Value, Refusal> {
        let configuration = self.configuration(spec);
        self.write(name, |writer| writer.apply(&self.object, &configuration, force))
    }

    fn apply(mut self, name: &str, spec: &Value) -> Self {
        self.object = self.try_apply(name, spec, false).unwrap();
        self
    }

    fn force(mut self, name: &str, spec: &Value) -> Self {
        self.object = self.try_apply(name, spec, true).unwrap();
        self
    }

    fn update(mut self, name: &str, spec: &Value) -> Self {
        let mut object = self.object.clone();
        object["spec"] = spec.clone();
        self.write(name, |writer| writer.record(&mut object, &self.object));
        self.object = object;
        self
    }

    fn refusal(&self, name: &str, spec: &Value) -> String {
        match self.try_apply(name, spec, false).unwrap_err() {
            Refusal::Conflicts(conflicts) => conflicts.message(),
            Refusal::BadRequest(why) | Refusal::Other(why) => why,
        }
    }

    #[track_caller]
    fn has(self, spec: &Value) -> Self {
        assert_eq!(self.object["spec"], *spec);
        self
    }

    #[track_caller]
    fn owned(self, name: &str, fields: &Value) -> Self {
        let entries = self.object["metadata"]["managedFields"].as_array().cloned().unwrap_or_default();
        let entry = entries.iter().find(|entry| entry["manager"] == name);
        assert_eq!(entry.map_or(&Value::Null, |entry| &entry["fieldsV1"]["f:spec"]), fields, "{name}");
        self
    }
}

#[test]
fn who_applies_owns_what_the_configuration_has_and_nothing_else() {
    Story::of_widget()
        .update("u", &json!({"size": 1}))
        .apply("a", &json!({"color": "red", "labels": {"x": "1"}}))
        .has(&json!({"size": 1, "color": "red", "labels": {"x": "1"}}))
        .owned("u", &json!({".": {}, "f:size": {}}))
        .owned("a", &json!({"f:color": {}, "f:labels": {"f:x": {}}}));
}

#[test]
fn another_value_for_a_field_of_somebody_else_is_a_conflict_and_the_same_value_is_shared() {
    let story = Story::of_widget().apply("a", &json!({"size": 1, "color": "red"}));
    let one = "Apply failed with 1 conflict: conflict with \"a\": .spec.size";
    assert_eq!(story.refusal("b", &json!({"size": 2, "color": "red"})), one);
    let two = "Apply failed with 2 conflicts: conflicts with \"a\":\n- .spec.color\n- .spec.size";
    assert_eq!(story.refusal("b", &json!({"size": 2, "color": "blue"})), two);
    let both = json!({"f:size": {}, "f:color": {}});
    story.apply("b", &json!({"size": 1, "color": "red"})).owned("a", &both).owned("b", &both);
}

#[test]
fn a_conflict_with_somebody_who_updated_names_the_version() {
    let story = Story::of_widget().update("u", &json!({"size": 1}));
    let expected = "Apply failed with 1 conflict: conflict with \"u\" using example.com/v1: .spec.size";
    assert_eq!(story.refusal("a", &json!({"size": 2})), expected);
}

#[test]
fn force_takes_a_field_from_its_owner() {
    Story::of_widget()
        .apply("a", &json!({"size": 1, "color": "red"}))
        .force("b", &json!({"size": 2}))
        .has(&json!({"size": 2, "color": "red"}))
        .owned("a", &json!({"f:color": {}}))
        .owned("b", &json!({"f:size": {}}));
}

#[test]
fn what_is_no_longer_applied_goes_unless_somebody_else_owns_it() {
    Story::of_widget()
        .apply("a", &json!({"size": 1, "color": "red", "labels": {"x": "1", "y": "1"}}))
        .apply("b", &json!({"color": "red", "labels": {"y": "1"}}))
        .apply("a", &json!({"size": 1}))
        .has(&json!({"size": 1, "color": "red", "labels": {"y": "1"}}))
        .owned("a", &json!({"f:size": {}}));
}

#[test]
fn what_was_the_last_in_an_object_leaves_null() {
    let story = Story::of_widget().apply("a", &json!({"labels": {"x": "1"}, "size": 1}));
    let mut story = story.apply("a", &json!({"labels": {}})).has(&json!({"labels": null}));
    let configuration = json!({"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "a"}});
    story.object = story.write("a", |writer| writer.apply(&story.object, &configuration, false)).unwrap();
    story.has(&json!(null));
}

#[test]
fn an_item_that_is_no_longer_applied_goes_with_what_an_update_set_in_it() {
    let item = json!({"list": [{"name": "a"}]});
    Story::of_widget()
        .apply("a", &item)
        .update("u", &json!({"list": [{"name": "a", "value": "1"}]}))
        .apply("a", &json!({"list": []}))
        .has(&json!({"list": null}));
}

#[test]
fn items_of_sets_are_owned_one_by_one() {
    Story::of_widget()
        .apply("a", &json!({"tags": ["x", "y"]}))
        .apply("b", &json!({"tags": ["y", "z"]}))
        .has(&json!({"tags": ["x", "y", "z"]}))
        .apply("a", &json!({"tags": []}))
        .has(&json!({"tags": ["y", "z"]}))
        .owned("b", &json!({"f:tags": {"v:\"y\"": {}, "v:\"z\"": {}}}));
}

#[test]
fn the_order_of_items_is_that_of_the_configuration_and_other_items_stay_where_they_are() {
    let named = |names: &[&str]| {
        let items: Vec<Value> = names.iter().map(|name| json!({"name": name})).collect();
        json!({"list": items})
    };
    let check = |live: &[&str], applied: &[&str], expected: &[&str]| {
        Story::of_widget().update("u", &named(live)).apply("a", &named(applied)).has(&named(expected));
    };
    check(&["a", "b", "c"], &["c", "a"], &["b", "c", "a"]);
    check(&["a", "b", "c"], &["x", "b"], &["a", "x", "b", "c"]);
    check(&["a", "b", "c"], &["c"], &["a", "b", "c"]);
    check(&[], &["b", "a"], &["b", "a"]);
}

#[test]
fn maps_and_lists_that_are_owned_as_a_whole_are_replaced() {
    let story = Story::of_widget().apply("a", &json!({"whole": {"x": 1}, "free": {"list": [1]}}));
    let expected = "Apply failed with 1 conflict: conflict with \"a\": .spec.whole";
    assert_eq!(story.refusal("b", &json!({"whole": {"z": 1}})), expected);
    let expected = "Apply failed with 1 conflict: conflict with \"a\": .spec.free.list";
    assert_eq!(story.refusal("b", &json!({"free": {"list": [2]}})), expected);
    story.force("b", &json!({"whole": {"z": 1}})).has(&json!({"whole": {"z": 1}, "free": {"list": [1]}}));
}

#[test]
fn a_configuration_that_does_not_conform_is_refused_with_the_path() {
    let story = Story::of_widget();
    let error = |spec: Value| story.refusal("a", &spec);
    let prefix = "failed to create typed patch object (/a; example.com/v1, Kind=Widget): ";
    assert_eq!(error(json!({"bogus": 1})), format!("{prefix}.spec.bogus: field not declared in schema"));
    assert_eq!(error(json!({"size": "x"})), format!("{prefix}.spec.size: expected numeric (int or float), got string"));
    let expected = "expected string, got &value.valueUnstructured{Value:map[string]interface {}{\"a\":1}}";
    assert_eq!(error(json!({"color": {"a": 1}})), format!("{prefix}.spec.color: {expected}"));
    assert_eq!(error(json!({"labels": [1]})), format!("{prefix}.spec.labels: expected map, got &{{[1]}}"));
    let expected = "errors:\n  .spec.tags: duplicate entries for key [=\"x\"]\n  .spec.tags[=1e+06]: expected string, got \
                    &value.valueUnstructured{Value:1e+06}";
    assert_eq!(error(json!({"tags": ["x", "x", 1_000_000]})), format!("{prefix}{expected}"));
    let expected = "associative list with keys has an element that omits all key fields [\"name\"] (and doesn't have \
                    default values for any key fields)";
    assert_eq!(error(json!({"list": [{"value": "1"}]})), format!("{prefix}.spec.list: element 0: {expected}"));
}

#[test]
fn an_object_of_another_type_is_refused() {
    let story = Story::of_widget();
    let refusal = |configuration: Value| {
        story.write("a", |writer| writer.apply(&story.object, &configuration, false)).unwrap_err()
    };
    let expected = |text: &str| Refusal::BadRequest(text.to_owned());
    assert_eq!(refusal(json!({})), expected("invalid object type: /, Kind="));
    assert_eq!(refusal(json!({"apiVersion": "v1", "kind": "Pod"})), expected("invalid object type: /v1, Kind=Pod"));
    let mut configuration = story.configuration(&json!({}));
    configuration["metadata"]["managedFields"] = json!([]);
    assert_eq!(refusal(configuration), expected("metadata.managedFields must be nil"));
}

#[test]
fn an_object_that_nobody_kept_track_of_belongs_to_a_manager_of_that_name() {
    let mut story = Story::of_widget();
    story.object["metadata"] = json!({"uid": "1"});
    story.object["spec"] = json!({"size": 1, "color": "red"});
    let expected = "conflict with \"before-first-apply\" using example.com/v1: .spec.size";
    assert!(story.refusal("a", &json!({"size": 2})).ends_with(expected));
    story
        .apply("a", &json!({"size": 1}))
        .owned("before-first-apply", &json!({".": {}, "f:color": {}, "f:size": {}}))
        .owned("a", &json!({"f:size": {}}));
}

#[test]
fn who_applies_the_same_as_is_there_has_no_time() {
    let story = Story::of_widget().apply("a", &json!({"size": 1})).apply("b", &json!({"size": 1}));
    let entries = &story.object["metadata"]["managedFields"];
    let times: Vec<(&Value, &Value)> =
        entries.as_array().unwrap().iter().map(|entry| (&entry["manager"], &entry["time"])).collect();
    assert_eq!(times, [(&json!("b"), &json!(null)), (&json!("a"), &json!("2020-01-01T00:00:00Z"))]);
}

#[test]
fn the_eleventh_manager_that_updates_makes_the_oldest_two_one() {
    let mut story = Story::of_widget();
    for index in 0..12 {
        story = story.update(&format!("u{index:02}"), &json!({"labels": {format!("l{index}"): "1"}}));
        // What others labelled is gone, so everybody else keeps what the first one has.
        story.object["spec"]["labels"]["kept"] = json!("1");
    }
    let entries = story.object["metadata"]["managedFields"].as_array().unwrap().len();
    assert!(entries <= 10, "{entries}");
}

#[test]
fn entries_of_versions_that_nobody_knows_are_dropped() {
    let mut story = Story::of_widget().apply("a", &json!({"size": 1}));
    story.object["metadata"]["managedFields"][0]["apiVersion"] = json!("example.com/v0");
    story.update("u", &json!({"size": 2})).owned("a", &json!(null)).owned("u", &json!({"f:size": {}}));
}

#[test]
fn a_list_that_is_owned_as_a_whole_since_the_schema_changed_is_owned_so() {
    let mut story = Story::of_widget().apply("a", &json!({"tags": ["x"], "labels": {"x": "1"}}));
    let spec = story.schema.properties.get_mut("spec").unwrap();
    spec.properties.get_mut("tags").unwrap().list_type = None;
    spec.properties.get_mut("labels").unwrap().atomic_map = true;
    story
        .update("u", &json!({"tags": ["x"], "labels": {"x": "1"}, "size": 1}))
        .owned("a", &json!({"f:tags": {}, "f:labels": {}}));
}

#[test]
fn kubectl_takes_over_what_its_last_configuration_still_has() {
    let mut story = Story::of_widget().update("kubectl-client-side-apply", &json!({"size": 1, "color": "red"}));
    let last = json!({"apiVersion": "example.com/v1", "kind": "Widget", "spec": {"size": 1, "color": "blue"}});
    let annotation = "kubectl.kubernetes.io/last-applied-configuration";
    story.object["metadata"]["annotations"] = json!({annotation: last.to_string()});
    assert!(story.refusal("kubectl", &json!({"color": "green", "size": 2})).ends_with(": .spec.color"));
    assert!(story.refusal("other", &json!({"size": 2})).ends_with(": .spec.size"));
    let story = story.apply("kubectl", &json!({"size": 2}));
    let expected = r#"{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"a"},"spec":{"size":2}}"#;
    assert_eq!(story.object["metadata"]["annotations"][annotation], format!("{expected}\n"));
}

#[test]
fn go_types_say_how_fields_are_owned() {
    let port = |name: &str| json!({"containerPort": 80, "name": name});
    let story = Story::of_pod()
        .apply("a", &json!({"ports": [port("x")], "nodeSelector": {"a": "1"}, "args": ["1"]}))
        .owned(
            "a",
            &json!({
                "f:args": {},
                "f:nodeSelector": {},
                "f:ports": {"k:{\"containerPort\":80,\"protocol\":\"TCP\"}": {".": {}, "f:containerPort": {}, "f:name": {}}},
            }),
        );
    let expected = ".spec.ports[containerPort=80,protocol=\"TCP\"].name";
    assert!(story.refusal("b", &json!({"ports": [port("y")]})).ends_with(expected));
    let other = json!({"ports": [{"containerPort": 80, "protocol": "UDP"}]});
    story.apply("b", &other).has(&json!({
        "ports": [port("x"), {"containerPort": 80, "protocol": "UDP"}],
        "nodeSelector": {"a": "1"},
        "args": ["1"],
    }));
    let expected = "failed to create typed patch object (/a; /v1, Kind=Pod): .spec.count: expected numeric (int or float), \
                    got bool";
    assert_eq!(Story::of_pod().refusal("a", &json!({"count": true})), expected);
}

#[test]
fn a_key_that_go_always_writes_is_empty_by_default() {
    Story::of_pod()
        .apply("a", &json!({"ports": [{"name": "x"}]}))
        .owned("a", &json!({"f:ports": {"k:{\"containerPort\":0,\"protocol\":\"TCP\"}": {".": {}, "f:name": {}}}}));
}

#[test]
fn a_reset_makes_the_object_one_that_nobody_kept_track_of() {
    let story = Story::of_widget().apply("a", &json!({"size": 1}));
    let mut live = story.object.clone();
    live["metadata"]["uid"] = json!("1");
    let mut object = live.clone();
    object["metadata"]["managedFields"] = json!([{}]);
    story.write("u", |writer| writer.record(&mut object, &live));
    assert_eq!(object["metadata"]["managedFields"], json!(null));
}

#[test]
fn an_update_of_what_the_schema_does_not_have_forgets_all_managers() {
    let story = Story::of_widget().apply("a", &json!({"size": 1}));
    let mut object = story.object.clone();
    object["spec"]["bogus"] = json!(1);
    story.write("u", |writer| writer.record(&mut object, &story.object));
    assert_eq!(object["metadata"]["managedFields"], json!(null));
}
