//! Kills the programs of a real control plane, and starts them again.

use std::{convert::Infallible, path::Path, sync::Arc, time::Duration};

use fastrand::Rng;
use tokio::time::sleep;

use super::{
    Fault, Journal, Tally,
    schedule::{between, choices},
};
use crate::control_plane::{ControlPlane, Program};

/// Kills at random, as a seed says.
pub(super) struct Killer {
    random: Rng,
    /// The journals of the worlds that suffer from it, and where it is counted.
    worlds: Vec<(Arc<Journal>, Arc<Tally>)>,
}

impl Killer {
    /// A killer that has not killed yet.
    pub(super) fn new(seed: u64, worlds: impl Iterator<Item = (Arc<Journal>, Arc<Tally>)>) -> Self {
        Self { random: choices(seed, "killer"), worlds: worlds.collect() }
    }

    /// Kills one program after the other, until it is dropped. Returns if one does not come back.
    pub(super) async fn kill(&mut self, plane: &mut ControlPlane, assets: &Path) -> anyhow::Error {
        match self.kill_all(plane, assets).await {
            Ok(never) => match never {},
            Err(error) => error,
        }
    }

    async fn kill_all(&mut self, plane: &mut ControlPlane, assets: &Path) -> anyhow::Result<Infallible> {
        loop {
            let pause = between(&mut self.random, Duration::from_secs(1), Duration::from_secs(8));
            sleep(pause).await;
            let (program, fault) = if self.random.bool() {
                (Program::ApiServer, Fault::ServerKilled)
            } else {
                (Program::Etcd, Fault::EtcdKilled)
            };
            for (journal, _) in &self.worlds {
                journal.note("", format!("{fault:?}"));
            }
            if let Some((_, tally)) = self.worlds.first() {
                tally.add(fault);
            }
            plane.kill(program)?;
            let away = between(&mut self.random, Duration::ZERO, Duration::from_secs(2));
            sleep(away).await;
            self.revive(plane, assets).await?;
        }
    }

    /// Starts what is not running, and waits until the control plane is ready.
    pub(super) async fn revive(&mut self, plane: &mut ControlPlane, assets: &Path) -> anyhow::Result<()> {
        plane.revive(assets).await?;
        for (journal, _) in &self.worlds {
            journal.note("", "the control plane is ready");
        }
        Ok(())
    }
}
