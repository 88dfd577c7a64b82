//! The events of a watch on their way through the proxy.

use bytes::{Bytes, BytesMut};
use futures::{Stream, StreamExt as _, stream};
use http_body::Frame;
use http_body_util::{BodyDataStream, BodyExt as _};
use kube::client::Body;
use serde::Deserialize;
use serde_json::json;
use tokio::time::{Instant, sleep, sleep_until};

use super::{
    Bug, Fault,
    class::Class,
    proxy::Cut,
    request::{ARRIVED, Passage, status},
    schedule::Mishap,
};

/// An open watch.
struct Watch {
    passage: Passage,
    class: Class,
    events: BodyDataStream<Body>,
    buffer: BytesMut,
    /// What befalls it next, and when if there are too few events before.
    mishap: Option<Mishap>,
    due: Instant,
    seen: usize,
    /// What comes after the piece that was sent last.
    after: After,
    /// The name of the object of the last event, and the event, which a bug repeats.
    last: Option<(String, Bytes)>,
}

/// What comes after a piece of a watch.
enum After {
    More,
    End,
    Cut(Mishap),
}

/// What comes next from the server, or befalls the watch.
enum Next {
    Event(Bytes),
    End,
    Failed(Cut),
    Due(Mishap),
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Event {
    r#type: String,
    object: Object,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Object {
    metadata: Metadata,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Metadata {
    name: String,
    uid: String,
    resource_version: String,
}

/// The events of `body`, and what befalls them.
pub(super) fn pass(
    passage: Passage,
    class: Class,
    body: Body,
) -> impl Stream<Item = Result<Frame<Bytes>, Cut>> + Send + use<> {
    let mut watch = Watch {
        passage,
        class,
        events: body.into_data_stream(),
        buffer: BytesMut::new(),
        mishap: None,
        due: Instant::now(),
        seen: 0,
        after: After::More,
        last: None,
    };
    watch.plan();
    stream::unfold(watch, |mut watch| async move {
        let piece = watch.next().await?;
        Some((piece.map(Frame::data), watch))
    })
}

/// The name of the database that an object belongs to.
fn about<'n>(resource: &str, name: &'n str) -> &'n str {
    match name.rsplit_once('-') {
        Some((owner, _)) if resource == "configmaps" => owner,
        _ => name,
    }
}

impl Watch {
    /// Asks the schedule what befalls the watch next.
    fn plan(&mut self) {
        self.mishap = self.passage.shared.schedule.watch(&self.class.key(&self.passage.line));
        self.seen = 0;
        if let Some(mishap) = &self.mishap {
            self.due = Instant::now() + mishap.delay;
        }
    }

    /// The next piece for the client.
    async fn next(&mut self) -> Option<Result<Bytes, Cut>> {
        match std::mem::replace(&mut self.after, After::More) {
            After::More => {}
            After::End => return None,
            After::Cut(mishap) => {
                sleep(ARRIVED).await;
                return Some(Err(self.passage.cut(&mishap)));
            }
        }
        loop {
            match self.await_next().await {
                Next::End => return None,
                Next::Failed(error) => return Some(Err(error)),
                Next::Event(line) => {
                    if let Some(line) = self.let_pass(line) {
                        return Some(Ok(line));
                    }
                }
                Next::Due(mishap) => {
                    if let Some(piece) = self.befall(mishap).await {
                        return piece;
                    }
                }
            }
        }
    }

    /// Waits for an event, or for what befalls the watch instead.
    async fn await_next(&mut self) -> Next {
        loop {
            if self.passage.shared.schedule.is_stopped() {
                self.mishap = None;
            }
            let has_line = self.buffer.contains(&b'\n');
            if let Some(mishap) = self.mishap
                && has_line
                && self.seen >= mishap.events
            {
                return Next::Due(mishap);
            }
            if let Some(end) = self.buffer.iter().position(|byte| *byte == b'\n') {
                self.seen += 1;
                return Next::Event(self.buffer.split_to(end + 1).freeze());
            }
            let due = async {
                match self.mishap {
                    Some(mishap) => {
                        sleep_until(self.due).await;
                        mishap
                    }
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                piece = self.events.next() => match piece {
                    Some(Ok(piece)) => self.buffer.extend_from_slice(&piece),
                    Some(Err(error)) => return Next::Failed(error.into()),
                    None => return Next::End,
                },
                mishap = due => if !self.passage.shared.schedule.is_stopped() {
                    return Next::Due(mishap);
                },
            }
        }
    }

    /// Notes an event that passes. Bugs let none, or another one pass.
    fn let_pass(&mut self, line: Bytes) -> Option<Bytes> {
        let event: Event = serde_json::from_slice(&line).unwrap_or_default();
        let Metadata { name, uid, resource_version } = &event.object.metadata;
        let (passage, resource) = (&self.passage, &self.class.resource);
        if event.r#type != "BOOKMARK" {
            let text = format!("{}: {} {resource} {uid} at {resource_version}", passage.line, event.r#type);
            passage.shared.journal.note(about(resource, name), text);
        }
        match passage.shared.bug {
            Some(Bug::LostEvents) if event.r#type == "DELETED" => None,
            Some(Bug::RepeatedEvents) if event.r#type != "DELETED" => {
                let last = self.last.replace((name.clone(), line.clone()));
                let repeated = last.filter(|(last, _)| last == name && event.r#type == "MODIFIED");
                Some(repeated.map_or(line.clone(), |(_, repeated)| [line, repeated].concat().into()))
            }
            _ => Some(line),
        }
    }

    /// Lets a fault befall the watch. Returns what the client gets, or none if the watch goes on.
    async fn befall(&mut self, mishap: Mishap) -> Option<Option<Result<Bytes, Cut>>> {
        let line = self.buffer.iter().position(|byte| *byte == b'\n').map(|end| self.buffer[..end].to_vec());
        let fault = match (mishap.fault, &line) {
            (Fault::EventCut, None) => Fault::WatchCut,
            (fault, _) => fault,
        };
        self.passage.count(fault, &self.class);
        let error = |code, reason| {
            let event = json!({"type": "ERROR", "object": status(code, reason, mishap.retry_after)});
            Some(Some(Ok(Bytes::from(format!("{event}\n")))))
        };
        match (fault, line) {
            (Fault::EventCut, Some(line)) => {
                let length = (line.len() * usize::from(mishap.part) / 100).max(1);
                self.after = After::Cut(mishap);
                Some(Some(Ok(Bytes::from(line[..length].to_vec()))))
            }
            (Fault::WatchEnded, _) => Some(None),
            (Fault::WatchSilent, _) => Some(Some(Err(self.passage.be_silent(&mishap).await))),
            (Fault::WatchGone, _) => {
                self.after = After::End;
                error(410, "Expired")
            }
            (Fault::WatchError, _) => {
                self.after = After::End;
                error(500, "InternalError")
            }
            (Fault::WatchSlow, _) => {
                sleep(mishap.delay).await;
                self.plan();
                None
            }
            _ => Some(Some(Err(self.passage.cut(&mishap)))),
        }
    }
}
