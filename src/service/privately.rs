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
use crate::store::Ending;

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
    /// The screen is being cleared.
    Hiding,
    /// It is cleared.
    Hidden,
    /// It could not be cleared to its end.
    HidFailed,
}

impl Service {
    /// What to say aside, in the person's language.
    #[must_use]
    pub fn aside(&self, locale: Option<&str>, aside: Aside) -> Reply {
        let message = match aside {
            Aside::InDm => Message::new(Key::InDm).choices([Press::Help, Press::Support]),
            Aside::OnItsWay => Message::new(Key::OnItsWay).choices([Press::OfferAgain, Press::Support]),
            Aside::DmClosed => Message::new(Key::DmClosed).choices([Press::OfferAgain, Press::Support]),
            Aside::Hiding => Message::new(Key::Hiding).choices([Press::Support]),
            Aside::Hidden => Message::new(Key::Hidden),
            Aside::HidFailed => Message::new(Key::HidFailed).choices([Press::Hide, Press::Support]),
        };
        let frame = Frame { journey: 0, words: &BTreeMap::new() };
        self.prompts.render(locale.unwrap_or(FALLBACK_LOCALE), &message, &frame)
    }

    /// Whether a person asks for what waits for their direct messages to be open.
    #[must_use]
    pub fn is_offer(&self, inbound: &Inbound) -> bool {
        matches!(&inbound.what, What::Press(action) if matches!(read_action(action), Some((_, Press::OfferAgain))))
    }

    /// Whether a person asks for the bot's messages to be taken off their screen.
    #[must_use]
    pub fn hides(&self, inbound: &Inbound) -> bool {
        match &inbound.what {
            What::Command { name, .. } => {
                Press::COMMANDS.iter().any(|(command, press)| command == name && *press == Press::Hide)
            }
            What::Press(action) => matches!(read_action(action), Some((_, Press::Hide | Press::ClearMySide))),
            What::Submit { .. }
            | What::Words(_)
            | What::WordsWithFiles(_)
            | What::Forwarded { .. }
            | What::Edited(_)
            | What::NotText => false,
        }
    }

    /// Has the outbox send an answer at once, and waits for that at most `patience`.
    pub async fn privately(&self, delivery: DeliveryId, patience: Duration) -> Privately {
        let endings = self.store.endings();
        let released = self.store.write(move |tx| if tx.release(delivery)? { Ok(None) } else { tx.ending(delivery) });
        match released.await {
            // An event that came twice: it was handed over before, and may have ended.
            Ok(Some(ending)) => ending.into(),
            Ok(None) => self.waited(endings, delivery, patience).await,
            Err(error) => {
                // Its lease runs out and it is sent all the same.
                tracing::warn!(%error, "an answer could not be handed to the outbox yet");
                Privately::OnItsWay
            }
        }
    }

    /// Goes on waiting for what [`Service::privately`] left on its way.
    pub async fn still(&self, delivery: DeliveryId, patience: Duration) -> Privately {
        let endings = self.store.endings();
        match self.store.read(move |view| view.ending(delivery)).await {
            Ok(Some(ending)) => ending.into(),
            Ok(None) | Err(_) => self.waited(endings, delivery, patience).await,
        }
    }

    /// The person has opened their direct messages and asks for what waits. `None` where `delivery` is not theirs, or gone.
    pub async fn offer_again(&self, account: Account, delivery: DeliveryId, patience: Duration) -> Option<Privately> {
        let (endings, now) = (self.store.endings(), self.clock.now());
        let offered = self.store.write(move |tx| {
            let Some(person) = tx.person(&account)? else { return Ok(None) };
            tx.unpark(person, now)?;
            Ok(if tx.owns(person, delivery)? { Some(tx.ending(delivery)?) } else { None })
        });
        match offered.await {
            Ok(Some(Some(ending))) => Some(ending.into()),
            Ok(Some(None)) => Some(self.waited(endings, delivery, patience).await),
            Ok(None) => None,
            Err(error) => {
                tracing::warn!(%error, "what waits could not be offered again yet");
                None
            }
        }
    }

    async fn waited(
        &self,
        mut endings: Receiver<(DeliveryId, Ending)>,
        delivery: DeliveryId,
        patience: Duration,
    ) -> Privately {
        let ended = async {
            loop {
                match endings.recv().await {
                    Ok((id, ending)) if id == delivery => return ending.into(),
                    Ok(_) => {}
                    // So many others ended that this one may have been missed.
                    Err(RecvError::Lagged(_)) => {
                        if let Ok(Some(ending)) = self.store.read(move |view| view.ending(delivery)).await {
                            return ending.into();
                        }
                    }
                    Err(RecvError::Closed) => return Privately::OnItsWay,
                }
            }
        };
        tokio::time::timeout(patience, ended).await.unwrap_or(Privately::OnItsWay)
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
