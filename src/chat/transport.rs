//! The port through which every message leaves that is not a direct answer.

use std::future::Future;
use std::time::Duration;

use super::{Address, DeliveryId, Reply};

/// An adapter's way out. The dispatcher is its only caller.
pub trait Transport: Send + Sync + 'static {
    /// Sends one message. `id` is the same on every attempt, also after a restart: the adapter uses it so that a
    /// message that did arrive is not shown twice.
    fn send(&self, to: &Address, id: DeliveryId, reply: &Reply) -> impl Future<Output = SendOutcome> + Send;
}

/// How an attempt to send ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendOutcome {
    /// The platform has it.
    Sent,
    /// It may work later; the platform may have said when.
    Later(Option<Duration>),
    /// The person's direct messages are closed to us: park it until they act again.
    Closed,
}
