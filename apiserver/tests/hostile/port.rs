//! A server on a port, and raw connections to it.

use std::net::{Ipv4Addr, SocketAddr};

use crdgen_apiserver::{Server, ServerHandle};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A server that listens.
pub(crate) struct Port {
    pub(crate) server: Server,
    handle: ServerHandle,
}

impl Port {
    pub(crate) async fn open() -> Self {
        let server = Server::new();
        let handle = server.serve((Ipv4Addr::LOCALHOST, 0).into()).await.unwrap();
        Self { server, handle }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.handle.address()
    }

    /// A connection on which these bytes have been sent.
    pub(crate) async fn send(&self, bytes: impl AsRef<[u8]>) -> TcpStream {
        let mut stream = TcpStream::connect(self.address()).await.unwrap();
        stream.write_all(bytes.as_ref()).await.unwrap();
        stream
    }

    /// Everything that is answered to these bytes until the server closes the connection.
    pub(crate) async fn answer(&self, bytes: impl AsRef<[u8]>) -> String {
        rest(&mut self.send(bytes).await).await
    }

    /// Asks as somebody else, who gets an answer.
    pub(crate) async fn goes_on(&self) {
        let body = r#"{"metadata": {"generateName": "n-"}}"#;
        let length = body.len();
        let answer = self
            .answer(format!(
                "POST /api/v1/namespaces HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Type: application/json\r\n\
                 Content-Length: {length}\r\n\r\n{body}"
            ))
            .await;
        assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    }
}

/// What comes on a connection until it is closed or broken.
pub(crate) async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes).await;
    String::from_utf8_lossy(&bytes).into_owned()
}
