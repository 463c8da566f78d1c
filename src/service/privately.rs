//! Answers that belong into the direct message although the person acted elsewhere, or that could not be shown there: the
//! adapter hands them to the outbox and hears what became of them, to say so where the person is looking.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use super::{FALLBACK_LOCALE, Service, read_action};
use crate::chat::{Account, DeliveryId, Inbound, Reply, What};
use crate::journey::{Key, Message, Press};
use crate::prompts::Frame;
use crate::store::{Ending, StoreError};

/// What became of an answer that was handed to the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Privately {
    /// It is in the direct message.
    Sent,
    /// The person's direct messages are closed; it waits until they act again.
    Closed,
    /// It is on its way.
    OnItsWay,
}

/// A line of the adapter's own, where the answer itself is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aside {
    /// The answer is in the direct message.
    InDm,
    /// It is on its way there.
    OnItsWay,
    /// It cannot get there: how to open direct messages, and a press that offers it again.
    DmClosed,
    /// Too many came at once.
    Busy,
}

impl Service {
    /// What to say aside, in the person's language.
    #[must_use]
    pub fn aside(&self, locale: Option<&str>, aside: Aside) -> Reply {
        let message = match aside {
            Aside::InDm => Message::new(Key::InDm).choices([Press::Help, Press::Support]),
            Aside::OnItsWay => Message::new(Key::OnItsWay).choices([Press::OfferAgain, Press::Support]),
            Aside::DmClosed => Message::new(Key::DmClosed).choices([Press::OfferAgain, Press::Support]),
            Aside::Busy => Message::new(Key::Busy).choices([Press::Journey, Press::Support]),
        };
        let frame = Frame { journey: 0, words: &BTreeMap::new() };
        self.prompts.render(locale.unwrap_or(FALLBACK_LOCALE), &message, &frame)
    }

    /// Whether a person asks for what waits for their direct messages to be open.
    #[must_use]
    pub fn is_offer(&self, inbound: &Inbound) -> bool {
        matches!(&inbound.what, What::Press(action) if matches!(read_action(action), Some((_, Press::OfferAgain))))
    }

    /// Has the outbox send an answer at once, and waits for that at most `patience`.
    pub async fn privately(&self, delivery: DeliveryId, patience: Duration) -> Privately {
        let endings = self.store.endings();
        if let Err(error) = self.store.write(move |tx| tx.release(delivery)).await {
            // Its lease runs out and it is sent all the same.
            tracing::warn!(%error, "an answer could not be handed to the outbox yet");
            return Privately::OnItsWay;
        }
        waited(endings, delivery, patience).await
    }

    /// Goes on waiting for what [`Service::privately`] left on its way.
    pub async fn still(&self, delivery: DeliveryId, patience: Duration) -> Privately {
        let endings = self.store.endings();
        match self.store.read(move |view| view.ending(delivery)).await {
            Ok(Some(ending)) => ending.into(),
            Ok(None) | Err(_) => waited(endings, delivery, patience).await,
        }
    }

    /// The person has opened their direct messages and asks for what waits; `delivery` is theirs, or it is not told of.
    pub async fn offer_again(&self, account: Account, delivery: DeliveryId, patience: Duration) -> Privately {
        let endings = self.store.endings();
        let offered = self.store.write(move |tx| {
            let Some(person) = tx.person(&account)?.filter(|person| tx.owns(*person, delivery).unwrap_or(false)) else {
                return Err(StoreError::Unknown);
            };
            tx.unpark(person)?;
            tx.ending(delivery)
        });
        match offered.await {
            Ok(Some(ending)) => ending.into(),
            Ok(None) => waited(endings, delivery, patience).await,
            Err(error) => {
                tracing::debug!(%error, "nothing to offer again");
                Privately::OnItsWay
            }
        }
    }
}

impl From<Ending> for Privately {
    fn from(ending: Ending) -> Self {
        match ending {
            Ending::Settled => Self::Sent,
            Ending::Parked => Self::Closed,
        }
    }
}

async fn waited(mut endings: Receiver<(DeliveryId, Ending)>, delivery: DeliveryId, patience: Duration) -> Privately {
    let ended = async {
        loop {
            match endings.recv().await {
                Ok((id, ending)) if id == delivery => return ending.into(),
                // Others', or so many of others' that some were missed.
                Ok(_) | Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return Privately::OnItsWay,
            }
        }
    };
    tokio::time::timeout(patience, ended).await.unwrap_or(Privately::OnItsWay)
}
