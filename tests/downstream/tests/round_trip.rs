//! What a user does with the types.

use crdgen_runtime::{CustomResource as _, Validate as _};
use downstream::example_com::{
    v1::Cache,
    v1alpha1::{
        Database, DatabaseSpec,
        database::spec::{BackupPolicy, Engine},
    },
};
use serde_json::json;

#[test]
fn a_database_is_the_same_json_after_a_round_trip() {
    let json = json!({
        "apiVersion": "example.com/v1alpha1",
        "kind": "Database",
        "metadata": {"name": "orders", "namespace": "shop", "generation": 2},
        "spec": {
            "engine": "PostgreSQL",
            "version": "16.2",
            "storageSize": "10Gi",
            "passwordSecretRef": {"name": "orders", "key": "password"},
            "backupPolicy": {"enabled": true, "schedule": "0 3 * * *"},
        },
        "status": {"phase": "Ready", "connectionString": "orders-shop.example.com:5432", "observedGeneration": 2},
    });
    let database: Database = serde_json::from_value(json.clone()).expect("a valid Database");
    assert_eq!(database.spec.engine, Engine::PostgreSQL);
    assert_eq!(serde_json::to_value(&database).expect("JSON"), json);
    assert_eq!(database.validate(), Ok(()));
}

#[test]
fn a_database_written_in_rust_is_validated_with_field_paths() {
    let spec = DatabaseSpec {
        backup_policy: Some(BackupPolicy::new(true)),
        ..DatabaseSpec::new(Engine::from("Oracle"), "19c", "ten")
    };
    let errors = Database::new("orders", spec).validate().expect_err("two faults");
    let fields: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
    assert_eq!(fields, ["spec.engine", "spec.storageSize"], "{errors}");
}

#[test]
fn an_integer_beyond_its_format_is_kept_and_reported() {
    let json = json!({
        "apiVersion": "example.com/v1",
        "kind": "Cache",
        "metadata": {"name": "sessions"},
        "spec": {"image": "cache:1"},
        "status": {"replicas": 4_000_000_000_u32},
    });
    let cache: Cache = serde_json::from_value(json.clone()).expect("what a server may have stored");
    assert_eq!(serde_json::to_value(&cache).expect("JSON"), json);
    let errors = cache.validate().expect_err("a fault").to_string();
    assert!(errors.contains("must be of type integer with format int32 in status.replicas"), "{errors}");
}

#[test]
fn the_crd_is_the_one_that_was_read() {
    assert_eq!(Database::crd().expect("JSON")["metadata"]["name"], "databases.example.com");
    assert_eq!(Database::definition().expect("a CRD").spec.names.short_names, Some(vec!["db".to_owned()]));
}
