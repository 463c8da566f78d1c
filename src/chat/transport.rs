//! The port through which every message leaves that is not a direct answer.

use std::future::Future;
use std::time::Duration;

use super::{Address, DeliveryId, Reply, Ticket};

/// An adapter's way out. The dispatcher is its only caller.
pub trait Transport: Send + Sync + 'static {
    /// Sends one message.
    fn send(&self, parcel: &Parcel) -> impl Future<Output = SendOutcome> + Send;
}

/// One message on its way out.
#[derive(Clone, Debug)]
pub struct Parcel {
    /// To where.
    pub to: Address,
    /// The same on every attempt, also after a restart: the adapter uses it so that a message that did arrive is not
    /// shown twice.
    pub id: DeliveryId,
    /// What it says.
    pub reply: Reply,
    /// Whether the person waits for it: it passes what nobody waits for.
    pub urgent: bool,
    /// Whether an earlier attempt may have arrived although nobody said so. The adapter looks before it sends again.
    pub unsure: bool,
    /// What the direct answer can be found by, if it is one.
    pub ticket: Option<Ticket>,
}

/// How an attempt to send ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendOutcome {
    /// The platform has it. Where the address became a better one on the way, that is the address from now on.
    Sent(Option<Address>),
    /// It did not arrive. It may work later; the platform may have said when.
    Later(Option<Duration>),
    /// Nobody knows whether it arrived: the answer was lost.
    Unsure,
    /// The platform refuses this one message, and would again: it is set aside, and holds back nothing.
    Refused,
    /// The person's direct messages are closed to us: park it until they act again.
    Closed,
}
