//! The terminal's way out: the dispatcher sends through it whatever is not a direct answer.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{Screen, stamp};
use crate::chat::{Parcel, SendOutcome, Transport};

/// Shows messages on a [`Screen`], each once, also where the process is killed in between.
#[derive(Clone)]
pub struct ConsoleTransport {
    screen: Screen,
    zone: TimeZone,
    now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
}

impl ConsoleTransport {
    /// A way out to `screen`. Above each message stands what `now` says, in `zone`.
    #[must_use]
    pub fn new(screen: Screen, zone: TimeZone, now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self { screen, zone, now: Arc::new(now) }
    }
}

impl Transport for ConsoleTransport {
    async fn send(&self, parcel: &Parcel) -> SendOutcome {
        let (screen, to, id, reply) = (self.screen.clone(), parcel.to.clone(), parcel.id, parcel.reply.clone());
        let time = stamp((self.now)(), &self.zone);
        // Printing waits for whoever types, and noting for the disk.
        let shown = tokio::task::spawn_blocking(move || screen.arrive(&to.0, &time, id, &reply)).await;
        match shown {
            Ok(Ok(())) => SendOutcome::Sent(None),
            Ok(Err(error)) => {
                tracing::warn!(delivery = id.0, %error, "the terminal took no message");
                SendOutcome::Later(None)
            }
            Err(error) => {
                tracing::error!(delivery = id.0, %error, "showing a message broke off");
                SendOutcome::Later(None)
            }
        }
    }
}

impl std::fmt::Debug for ConsoleTransport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ConsoleTransport(…)")
    }
}
