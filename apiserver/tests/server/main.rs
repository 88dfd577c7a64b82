//! The server as its clients see it, over the service in process and over a port.

mod apply;
mod bodies;
mod client;
mod concurrency;
mod defaults;
mod definitions;
mod deletion;
mod discovery;
mod enums;
mod events;
mod garbage;
mod kinds;
mod lists;
mod metrics;
mod namespaces;
mod objects;
mod openapi;
mod patches;
mod port;
mod protobuf;
mod shards;
mod simulation;
mod tables;
mod watches;
