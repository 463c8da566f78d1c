//! From something a person did to what they are told: understand, step, commit, render.
//!
//! Adapters call [`Service::handle`] and show the [`Answered`] they get, or have it sent ([`Service::privately`]); the
//! scheduler calls [`Service::fire`]. Both run
//! one closure on the store's writer thread: load, [`step`](crate::journey::step), write. What the person sees is rendered after the
//! COMMIT; if that fails, nothing was stored and the fallback answers. Words are scanned and sealed here: the
//! journey sees ids and flags, never words.

mod commit;
mod fallback;
mod privately;
mod recent;
mod request;
mod support_shown;
mod values;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::SignedDuration;

use crate::chat::{Action, Attachment, Command, DeliveryId, EntryId, Inbound, Reply, Response, Words};
use crate::clock::Clock;
use crate::crash;
use crate::export;
use crate::journey::{DateWitness, Key, Message, Press, Prompt};
use crate::prompts::{Frame, Prompts};
use crate::store::{DueTimer, Store, StoreError};
use crate::witness::Witness;
use commit::{Committed, Fired};
use recent::Recent;
use request::{Request, RequestKind};
use support_shown::SupportShown;

pub use crate::journey::Manner;
pub use fallback::Away;
pub use privately::{Aside, Privately};
pub use values::Suggestion;

/// How long an answer may take to be shown before it is sent as a direct message instead.
const ANSWER_LEASE: SignedDuration = SignedDuration::from_secs(60);

/// The language of people whose platform never said theirs.
const FALLBACK_LOCALE: &str = "en";

/// What an adapter shows, and which delivery that settles.
#[derive(Clone, Debug)]
pub struct Answered {
    /// The direct answer.
    pub response: Response,
    /// To be handed to [`Service::shown`] once the person has it; `None` where nothing was stored.
    pub delivery: Option<DeliveryId>,
    /// What becomes of the message it was pressed on.
    pub manner: Manner,
    /// Whether it belongs into the direct message, also where the person acted elsewhere.
    pub private: bool,
    /// Whether the bot's earlier messages are to be taken off the person's screen.
    pub clears: bool,
}

impl Answered {
    /// A response of which nothing is stored, and nothing will be.
    #[must_use]
    pub const fn unstored(response: Response) -> Self {
        Self { response, delivery: None, manner: Manner::Opens, private: false, clears: false }
    }
}

/// The one way in for everything a person does.
pub struct Service {
    store: Store,
    prompts: Arc<Prompts>,
    clock: Clock,
    recent: Recent,
    support_shown: SupportShown,
    witness: Witness,
    /// Whether the operator was warned that no witness confirms the date.
    has_warned: AtomicBool,
}

impl Service {
    /// Puts the parts together. The operator confirms the date of a clock that can be moved; see [`Service::with_witness`].
    #[must_use]
    pub fn new(store: Store, prompts: Arc<Prompts>, clock: Clock) -> Self {
        let witness = Witness::of(&clock);
        Self {
            store,
            prompts,
            clock,
            recent: Recent::new(),
            support_shown: SupportShown::default(),
            witness,
            has_warned: AtomicBool::new(false),
        }
    }

    /// The same with another witness of the date.
    #[must_use]
    pub fn with_witness(self, witness: Witness) -> Self {
        Self { witness, ..self }
    }

    /// Stores what confirms the date, for the next process: a date that was heard, else that the process ran today.
    ///
    /// # Errors
    /// As for [`Store::write`].
    pub async fn note_date(&self) -> Result<(), StoreError> {
        if !self.witness.is_stored() {
            return Ok(());
        }
        let (date, now) = (self.witness.date(), self.clock.now());
        self.store
            .write(move |tx| match date {
                Some(date) => tx.note_date(date),
                None => tx.note_run_day(now),
            })
            .await
    }

    /// The slash commands with their descriptions in that locale.
    #[must_use]
    pub fn commands(&self, locale: &str) -> Vec<Command> {
        self.prompts.commands(locale)
    }

    /// What could be meant by what a person has typed of a command's option so far; at most 20, best first.
    #[must_use]
    pub fn complete(&self, command: &str, typed: &str) -> Vec<Suggestion> {
        let kind = request::option_of(command).and_then(Press::form);
        kind.map(|kind| values::complete(kind, typed, self.prompts.lexicon(), self.clock.now())).unwrap_or_default()
    }

    /// Takes note of a text as it arrives, before it is its turn: it is read together with those around it, in the order in
    /// which they came.
    pub fn note(&self, inbound: &Inbound) {
        if let Some((text, context)) = request::own_text(&inbound.what) {
            self.recent.note(&inbound.account, &inbound.id, (&text, context), self.clock.now());
        }
    }

    /// Answers one thing a person did. Never fails: what cannot be done is said kindly, and nothing is lost.
    pub async fn handle(&self, inbound: Inbound) -> Answered {
        crash::point("answering");
        let request = self.with_country(&inbound, self.request(&inbound));
        if let Some(form) = self.form(&inbound, &request).await {
            return Answered::unstored(form);
        }
        let clears = matches!(request.kind, RequestKind::Press { press: Press::Hide | Press::ClearMySide, .. });
        let answered = if request.is_stateless() {
            self.keep_country(&inbound, &request);
            self.without_commit(&inbound, &request).await
        } else {
            self.act(inbound, request).await
        };
        Answered { clears, ..answered }
    }

    /// Reads a message that was changed. `None` where nothing in it needs an answer.
    pub async fn reread(&self, inbound: Inbound) -> Option<Answered> {
        let request = self.request(&inbound);
        if request.is_silent() {
            return None;
        }
        Some(self.act(inbound, request).await)
    }

    /// Stores the country whose help lines somebody chose, for later replies. The answer doesn't wait for it: help lines come
    /// also where nothing can be stored.
    fn keep_country(&self, inbound: &Inbound, request: &Request) {
        let RequestKind::Press { press: Press::SupportIn { country } | Press::SupportFor { country, .. }, .. } =
            &request.kind
        else {
            return;
        };
        if !self.prompts.catalogue().countries.contains(country) {
            return;
        }
        let (store, account, country) = (self.store.clone(), inbound.account.clone(), country.clone());
        tokio::spawn(async move {
            let kept = store.write(move |tx| commit::keep_country(tx, &account, country)).await;
            if let Err(error) = kept {
                tracing::warn!(%error, "failed to store the country of the help lines");
            }
        });
    }

    /// The same request; a country typed right after the help lines asks for the lines there.
    fn with_country(&self, inbound: &Inbound, request: Request) -> Request {
        let now = self.clock.now();
        let request = if self.support_shown.take(&inbound.account, now) { request.for_country() } else { request };
        if matches!(&request.kind, RequestKind::Press { press, .. } if press.is_support()) {
            self.support_shown.note(&inbound.account, now);
        }
        request
    }

    fn request(&self, inbound: &Inbound) -> Request {
        let now = self.clock.now();
        self.recent.sweep(now);
        let request = Request::new(inbound, &self.prompts, now);
        let Some((text, context)) = request::own_text(&inbound.what) else { return request };
        let scan = |words: &Words, context, before: &_| self.prompts.concerns_after(words.expose(), context, before);
        request.with_concerns(self.recent.together(&inbound.account, &inbound.id, (&text, context), now, scan))
    }

    async fn act(&self, inbound: Inbound, request: Request) -> Answered {
        match self.commit(&inbound, &request).await {
            Ok(committed) => {
                if committed.forgotten {
                    self.recent.forget(&inbound.account);
                }
                tracing::debug!(journey = committed.journey, delivery = ?committed.delivery, "answered");
                let (committed, files) = self.with_files(committed, request.passphrase(&inbound)).await;
                self.answered(&committed, request.manner(), files)
            }
            Err(error) => {
                tracing::error!(%error, "an event was not committed");
                self.without_commit(&inbound, &request).await
            }
        }
    }

    /// The person has the answer: it need not be sent again.
    pub fn shown(&self, delivery: DeliveryId) {
        crash::point("before-settle");
        self.store.settle_soon(delivery);
        crash::point("after-settle");
    }

    /// Returns once it is known for good that the person has this: its message is about to lose what it is found by.
    pub async fn surely_shown(&self, delivery: DeliveryId) {
        if let Err(error) = self.store.settled(delivery).await {
            tracing::warn!(%error, "an answer that was shown could not be settled");
        }
    }

    /// Fires a due timer. One that is no longer due changes nothing; one whose date nobody confirms is postponed.
    ///
    /// # Errors
    /// Where the store could not load or save this person's journey; the timer then stays due.
    pub async fn fire(&self, due: DueTimer) -> Result<(), StoreError> {
        let (catalogue, now) = (Arc::clone(&self.prompts), self.clock.now());
        let witness = self.witness.date().map(|confirmed_until| DateWitness { confirmed_until });
        let fired = self.store.write(move |tx| commit::fire(tx, catalogue.catalogue(), &due, witness, now)).await?;
        if let Fired::Postponed { confirmed_until } = fired
            && !self.has_warned.swap(true, Ordering::Relaxed)
        {
            let confirmed_until = confirmed_until.map(|date| date.to_string());
            tracing::warn!(
                clock = %now,
                confirmed_until,
                "no second witness confirms the date of this machine's clock, postponing deletions for age and late ends of \
                 times apart; check the clock"
            );
        }
        Ok(())
    }

    async fn commit(&self, inbound: &Inbound, request: &Request) -> Result<Committed, StoreError> {
        let (prompts, now) = (Arc::clone(&self.prompts), self.clock.now());
        let (inbound, request) = (inbound.clone(), request.clone());
        let lease_until = now.checked_add(ANSWER_LEASE).unwrap_or(now);
        let job = move |tx: &crate::store::Tx<'_>| {
            crash::point("job");
            commit::act(tx, &prompts, &inbound, request, now, lease_until)
        };
        self.store.write(job).await
    }

    /// The form a press asks for, if it does and the person is known. Nothing is stored for opening it.
    async fn form(&self, inbound: &Inbound, request: &Request) -> Option<Response> {
        let RequestKind::Press { press, journey } = &request.kind else { return None };
        press.form()?;
        if !request.scan.concerns.is_empty() {
            return None;
        }
        let (account, opened, now) = (inbound.account.clone(), press.clone(), self.clock.now());
        let current = self.store.read(move |view| {
            let Some(person) = view.person(&account)? else { return Ok(None) };
            if opened.behind_gate().is_none() {
                return view.journey_number(person).map(Some);
            }
            // A form is a text like any other: an old button opens none behind a gate that is shut.
            let open = view.load_journey(person)?.filter(|(_, journey)| journey.opens(&opened, now));
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
        let locale = inbound.locale.as_deref().unwrap_or(FALLBACK_LOCALE);
        self.prompts.form(locale, press, journey.unwrap_or_default()).map(Response::Form)
    }

    /// The files an answer comes with. Where they cannot be made, the answer says so instead.
    async fn with_files(&self, mut committed: Committed, passphrase: Option<Words>) -> (Committed, Vec<Attachment>) {
        let (Some(person), Some(_)) = (committed.person, export::files_of(&committed.message)) else {
            return (committed, Vec::new());
        };
        let made = export::files(
            &self.store,
            &self.prompts,
            person,
            &committed.locale,
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

    fn answered(&self, committed: &Committed, manner: Manner, files: Vec<Attachment>) -> Answered {
        let mut reply = self.rendered(committed);
        reply.files = files;
        // What is not stored could not be sent later, so it is always shown where the person is.
        // Files as they are go into the direct message; locked ones exist in this answer alone.
        let plain_files = export::files_of(&committed.message) == Some(export::Files::Plain);
        let private = committed.delivery.is_some() && (plain_files || is_private(&committed.message));
        let delivery = committed.delivery;
        Answered { delivery, manner, private, ..Answered::unstored(Response::Reply(reply)) }
    }

    fn rendered(&self, committed: &Committed) -> Reply {
        let frame = Frame { journey: committed.journey, words: &committed.words };
        self.prompts.render(&committed.locale, &committed.message, &frame)
    }
}

/// Help, support, privacy, settings, errors and every answer with care in it are whole where the person is. What belongs
/// to the journey, its beginning included, is for the direct message alone.
fn is_private(message: &Message) -> bool {
    let ours = |key: &Key| *key != Key::Welcome && key.folder().is_some_and(|folder| OPEN_FOLDERS.contains(&folder));
    !message.blocks.iter().any(|block| matches!(&block.prompt, Prompt::Key(key) if ours(key)))
}

/// The folders of prompts whose moments are answered where the person asked.
const OPEN_FOLDERS: [&str; 4] = ["shell", "settings", "safety", "start"];

/// The words a message quotes.
pub(crate) type Quoted = BTreeMap<EntryId, Words>;

/// Reads an action that came from a platform: journey number and press, if it is one of ours.
fn read_action(action: &Action) -> Option<(u64, Press)> {
    let (journey, token) = action.parts()?;
    Some((journey, Press::parse(token)?))
}

#[cfg(test)]
mod tests;
