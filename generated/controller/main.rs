//! `database-controller`: the Database controller on a cluster, or all by itself.

use std::{error::Error, io, io::IsTerminal as _, path::PathBuf, time::Duration};

use clap::Parser;
use crdgen_apiserver::Server;
use crdgen_generated::{api::example_com::v1alpha1::Database, controller::controller};
use crdgen_runtime::{client, factory::SharedInformerFactory, shutdown::Shutdown};

/// Takes Database objects from Pending to Ready.
///
/// Without an option it works on the cluster that it runs in, or on the one that the usual kubeconfig names.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Work on the cluster that this kubeconfig names
    #[arg(long, value_name = "FILE", conflicts_with = "embedded")]
    kubeconfig: Option<PathBuf>,
    /// Work on an API server of its own, on this port of 127.0.0.1; it forgets everything in the end
    #[arg(long, value_name = "PORT", num_args = 0..=1, default_missing_value = "8001")]
    embedded: Option<u16>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt().with_writer(io::stderr).with_ansi(io::stderr().is_terminal()).init();
    let shutdown = Shutdown::on_signals()?;
    let server = Server::builder().build();
    let mut listening = None;
    let connection = match (&arguments.kubeconfig, arguments.embedded) {
        (Some(file), _) => client::connect_with(file).await?,
        (None, None) => client::connect().await?,
        (None, Some(port)) => {
            let handle = listening.insert(server.serve(([127, 0, 0, 1], port).into()).await?);
            println!("try: kubectl --server {} get databases", handle.url());
            let connection = kube::Client::new(server.service(), "default");
            client::install::<Database>(&connection).await?;
            connection
        }
    };
    let factory = SharedInformerFactory::new(connection);
    let controller = controller(&factory, Duration::from_secs(2)).workers(2);
    let outcome = controller.run(&shutdown).await;
    factory.shutdown().await;
    Ok(outcome?)
}
