//! From something a person did to what they are told: understand, step, commit, render.
//!
//! Adapters call [`Service::handle`] and show the [`Answered`] they get; the scheduler calls [`Service::fire`]. Both run
//! one closure on the store's writer thread: load, [`step`](crate::journey::step), write. What the person sees is rendered after the
//! COMMIT; if that fails, nothing was stored and they are told so kindly. Words are scanned and sealed here: the
//! journey sees ids and flags, never words.

mod asked;
mod commit;
mod values;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::SignedDuration;

use crate::chat::{Action, Attachment, Command, DeliveryId, EntryId, Inbound, Response, Words};
use crate::clock::Clock;
use crate::export;
use crate::journey::{Key, Message, Press};
use crate::prompts::{Frame, Prompts};
use crate::store::{DueTimer, Store, StoreError};
use asked::Asked;
use commit::Committed;

/// How long an answer may take to be shown before it is sent as a direct message instead.
const ANSWER_LEASE: SignedDuration = SignedDuration::from_secs(60);

/// What an adapter shows, and which delivery that settles.
#[derive(Clone, Debug)]
pub struct Answered {
    /// The direct answer.
    pub response: Response,
    /// To be handed to [`Service::shown`] once the person has it; `None` where nothing was stored.
    pub delivery: Option<DeliveryId>,
}

/// The one way in for everything a person does.
pub struct Service {
    store: Store,
    prompts: Arc<Prompts>,
    clock: Clock,
}

impl Service {
    /// Puts the parts together.
    #[must_use]
    pub fn new(store: Store, prompts: Arc<Prompts>, clock: Clock) -> Self {
        Self { store, prompts, clock }
    }

    /// The slash commands with their descriptions in that locale.
    #[must_use]
    pub fn commands(&self, locale: &str) -> Vec<Command> {
        self.prompts.commands(locale)
    }

    /// Answers one thing a person did. Never fails: what cannot be done is said kindly, and nothing is lost.
    pub async fn handle(&self, inbound: Inbound) -> Answered {
        let locale = inbound.locale.clone();
        let asked = Asked::new(&inbound, &self.prompts, self.clock.now());
        if let Some(form) = self.form(&inbound, &asked).await {
            return Answered { response: form, delivery: None };
        }
        let again = asked.again();
        let passphrase = asked.passphrase(&inbound);
        match self.commit(inbound, asked).await {
            Ok(committed) => {
                tracing::debug!(journey = committed.journey, delivery = ?committed.delivery, "answered");
                let (committed, files) = self.with_files(&locale, committed, passphrase).await;
                self.answered(&locale, &committed, files)
            }
            Err(error) => {
                tracing::error!(%error, "an event was not committed");
                let (journey, press) = again.unwrap_or((0, Press::Journey));
                let message = Message::new(Key::NotSaved).choices([press]);
                let words = BTreeMap::new();
                let unsaved = Committed { journey, message, words, delivery: None, person: None };
                self.answered(&locale, &unsaved, Vec::new())
            }
        }
    }

    /// The person has the answer: it need not be sent again.
    pub async fn shown(&self, delivery: DeliveryId) {
        if let Err(error) = self.store.write(move |tx| tx.settle(delivery)).await {
            // The lease runs out and it is sent once more: better twice than never.
            tracing::warn!(%error, "an answer that was shown could not be settled");
        }
    }

    /// Fires a due timer. One that is no longer due changes nothing.
    ///
    /// # Errors
    /// Where the store could not load or save this person's journey; the timer then stays due.
    pub async fn fire(&self, due: DueTimer) -> Result<(), StoreError> {
        let (catalogue, now) = (Arc::clone(&self.prompts), self.clock.now());
        self.store.write(move |tx| commit::fire(tx, catalogue.catalogue(), &due, now)).await
    }

    async fn commit(&self, inbound: Inbound, asked: Asked) -> Result<Committed, StoreError> {
        let (prompts, now) = (Arc::clone(&self.prompts), self.clock.now());
        let lease_until = now.checked_add(ANSWER_LEASE).unwrap_or(now);
        let job = move |tx: &crate::store::Tx<'_>| {
            commit::act(tx, prompts.catalogue(), &inbound, asked.clone(), now, lease_until)
        };
        self.store.write(job).await
    }

    /// The form a press asks for, if it does and the person is known. Nothing is stored for opening it.
    async fn form(&self, inbound: &Inbound, asked: &Asked) -> Option<Response> {
        let Asked::Press { press, journey } = asked else { return None };
        press.form()?;
        let (account, asked, now) = (inbound.account.clone(), press.clone(), self.clock.now());
        let current = self.store.read(move |view| {
            let Some(person) = view.person(&account)? else { return Ok(None) };
            if asked.behind_gate().is_none() {
                return view.journey_number(person).map(Some);
            }
            // A form is a text like any other: an old button opens none behind a gate that is shut.
            let open = view.load_journey(person)?.filter(|(_, journey)| journey.opens(&asked, now));
            Ok(open.map(|(number, _)| number))
        });
        match current.await {
            Ok(current) if current.is_some() && current == *journey => {}
            Ok(_) => return None,
            // A store that cannot be read will say so when the form is sent; the press itself loses nothing.
            Err(error) => {
                tracing::warn!(%error, "the journey of a form could not be read");
                return None;
            }
        }
        self.prompts.form(&inbound.locale, press, journey.unwrap_or_default()).map(Response::Form)
    }

    /// The files an answer comes with. Where they cannot be made, the answer says so instead.
    async fn with_files(
        &self,
        locale: &str,
        mut committed: Committed,
        passphrase: Option<Words>,
    ) -> (Committed, Vec<Attachment>) {
        let (Some(person), Some(_)) = (committed.person, export::files_of(&committed.message)) else {
            return (committed, Vec::new());
        };
        let made = export::files(
            &self.store,
            &self.prompts,
            person,
            locale,
            self.clock.now(),
            passphrase.as_ref(),
            &committed.message,
        );
        match made.await {
            Ok(files) => (committed, files),
            Err(error) => {
                tracing::error!(%error, "the files of an export could not be made");
                committed.message = export::failed();
                (committed, Vec::new())
            }
        }
    }

    fn answered(&self, locale: &str, committed: &Committed, files: Vec<Attachment>) -> Answered {
        let frame = Frame { journey: committed.journey, words: &committed.words };
        let mut reply = self.prompts.render(locale, &committed.message, &frame);
        reply.files = files;
        Answered { response: Response::Reply(reply), delivery: committed.delivery }
    }
}

/// The words a message quotes.
pub(crate) type Quoted = BTreeMap<EntryId, Words>;

/// Reads an action that came from a platform: journey number and press, if it is one of ours.
fn read_action(action: &Action) -> Option<(u64, Press)> {
    let (journey, token) = action.parts()?;
    Some((journey, Press::parse(token)?))
}

#[cfg(test)]
mod tests;
