//! What the tests of the control half share: a kind, a scripted source of objects, and a scripted API server.

mod database;
mod http_server;
mod lease_server;
mod socket_server;
mod source;
mod spans;

pub(crate) use database::{Database, DatabaseStatus, database};
pub(crate) use http_server::{Reply, connection, connection_of_lists, connection_with};
pub(crate) use lease_server::LeaseServer;
pub(crate) use socket_server::{Authority, Certified, SocketServer};
pub(crate) use source::{Call, Source, WatchSender, api_error, source, streaming_source, within};
pub(crate) use spans::Spans;
