//! Before and around the journey: hello and consent, help and privacy, forgetting, and words nobody asked for.

use jiff::SignedDuration;

use super::Journey;
use super::codes::{EntryKind, Stage};
use super::effect::{EntryChange, Presence};
use super::event::{Event, Unusable, Value};
use super::keys::Key;
use super::latest::Addition;
use super::message::{Arg, LineNeed, Message};
use super::outcome::enter;
use super::press::Press;
use super::stages::closing;
use super::timer::Timer;
use super::turn::Turn;
use super::{Hints, Scan, crisis, handlers, overview};
use crate::chat::EntryId;

/// How long words wait for a decision.
const WORDS_WAIT: SignedDuration = SignedDuration::from_hours(24);

/// The fewest characters of a passphrase.
pub const PASSPHRASE: u16 = 10;

/// At most so many pieces of words wait at once; the oldest beyond are kept as notes, never lost.
const WORDS_WAITING: usize = 50;

/// Anything done by someone who has not agreed to anything yet. Nothing of it is stored.
pub fn stranger(turn: &mut Turn, event: &Event) -> Message {
    match event {
        Event::Pressed(Press::Start) => hello(),
        Event::Pressed(Press::Consent) => {
            turn.journey.consented = true;
            turn.presence = Presence::Known;
            Message::new(Key::Welcome).choices([Press::Urge, Press::Cooloff, Press::Reasons, Press::Help])
        }
        Event::Pressed(Press::TooYoung) => {
            turn.presence = Presence::Barred;
            too_young(turn)
        }
        Event::TooYoung(event) => barred(turn, event),
        Event::Pressed(Press::Help) => help(turn),
        Event::Pressed(Press::Privacy) => privacy(turn),
        Event::Pressed(Press::Hide | Press::ClearMySide) => {
            Message::new(Key::Hidden).choices([Press::Start, Press::Support])
        }
        Event::Pressed(Press::Support) => crisis::support(turn, None, LineNeed::Crisis),
        Event::Pressed(Press::SupportIn { country }) => crisis::support(turn, Some(country), LineNeed::Crisis),
        Event::Pressed(Press::SupportFor { need, country }) => crisis::support(turn, Some(country), *need),
        Event::Pressed(Press::SupportNeed { need }) => crisis::support(turn, None, *need),
        Event::Pressed(Press::SupportCountries) => crisis::support_countries(turn, LineNeed::Crisis),
        Event::Pressed(Press::AreYouSafe) => crisis::are_you_safe(),
        Event::Pressed(Press::Safe { answer }) => crisis::safe(turn, *answer),
        Event::Pressed(Press::SafeForNow) => Message::new(Key::SafeForNow).choices([Press::Support, Press::Start]),
        // "Stop", typed before consent.
        Event::Pressed(Press::CooloffChange) => {
            Message::new(Key::StopNothing).choices([Press::Hide, Press::Start, Press::Support])
        }
        Event::NotText => Message::new(Key::FilesUnread).choices([Press::Start, Press::Support]),
        Event::Pressed(Press::Forget | Press::ForgetAll) => {
            Message::new(Key::ForgetNothing).choices([Press::Start, Press::Support])
        }
        Event::Pressed(Press::Export) => Message::new(Key::ExportNothing).choices([Press::Start, Press::Support]),
        // The gate's questions belong to a journey; care does not wait for one.
        Event::Heard { scan, event, .. } => {
            let first = match event {
                Some(event) => stranger(turn, event),
                None => Message::new(Key::StartFirst).choices([Press::Start, Press::Support]),
            };
            heard(*scan, first, false)
        }
        Event::Mistyped { nearest } => overview::mistyped(nearest.clone()),
        Event::Unknown => overview::unknown(turn),
        _ => Message::new(Key::StartFirst).choices([Press::Start, Press::Support]),
    }
}

/// Words of a stranger in which the scanner found something: care comes first.
fn heard(scan: Scan, answer: Message, young: bool) -> Message {
    let unsure = scan.concerns.unsure().next().is_some() || (scan.theirs && !scan.concerns.is_empty());
    crisis::care(scan, answer.choices(unsure.then_some(Press::AreYouSafe)), young)
}

/// What an account that is marked as too young does: help, hiding and the scan work, a new start is not offered.
fn barred(turn: &mut Turn, event: &Event) -> Message {
    let mut answer = match event {
        Event::Pressed(Press::Support) => crisis::support(turn, None, LineNeed::Youth),
        Event::Pressed(
            Press::SupportIn { .. }
            | Press::SupportFor { .. }
            | Press::SupportNeed { .. }
            | Press::SupportCountries
            | Press::Help
            | Press::Privacy
            | Press::Hide
            | Press::ClearMySide
            | Press::AreYouSafe
            | Press::Safe { .. }
            | Press::SafeForNow,
        ) => stranger(turn, event),
        Event::Heard { scan, event, .. } => {
            let first = match event {
                Some(event) => barred(turn, event),
                None => too_young(turn),
            };
            heard(*scan, first, true)
        }
        _ => too_young(turn),
    };
    answer.choices.retain(|press| *press != Press::Start);
    answer
}

/// The bot is for adults; whom somebody younger can turn to, and what is kept.
fn too_young(turn: &Turn) -> Message {
    Message::with(Key::StartTooYoung, vec![crisis::lines(turn, LineNeed::Youth)]).choices([
        Press::Support,
        Press::Privacy,
        Press::Hide,
    ])
}

/// `/start` for someone who has agreed: where to go on.
pub fn start_again(turn: &Turn) -> Message {
    if turn.journey.closed.is_some() {
        return closing::welcome_back();
    }
    let reasons = (!turn.journey.is_barred(turn.now)).then_some(Press::Reasons);
    Message::new(Key::StartAgain).choices([Press::Journey]).choices(reasons).choices([Press::Cooloff, Press::Help])
}

fn hello() -> Message {
    Message::new(Key::Hello).choices([Press::Consent, Press::TooYoung, Press::Privacy, Press::Support])
}

/// `/help`.
pub fn help(turn: &Turn) -> Message {
    let first = if turn.journey.consented { Press::Journey } else { Press::Start };
    Message::with(Key::Help, vec![Arg::Commands(())]).choices([first, Press::Support, Press::Privacy])
}

/// `/privacy`.
pub fn privacy(turn: &Turn) -> Message {
    let next = if turn.journey.consented {
        vec![Press::Journey, Press::Export, Press::Forget]
    } else {
        vec![Press::Start, Press::Support]
    };
    Message::new(Key::Privacy).choices(next)
}

/// `/export`: what it is, and whether it shall be locked.
pub fn export() -> Message {
    Message::new(Key::ExportAsk).choices([Press::ExportPlain, Press::ExportLocked, Press::Journey])
}

/// The files as they are. They are built where this is rendered, and stored nowhere.
pub fn export_plain() -> Message {
    Message::new(Key::ExportReady).choices([Press::DeleteMessage, Press::Journey])
}

/// The files under a passphrase, which the service holds while it renders this.
pub fn export_locked(value: &Value) -> Message {
    match value {
        Value::Passphrase => Message::new(Key::ExportLocked).choices([Press::DeleteMessage, Press::Journey]),
        _ => Message::with(Key::ExportShort, vec![Arg::Min(PASSPHRASE)]).choices([
            Press::ExportLocked,
            Press::ExportPlain,
            Press::Journey,
        ]),
    }
}

/// The message with the press is deleted, where the platform can: the adapter sees to it.
pub fn message_deleted() -> Message {
    Message::new(Key::MessageDeleted).choices([Press::Journey, Press::Export])
}

/// `/forget` asks once.
pub fn forget() -> Message {
    Message::new(Key::ForgetAsk).choices([Press::ForgetAll, Press::Export, Press::Hide, Press::Journey])
}

/// Forgets everything.
pub fn forget_all(turn: &mut Turn) -> Message {
    if turn.journey.said_under_age {
        return super::minor::forget(turn);
    }
    turn.journey = Journey::default();
    turn.presence = Presence::Forgotten;
    turn.entries.clear();
    Message::new(Key::Forgotten).choices([Press::Hide, Press::Start, Press::Support])
}

/// Words nobody asked for: kept for a day while the person says what they are. `form` is where they may belong.
pub fn said(turn: &mut Turn, entry: EntryId, form: Option<Press>) -> Message {
    wait_for_decision(turn, entry);
    turn.journey.addition = form.clone().map(|form| Addition { words: entry, form });
    match form {
        Some(form) => Message::with(Key::WordsAddAsk, vec![Arg::Form(form)]).choices([
            Press::WordsAdd { words: entry },
            Press::WordsKeep { words: entry },
            Press::WordsLetter { words: entry },
            Press::WordsDrop { words: entry },
        ]),
        None => words_ask(turn, entry),
    }
}

/// A question in words: the texts are fixed, so none can be answered. It is kept for a day like other words.
pub fn asked(turn: &mut Turn, entry: EntryId) -> Message {
    wait_for_decision(turn, entry);
    Message::new(Key::WordsQuestion).choices([
        Press::Help,
        Press::Privacy,
        Press::Support,
        Press::WordsKeep { words: entry },
        Press::WordsDrop { words: entry },
    ])
}

/// Adds words that waited to the form they were asked about.
pub fn add_words(turn: &mut Turn, words: EntryId) -> Message {
    let addition = turn.journey.addition.take().filter(|addition| addition.words == words);
    let Some(Addition { form, .. }) = addition.filter(|_| turn.journey.words.contains(&words)) else {
        return words_gone();
    };
    turn.journey.words.retain(|waiting| *waiting != words);
    if turn.journey.words.is_empty() {
        turn.cancel(Timer::Words);
    }
    turn.entries.push(EntryChange::Keep(words, form.entry_kind()));
    handlers::wrote(turn, &form, words, Hints::default())
}

/// A form's label was typed: the next words fill it in.
pub fn write_here(form: Press) -> Message {
    Message::new(Key::WriteHere).choices([form, Press::Journey])
}

fn words_gone() -> Message {
    Message::new(Key::WordsGone).choices([Press::WriteLetter, Press::Journey])
}

/// Words that wait a day for a decision.
pub fn wait_for_decision(turn: &mut Turn, entry: EntryId) {
    turn.journey.words.push(entry);
    if turn.journey.words.len() > WORDS_WAITING {
        let oldest = turn.journey.words.remove(0);
        turn.entries.push(EntryChange::Keep(oldest, EntryKind::Note));
    }
    turn.set(Timer::Words, turn.now.checked_add(WORDS_WAIT).unwrap_or(turn.now));
}

/// Asks what becomes of them.
pub fn words_ask(turn: &Turn, entry: EntryId) -> Message {
    Message::new(Key::WordsAsk)
        .choices([
            Press::WordsKeep { words: entry },
            Press::WordsLetter { words: entry },
            Press::WordsDrop { words: entry },
            Press::Support,
        ])
        .choices(urge(turn))
}

/// "I want to text them" under ordinary words; not while the gate is held or closed, nor in the days after words of
/// self-harm.
fn urge(turn: &Turn) -> Option<Press> {
    let leaves_out = turn.journey.is_barred(turn.now) || turn.journey.is_in_aftercare(turn.now);
    (!leaves_out).then_some(Press::Urge)
}

/// Decides about all words that wait; the press names the latest of them. `kind` is `None` to let them go.
pub fn decide_words(turn: &mut Turn, latest: EntryId, kind: Option<EntryKind>) -> Message {
    if !turn.journey.words.contains(&latest) {
        return words_gone();
    }
    let words = std::mem::take(&mut turn.journey.words);
    for entry in words.iter().copied() {
        turn.entries.push(kind.map_or(EntryChange::Burn(entry), |kind| EntryChange::Keep(entry, kind)));
    }
    turn.cancel(Timer::Words);
    if crisis::decided(turn, &words) {
        let key = if kind.is_some() { Key::WordsKeptConcern } else { Key::WordsDeleted };
        return Message::new(key).choices([Press::Support, Press::Journey]);
    }
    if kind == Some(EntryKind::Letter) {
        return super::stages::urge::letter_written(turn, latest);
    }
    let key = if kind.is_some() { Key::WordsKept } else { Key::WordsDropped };
    Message::new(key).choices([Press::Journey]).choices(urge(turn))
}

/// Their day has passed: they are let go, as was said.
pub fn words_due(turn: &mut Turn) {
    let words = std::mem::take(&mut turn.journey.words);
    crisis::decided(turn, &words);
    turn.entries.extend(words.into_iter().map(EntryChange::Burn));
}

/// Words that could not be taken: nothing was stored, and the form can be opened again.
pub fn unusable(form: Option<Press>, why: Unusable) -> Message {
    let message = match why {
        Unusable::TooLong(max) => Message::with(Key::TooLong, vec![Arg::Max(max)]),
        Unusable::Empty => Message::new(Key::Empty),
    };
    message.choices(form).choices([Press::Journey])
}

/// Something that is not text: it cannot be opened, and the open question stays open.
pub fn not_text(turn: &Turn) -> Message {
    let form = turn.journey.offered_form(turn.now).cloned();
    Message::new(Key::FilesUnread).choices(form).choices([Press::Journey])
}

/// A form was sent for something that asks for none, or a value came where words belong.
pub fn not_now() -> Message {
    Message::new(Key::NotNow).choices([Press::Journey, enter(Stage::Letgo), Press::Help])
}
