//! The rights that `generated/controller/deployment.yaml` gives to the Database controller: enough for everything that it
//! does, on a real kube-apiserver, and not one that it does not use.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
    time::Duration,
};

use anyhow::{Context as _, Result, ensure};
use crdgen_apiserver::Server;
use crdgen_generated::controller;
use crdgen_runtime::{
    ApiResource,
    client::{Client, Conflicts},
    factory::SharedInformerFactory,
    leader::LeaderElection,
    operator::Operator,
    shutdown::Shutdown,
};
use http::{Method, Request};
use k8s_openapi::api::{
    apps::v1::Deployment,
    authentication::v1::TokenRequest,
    core::v1::{Namespace, ServiceAccount},
    rbac::v1::{ClusterRole, ClusterRoleBinding, Role, RoleBinding},
};
use kube::{client::Body, config::Kubeconfig, core::DynamicObject};
use serde_json::{Value, json};
use tests::{
    control_plane::{ControlPlane, TOKEN},
    scenario,
};
use tokio::time::{sleep, timeout};
use tower::service_fn;

const NAMESPACE: &str = "database-system";

/// A verb on a resource.
type Right = (String, String);

/// What is needed only if somebody else writes at the same moment: a finalizer is then removed from the object as it is.
const AFTER_A_CONFLICT: (&str, &str) = ("get", "databases.example.com");

/// Whether a right is needed although a run may do without it: after a conflict, or to list what is watched on a server
/// whose watches cannot begin with all objects.
fn is_rare((verb, resource): &Right, used: &BTreeSet<Right>) -> bool {
    (verb.as_str(), resource.as_str()) == AFTER_A_CONFLICT
        || (verb == "list" && used.contains(&("watch".to_owned(), resource.clone())))
}

fn manifest() -> Vec<Value> {
    let text = include_str!("../../generated/controller/deployment.yaml");
    let parsed = crdgen_schema::yaml::parse(text);
    assert!(parsed.errors.is_empty(), "{:?}", parsed.errors);
    parsed.documents.iter().map(crdgen_schema::node::Node::to_value).collect()
}

/// What the roles allow.
fn allowed() -> BTreeSet<Right> {
    let rules = manifest().into_iter().filter(|object| object["kind"] == "ClusterRole" || object["kind"] == "Role");
    let rules = rules.flat_map(|role| role["rules"].as_array().cloned().unwrap_or_default());
    let texts = |value: &Value| -> Vec<String> {
        value.as_array().into_iter().flatten().filter_map(|text| Some(text.as_str()?.to_owned())).collect()
    };
    let mut rights = BTreeSet::new();
    for rule in rules {
        for (group, resource) in texts(&rule["apiGroups"])
            .iter()
            .flat_map(|group| texts(&rule["resources"]).into_iter().map(move |it| (group.clone(), it)))
        {
            let place = if group.is_empty() { resource } else { format!("{resource}.{group}") };
            rights.extend(texts(&rule["verbs"]).into_iter().map(|verb| (verb, place.clone())));
        }
    }
    rights
}

/// What a request needs: the verb, and the resource with its subresource and group, as in a rule.
fn needed(request: &Request<Body>) -> Right {
    let parts: Vec<&str> = request.uri().path().trim_matches('/').split('/').collect();
    let (group, rest) = match parts.as_slice() {
        ["apis", group, _, rest @ ..] => (Some(*group), rest),
        ["api", _, rest @ ..] => (None, rest),
        other => panic!("{other:?}"),
    };
    let rest = if let ["namespaces", _, rest @ ..] = rest { rest } else { rest };
    let (resource, name, subresource) = (rest[0], rest.get(1), rest.get(2));
    let verb = match (request.method(), name) {
        (&Method::GET, Some(_)) => "get",
        (&Method::GET, None) if request.uri().query().unwrap_or_default().contains("watch=true") => "watch",
        (&Method::GET, None) => "list",
        (&Method::POST, _) => "create",
        (&Method::PUT, _) => "update",
        (&Method::PATCH, _) => "patch",
        (&Method::DELETE, Some(_)) => "delete",
        (method, _) => panic!("{method}"),
    };
    let resource = subresource.map_or_else(|| resource.to_owned(), |sub| format!("{resource}/{sub}"));
    (verb.to_owned(), group.map_or_else(|| resource.clone(), |group| format!("{resource}.{group}")))
}

/// A connection that notes what each request needs, and whether it created something by applying it.
fn recording(connection: kube::Client) -> (kube::Client, Arc<Mutex<BTreeSet<Right>>>) {
    let rights: Arc<Mutex<BTreeSet<Right>>> = Arc::default();
    let log = Arc::clone(&rights);
    let service = service_fn(move |request: Request<Body>| {
        let (connection, log, right) = (connection.clone(), Arc::clone(&log), needed(&request));
        async move {
            let response = connection.send(request).await?;
            let mut log = log.lock().expect("no panic");
            if right.0 == "patch" && response.status() == 201 {
                log.insert(("create".to_owned(), right.1.clone()));
            }
            log.insert(right);
            Ok::<_, kube::Error>(response)
        }
    });
    (kube::Client::new(service, NAMESPACE), rights)
}

/// Everything that a controller does in its life, on a connection of its own.
async fn exercise(admin: &kube::Client, its: &kube::Client) -> Result<()> {
    Box::pin(scenario::parts_of_a_database(admin, its)).await?;
    let election = LeaderElection {
        lease_duration: Duration::from_secs(3),
        renew_deadline: Duration::from_secs(2),
        retry_period: Duration::from_millis(500),
        ..LeaderElection::new(NAMESPACE, controller::NAME)
    };
    let shutdown = Shutdown::new();
    let stop = shutdown.clone();
    let work = async move |_| {
        // Long enough for a renewal.
        sleep(Duration::from_secs(1)).await;
        stop.trigger();
        Ok::<_, anyhow::Error>(())
    };
    let operator = Operator::new(&SharedInformerFactory::new(its.clone())).task("work", work).elect(election);
    timeout(Duration::from_mins(1), operator.run(&shutdown)).await.context("it never leads")??;
    Ok(())
}

async fn install(admin: &kube::Client) -> Result<()> {
    for object in manifest() {
        let resource = match object["kind"].as_str().unwrap_or_default() {
            "Namespace" => ApiResource::of::<Namespace>(),
            "ServiceAccount" => ApiResource::of::<ServiceAccount>(),
            "ClusterRole" => ApiResource::of::<ClusterRole>(),
            "ClusterRoleBinding" => ApiResource::of::<ClusterRoleBinding>(),
            "Role" => ApiResource::of::<Role>(),
            "RoleBinding" => ApiResource::of::<RoleBinding>(),
            "Deployment" => ApiResource::of::<Deployment>(),
            other => panic!("{other}"),
        };
        let client = Client::<DynamicObject>::of(admin.clone(), resource).field_manager("tests");
        client.apply(&object, Conflicts::Take).await.with_context(|| object.to_string())?;
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_roles_allow_what_the_controller_does_and_nothing_else() -> Result<()> {
    let admin = kube::Client::new(Server::builder().build().service(), "default");
    install(&admin).await?;
    let (its, used) = recording(admin.clone());
    exercise(&admin, &its).await?;
    let (used, allowed) = (used.lock().expect("no panic").clone(), allowed());
    let missing: Vec<_> = used.difference(&allowed).collect();
    let superfluous: Vec<_> = allowed.difference(&used).filter(|right| !is_rare(right, &used)).collect();
    ensure!(missing.is_empty() && superfluous.is_empty(), "missing: {missing:?}, superfluous: {superfluous:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_controller_works_with_its_service_account_on_a_real_kube_apiserver() -> Result<()> {
    let test = "the_controller_works_with_its_service_account_on_a_real_kube_apiserver";
    let Some(plane) = ControlPlane::start_if_provided(test).await? else { return Ok(()) };
    let admin = plane.client().await?;
    install(&admin).await?;
    let path = format!("/api/v1/namespaces/{NAMESPACE}/serviceaccounts/database-controller/token");
    let wanted =
        json!({ "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": { "audiences": [] } });
    let request = Request::post(path).header("content-type", "application/json").body(serde_json::to_vec(&wanted)?)?;
    let token =
        admin.request::<TokenRequest>(request).await?.status.and_then(|status| status.token).context("no token")?;
    let kubeconfig = std::fs::read_to_string(plane.kubeconfig())?.replace(TOKEN, &token);
    let kubeconfig = Kubeconfig::from_yaml(&kubeconfig)?;
    let config = kube::Config::from_custom_kubeconfig(kubeconfig, &kube::config::KubeConfigOptions::default()).await?;
    let its = kube::Client::try_from(config)?;
    let forbidden = Client::<Namespace>::new(its.clone()).get("default").await;
    ensure!(forbidden.is_err_and(|error| error.is_forbidden()), "it has the rights of somebody else");
    exercise(&admin, &its).await
}
