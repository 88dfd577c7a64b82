//! The Database controller on the embedded API server, in process and on paused time.

use crdgen_apiserver::Server;
use tests::scenario;

fn connection() -> kube::Client {
    kube::Client::new(Server::builder().build().service(), "default")
}

#[tokio::test(start_paused = true)]
async fn a_database_is_created_provisioned_updated_and_deleted() -> anyhow::Result<()> {
    scenario::life_of_a_database(&connection()).await
}

#[tokio::test(start_paused = true)]
async fn writes_between_others_succeed_and_keep_theirs() -> anyhow::Result<()> {
    scenario::conflicting_writes(&connection()).await
}

#[tokio::test(start_paused = true)]
async fn a_database_deleted_during_provisioning_is_forgotten() -> anyhow::Result<()> {
    scenario::deletion_during_provisioning(&connection()).await
}

#[tokio::test(start_paused = true)]
async fn two_hundred_databases_get_ready_with_two_workers() -> anyhow::Result<()> {
    scenario::two_hundred_databases(&connection()).await
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_finishes_what_is_queued_and_a_successor_the_rest() -> anyhow::Result<()> {
    scenario::shutdown_in_the_middle(&connection()).await
}

#[tokio::test(start_paused = true)]
async fn an_unsupported_engine_fails_without_a_hot_loop() -> anyhow::Result<()> {
    scenario::unsupported_engine(&connection()).await
}

#[tokio::test(start_paused = true)]
async fn a_database_consists_of_parts_that_are_kept_as_they_should_be() -> anyhow::Result<()> {
    let connection = connection();
    Box::pin(scenario::parts_of_a_database(&connection, &connection)).await
}
