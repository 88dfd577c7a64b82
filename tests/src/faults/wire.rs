//! A connection without a network, both ends of which are at the mercy of a switch.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker, ready},
};

use hyper_util::client::legacy::connect::{Connected, Connection};
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf, duplex};

/// How many bytes are on their way in each direction at most.
const WINDOW: usize = 64 << 10;

/// The state of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Bytes pass.
    Open,
    /// Half-open: nothing comes from the server any more, and the connection is not closed.
    Silent,
    /// It looks open, but is reset as soon as the client sends something.
    Dying,
    /// The server has closed it properly (FIN).
    Closed,
    /// It is reset (RST): what was on its way is lost.
    Reset,
}

/// Changes the state of a connection.
#[derive(Debug)]
pub(super) struct Switch(Mutex<(State, Vec<Waker>)>);

/// One end of a connection.
#[derive(Debug)]
pub(super) struct End {
    inner: DuplexStream,
    switch: Arc<Switch>,
    is_client: bool,
}

/// A new connection: the client's end, the server's end, and the switch.
pub(super) fn wire() -> (End, End, Arc<Switch>) {
    let (near, far) = duplex(WINDOW);
    let switch = Arc::new(Switch(Mutex::new((State::Open, Vec::new()))));
    let end = |inner, is_client| End { inner, switch: Arc::clone(&switch), is_client };
    (end(near, true), end(far, false), switch)
}

impl Switch {
    /// Changes the state, unless the connection is gone already.
    pub(super) fn set(&self, state: State) {
        let mut guard = self.lock();
        if !matches!(guard.0, State::Closed | State::Reset) {
            guard.0 = state;
        }
        let wakers = std::mem::take(&mut guard.1);
        drop(guard);
        wakers.into_iter().for_each(Waker::wake);
    }

    /// The state, of whose next change the task will be notified.
    fn watch(&self, context: &Context<'_>) -> State {
        let mut guard = self.lock();
        if !guard.1.iter().any(|waker| waker.will_wake(context.waker())) {
            guard.1.push(context.waker().clone());
        }
        guard.0
    }

    fn lock(&self) -> MutexGuard<'_, (State, Vec<Waker>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl End {
    /// A read of the server's end of a connection that dies with the next byte.
    fn read_dying(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut byte = [0];
        let mut buffer = ReadBuf::new(&mut byte);
        ready!(Pin::new(&mut self.inner).poll_read(context, &mut buffer))?;
        if buffer.filled().is_empty() {
            return Poll::Ready(Ok(()));
        }
        self.switch.set(State::Reset);
        Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()))
    }
}

impl AsyncRead for End {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, to: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match (self.switch.watch(context), self.is_client) {
            (State::Reset, _) => Poll::Ready(Err(io::ErrorKind::ConnectionReset.into())),
            (State::Silent, false) => Poll::Pending,
            (State::Closed, false) => Poll::Ready(Ok(())),
            (State::Dying, false) => self.read_dying(context),
            _ => Pin::new(&mut self.inner).poll_read(context, to),
        }
    }
}

impl AsyncWrite for End {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, from: &[u8]) -> Poll<io::Result<usize>> {
        match (self.switch.watch(context), self.is_client) {
            (State::Reset, _) | (State::Closed, false) => Poll::Ready(Err(io::ErrorKind::BrokenPipe.into())),
            (State::Silent, false) => Poll::Ready(Ok(from.len())),
            _ => Pin::new(&mut self.inner).poll_write(context, from),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.is_client && self.switch.watch(context) == State::Silent {
            return Poll::Pending;
        }
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}

impl Drop for End {
    fn drop(&mut self) {
        if self.is_client {
            self.switch.set(State::Closed);
        }
    }
}

impl Connection for End {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}
