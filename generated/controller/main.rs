//! `database-controller`: the Database controller on a cluster, or all by itself.

use std::{error::Error, io, io::IsTerminal as _, net::SocketAddr, path::PathBuf, time::Duration};

use clap::Parser;
use crdgen_apiserver::Server;
use crdgen_generated::{api::example_com::v1alpha1::Database, controller};
use crdgen_runtime::{
    client::{self, ConnectOptions},
    factory::SharedInformerFactory,
    leader::LeaderElection,
    metrics::Metrics,
    operator::Operator,
    shutdown::Shutdown,
};

/// Runs a server, with a volume, a password and backups, for each Database object.
///
/// Without an option it works on the cluster that the usual kubeconfig names, or on the one that it runs in.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Work on the cluster that this kubeconfig names
    #[arg(long, value_name = "FILE", conflicts_with = "embedded")]
    kubeconfig: Option<PathBuf>,
    /// Work on an API server of its own, on this port of 127.0.0.1; it forgets everything in the end
    #[arg(long, value_name = "PORT", num_args = 0..=1, default_missing_value = "8001")]
    embedded: Option<u16>,
    /// Work only while no other replica does
    #[arg(long)]
    leader_elect: bool,
    /// Answer probes and Prometheus (/healthz, /readyz, /metrics) at this address, for example 0.0.0.0:8080
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt().with_writer(io::stderr).with_ansi(io::stderr().is_terminal()).init();
    let shutdown = Shutdown::on_signals()?;
    let (mut server, metrics) = (None, Metrics::new());
    let connect = ConnectOptions::default().metrics(&metrics);
    let connection = match (&arguments.kubeconfig, arguments.embedded) {
        (Some(file), _) => connect.kubeconfig(file).connect().await?,
        (None, None) => connect.connect().await?,
        (None, Some(port)) => {
            let embedded = Server::builder().simulate(Duration::from_secs(1)).build();
            let connection = kube::Client::new(embedded.service(), "default");
            client::install::<Database>(&connection).await?;
            let server = server.insert(embedded.serve(([127, 0, 0, 1], port).into()).await?);
            println!("try: kubectl --server {} get databases", server.url());
            connection
        }
    };
    let election = LeaderElection::new(connection.default_namespace(), controller::NAME);
    let factory = SharedInformerFactory::new(connection).metrics(&metrics);
    let controller = controller::controller(&factory)?.workers(2);
    let operator = Operator::new(&factory).controller(controller).listen(arguments.listen);
    Ok(operator.elect(arguments.leader_elect.then_some(election)).run(&shutdown).await?)
}
