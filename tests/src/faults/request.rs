//! One request on its way through the proxy, and its answer on the way back.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use futures::{StreamExt as _, stream};
use http::{Request, Response, StatusCode, header};
use http_body::Frame;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::Incoming;
use kube::client::Body;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::{
    Fault,
    class::Class,
    clock,
    proxy::{Answer, AnswerBody, Cut, Shared, lock},
    schedule::Mishap,
    watch,
    wire::{State, Switch},
};

/// After this time what was written before has arrived.
pub(super) const ARRIVED: Duration = Duration::from_millis(1);

/// Where a request comes from.
pub(super) struct Passage {
    pub(super) shared: Arc<Shared>,
    pub(super) line: Arc<str>,
    pub(super) switch: Arc<Switch>,
}

impl Passage {
    /// Counts a fault, and notes it with the object that the request is about.
    pub(super) fn count(&self, fault: Fault, class: &Class) {
        self.shared.tally.add(fault);
        let Class { resource, name, verb } = class;
        self.shared.journal.note(name, format!("{}: {fault:?} at {verb} {resource}", self.line));
    }

    /// Cuts the connection.
    pub(super) fn cut(&self, mishap: &Mishap) -> Cut {
        self.switch.set(if mishap.resets { State::Reset } else { State::Closed });
        Cut::Fault
    }

    /// Lets the connection be silent, until it is reset if it ever is.
    pub(super) async fn be_silent(&self, mishap: &Mishap) -> Cut {
        self.switch.set(State::Silent);
        match mishap.hold {
            Some(hold) => sleep(hold).await,
            None => std::future::pending().await,
        }
        self.switch.set(State::Reset);
        Cut::Fault
    }
}

/// Answers a request: with what the server says, or with a fault. An error cuts the connection.
pub(super) async fn answer(passage: Passage, request: Request<Incoming>) -> Answer {
    let class = Class::of(request.method(), request.uri().path(), request.uri().query().unwrap_or_default());
    if passage.shared.is_unauthorized() {
        passage.count(Fault::Unauthorized, &class);
        return Ok(failure(401, "Unauthorized", 0));
    }
    let (key, schedule) = (class.key(&passage.line), &passage.shared.schedule);
    let mishap = if class.verb == "watch" { schedule.opening(&key) } else { schedule.request(&key) };
    let Some(mishap) = mishap else { return pass(&passage, &class, request).await.map(whole) };
    let fault = match mishap.fault {
        // Only a version can be gone.
        Fault::Gone if !matches!(class.verb, "list" | "watch") => Fault::InternalError,
        fault => fault,
    };
    passage.count(fault, &class);
    match fault {
        Fault::TooManyRequests => Ok(failure(429, "TooManyRequests", mishap.retry_after.max(1))),
        Fault::InternalError => Ok(failure(500, "InternalError", 0)),
        Fault::Unavailable => Ok(failure(503, "ServiceUnavailable", mishap.retry_after)),
        Fault::Gone => Ok(failure(410, "Expired", 0)),
        Fault::RequestLost => Err(passage.cut(&mishap)),
        Fault::AnsweredEarly => {
            let mut answer = failure(503, "ServiceUnavailable", mishap.retry_after);
            answer.headers_mut().insert(header::CONNECTION, header::HeaderValue::from_static("close"));
            Ok(answer)
        }
        Fault::Slow => {
            // On the way there, or on the way back.
            if mishap.resets {
                sleep(mishap.delay).await;
            }
            let answer = pass(&passage, &class, request).await;
            if !mishap.resets {
                sleep(mishap.delay).await;
            }
            answer.map(whole)
        }
        Fault::AnswerLost => {
            pass(&passage, &class, request).await?;
            Err(passage.cut(&mishap))
        }
        Fault::DeadConnection => {
            let answer = pass(&passage, &class, request).await?;
            passage.switch.set(State::Dying);
            Ok(whole(answer))
        }
        _ => spoil(passage, mishap, &class, request).await,
    }
}

/// Sends a request to the server, and cuts its answer or stops in the middle of it.
async fn spoil(passage: Passage, mishap: Mishap, class: &Class, request: Request<Incoming>) -> Answer {
    let Passed::Whole(answer) = pass(&passage, class, request).await? else {
        return Err(passage.cut(&mishap));
    };
    let (head, body) = answer.into_parts();
    let length = body.len() * usize::from(mishap.part) / 100;
    let part = stream::once(std::future::ready(Ok(Frame::data(body.slice(..length)))));
    let end = stream::once(async move {
        sleep(ARRIVED).await;
        if mishap.fault == Fault::AnswerSilent {
            return Err(passage.be_silent(&mishap).await);
        }
        Err(passage.cut(&mishap))
    });
    Ok(Response::from_parts(head, AnswerBody::new(StreamBody::new(part.chain(end)))))
}

/// The server's answer: whole, or an open watch.
enum Passed {
    Whole(Response<Bytes>),
    Watch(Response<AnswerBody>),
}

fn whole(passed: Passed) -> Response<AnswerBody> {
    match passed {
        Passed::Whole(answer) => answer.map(|body| AnswerBody::new(Full::new(body).map_err(|never| match never {}))),
        Passed::Watch(answer) => answer,
    }
}

/// Sends a request to the server. An error means that the server cannot be reached.
async fn pass(passage: &Passage, class: &Class, request: Request<Incoming>) -> Result<Passed, Cut> {
    let (mut head, body) = request.into_parts();
    let mut body = body.collect().await?.to_bytes();
    head.headers.remove(header::HOST);
    head.headers.remove(header::CONTENT_LENGTH);
    if class.resource == "leases" && matches!(class.verb, "create" | "update") {
        body = clock::shift(&body, *lock(&passage.shared.ahead));
    }
    sleep(ARRIVED).await;
    let is_child = class.resource == "configmaps" && class.verb == "create";
    let sent = passage.shared.upstream.send(Request::from_parts(head, Body::from(body.to_vec()))).await;
    if is_child {
        passage.shared.attempts.answered(&body, sent.as_ref().ok().map(Response::status));
    }
    let (mut head, body) = sent?.into_parts();
    head.headers.remove(header::TRANSFER_ENCODING);
    head.headers.remove(header::CONTENT_LENGTH);
    if class.verb == "watch" && head.status == StatusCode::OK {
        let passage = Passage {
            shared: Arc::clone(&passage.shared),
            line: Arc::clone(&passage.line),
            switch: Arc::clone(&passage.switch),
        };
        let events = watch::pass(passage, class.clone(), body);
        return Ok(Passed::Watch(Response::from_parts(head, AnswerBody::new(StreamBody::new(events)))));
    }
    let body = body.collect().await?.to_bytes();
    Ok(Passed::Whole(Response::from_parts(head, body)))
}

/// An answer that is a failure.
fn failure(code: u16, reason: &str, retry_after: u32) -> Response<AnswerBody> {
    let text = status(code, reason, retry_after).to_string();
    let mut answer = Response::new(AnswerBody::new(Full::from(text).map_err(|never| match never {})));
    *answer.status_mut() = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    answer.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
    if retry_after > 0 {
        answer.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(retry_after));
    }
    answer
}

/// The object that tells of a failure.
pub(super) fn status(code: u16, reason: &str, retry_after: u32) -> Value {
    json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": "a fault", "reason": reason,
        "details": {"retryAfterSeconds": retry_after}, "code": code,
    })
}
