//! A real control plane for other programs: prints its URL and an administrator's token, and runs until its input ends.
//!
//! The folder of kube-apiserver and etcd is its only argument.

use std::{io::Read, path::Path};

use anyhow::{Context, Result};
use tests::control_plane::{ControlPlane, TOKEN};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let folder = std::env::args().nth(1).context("which folder has kube-apiserver and etcd?")?;
    let plane = ControlPlane::start(Path::new(&folder)).await?;
    println!("{} {TOKEN}", plane.url());
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}
