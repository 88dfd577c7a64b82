//! Installs a CRD on an API server, as `kubectl apply` and `kubectl wait --for=condition=Established` do.

use std::time::Duration;

use k8s_openapi::ByteString;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use tokio::time::{Instant, sleep};

use super::{Client, Error};
use crate::CustomResource;

/// How long to wait for the API server to serve the resource. A real one takes tens of milliseconds.
const PATIENCE: Duration = Duration::from_secs(30);
const INTERVAL: Duration = Duration::from_millis(20);

/// Creates the CRD of `K`, or changes the one of the same name, and waits until its objects are served. One that is just
/// being deleted is waited for first. The certificate of a conversion webhook that was injected on the server stays.
///
/// For tests, demonstrations and controllers that own their CRD. The caller needs the right to read and write CRDs.
pub async fn install<K: CustomResource>(connection: &kube::Client) -> Result<(), Error> {
    let definitions: Client<CustomResourceDefinition> = Client::new(connection.clone());
    let wanted = K::definition().map_err(Error::Encode)?;
    let started = Instant::now();
    let mut there = put(&definitions, &wanted).await?;
    while !there.as_ref().is_some_and(is_established) {
        if started.elapsed() > PATIENCE {
            let state = if there.is_some() { "not served" } else { "still being deleted" };
            return Err(Error::Invalid(format!("{} is {state} after {PATIENCE:?}", K::CRD_NAME)));
        }
        sleep(INTERVAL).await;
        there = match there {
            Some(_) => definitions.get_opt(K::CRD_NAME).await?.filter(|there| !is_leaving(there)),
            None => put(&definitions, &wanted).await?,
        };
    }
    Ok(())
}

/// Creates a definition, or changes the one that is there. None if that one is being deleted.
async fn put(
    definitions: &Client<CustomResourceDefinition>,
    wanted: &CustomResourceDefinition,
) -> Result<Option<CustomResourceDefinition>, Error> {
    match definitions.create(wanted).await {
        Err(error) if error.is_already_exists() => {}
        outcome => return outcome.map(Some),
    }
    let name = wanted.metadata.name.as_deref().unwrap_or_default();
    let Some(there) = definitions.get_opt(name).await?.filter(|there| !is_leaving(there)) else { return Ok(None) };
    match definitions.modify(&there, |definition| respecify(definition, wanted)).await {
        Err(error) if error.is_not_found() => Ok(None),
        outcome => outcome.map(Some),
    }
}

/// Gives a definition the specification of `wanted`, but leaves an injected certificate.
fn respecify(definition: &mut CustomResourceDefinition, wanted: &CustomResourceDefinition) {
    let injected = ca_bundle(definition).and_then(Option::take);
    definition.spec = wanted.spec.clone();
    if let Some(bundle @ None) = ca_bundle(definition) {
        *bundle = injected;
    }
}

/// The certificate of the conversion webhook, which cert-manager and others inject.
fn ca_bundle(definition: &mut CustomResourceDefinition) -> Option<&mut Option<ByteString>> {
    let webhook = definition.spec.conversion.as_mut()?.webhook.as_mut()?;
    Some(&mut webhook.client_config.as_mut()?.ca_bundle)
}

fn is_leaving(definition: &CustomResourceDefinition) -> bool {
    definition.metadata.deletion_timestamp.is_some()
}

fn is_established(definition: &CustomResourceDefinition) -> bool {
    let conditions = definition.status.iter().flat_map(|status| status.conditions.iter().flatten());
    conditions.into_iter().any(|condition| condition.type_ == "Established" && condition.status == "True")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_injected_certificate_stays_unless_there_is_another_one() {
        let definition = |bundle: Option<&str>| -> CustomResourceDefinition {
            let config = json!({ "url": "https://webhook.example.com", "caBundle": bundle });
            let webhook = json!({ "clientConfig": config, "conversionReviewVersions": ["v1"] });
            serde_json::from_value(json!({
                "metadata": { "name": "databases.example.com" },
                "spec": {
                    "group": "example.com", "scope": "Namespaced", "versions": [],
                    "names": { "kind": "Database", "plural": "databases" },
                    "conversion": { "strategy": "Webhook", "webhook": webhook }
                }
            }))
            .unwrap()
        };
        let check = |there: Option<&str>, wanted: Option<&str>, expected: Option<&str>| {
            let mut changed = definition(there);
            respecify(&mut changed, &definition(wanted));
            assert_eq!(changed, definition(expected), "{there:?} {wanted:?}");
        };
        check(Some("aW5qZWN0ZWQ="), None, Some("aW5qZWN0ZWQ="));
        check(Some("aW5qZWN0ZWQ="), Some("b3du"), Some("b3du"));
        check(None, None, None);
    }
}
