//! What a database consists of, as it would stand in a manifest.

use k8s_openapi::ByteString;
use serde_json::{Value, json};

use crate::api::example_com::v1alpha1::{
    Database,
    database::spec::{self, BackupPolicy, PasswordSecretRef},
};

/// By this label a service finds the pods of a database.
const LABEL: &str = "databases.example.com/name";

/// How an engine is run: its image and port, the folder of its data, the variables for the owner's name and password, and
/// what writes all data to standard output.
pub(super) struct Engine {
    image: &'static str,
    port: u16,
    folder: &'static str,
    variables: [&'static str; 2],
    dump: &'static str,
}

/// None if there is no such engine.
pub(super) fn engine(engine: &spec::Engine) -> Option<Engine> {
    let (image, port, folder, variables, dump) = match engine {
        spec::Engine::PostgreSQL => {
            let variables = ["POSTGRES_USER", "POSTGRES_PASSWORD"];
            ("postgres", 5432, "/var/lib/postgresql/data", variables, "pg_dumpall -h $NAME -U $POSTGRES_USER")
        }
        spec::Engine::MySQL => {
            let dump = "mysqldump -h $NAME -u $MYSQL_USER -p$MYSQL_PASSWORD --all-databases";
            ("mysql", 3306, "/var/lib/mysql", ["MYSQL_USER", "MYSQL_PASSWORD"], dump)
        }
        spec::Engine::MongoDB => {
            let dump = "mongodump -h $NAME -u $MONGO_INITDB_ROOT_USERNAME -p $MONGO_INITDB_ROOT_PASSWORD --archive";
            ("mongo", 27017, "/data/db", ["MONGO_INITDB_ROOT_USERNAME", "MONGO_INITDB_ROOT_PASSWORD"], dump)
        }
        spec::Engine::Unrecognized(_) => return None,
    };
    Some(Engine { image, port, folder, variables, dump })
}

/// The owner's password, unless the specification refers to one.
pub(super) fn secret(database: &Database, password: String) -> Value {
    let own = password_of(database);
    json!({ "metadata": { "name": own.name }, "data": { own.key: ByteString(password.into_bytes()) } })
}

/// Where the owner's password is.
pub(super) fn password_of(database: &Database) -> PasswordSecretRef {
    let own = || PasswordSecretRef::new(format!("{}-owner", key(database).1), "password");
    database.spec.password_secret_ref.clone().unwrap_or_else(own)
}

/// The volume of the data. It belongs to nobody, so that it is deleted by the finalizer and nothing else.
pub(super) fn volume(database: &Database) -> Value {
    let ((namespace, name), size) = (key(database), &database.spec.storage_size);
    json!({
        "metadata": { "namespace": namespace, "name": name, "labels": { LABEL: name } },
        "spec": { "accessModes": ["ReadWriteOnce"], "resources": { "requests": { "storage": size } } },
    })
}

/// The address of the database.
pub(super) fn service(database: &Database, engine: &Engine) -> Value {
    let (_, name) = key(database);
    let ports = json!([{ "name": "database", "port": engine.port }]);
    json!({ "metadata": { "name": name }, "spec": { "clusterIP": "None", "selector": { LABEL: name }, "ports": ports } })
}

/// Where clients find it.
pub(super) fn address(database: &Database) -> Option<String> {
    let ((namespace, name), port) = (key(database), engine(&database.spec.engine)?.port);
    Some(format!("{name}.{namespace}.svc:{port}"))
}

/// The server itself.
pub(super) fn stateful_set(database: &Database, engine: &Engine) -> Value {
    let (_, name) = key(database);
    let mut pod = pod(database, engine, name, engine.folder);
    pod["containers"][0]["ports"] = json!([{ "name": "database", "containerPort": engine.port }]);
    pod["containers"][0]["readinessProbe"] = json!({ "tcpSocket": { "port": "database" } });
    json!({
        "metadata": { "name": name },
        "spec": {
            "replicas": 1,
            "serviceName": name,
            "selector": { "matchLabels": { LABEL: name } },
            "template": { "metadata": { "labels": { LABEL: name } }, "spec": pod },
        },
    })
}

/// A job that writes all data to the volume `backups` of the namespace, by default every night.
pub(super) fn backup(database: &Database, engine: &Engine, policy: &BackupPolicy) -> Value {
    let mut pod = pod(database, engine, "backups", "/backups");
    pod["containers"][0]["command"] = json!(["sh", "-c", format!("{} > /backups/$NAME-$(date +%F)", engine.dump)]);
    pod["restartPolicy"] = json!("OnFailure");
    let (name, schedule) = (key(database).1, policy.schedule.as_deref().unwrap_or("0 3 * * *"));
    let template = json!({ "spec": { "template": { "spec": pod } } });
    json!({ "metadata": { "name": name }, "spec": { "schedule": schedule, "jobTemplate": template } })
}

/// A pod with the engine's image, which mounts a volume.
fn pod(database: &Database, engine: &Engine, volume: &str, folder: &str) -> Value {
    let PasswordSecretRef { name, key: place } = password_of(database);
    let env = json!([
        { "name": "NAME", "value": key(database).1 },
        { "name": engine.variables[0], "value": database.spec.username.as_deref().unwrap_or("owner") },
        { "name": "MYSQL_RANDOM_ROOT_PASSWORD", "value": "yes" },
        { "name": engine.variables[1], "valueFrom": { "secretKeyRef": { "name": name, "key": place } } },
    ]);
    let image = format!("{}:{}", engine.image, database.spec.version);
    let mounts = json!([{ "name": "volume", "mountPath": folder }]);
    json!({
        "containers": [{ "name": "database", "image": image, "env": env, "volumeMounts": mounts }],
        "volumes": [{ "name": "volume", "persistentVolumeClaim": { "claimName": volume } }],
    })
}

/// The namespace and the name of a database.
pub(super) fn key(database: &Database) -> (&str, &str) {
    let metadata = &database.metadata;
    (metadata.namespace.as_deref().unwrap_or_default(), metadata.name.as_deref().unwrap_or_default())
}
