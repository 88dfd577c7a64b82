//! Installs a CRD on an API server, as `kubectl apply` and `kubectl wait --for=condition=Established` do.

use std::time::Duration;

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use tokio::time::{Instant, sleep};

use super::{Client, Error};
use crate::CustomResource;

/// How long to wait for the API server to serve the resource. A real one takes tens of milliseconds.
const PATIENCE: Duration = Duration::from_secs(30);
const INTERVAL: Duration = Duration::from_millis(20);

/// Creates the CRD of `K`, or replaces the one of the same name, and waits until its objects are served.
///
/// For tests, demonstrations and controllers that own their CRD. The caller needs the right to read and write CRDs.
pub async fn install<K: CustomResource>(connection: &kube::Client) -> Result<(), Error> {
    let definitions: Client<CustomResourceDefinition> = Client::new(connection.clone());
    let wanted = K::definition().map_err(Error::Encode)?;
    let mut there = match definitions.create(&wanted).await {
        Err(error) if error.is_already_exists() => {
            let there = definitions.get(K::CRD_NAME).await?;
            definitions.modify(&there, |definition| definition.spec = wanted.spec.clone()).await?
        }
        outcome => outcome?,
    };
    let started = Instant::now();
    while !is_established(&there) {
        if started.elapsed() > PATIENCE {
            return Err(Error::Invalid(format!("{} is not served after {PATIENCE:?}", K::CRD_NAME)));
        }
        sleep(INTERVAL).await;
        there = definitions.get(K::CRD_NAME).await?;
    }
    Ok(())
}

fn is_established(definition: &CustomResourceDefinition) -> bool {
    let conditions = definition.status.iter().flat_map(|status| status.conditions.iter().flatten());
    conditions.into_iter().any(|condition| condition.type_ == "Established" && condition.status == "True")
}
