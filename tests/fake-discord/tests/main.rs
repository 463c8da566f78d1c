//! What the fake Discord promises, seen by a bare client over HTTP and WebSocket, and by serenity.

mod client;
mod commands;
mod gateway;
mod interactions;
mod library;
mod messages;
mod network;
