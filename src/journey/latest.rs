//! The latest message of a conversation: typed words press one of its choices or answer the question it asks.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::Journey;
use super::codes::{Safety, YesNo};
use super::event::Event;
use super::form::FormKind;
use super::message::Message;
use super::press::Press;
use crate::chat::EntryId;

/// How long typed words are about the latest message.
const ABOUT_IT_FOR: SignedDuration = SignedDuration::from_hours(1);

/// What the latest message offers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Latest {
    /// Its choices.
    choices: Vec<Press>,
    /// Whether the person opened its form: plain words then fill it in, without a question.
    form_is_open: bool,
    /// Words typed from then on (UTC) are about something else.
    until: Timestamp,
}

/// Words that may belong into a form the person didn't open.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Addition {
    /// The words, which wait for a decision.
    pub words: EntryId,
    /// The form.
    pub form: Press,
}

impl Latest {
    /// What `message`, the answer to something a person did, offers.
    pub(super) fn new(message: &Message, form_is_open: bool, now: Timestamp) -> Self {
        let until = now.checked_add(ABOUT_IT_FOR).unwrap_or(now);
        Self { choices: message.choices.clone(), form_is_open, until }
    }

    /// Its form, if it offers one alone. A passphrase is not written into a chat, and the line for a hard night is offered,
    /// not asked for.
    fn form(&self) -> Option<&Press> {
        let asks = |press: &&Press| {
            **press != Press::WaitingForm && press.form().is_some_and(|kind| kind != FormKind::Passphrase)
        };
        let mut forms = self.choices.iter().filter(asks);
        forms.next().filter(|_| forms.next().is_none())
    }
}

impl Journey {
    /// What the latest message offers, while words typed now are about it.
    fn latest(&self, now: Timestamp) -> Option<&Latest> {
        self.latest.as_ref().filter(|latest| now < latest.until)
    }

    /// The choices of the latest message that words typed now can press.
    pub fn offered(&self, now: Timestamp) -> impl Iterator<Item = &Press> {
        let choices = self.latest(now).map(|latest| latest.choices.as_slice()).unwrap_or_default();
        choices.iter().filter(|press| press.form() != Some(FormKind::Passphrase))
    }

    /// The form that the latest message asks for, whether or not the person opened it.
    #[must_use]
    pub fn offered_form(&self, now: Timestamp) -> Option<&Press> {
        self.latest(now).and_then(Latest::form)
    }

    /// The form that plain words written now fill in: the person opened it.
    #[must_use]
    pub fn open_form(&self, now: Timestamp) -> Option<&Press> {
        self.latest(now).filter(|latest| latest.form_is_open).and_then(Latest::form)
    }

    /// What a typed yes or no presses now.
    #[must_use]
    pub fn open_answer(&self, answer: YesNo, now: Timestamp) -> Option<Press> {
        let offered: Vec<&Press> = self.offered(now).collect();
        let okay = Press::Safe { answer: Safety::Okay };
        if offered.contains(&&okay) {
            return Some(if answer == YesNo::Yes { okay } else { Press::AreYouSafe });
        }
        let pair = offered.iter().find_map(|yes| Some((*yes, yes.opposite()?)));
        match pair.filter(|(_, no)| offered.contains(&no)) {
            Some((yes, no)) => Some(if answer == YesNo::Yes { yes.clone() } else { no }),
            // The question about age waits for its answer, whatever was shown since.
            None => self.minor.map(|_| Press::Adult { answer }),
        }
    }
}

/// Whether the person opens the form of the answer by what they did.
pub(super) fn opens_form(journey: &Journey, event: &Event, answer: &Message, now: Timestamp) -> bool {
    match event {
        Event::Pressed(press) => press.asks_for_words() || press.form().is_some(),
        // One answer leads to the next question of its kind.
        Event::Wrote { form, .. } => answer.choices.iter().any(|press| press.name() == form.name()),
        Event::NotText => journey.open_form(now).is_some(),
        Event::Heard { event: Some(event), .. } => opens_form(journey, event, answer, now),
        _ => false,
    }
}
