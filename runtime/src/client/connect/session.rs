//! What requests are sent with at present: credentials and connections, which are renewed when files change, when a
//! plugin's credentials are over, and when the server refuses them.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use kube::Config;
use tokio::sync::Mutex;
use tokio::time::Instant;
use tracing::Instrument;

use super::material::{Material, Source, Unusable};
use super::pool::Pool;
use super::proxy::Proxy;

/// How often files are read again: client-go's figure for tokens and authorities.
const FILES: Duration = Duration::from_mins(1);
/// How often kube's providers are asked for a token, which they renew a minute before its end.
const PROVIDER: Duration = Duration::from_secs(10);

/// Credentials, and the connections that were made with them.
pub(super) struct Session {
    pub(super) material: Material,
    pub(super) pool: Arc<Pool>,
    read: Instant,
}

/// The present session of a client.
pub(super) struct Sessions {
    source: Source,
    config: Config,
    proxy: Option<Arc<Proxy>>,
    present: ArcSwapOption<Session>,
    /// Held while the session is renewed: a plugin may ask the user, once.
    renewal: Mutex<()>,
}

impl Sessions {
    /// None yet: the first request reads the credentials.
    pub(super) fn new(config: Config, proxy: Option<Arc<Proxy>>, source: Source) -> Arc<Self> {
        Arc::new(Self { source, config, proxy, present: ArcSwapOption::empty(), renewal: Mutex::new(()) })
    }

    /// The session for the next request.
    pub(super) async fn present(self: &Arc<Self>) -> Result<Arc<Session>, Unusable> {
        let present = self.present.load_full();
        match present {
            Some(session) if !self.is_due(&session) => Ok(session),
            present => self.renew(present, false).await,
        }
    }

    /// A session with other credentials or certificates than `old`, with which a request has failed; `refused` says that the
    /// server no longer takes its credentials. None if there are no others.
    pub(super) async fn instead_of(
        self: &Arc<Self>,
        old: &Arc<Session>,
        refused: bool,
    ) -> Result<Option<Arc<Session>>, Unusable> {
        if !self.source.may_change() {
            return Ok(None);
        }
        let session = self.renew(Some(Arc::clone(old)), refused).await?;
        Ok(Some(session).filter(|session| session.material != old.material))
    }

    fn is_due(&self, session: &Session) -> bool {
        let age = session.read.elapsed();
        session.material.is_over()
            || (self.source.reads_files() && age >= FILES)
            || (self.source.asks_provider() && age >= PROVIDER)
    }

    /// Replaces `old`, unless somebody else has just done it. It goes on even if the request that wanted it is given up,
    /// so that what a plugin issues is not lost.
    async fn renew(self: &Arc<Self>, old: Option<Arc<Session>>, refused: bool) -> Result<Arc<Session>, Unusable> {
        let sessions = Arc::clone(self);
        let renewal = async move { sessions.renewed(old, refused).await };
        match tokio::spawn(renewal.in_current_span()).await {
            Ok(outcome) => outcome,
            Err(error) => Err(Unusable::because(&error)),
        }
    }

    async fn renewed(&self, old: Option<Arc<Session>>, refused: bool) -> Result<Arc<Session>, Unusable> {
        let _turn = self.renewal.lock().await;
        let is_old = |present: &Arc<Session>| old.as_ref().is_some_and(|old| Arc::ptr_eq(old, present));
        if let Some(present) = self.present.load_full().filter(|present| !is_old(present)) {
            return Ok(present);
        }
        let session = self.next(old.as_deref(), refused).await?;
        self.present.store(Some(Arc::clone(&session)));
        Ok(session)
    }

    /// The session after `old`. What cannot be read keeps what was read before, unless that is over or refused.
    async fn next(&self, old: Option<&Session>, refused: bool) -> Result<Arc<Session>, Unusable> {
        let next = self.try_next(old, refused).await;
        match (next, old) {
            (Err(error), Some(old)) if !old.material.is_over() && !refused => {
                tracing::warn!(%error, "cannot renew the credentials, going on with the old ones");
                let (material, pool) = (old.material.clone(), Arc::clone(&old.pool));
                Ok(Arc::new(Session { material, pool, read: Instant::now() }))
            }
            (next, _) => next.map(Arc::new),
        }
    }

    async fn try_next(&self, old: Option<&Session>, refused: bool) -> Result<Session, Unusable> {
        let material = self.source.read(old.map(|old| &old.material), refused).await?;
        let pool = if let Some(old) = old.filter(|old| old.material.tls == material.tls) {
            Arc::clone(&old.pool)
        } else {
            // Requests that are open stay on their connections; the next ones have new ones.
            let tls = self.source.tls(&material.tls)?;
            let pool = Pool::new(&self.config, self.proxy.clone(), &tls);
            Arc::new(pool.map_err(|error| Unusable::because(&error))?)
        };
        Ok(Session { material, pool, read: Instant::now() })
    }
}
