//! Clients that want to harm the server: it takes bounded memory for them, refuses what is wrong, and goes on for others.

#[path = "../server/client.rs"]
mod client;

mod bodies;
mod connections;
mod memory;
mod port;
mod queries;
mod watches;
