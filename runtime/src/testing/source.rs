//! A [`ListWatch`] that a test answers call by call.

use std::time::Duration;

use futures::future::BoxFuture;
use futures::stream;
use kube::core::Status;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::Database;
use crate::cached::Cached;
use crate::client::{Error, ListOptions, WatchOptions};
use crate::decode::List;
use crate::watch::{Event, ListWatch, Receive, Watch};

type Answer<T> = oneshot::Sender<Result<T, Error>>;

/// A request that waits for the test's answer.
pub(crate) enum Call {
    List(ListOptions, Answer<List<Cached<Database>>>),
    Watch(WatchOptions, Answer<Watch<Database>>),
}

/// The test's end: the calls as they come.
pub(crate) struct Source {
    calls: mpsc::UnboundedReceiver<Call>,
}

/// The server's end of an open watch; dropping it closes the watch in good order.
pub(crate) struct WatchSender(mpsc::UnboundedSender<Result<Event<Database>, Error>>);

struct Scripted {
    calls: mpsc::UnboundedSender<Call>,
    streams: bool,
}

/// A source that lists before it watches, and the end that answers it.
pub(crate) fn source() -> (impl ListWatch<Database>, Source) {
    scripted(false)
}

/// A source whose watches can begin with all objects, and the end that answers it.
pub(crate) fn streaming_source() -> (impl ListWatch<Database>, Source) {
    scripted(true)
}

fn scripted(streams: bool) -> (impl ListWatch<Database>, Source) {
    let (sender, calls) = mpsc::unbounded_channel();
    (Scripted { calls: sender, streams }, Source { calls })
}

/// Waits for what must happen within a day of the test's paused clock.
pub(crate) async fn within<T>(future: impl Future<Output = T>) -> T {
    timeout(Duration::from_hours(24), future).await.expect("this should have happened")
}

pub(crate) fn api_error(code: u16, reason: &str) -> Error {
    Error::Api(Status::failure("refused", reason).with_code(code).boxed())
}

impl Source {
    pub(crate) async fn call(&mut self) -> Call {
        within(self.calls.recv()).await.expect("the reflector has ended")
    }

    /// Answers the next call, which must be a list, and returns its options.
    pub(crate) async fn list(&mut self, answer: Result<List<Cached<Database>>, Error>) -> ListOptions {
        match self.call().await {
            Call::List(options, sender) => {
                assert!(sender.send(answer).is_ok(), "the list was cancelled");
                options
            }
            Call::Watch(options, _) => panic!("expected a list, not a watch from {}", options.resource_version),
        }
    }

    /// Answers the next call, which must be a list, with these objects.
    pub(crate) async fn list_of(&mut self, items: Vec<Database>, version: &str) -> ListOptions {
        self.list(Ok(page(items, version, None))).await
    }

    pub(crate) async fn list_page(&mut self, items: Vec<Database>, version: &str, token: &str) -> ListOptions {
        self.list(Ok(page(items, version, Some(token)))).await
    }

    /// Answers the next call, which must be a watch, by opening it.
    pub(crate) async fn watch(&mut self) -> (WatchOptions, WatchSender) {
        let (options, answer) = self.watch_call().await;
        let (sender, receiver) = mpsc::unbounded_channel();
        let events = stream::unfold(receiver, |mut receiver| async { Some((receiver.recv().await?, receiver)) });
        assert!(answer.send(Ok(Box::pin(events) as Watch<Database>)).is_ok(), "the watch was cancelled");
        (options, WatchSender(sender))
    }

    /// Answers the next call, which must be a watch, by refusing it.
    pub(crate) async fn refuse_watch(&mut self, error: Error) -> WatchOptions {
        let (options, answer) = self.watch_call().await;
        assert!(answer.send(Err(error)).is_ok(), "the watch was cancelled");
        options
    }

    async fn watch_call(&mut self) -> (WatchOptions, Answer<Watch<Database>>) {
        match self.call().await {
            Call::Watch(options, answer) => (options, answer),
            Call::List(options, _) => panic!("expected a watch, not a list at {:?}", options.resource_version),
        }
    }
}

impl WatchSender {
    pub(crate) fn send(&self, event: Event<Database>) {
        assert!(self.0.send(Ok(event)).is_ok(), "the watch was closed by the client");
    }

    pub(crate) fn fail(self, error: Error) {
        assert!(self.0.send(Err(error)).is_ok(), "the watch was closed by the client");
    }

    /// Waits until the client has closed its end.
    pub(crate) async fn closed(&self) {
        within(self.0.closed()).await;
    }
}

impl ListWatch<Database> for Scripted {
    fn kind(&self) -> &'static str {
        "Database"
    }

    fn list<'a>(
        &'a self,
        options: &'a ListOptions,
        receive: &'a Receive<'a, Database>,
    ) -> BoxFuture<'a, Result<List<Cached<Database>>, Error>> {
        let answer = self.call(|answer| Call::List(options.clone(), answer));
        Box::pin(async move {
            let mut list = answer.await?;
            list.items = list.items.into_iter().map(receive).collect();
            Ok(list)
        })
    }

    fn can_stream(&self) -> bool {
        self.streams
    }

    fn watch<'a>(&'a self, options: &'a WatchOptions) -> BoxFuture<'a, Result<Watch<Database>, Error>> {
        self.call(|answer| Call::Watch(options.clone(), answer))
    }
}

impl Scripted {
    /// A call that nobody answers any more never returns, as a server that is gone.
    fn call<T: Send + 'static>(&self, call: impl FnOnce(Answer<T>) -> Call) -> BoxFuture<'static, Result<T, Error>> {
        let (answer, answered) = oneshot::channel();
        let sent = self.calls.send(call(answer));
        Box::pin(async move {
            match (sent, answered.await) {
                (Ok(()), Ok(answer)) => answer,
                _ => std::future::pending().await,
            }
        })
    }
}

fn page(items: Vec<Database>, version: &str, token: Option<&str>) -> List<Cached<Database>> {
    List {
        items: items.into_iter().map(Cached::from).collect(),
        undecodable: Vec::new(),
        resource_version: version.to_owned(),
        continue_token: token.map(str::to_owned),
    }
}
