//! Answers without the store: where it failed, and for those who are turned away because too much came at once. People to
//! talk to, help and a screen that is cleared need nothing stored and are given; whoever wrote of a crisis is answered; words
//! are given back.

use super::commit::Committed;
use super::request::Request;
use super::{FALLBACK_LOCALE, Quoted, Service};
use crate::chat::{EntryId, Inbound, Reply, What};
use crate::journey::{self, Arg, Event, FormKind, Journey, Key, Message, Press, with_care};
use crate::safety::Concerns;

/// Why nothing was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Away {
    /// It could not be stored.
    Failed,
    /// Too many came at once.
    Crowd,
    /// This person did too much at once.
    Haste,
}

impl Away {
    /// What is said, without their words and with them.
    const fn keys(self) -> (Key, Key) {
        match self {
            Self::Failed => (Key::NotSaved, Key::NotSavedWords),
            Self::Crowd => (Key::Busy, Key::NotTakenWords),
            Self::Haste => (Key::TooFast, Key::NotTakenWords),
        }
    }
}

impl Service {
    /// What to say where something a person did could not be dealt with: nothing was saved, please press again. Words are not
    /// looked through once more, since that may be what failed.
    #[must_use]
    pub fn not_saved(&self, inbound: &Inbound) -> Reply {
        self.rendered(&self.without_store(inbound, &Concerns::default(), Away::Failed))
    }

    /// What to say to somebody for whom nothing is done, and whether they write of a crisis.
    #[must_use]
    pub fn turned_away(&self, inbound: &Inbound, away: Away) -> (Reply, bool) {
        let concerns = self.request(inbound).scan.concerns;
        (self.rendered(&self.without_store(inbound, &concerns, away)), concerns.is_urgent())
    }

    /// Whether a person asks for what stands alone, or writes of a crisis.
    #[must_use]
    pub fn is_urgent(&self, inbound: &Inbound) -> bool {
        self.stands_alone(inbound) || self.request(inbound).scan.concerns.is_urgent()
    }

    /// Whether a person asks for what is given whatever happens: people to talk to, help, a cleared screen.
    #[must_use]
    pub fn stands_alone(&self, inbound: &Inbound) -> bool {
        !matches!(inbound.what, What::Submit { .. })
            && Request::again(&inbound.what).is_some_and(|(_, press)| press.stands_alone())
    }

    pub(super) fn without_store(&self, inbound: &Inbound, concerns: &Concerns, away: Away) -> Committed {
        let (journey, press) = Request::again(&inbound.what).unwrap_or((0, Press::Journey));
        let locale = inbound.locale.clone().unwrap_or_else(|| FALLBACK_LOCALE.to_owned());
        let unsaved = |journey, message, words| {
            let (delivery, person) = (None, None);
            Committed { journey, message, words, locale, delivery, person, forgotten: false }
        };
        let (plain, with_words) = away.keys();
        if press.stands_alone() {
            let (nobody, catalogue) = (Journey::default(), self.prompts.catalogue());
            let alone = journey::step(&nobody, catalogue, Event::Pressed(press), self.clock.now()).answer;
            return unsaved(0, alone.unwrap_or_else(|| Message::new(plain)), Quoted::new());
        }
        let words = match &inbound.what {
            // A passphrase, say, is nothing to quote.
            What::Submit { fields, .. } if press.form().is_some_and(FormKind::is_words) => fields.first(),
            // What was written into the direct message stands there.
            What::Words(words) | What::WordsWithFiles(words) if away == Away::Failed => Some(words),
            What::Words(_)
            | What::WordsWithFiles(_)
            | What::Forwarded { .. }
            | What::Edited(_)
            | What::NotText
            | What::Submit { .. }
            | What::Command { .. }
            | What::Press(_) => None,
        };
        // No entry has this number: the words stand in this answer and nowhere else.
        let entry = EntryId(0);
        let quoted: Quoted = words.map(|words| (entry, words.clone())).into_iter().collect();
        let message =
            if quoted.is_empty() { Message::new(plain) } else { Message::with(with_words, vec![Arg::Words(entry)]) };
        unsaved(journey, with_care(concerns, message.choices([press, Press::Support])), quoted)
    }
}
