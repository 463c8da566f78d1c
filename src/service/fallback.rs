//! Answers that nothing is stored of: to stateless actions, where a commit failed, and where a request is refused because
//! too many came at once.
//!
//! One order holds for all: an answer from a read of the journey, where the action changes nothing; else one that needs no
//! store at all (help lines, help, a cleared screen, care for a crisis); else that nothing was saved, with the words again.

use std::sync::Arc;

use super::commit::{self, Committed};
use super::request::Request;
use super::{Answered, FALLBACK_LOCALE, Quoted, Service, is_private};
use crate::chat::{EntryId, Inbound, Reach, Reply, What};
use crate::export;
use crate::journey::{self, Arg, Event, FormKind, Journey, Key, Manner, Message, Press, Scan, with_care};
use crate::store::{StoreError, View};

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
    /// Answers without a commit: a stateless action, or one whose commit failed.
    pub(super) async fn without_commit(&self, inbound: &Inbound, request: &Request) -> Answered {
        match self.read_only(inbound, request).await {
            Ok(Some(shown)) => return self.answered(&shown, request.manner(), Vec::new()),
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "failed to read a journey, answering without the store"),
        }
        let unsaved = self.without_store(inbound, request.scan, Away::Failed);
        self.answered(&unsaved, Manner::Opens, Vec::new())
    }

    /// The answer from a read of the journey; `None` where it would have to be stored.
    async fn read_only(&self, inbound: &Inbound, request: &Request) -> Result<Option<Committed>, StoreError> {
        if !request.scan.concerns.is_empty() {
            return Ok(None);
        }
        let (prompts, now, is_stateless) = (Arc::clone(&self.prompts), self.clock.now(), request.is_stateless());
        let (inbound, request) = (inbound.clone(), request.clone());
        let read = move |view: &View<'_>| {
            let Some((shown, only_shows)) = commit::show(view, &prompts, &inbound, request, now)? else {
                return Ok(None);
            };
            // An answer for the direct message reaches it through the store.
            let elsewhere = matches!(inbound.reach, Reach::Elsewhere(_)) && is_private(&shown.message);
            let is_whole = only_shows && !elsewhere && export::files_of(&shown.message).is_none();
            Ok((is_stateless || is_whole).then_some(shown))
        };
        self.store.read(read).await
    }

    /// What to say where something a person did could not be dealt with: nothing was saved, please press again. Words are not
    /// looked through once more, since that may be what failed.
    #[must_use]
    pub fn not_saved(&self, inbound: &Inbound) -> Reply {
        self.rendered(&self.without_store(inbound, Scan::default(), Away::Failed))
    }

    /// What to say to somebody for whom nothing is done, and whether they write of a crisis.
    #[must_use]
    pub fn turned_away(&self, inbound: &Inbound, away: Away) -> (Reply, bool) {
        let scan = self.request(inbound).scan;
        (self.rendered(&self.without_store(inbound, scan, away)), scan.concerns.is_urgent())
    }

    /// Whether a request is stateless, or its text is about a crisis.
    #[must_use]
    pub fn is_urgent(&self, inbound: &Inbound) -> bool {
        self.is_stateless(inbound) || self.request(inbound).scan.concerns.is_urgent()
    }

    /// Whether a person asks for help lines, help, privacy or a cleared screen.
    #[must_use]
    pub fn is_stateless(&self, inbound: &Inbound) -> bool {
        !matches!(inbound.what, What::Submit { .. })
            && Request::again(&inbound.what).is_some_and(|(_, press)| press.is_stateless())
    }

    pub(super) fn without_store(&self, inbound: &Inbound, scan: Scan, away: Away) -> Committed {
        let (journey, press) = Request::again(&inbound.what).unwrap_or((0, Press::Journey));
        let locale = inbound.locale.clone().unwrap_or_else(|| FALLBACK_LOCALE.to_owned());
        let unsaved = |journey, message, words| {
            let (delivery, person) = (None, None);
            Committed { journey, message, words, locale, delivery, person, forgotten: false }
        };
        let (plain, with_words) = away.keys();
        if press.is_stateless() {
            let (nobody, catalogue) = (Journey::default(), self.prompts.catalogue());
            let alone = journey::step(&nobody, catalogue, Event::Pressed(press), self.clock.now()).answer;
            let alone = alone.unwrap_or_else(|| Message::new(plain));
            return unsaved(0, with_care(scan, alone), Quoted::new());
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
        unsaved(journey, with_care(scan, message.choices([press, Press::Support])), quoted)
    }
}
