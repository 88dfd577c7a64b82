//! A real control plane for other programs: prints its URL and an administrator's token, and runs until its input ends.

use std::{io::Read, path::PathBuf};

use anyhow::{Context, Result};
use clap::Parser;
use kube::{
    api::{Api, DynamicObject, Patch, PatchParams},
    core::{ApiResource, GroupVersionKind},
};
use tests::control_plane::{ControlPlane, TOKEN};

/// Start a real control plane, print its URL and an administrator's token, and end it when the input ends
#[derive(Parser)]
struct Arguments {
    /// The folder of kube-apiserver and etcd
    assets: PathBuf,
    /// Start kube-controller-manager, too
    #[arg(long)]
    controllers: bool,
    /// An object without a namespace that it is to have, as JSON
    #[arg(long, value_name = "JSON")]
    object: Vec<String>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let mut plane = ControlPlane::start(&arguments.assets).await?;
    if arguments.controllers {
        plane.start_controllers(&arguments.assets)?;
    }
    let client = plane.client().await?;
    for object in &arguments.object {
        apply(client.clone(), &serde_json::from_str(object)?).await?;
    }
    println!("{} {TOKEN}", plane.url());
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}

/// Applies an object twice: what the server adds to a new one and the text does not have, such as the taint of nodes, goes then.
async fn apply(client: kube::Client, object: &DynamicObject) -> Result<()> {
    let types = object.types.clone().unwrap_or_default();
    let resource = ApiResource::from_gvk(&GroupVersionKind::try_from(&types)?);
    let objects: Api<DynamicObject> = Api::all_with(client, &resource);
    let name = object.metadata.name.as_deref().context("the object has no name")?;
    for _ in 0..2 {
        objects.patch(name, &PatchParams::apply("control-plane").force(), &Patch::Apply(object)).await?;
    }
    Ok(())
}
