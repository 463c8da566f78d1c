//! Looking: what a person asks for that changes nothing is answered from a read connection. It waits for no fsync and stands
//! in nobody's way. What is there to change something is not looked at ([`Press::decides`]). Where an answer cannot be shown,
//! the adapter has it kept ([`Service::keep`]) like any other.

use std::sync::Arc;

use jiff::Timestamp;

use super::commit::{Committed, leaves};
use super::request::{Request, RequestKind};
use super::{Answered, Service, is_private};
use crate::chat::{Inbound, Reach};
use crate::export;
use crate::journey::{self, Catalogue, Event, Journey, Presence, Press, Step};
use crate::store::{StoreError, View};

impl Service {
    /// The answer, where nothing has to be stored for it.
    pub(super) async fn look(&self, inbound: &Inbound, request: &Request) -> Option<Answered> {
        let RequestKind::Press { press, journey } = &request.kind else { return None };
        if !request.scan.concerns.is_empty() {
            return None;
        }
        if press.decides() {
            // It will be stored: looking first would be doing it twice.
            return None;
        }
        let (prompts, now) = (Arc::clone(&self.prompts), self.clock.now());
        let (inbound, press, journey, manner) = (inbound.clone(), press.clone(), *journey, request.manner());
        let looked = self.store.read(move |view| look(view, prompts.catalogue(), &inbound, press, journey, now)).await;
        match looked {
            Ok(seen) => Some(Answered { is_look: true, ..self.answered(&seen?, manner, Vec::new()) }),
            // Whoever writes will find the same, and say so.
            Err(error) => {
                tracing::debug!(%error, "a look did not succeed");
                None
            }
        }
    }
}

/// What a press shows; `None` where it changes anything, or its answer has to be sent elsewhere.
fn look(
    view: &View<'_>,
    catalogue: &Catalogue,
    inbound: &Inbound,
    press: Press,
    number: Option<u64>,
    now: Timestamp,
) -> Result<Option<Committed>, StoreError> {
    let Some(person) = view.person(&inbound.account)? else { return Ok(None) };
    let Some((current, journey)) = view.load_journey(person)? else { return Ok(None) };
    let profile = view.profile(person)?;
    let moved = matches!(&inbound.reach, Reach::Direct(address) if *address != profile.address);
    let speaks_otherwise = inbound.locale.as_ref().is_some_and(|locale| *locale != profile.locale);
    let waits = view.waits_for_a_sign(person, now)?;
    if moved || speaks_otherwise || waits || view.replayed(person, &inbound.id)?.is_some() {
        return Ok(None);
    }
    let event = match number {
        Some(number) if number != 0 && number != current => Event::Unknown,
        _ if press.is_journal() => Event::Leafed { press, leaves: leaves(view, person)? },
        _ => Event::Pressed(press),
    };
    let step = journey::step(&journey, catalogue, event, now);
    if changes(&journey, &step) {
        return Ok(None);
    }
    let Some(message) = step.answer else { return Ok(None) };
    let elsewhere = matches!(inbound.reach, Reach::Elsewhere(_)) && is_private(&message);
    if elsewhere || export::files_of(&message).is_some() {
        return Ok(None);
    }
    let words = view.open_entries(person, message.entries())?;
    let (locale, person) = (profile.locale, Some(person));
    Ok(Some(Committed { journey: current, message, words, locale, delivery: None, person, forgotten: false }))
}

/// Whether a step asks for anything to be stored, or said by itself.
fn changes(before: &Journey, step: &Step) -> bool {
    let Step { journey, answer: _, timers, sends, entries, presence, anomaly } = step;
    let idle = timers.is_empty() && sends.is_empty() && entries.is_empty();
    !(idle && *presence == Presence::Known && anomaly.is_none() && journey == before)
}
