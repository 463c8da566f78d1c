//! One closure a person: load, step, write. It runs on the writer thread, in a savepoint; nothing here waits.

use jiff::Timestamp;

use super::Quoted;
use super::request::{Request, RequestKind};
use super::{FALLBACK_LOCALE, values};
use crate::chat::{Account, DeliveryId, Inbound, PersonId, Reach, What, Words};
use crate::export::{self, Files};
use crate::input::Lexicon;
use crate::input::zone::Strictness;
use crate::journey::{
    self, Catalogue, DateWitness, EntryChange, EntryKind, Event, FormKind, Hints, Journey, Leaf, Message, Presence,
    Press, Scan, Step, Timer, TimerChange, Unusable, Value, YesNo,
};
use crate::prompts::{self, Prompts};
use crate::safety::{Certainty, Concern, Concerns};
use crate::store::{DueTimer, Outgoing, Priority, Quiet, Shelved, StoreError, Tx, Unsaid, View};

/// What one act led to, to be rendered after the COMMIT.
pub struct Committed {
    /// The number of the journey, for the actions of the choices; 0 for a stranger.
    pub journey: u64,
    /// The answer.
    pub message: Message,
    /// The words it quotes.
    pub words: Quoted,
    /// In which language.
    pub locale: String,
    /// The delivery that showing it settles.
    pub delivery: Option<DeliveryId>,
    /// Who it is; `None` for a stranger, and once forgotten.
    pub person: Option<PersonId>,
    /// Whether everything about them was forgotten just now.
    pub forgotten: bool,
}

/// Something a person did.
pub fn act(
    tx: &Tx<'_>,
    prompts: &Prompts,
    inbound: &Inbound,
    request: Request,
    now: Timestamp,
    lease_until: Timestamp,
) -> Result<Committed, StoreError> {
    let person = tx.person(&inbound.account)?;
    let known = match person {
        Some(person) => tx.load_journey(person)?.map(|(number, journey)| (person, number, journey)),
        None => None,
    };
    let Some((person, number, journey)) = known else {
        return meet(tx, prompts, inbound, request, now, lease_until);
    };
    if let Some((delivery, message)) = tx.replayed(person, &inbound.id)? {
        let words = tx.open_entries(person, message.entries())?;
        let locale = tx.profile(person)?.locale;
        let (delivery, person) = (Some(delivery), Some(person));
        return Ok(Committed { journey: number, message, words, locale, delivery, person, forgotten: false });
    }
    let locale = tx.touch(person, &inbound.reach, inbound.locale.as_deref())?.locale;
    tx.unpark(person, now)?;
    let known = Known { person, number, journey: &journey, locale: &locale, prompts };
    let event = event_of(tx, &known, request, now)?;
    let step = journey::step(&journey, prompts.catalogue(), event, now);
    let message = step.answer.clone().unwrap_or_else(|| Message::new(journey::Key::Unknown).choices([Press::Journey]));
    let message = with_files(message, inbound);
    if matches!(step.presence, Presence::Forgotten | Presence::Barred) {
        tx.forget(person)?;
        if step.presence == Presence::Barred {
            tx.mark_too_young(&inbound.account, now)?;
        }
        let (words, delivery, person) = (Quoted::new(), None, None);
        return Ok(Committed { journey: 0, message, words, locale, delivery, person, forgotten: true });
    }
    let number = apply(tx, person, &journey, &step, now)?.unwrap_or(number);
    let outgoing = Outgoing { message: kept(&message), quiet: None, ticket: inbound.ticket.clone() };
    let delivery = tx.record_answer(person, &inbound.id, &outgoing, now, lease_until)?;
    let words = tx.open_entries(person, message.entries())?;
    let (delivery, person) = (Some(delivery), Some(person));
    Ok(Committed { journey: number, message, words, locale, delivery, person, forgotten: false })
}

/// The answer to words that came with something that cannot be opened says that, too.
fn with_files(message: Message, inbound: &Inbound) -> Message {
    match inbound.what {
        What::WordsWithFiles(_) => message.and(journey::Key::FilesBeside, Vec::new()),
        _ => message,
    }
}

/// The answer as it is recorded, to be sent if it is not shown. Locked files can be made in the answer alone, since their
/// passphrase is kept nowhere: if that answer is lost, the person is told to ask again.
fn kept(message: &Message) -> Message {
    match export::files_of(message) {
        Some(Files::Locked) => Message::new(journey::Key::ExportLost).choices([Press::Export, Press::Journey]),
        Some(Files::Plain) | None => message.clone(),
    }
}

/// The answer to an action with nothing stored, and whether nothing would have to be. `None` for anything but an action.
pub fn show(
    view: &View<'_>,
    prompts: &Prompts,
    inbound: &Inbound,
    request: Request,
    now: Timestamp,
) -> Result<Option<(Committed, bool)>, StoreError> {
    let RequestKind::Press { press, journey: number } = request.kind.clone() else { return Ok(None) };
    let known = match view.person(&inbound.account)? {
        Some(person) => view.load_journey(person)?.map(|(current, journey)| (person, current, journey)),
        None => None,
    };
    let Some((person, current, journey)) = known else {
        let event = strangers_event(view, prompts, inbound, request, now)?;
        let (committed, step) = answer_stranger(prompts.catalogue(), inbound, event, now);
        return Ok(Some((committed, step.presence == Presence::Stranger)));
    };
    let event = match number {
        Some(number) if number != 0 && number != current => Event::Unknown,
        _ if press.is_journal() => Event::Leafed { press, leaves: leaves(view, person)? },
        _ => Event::Pressed(press),
    };
    let step = journey::step(&journey, prompts.catalogue(), event, now);
    let only_shows = step.only_shows(&journey);
    let message = step.answer.unwrap_or_else(|| Message::new(journey::Key::Unknown).choices([Press::Journey]));
    let words = view.open_entries(person, message.entries())?;
    let locale = match &inbound.locale {
        Some(locale) => locale.clone(),
        None => view.profile(person)?.locale,
    };
    let person = Some(person);
    let shown = Committed { journey: current, message, words, locale, delivery: None, person, forgotten: false };
    Ok(Some((shown, only_shows)))
}

/// Remembers the country whose help lines somebody with a journey chose.
pub fn keep_country(tx: &Tx<'_>, account: &Account, country: String) -> Result<(), StoreError> {
    let Some(person) = tx.person(account)? else { return Ok(()) };
    let Some((_, mut journey)) = tx.load_journey(person)? else { return Ok(()) };
    if journey.settings.country.as_ref() != Some(&country) {
        journey.settings.country = Some(country);
        tx.save_journey(person, &journey)?;
    }
    Ok(())
}

/// Someone we know nothing of: nothing is stored unless they agree to it, or say that they are too young.
fn meet(
    tx: &Tx<'_>,
    prompts: &Prompts,
    inbound: &Inbound,
    request: Request,
    now: Timestamp,
    lease_until: Timestamp,
) -> Result<Committed, StoreError> {
    let event = strangers_event(tx, prompts, inbound, request, now)?;
    let (mut committed, step) = answer_stranger(prompts.catalogue(), inbound, event, now);
    if step.presence == Presence::Barred {
        tx.mark_too_young(&inbound.account, now)?;
    }
    if step.presence == Presence::Known {
        let (Reach::Direct(address) | Reach::Elsewhere(address)) = &inbound.reach;
        let person = tx.create_person(&inbound.account, address, &committed.locale)?;
        committed.journey = apply(tx, person, &Journey::default(), &step, now)?.unwrap_or_default();
        committed.person = Some(person);
        let message = committed.message.clone();
        let outgoing = Outgoing { message, quiet: None, ticket: inbound.ticket.clone() };
        committed.delivery = Some(tx.record_answer(person, &inbound.id, &outgoing, now, lease_until)?);
    }
    Ok(committed)
}

/// What a stranger's plain words press: a command, or a label of the first messages.
fn typed_by_stranger(prompts: &Prompts, text: &Words) -> Option<Press> {
    let first = [Press::Start, Press::Consent, Press::TooYoung, Press::Support, Press::Privacy];
    let labelled = prompts.labelled(FALLBACK_LOCALE, text.expose(), first.iter());
    labelled.or_else(|| prompts.typed_press(text.expose()))
}

/// The event of someone we know nothing of.
fn strangers_event(
    view: &View<'_>,
    prompts: &Prompts,
    inbound: &Inbound,
    request: Request,
    now: Timestamp,
) -> Result<Event, StoreError> {
    let Request { kind, scan, text, .. } = request;
    let event = match kind {
        RequestKind::Press { journey: Some(1..), .. } | RequestKind::Unknown => Event::Unknown,
        RequestKind::Mistyped(nearest) => Event::Mistyped { nearest },
        RequestKind::Press { press, .. } | RequestKind::Value { form: (_, press), .. } => Event::Pressed(press),
        RequestKind::NotText => Event::NotText,
        RequestKind::Words { form: None, .. }
            if let Some(press) = text.as_ref().and_then(|text| typed_by_stranger(prompts, text)) =>
        {
            Event::Pressed(press)
        }
        // Scanned and dropped: the words end here.
        RequestKind::Words { .. } | RequestKind::Unusable { .. } | RequestKind::Edited => {
            Event::Said { entry: None, form: None }
        }
    };
    let event =
        if scan.concerns.is_empty() { event } else { Event::Heard { scan, entry: None, event: Some(Box::new(event)) } };
    let is_marked = view.is_too_young(&inbound.account, now)?;
    Ok(if is_marked { Event::TooYoung(Box::new(event)) } else { event })
}

fn answer_stranger(catalogue: &Catalogue, inbound: &Inbound, event: Event, now: Timestamp) -> (Committed, Step) {
    let step = journey::step(&Journey::default(), catalogue, event, now);
    let message = step.answer.clone().unwrap_or_else(|| Message::new(journey::Key::StartFirst).choices([Press::Start]));
    let message = with_files(message, inbound);
    let locale = inbound.locale.clone().unwrap_or_else(|| FALLBACK_LOCALE.to_owned());
    let (words, delivery, person) = (Quoted::new(), None, None);
    (Committed { journey: 0, message, words, locale, delivery, person, forgotten: false }, step)
}

/// What became of a due timer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fired {
    /// It fired, or nothing waited for it.
    Done,
    /// No witness confirms its date: it is tried again later.
    Postponed {
        /// Up to when the date is confirmed, if it is at all.
        confirmed_until: Option<Timestamp>,
    },
}

/// A timer that is due, checked again inside the transaction. `witness` is what this process knows of the date.
pub fn fire(
    tx: &Tx<'_>,
    catalogue: &Catalogue,
    due: &DueTimer,
    witness: Option<DateWitness>,
    now: Timestamp,
) -> Result<Fired, StoreError> {
    let DueTimer { person, timer, occurrence, .. } = *due;
    if !tx.timer_is_due(person, timer, occurrence, now)? {
        return Ok(Fired::Done);
    }
    let Some((_, journey)) = tx.load_journey(person)? else {
        tx.cancel_timer(person, timer)?;
        return Ok(Fired::Done);
    };
    if let Some(date) = journey::date_to_confirm(&journey, timer, occurrence, now) {
        let stored = tx.confirmed_until()?.map(|confirmed_until| DateWitness { confirmed_until });
        let witness = witness.max(stored);
        if !witness.is_some_and(|witness| witness.confirms(date)) {
            let again = now.checked_add(journey::postponed_for(timer)).unwrap_or(now);
            tx.postpone_timer(person, timer, again)?;
            return Ok(Fired::Postponed { confirmed_until: witness.map(|witness| witness.confirmed_until) });
        }
    }
    // Nobody is deleted who may not have been told.
    let untold = if timer == Timer::Deletion { tx.unsaid(person, Timer::Retention)? } else { None };
    let event = match untold {
        Some(waits) => Event::Unannounced { occurrence, closed: waits == Unsaid::Parked },
        None => Event::Due { timer, occurrence },
    };
    let step = journey::step(&journey, catalogue, event, now);
    if step.presence == Presence::Forgotten {
        // Kept long enough, as was announced.
        tx.forget(person)?;
        return Ok(Fired::Done);
    }
    apply(tx, person, &journey, &step, now)?;
    Ok(Fired::Done)
}

/// Writes what a step asks for. Returns the number of the journey where that was saved.
fn apply(
    tx: &Tx<'_>,
    person: PersonId,
    before: &Journey,
    step: &Step,
    now: Timestamp,
) -> Result<Option<u64>, StoreError> {
    if let Some(anomaly) = step.anomaly {
        tracing::error!(?anomaly, "a state that should be impossible; the person was answered all the same");
    }
    for change in &step.timers {
        match *change {
            TimerChange::Set { timer, occurrence, due_at } => tx.set_timer(person, timer, occurrence, due_at)?,
            TimerChange::Cancel(timer) => {
                tx.cancel_timer(person, timer)?;
                // What was to be said is not, any more; what is due right now follows below.
                tx.withdraw(person, timer)?;
            }
        }
    }
    for change in &step.entries {
        match *change {
            EntryChange::Keep(entry, kind) => tx.keep_entry(person, entry, kind)?,
            EntryChange::Burn(entry) => tx.burn_entry(person, entry)?,
        };
    }
    let settings = &step.journey.settings;
    let quiet =
        settings.quiet.map(|hours| Quiet { hours, zone: settings.zone.clone().unwrap_or_else(|| "UTC".into()) });
    for send in &step.sends {
        let outgoing = Outgoing { message: send.message.clone(), quiet: quiet.clone(), ticket: None };
        tx.enqueue(person, Some(send.timer), Priority::Reminder, &outgoing, now)?;
    }
    if step.presence == Presence::Anew {
        return tx.start_journey(person, &step.journey).map(Some);
    }
    if step.journey != *before {
        return tx.save_journey(person, &step.journey).map(Some);
    }
    Ok(None)
}

/// Somebody we know, for understanding what they did.
struct Known<'a> {
    person: PersonId,
    number: u64,
    journey: &'a Journey,
    locale: &'a str,
    prompts: &'a Prompts,
}

/// The event for someone we know: stale buttons told apart, words sealed. A text with a sure concern, or with words that may
/// be somebody else's, is not the answer to anything: it waits for a decision.
fn event_of(tx: &Tx<'_>, known: &Known<'_>, request: Request, now: Timestamp) -> Result<Event, StoreError> {
    let Request { kind, scan, text, as_draft } = request;
    let (kind, mut scan) = as_written_to_the_other(known.journey, kind, scan, as_draft, now);
    if let Some(concern) = known.journey.just_corrected(now)
        && text.as_ref().is_some_and(|text| known.prompts.says_still(text.expose()))
    {
        scan.concerns.add(concern, Certainty::Unsure);
    }
    // An amount taken or a method begun, while the person hasn't said since words of self-harm that they are safe.
    if scan.cues.method_begun && known.journey.awaits_safety(now) {
        scan.concerns.add(Concern::SelfHarm, Certainty::Sure);
    }
    if scan.concerns.is_empty() && !journey::bears_on_contact(known.journey, scan.cues, now) {
        return ordinary_event(tx, known, kind, now);
    }
    let sure = scan.concerns.any_sure() || known.journey.counts_as_sure(&scan.concerns, now);
    if !sure && !scan.theirs && !matches!(kind, RequestKind::Edited) {
        let event = ordinary_event(tx, known, kind, now)?;
        return Ok(Event::Heard { scan, entry: None, event: Some(Box::new(event)) });
    }
    let too_long = matches!(kind, RequestKind::Unusable { why: Unusable::TooLong(_), .. });
    let entry = match text.filter(|_| !too_long) {
        Some(words) => Some(tx.add_entry(known.person, EntryKind::Unasked, &words, now)?),
        None => None,
    };
    let event = match kind {
        RequestKind::Press { .. }
        | RequestKind::Unusable { .. }
        | RequestKind::Value { value: Value::Passphrase, .. } => Some(ordinary_event(tx, known, kind, now)?),
        // A yes to the gate's question counts, whatever follows it.
        RequestKind::Words { form: None, ref words, .. } if !scan.theirs && leans_yes(known, words, now) => {
            known.journey.open_answer(YesNo::Yes, now).map(Event::Pressed)
        }
        RequestKind::Words { .. }
        | RequestKind::Value { .. }
        | RequestKind::Edited
        | RequestKind::NotText
        | RequestKind::Mistyped(_)
        | RequestKind::Unknown => None,
    };
    Ok(Event::Heard { scan, entry, event: event.map(Box::new) })
}

/// Plain words while a letter or a draft is open speak to the other: they are read and hinted at like words in that form.
fn as_written_to_the_other(
    journey: &Journey,
    kind: RequestKind,
    scan: Scan,
    as_draft: Option<(Concerns, Hints)>,
    now: Timestamp,
) -> (RequestKind, Scan) {
    let open = journey.offered_form(now).and_then(Press::form);
    match (kind, as_draft, open) {
        (
            RequestKind::Words { form: None, words, .. },
            Some((concerns, hints)),
            Some(FormKind::Draft | FormKind::Letter),
        ) => {
            let scan = Scan { concerns: scan.concerns.union(concerns), ..scan };
            (RequestKind::Words { form: None, words, hints }, scan)
        }
        (kind, ..) => (kind, scan),
    }
}

/// The event of a request whatever its text is about.
fn ordinary_event(tx: &Tx<'_>, known: &Known<'_>, kind: RequestKind, now: Timestamp) -> Result<Event, StoreError> {
    let Known { person, number, .. } = *known;
    // 0 is a button from before consent: all of those have a gentle meaning later, too.
    let stale = kind.journey().is_some_and(|journey| journey != 0 && journey != number);
    Ok(match kind {
        RequestKind::Words { form: None, words, hints } => plain_words(tx, known, &words, hints, now)?,
        RequestKind::Words { form: Some((_, form)), words, hints } if !stale => {
            let entry = tx.add_entry(person, form.entry_kind(), &words, now)?;
            Event::Wrote { form, entry, hints }
        }
        RequestKind::Words { words, .. } => {
            Event::Said { entry: Some(tx.add_entry(person, EntryKind::Unasked, &words, now)?), form: None }
        }
        _ if stale => Event::Unknown,
        RequestKind::Press { press, .. } if press.is_journal() => Event::Leafed { press, leaves: leaves(tx, person)? },
        RequestKind::Press { press, .. } => Event::Pressed(press),
        RequestKind::Value { form: (_, form), value } => Event::Gave { form, value },
        RequestKind::Unusable { form, why } => Event::Unusable { form: form.map(|(_, press)| press), why },
        RequestKind::NotText => Event::NotText,
        RequestKind::Mistyped(nearest) => Event::Mistyped { nearest },
        RequestKind::Edited | RequestKind::Unknown => Event::Unknown,
    })
}

/// Whether a question of the gate stands there and words begin with a yes.
fn leans_yes(known: &Known<'_>, words: &Words, now: Timestamp) -> bool {
    known.journey.is_asked_by_gate(now) && known.prompts.begins_with_yes(words.expose())
}

/// Plain words press a choice of the latest message, give a command, fill in the form the person opened, or wait until the
/// person says where they belong. A question is never the answer to one.
fn plain_words(
    tx: &Tx<'_>,
    known: &Known<'_>,
    words: &Words,
    hints: Hints,
    now: Timestamp,
) -> Result<Event, StoreError> {
    let Known { person, journey, locale, prompts, .. } = *known;
    let text = words.expose();
    let leans = || leans_yes(known, words, now).then_some(YesNo::Yes);
    let answer = prompts.yes_or_no(text).or_else(leans).and_then(|answer| journey.open_answer(answer, now));
    let labelled = || prompts.labelled(locale, text, journey.offered(now));
    if let Some(press) = answer.or_else(labelled).or_else(|| prompts.typed_press(text)) {
        return Ok(if press.is_journal() {
            Event::Leafed { press, leaves: leaves(tx, person)? }
        } else {
            Event::Pressed(press)
        });
    }
    if let Some(event) = value_for(journey, words, prompts.lexicon(), now) {
        return Ok(event);
    }
    let unasked = || tx.add_entry(person, EntryKind::Unasked, words, now);
    if prompts.is_question(text) {
        return Ok(Event::Asked { entry: unasked()? });
    }
    if journey.is_asked_by_gate(now) && prompts.hedges(text) {
        return Ok(Event::Hedged { entry: unasked()? });
    }
    let ends_asking = text.trim_end().ends_with('?');
    if let Some(form) = journey.open_form(now).filter(|form| !ends_asking && takes(form, words)) {
        let entry = tx.add_entry(person, form.entry_kind(), words, now)?;
        Ok(Event::Wrote { form: form.clone(), entry, hints })
    } else {
        // Opening lines are held with the hints for them, which words added later don't have.
        let may_take = |form: &&Press| takes(form, words) && form.form() != Some(FormKind::Draft);
        let form = journey.offered_form(now).filter(may_take).cloned();
        Ok(Event::Said { entry: Some(unasked()?), form })
    }
}

/// Plain words that answer the question of a value that is open. Words that are no such value are words like any other.
fn value_for(journey: &Journey, words: &Words, lexicon: &Lexicon, now: Timestamp) -> Option<Event> {
    let form = journey.offered_form(now)?;
    let kind = form.form().filter(|kind| !kind.is_words())?;
    let value = values::read(kind, std::slice::from_ref(words), lexicon, now, Strictness::Whole);
    (value != Value::Unreadable).then(|| Event::Gave { form: form.clone(), value })
}

/// Whether plain words can stand for what is written into this form.
fn takes(form: &Press, words: &Words) -> bool {
    form.form().is_some_and(|kind| kind.is_words() && words.expose().chars().count() <= usize::from(kind.limit()))
}

/// What is in a person's journal, without the words: those are opened again for the one entry that is shown.
pub fn leaves(view: &View<'_>, person: PersonId) -> Result<Vec<Leaf>, StoreError> {
    let leaf = |shelved: Shelved| Leaf {
        entry: shelved.entry,
        kind: shelved.kind,
        at: shelved.at,
        parts: prompts::parts(shelved.words.expose()),
    };
    Ok(view.all_entries(person)?.into_iter().map(leaf).collect())
}
