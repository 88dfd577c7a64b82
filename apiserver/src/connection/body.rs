//! The body of a request, which must be there in time.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use http_body::{Body, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

/// How long a client may take for the body of a request: as long as kube-apiserver gives a request as a whole.
const LONGEST: Duration = Duration::from_mins(1);

/// The body was not there in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the body was not received within {LONGEST:?}")]
pub(crate) struct TookTooLong;

/// A body that ends with an error if it takes too long.
pub(super) struct Timely<B> {
    body: Pin<Box<B>>,
    deadline: Pin<Box<Sleep>>,
}

impl<B> Timely<B> {
    pub(super) fn new(body: B) -> Self {
        Self { body: Box::pin(body), deadline: Box::pin(sleep(LONGEST)) }
    }
}

impl<B> Body for Timely<B>
where
    B: Body,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Data = B::Data;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        if let Poll::Ready(frame) = self.body.as_mut().poll_frame(context) {
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        self.deadline.as_mut().poll(context).map(|()| Some(Err(TookTooLong.into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
