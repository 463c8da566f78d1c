//! What the fake Discord promises, seen by a bare client over HTTP and WebSocket.

#[path = "fake_discord/client.rs"]
mod client;
#[path = "fake_discord/commands.rs"]
mod commands;
#[path = "support/fake_discord/mod.rs"]
mod fake_discord;
#[path = "fake_discord/gateway.rs"]
mod gateway;
#[path = "fake_discord/interactions.rs"]
mod interactions;
#[path = "fake_discord/library.rs"]
mod library;
#[path = "fake_discord/messages.rs"]
mod messages;
#[path = "fake_discord/network.rs"]
mod network;
