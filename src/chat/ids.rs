//! The ids that cross rooms. Those that name a person never show themselves in a log.

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

macro_rules! row_ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);
    )*};
}

row_ids! {
    /// One person's row in this store. Never reused, means nothing outside it.
    PersonId,
    /// One message to send or sent: the same after a restart, so a platform can recognise a repeat.
    DeliveryId,
    /// One sealed piece of a person's own words.
    EntryId,
}

/// The platform's id of an inbound event, unique for that account.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct InboundId(pub String);

/// One account on one platform: who a person is to us. Its `Debug` names nobody.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Account {
    /// The adapter's short name, such as `console`.
    pub platform: String,
    /// The account's id there.
    pub id: String,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Account(…)")
    }
}

/// Where a direct message reaches a person; only its adapter can read it. Its `Debug` names nobody.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Address(pub String);

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Address(…)")
    }
}

/// What an adapter needs to look up the direct answer it gave: the token of an interaction. It opens that answer to whoever
/// has it, so it is sealed with the delivery, wiped when dropped, and its `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(transparent)]
pub struct Ticket(pub String);

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ticket(…)")
    }
}
