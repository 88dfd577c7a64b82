//! The API server goes away and comes back, and what the controller watched from is compacted meanwhile.

use std::time::Duration;

use crdgen_apiserver::Server;
use crdgen_generated::api::{
    clientset::Clientset,
    example_com::v1alpha1::{
        Database,
        database::{spec::Engine, status::Phase},
    },
};
use crdgen_runtime::client::DeleteOptions;
use tests::{
    harness::{Harness, spec},
    interference::Plug,
};

#[tokio::test(start_paused = true)]
async fn what_happened_during_a_restart_and_a_compaction_is_caught_up_with() -> anyhow::Result<()> {
    let first = Server::builder().build();
    let plug = Plug::default();
    plug.put(Some(kube::Client::new(first.service(), "default")));
    let harness = Harness::start(plug.connection(), "restart", Duration::from_secs(1)).await?;
    for name in ["deleted", "updated", "untouched"] {
        harness.create(name, Engine::PostgreSQL).await?;
        harness.until_phase(name, Phase::Ready).await?;
    }
    let before = harness.log.turns();

    plug.put(None);
    first.shutdown();
    let second = Server::builder().store(first.store()).build();
    let connection = kube::Client::new(second.service(), "default");
    let databases = Clientset::new(connection.clone()).example_com_v1alpha1().databases().namespaced("restart");
    databases.delete(&harness.key("deleted"), &DeleteOptions::default()).await?;
    let updated = databases.get(&harness.key("updated")).await?;
    databases.modify(&updated, |database| database.spec.version = "17.0".to_owned()).await?;
    databases.create(&Database::new("created", spec(Engine::MySQL))).await?;
    second.compact();
    plug.put(Some(connection));

    harness.until("deleted", |database| database.is_none()).await?;
    harness.until("updated", |database| database.is_some_and(|it| it.metadata.generation == Some(2))).await?;
    harness.until_phase("updated", Phase::Ready).await?;
    harness.until_phase("created", Phase::Ready).await?;
    harness.until_events("deleted", &["Accepted", "Provisioning", "Ready", "Removed"]).await?;
    let after = harness.stop().await?.turns();
    let turns = |log: &std::collections::BTreeMap<String, tests::harness::Turns>, name: &str| log[name].outcomes.len();
    // How many turns follow the clean-up depends on how many of its parts are seen to vanish at once.
    assert!(turns(&after, "deleted") > turns(&before, "deleted"), "nobody cleaned up");
    assert_eq!(turns(&after, "untouched"), turns(&before, "untouched"), "work for an object that did not change");
    Ok(())
}
