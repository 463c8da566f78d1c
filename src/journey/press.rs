//! Everything a person can press or call by command: one table, from which tokens, commands and label keys follow.
//!
//! A press travels as text in a [`chat::Action`](crate::chat::Action); [`Press::parse`] is total, so a forged or stale
//! token is simply not a press. Its label is the `ui.ftl` message `press-<name>`, with the fields as variables.

use serde::{Deserialize, Serialize};

use super::codes::{
    Author, Card, CardAnswer, Circle, Decision, EarlyWhy, EndedBy, EndedWhen, GateQuestion, How, Monthly, Notices,
    Question, Readiness, Safety, Shelf, Stage, TalkOutcome, ViolenceRole, Warmth, Weekly, YesNo,
};
use super::message::LineNeed;
use super::timer::Timer;
use crate::chat::EntryId;

/// Separates the fields of a token. No field's text contains it.
const SEPARATOR: char = ':';

macro_rules! presses {
    ($($(#[$doc:meta])* $variant:ident $({ $($field:ident: $kind:ty = $sample:expr),* })? = $name:literal),* $(,)?) => {
        /// One thing a person can press. See the module for how it travels.
        #[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[expect(missing_docs, reason = "fields are named after the closed sets they hold")]
        pub enum Press { $($(#[$doc])* $variant $({ $($field: $kind),* })?),* }

        impl Press {
            /// The names of all presses and their fields; what `rekindle check` holds `ui.ftl` to.
            pub const NAMES: &'static [(&'static str, &'static [&'static str])] =
                &[$(($name, &[$($(stringify!($field)),*)?])),*];

            /// One of every press, for tests and for the checker.
            #[must_use]
            pub fn samples() -> Vec<Self> {
                vec![$(Self::$variant $({ $($field: $sample),* })?),*]
            }

            /// Its stable name.
            #[must_use]
            pub const fn name(&self) -> &'static str {
                match self { $(Self::$variant { .. } => $name),* }
            }

            /// Its fields by name, as text.
            #[must_use]
            pub fn fields(&self) -> Vec<(&'static str, String)> {
                match self { $(Self::$variant $({ $($field),* })? => vec![$($((stringify!($field), Field::write($field))),*)?]),* }
            }

            /// Reads a token; `None` for anything that is not exactly one of ours.
            #[must_use]
            pub fn parse(token: &str) -> Option<Self> {
                let mut parts = token.split(SEPARATOR);
                let press = match parts.next()? {
                    $($name => Self::$variant $({ $($field: <$kind as Field>::read(parts.next()?)?),* })?,)*
                    _ => return None,
                };
                parts.next().is_none().then_some(press)
            }
        }
    };
}

presses! {
    /// `/start`: hello, or pick up where one was.
    Start = "start",
    /// Eighteen or older, and agrees to what is stored.
    Consent = "consent",
    /// Not yet eighteen.
    TooYoung = "too-young",
    /// `/help`.
    Help = "help",
    /// `/support`: the help lines of the person's country.
    Support = "support",
    /// The help lines of one country (ISO 3166 alpha-2, lower case) for a crisis.
    SupportIn { country: String = "de".into() } = "support-in",
    /// The help lines of one country for another need.
    SupportFor { need: LineNeed = LineNeed::StopViolence, country: String = "de".into() } = "support-for",
    /// The help lines of the person's country for another need.
    SupportNeed { need: LineNeed = LineNeed::StopViolence } = "support-need",
    /// The worldwide directories, and the countries to choose from.
    SupportCountries = "support-countries",
    /// `/privacy`.
    Privacy = "privacy",
    /// `/journey`: where I am.
    Journey = "journey",
    /// `/forget`: asks once.
    Forget = "forget",
    /// Yes, forget everything.
    ForgetAll = "forget-all",

    /// `/reasons`: the first open fact or card, or the summary.
    Reasons = "reasons",
    /// Who ended it.
    EndedBy { who: EndedBy = EndedBy::Me } = "ended-by",
    /// How long ago.
    EndedWhen { when: EndedWhen = EndedWhen::Month } = "ended-when",
    /// Shows one card, to answer or change it.
    ShowCard { card: Card = Card::Fix } = "card",
    /// The answer to a card.
    AnswerCard { card: Card = Card::Both, answer: CardAnswer = CardAnswer::ToldNo } = "answer",
    /// Opens the form for a card's private note.
    CardNote { card: Card = Card::Fix } = "card-note",
    /// Begins the reasons again; the notes stay.
    ReasonsAgain = "reasons-again",
    /// The decision to think again later.
    ThinkLater = "think-later",

    /// `/cooloff`: set up, or look at, the time apart.
    Cooloff = "cooloff",
    /// Chooses the time apart after its advice.
    CooloffSetUp = "cooloff-set-up",
    /// A length in days.
    Length { days: u16 = 30 } = "length",
    /// Opens the form for another length.
    LengthForm = "length-form",
    /// A reminder every `days` days.
    Every { days: u16 = 7 } = "every",
    /// Opens the form for another rhythm.
    EveryForm = "every-form",
    /// Starts the time apart as summed up.
    CooloffBegin = "cooloff-begin",
    /// Stops counting until resumed.
    Pause = "pause",
    /// Counts on.
    Resume = "resume",
    /// This day's note again, `hours` hours from now.
    Snooze { day: u16 = 5, hours: u16 = 3 } = "snooze",
    /// What can be changed about the running time apart.
    CooloffChange = "cooloff-change",
    /// Asks for a new rhythm.
    ChangeRhythm = "change-rhythm",
    /// Asks how much longer.
    ExtendAsk = "extend-ask",
    /// So many days more.
    Extend { days: u16 = 14 } = "extend",
    /// Asks once why.
    EndEarly = "end-early",
    /// Why; ends it.
    EndWhy { why: EarlyWhy = EarlyWhy::Clear } = "end-why",
    /// `/checkin`: how are you today.
    Checkin = "checkin",
    /// The mood of one day, 1 (low) to 5 (light).
    Mood { day: u16 = 5, mood: u8 = 3 } = "mood",
    /// Opens the form for a note to a day's mood.
    MoodNote { day: u16 = 5 } = "mood-note",

    /// "I want to text them."
    Urge = "urge",
    /// A breathing pause.
    Breathe = "breathe",
    /// The person's own reasons.
    MyReasons = "my-reasons",
    /// Ask me again in 24 hours.
    UrgeLater = "urge-later",
    /// It passed: one urge resisted.
    UrgePassed = "urge-passed",
    /// `/letter`: what it is, and the letter that waits.
    Letter = "letter",
    /// Opens the form for the unsent letter.
    WriteLetter = "write-letter",
    /// Keeps the letter just written.
    LetterKeep { letter: EntryId = EntryId(1) } = "letter-keep",
    /// Burns it: gone at once.
    LetterBurn { letter: EntryId = EntryId(1) } = "letter-burn",
    /// Keeps it and shows it again tomorrow.
    LetterTomorrow { letter: EntryId = EntryId(1) } = "letter-tomorrow",

    /// "I reached out."
    Slip = "slip",
    /// Goes on counting.
    SlipContinue = "slip-continue",
    /// Day one again; totals stay.
    SlipRestart = "slip-restart",
    /// Opens the form for a note about it.
    SlipNote = "slip-note",

    /// A page of a stage's advice, from 1.
    Read { stage: Stage = Stage::Reachout, page: u8 = 2 } = "read",
    /// Decides to let go.
    LetGo = "let-go",

    /// An answer to one question of the gate.
    Gate { question: GateQuestion = GateQuestion::Contact, answer: YesNo = YesNo::No } = "gate",
    /// Not now: the question stays asked.
    GateLater = "gate-later",
    /// The latest answer was a slip of the finger (within ten minutes).
    GateUndo = "gate-undo",
    /// Shows the question that waits.
    GateAsk = "gate-ask",
    /// What a Yes was about is over: unblocked, the order lifted.
    GateOver { question: GateQuestion = GateQuestion::Order } = "gate-over",
    /// Who was hurt.
    ViolenceRole { role: ViolenceRole = ViolenceRole::Unsaid } = "violence-role",
    /// Asks once more who was hurt.
    RoleAsk = "role-ask",
    /// A page for after violence, from 1.
    AfterViolence { page: u8 = 2 } = "after-violence",
    /// Starts where the person was ever afraid of the other.
    Afraid = "afraid",
    /// Shows the answers given, to correct them.
    GateReview = "gate-review",
    /// Corrects one answer.
    GateCorrect { question: GateQuestion = GateQuestion::Order, answer: YesNo = YesNo::No } = "gate-correct",
    /// The other said no.
    SaidNo = "said-no",
    /// That was a mis-tap (within ten minutes).
    SaidNoUndo = "said-no-undo",
    /// The words were no "no" of the other.
    NotSaidNo = "not-said-no",
    /// The other came back by themselves.
    CameBack = "came-back",

    /// Opens "Are you safe?".
    AreYouSafe = "are-you-safe",
    /// The answer to it.
    Safe { answer: Safety = Safety::Threatened } = "safe",
    /// "I'm safe for now", under a crisis reply.
    SafeForNow = "safe-for-now",
    /// Who wrote words that may be somebody else's.
    WhoWrote { author: Author = Author::Other } = "who-wrote",
    /// Whether the person is 18 or older, after words that said otherwise.
    Adult { answer: YesNo = YesNo::Yes } = "adult",
    /// Confirms that everything is deleted because the person is under 18.
    MinorForget = "minor-forget",
    /// Clears the bot's messages, under a reply about violence.
    ClearMySide = "clear-my-side",
    /// Opens the form for one line: why the person waits.
    WaitingForm = "waiting-form",

    /// `/settings`.
    Settings = "settings",
    /// Opens the form for the time zone: what time is it, or a place.
    ZoneForm = "zone-form",
    /// A zone by its IANA name.
    Zone { name: String = "America/Argentina/ComodRivadavia".into() } = "zone",
    /// What the clock shows, in minutes after midnight, and by how many minutes of a day it is ahead of UTC.
    ZoneAt { clock: u16 = 1300, ahead: u16 = 1320 } = "zone-at",
    /// Opens the form for the reminder time.
    TimeForm = "time-form",
    /// A reminder time in minutes after midnight, civil.
    Time { minute: u16 = 480 } = "time",
    /// Opens the form for quiet hours.
    QuietForm = "quiet-form",
    /// Quiet hours in minutes after midnight.
    Quiet { from: u16 = 1320, until: u16 = 480 } = "quiet",
    /// The same with a reminder time outside of them.
    QuietAt { from: u16 = 1320, until: u16 = 480, minute: u16 = 480 } = "quiet-at",
    /// No quiet hours.
    QuietOff = "quiet-off",
    /// Discreet or plain reminders.
    Notices { style: Notices = Notices::Plain } = "notices",

    /// Direct messages are open again, says the person: what waits for that is sent.
    OfferAgain = "offer-again",
    /// `/hide`: the bot's messages are taken off the screen.
    Hide = "hide",
    /// Opens a discreet note.
    Open { timer: Timer = Timer::CooloffReminder } = "open",
    /// Adds words to the form that the latest message offered.
    WordsAdd { words: EntryId = EntryId(1) } = "words-add",
    /// Keeps words written unasked, as a note.
    WordsKeep { words: EntryId = EntryId(1) } = "words-keep",
    /// Makes them an unsent letter.
    WordsLetter { words: EntryId = EntryId(1) } = "words-letter",
    /// Lets them go at once.
    WordsDrop { words: EntryId = EntryId(1) } = "words-drop",

    /// `/reflect`: the advice, or where one is in it.
    Reflect = "reflect",
    /// Shows one question, with the answer it has.
    Ask { question: Question = Question::NotWorked } = "ask",
    /// Opens the form for its answer.
    Reflection { question: Question = Question::NotWorked } = "reflection",
    /// Asks whether a second go still appeals.
    DecideAsk = "decide-ask",
    /// The decision.
    Decide { decision: Decision = Decision::Appeals } = "decide",
    /// Writing over several days: what it is, or how far it is.
    Writing = "writing",
    /// Begins it.
    WritingBegin { days: u8 = 3 } = "writing-begin",
    /// Opens the form for a day's words.
    WritingForm { day: u8 = 2 } = "writing-form",
    /// Stops it; what was written stays.
    WritingStop = "writing-stop",

    /// `/reachout`: the advice, or where one is in it.
    Reachout = "reachout",
    /// The talk points.
    Points = "points",
    /// Takes an answer of the reflection along.
    PointTake { question: Question = Question::ChangeThem } = "point-take",
    /// Leaves it out again.
    PointDrop { question: Question = Question::ChangeThem } = "point-drop",
    /// Opens the form for a point in words of one's own.
    PointForm = "point-form",
    /// Leaves that one out.
    PointOut { place: u8 = 5, entry: EntryId = EntryId(1) } = "point-out",
    /// What a draft is good for, or the one there is.
    Draft = "draft",
    /// Opens the form for the opening lines.
    DraftForm = "draft-form",
    /// Holds the draft so many hours more.
    DraftHold { draft: EntryId = EntryId(1), hours: u16 = 72 } = "draft-hold",
    /// Keeps the draft after its wait.
    DraftKeep { draft: EntryId = EntryId(1) } = "draft-keep",
    /// Burns it.
    DraftBurn { draft: EntryId = EntryId(1) } = "draft-burn",
    /// Asks for the day of the talk.
    Plan = "plan",
    /// A day, as `2026-05-08`; asks for the time.
    PlanDay { date: String = "2026-09-30".into() } = "plan-day",
    /// That day at a civil time in minutes after midnight.
    PlanAt { date: String = "2026-09-30".into(), minute: u16 = 1170 } = "plan-at",
    /// The same, after day and time were typed.
    PlanOn { date: String = "2026-09-30".into(), minute: u16 = 1170 } = "plan-on",
    /// Opens the form for another day and time.
    PlanForm = "plan-form",
    /// Calls the plan off.
    PlanOff = "plan-off",
    /// The page for the talk itself.
    Talk = "talk",
    /// Opens the form for a note about the talk.
    TalkForm = "talk-form",
    /// Tell how it went.
    Tell = "tell",
    /// What came of one attempt.
    Talked { attempt: u8 = 1, outcome: TalkOutcome = TalkOutcome::NoReply } = "talked",
    /// "Not yet": ask me again in a week.
    NotYetLater = "not-yet-later",
    /// "Both want to work on it", answered after a talk.
    BothAgain { answer: CardAnswer = CardAnswer::ToldNo } = "both-again",
    /// They asked for so many days, in a talk of this stage.
    WaitDays { stage: Stage = Stage::Reachout, attempt: u8 = 1, days: u16 = 30 } = "wait-days",
    /// Opens the form for another number of days.
    WaitForm { stage: Stage = Stage::Reachout, attempt: u8 = 1 } = "wait-form",
    /// They did not say how long.
    WaitUnsaid { stage: Stage = Stage::Reachout, attempt: u8 = 1 } = "wait-unsaid",
    /// What was told was a slip of the finger (within ten minutes).
    Untell { attempt: u8 = 1 } = "untell",

    /// `/journal`: what is in it.
    Journal = "journal",
    /// The newest entry of a shelf.
    Shelved { shelf: Shelf = Shelf::Reachout } = "shelved",
    /// A part of an entry.
    Leaf { shelf: Shelf = Shelf::Reachout, entry: EntryId = EntryId(1), part: u8 = 2 } = "leaf",
    /// The entry before this one on the shelf.
    Older { shelf: Shelf = Shelf::Reachout, entry: EntryId = EntryId(1) } = "older",
    /// The entry after it.
    Newer { shelf: Shelf = Shelf::Reachout, entry: EntryId = EntryId(1) } = "newer",
    /// The newest entry of a month, as `2026-05`.
    Month { month: String = "2026-09".into() } = "month",
    /// Asks once before an entry is deleted.
    DropAsk { shelf: Shelf = Shelf::Reachout, entry: EntryId = EntryId(1) } = "drop-ask",
    /// Deletes it.
    Drop { shelf: Shelf = Shelf::Reachout, entry: EntryId = EntryId(1) } = "drop",

    /// `/trial`: its advice, or the trial as it stands.
    Trial = "trial",
    /// Chooses how long a trial lasts.
    TrialSetUp = "trial-set-up",
    /// A length in weeks.
    TrialLength { weeks: u16 = 8 } = "trial-length",
    /// Opens the form for another length.
    TrialLengthForm = "trial-length-form",
    /// Starts the trial as summed up.
    TrialBegin = "trial-begin",
    /// Opens the form for an agreement.
    AgreementForm = "agreement-form",
    /// All agreements, to read or to remove.
    Agreements = "agreements",
    /// Removes an agreement, by its number.
    AgreementDrop { slot: u8 = 10 } = "agreement-drop",
    /// The check-in of this week.
    TrialCheckin = "trial-checkin",
    /// The answer to one question about a week.
    TrialAnswer { week: u16 = 52, question: Weekly = Weekly::Arguments, how: How = How::Nothing } = "trial-answer",
    /// Whether an agreement was kept in a week.
    Kept { week: u16 = 52, slot: u8 = 10, answer: YesNo = YesNo::Yes } = "kept",
    /// Opens the form for a line about a week.
    TrialNote { week: u16 = 52 } = "trial-note",
    /// The lines written so far.
    TrialNotes = "trial-notes",
    /// The person's own answers together, and what they lead to.
    TrialReview = "trial-review",
    /// It holds: go on.
    TrialGoOn = "trial-go-on",
    /// Once more the same length.
    TrialExtend = "trial-extend",
    /// It does not hold: stop.
    TrialStop = "trial-stop",

    /// `/bringup`: the advice, or where one is in it.
    Bringup = "bringup",
    /// Another conversation that was only that.
    FriendTalk = "friend-talk",
    /// The first question of readiness that is open, or what the four answers say.
    ReadyAsk = "ready-ask",
    /// The answer to one of them.
    Ready { question: Readiness = Readiness::TheirView, answer: YesNo = YesNo::Yes } = "ready",
    /// Asks the four again.
    ReadyAgain = "ready-again",
    /// Ways to say it: how have they been?
    Ways = "ways",
    /// The way fitted to how they have been.
    Way { warmth: Warmth = Warmth::Careful } = "way",
    /// "I brought it up": what came of it?
    BroughtUp = "brought-up",
    /// They said yes.
    BroughtUpYes = "brought-up-yes",
    /// They asked for time.
    BroughtUpTime = "brought-up-time",

    /// `/ease`: its advice, or where easing back stands.
    Ease = "ease",
    /// Begins the three months.
    EaseBegin = "ease-begin",
    /// Going public, step by step.
    GoingPublic = "going-public",
    /// A circle has been told.
    Told { circle: Circle = Circle::Around } = "told",
    /// The check-in of this month.
    EaseCheckin = "ease-checkin",
    /// The answer to one question about a month.
    EaseAnswer { month: u8 = 4, question: Monthly = Monthly::Disagreements, how: How = How::Nothing } = "ease-answer",
    /// Opens the form for a line about a month.
    EaseNote { month: u8 = 4 } = "ease-note",

    /// `/letgo`: its advice, or where letting go stands.
    Letgo = "letgo",
    /// A note each week, for as long as wanted.
    LetgoWeekly = "letgo-weekly",
    /// No more notes.
    LetgoQuiet = "letgo-quiet",
    /// A thought now, without waiting for the week.
    LetgoThought = "letgo-thought",
    /// Opens the form for something learned.
    LearnedForm = "learned-form",
    /// What was learned so far.
    Learned = "learned",

    /// The last words of this journey, before it is closed.
    Close = "close",
    /// Closes it.
    CloseNow = "close-now",
    /// Opens the form for the person's own last words.
    LastWordsForm = "last-words-form",
    /// Asks whom a new journey is about.
    NewJourney = "new-journey",
    /// Begins a new journey, about the same person or about somebody else.
    NewAbout { same: YesNo = YesNo::Yes } = "new-about",

    /// `/export`: what it is, with or without a passphrase.
    Export = "export",
    /// The files, as they are.
    ExportPlain = "export-plain",
    /// Opens the form for the passphrase.
    ExportLocked = "export-locked",
    /// Deletes the message it stands under.
    DeleteMessage = "delete-message",
}

impl Press {
    /// The one table of slash commands, in the order of `/help`.
    pub const COMMANDS: &'static [(&'static str, Self)] = &[
        ("start", Self::Start),
        ("reasons", Self::Reasons),
        ("cooloff", Self::Cooloff),
        ("reflect", Self::Reflect),
        ("reachout", Self::Reachout),
        ("bringup", Self::Bringup),
        ("trial", Self::Trial),
        ("ease", Self::Ease),
        ("letgo", Self::Letgo),
        ("journey", Self::Journey),
        ("checkin", Self::Checkin),
        ("urge", Self::Urge),
        ("letter", Self::Letter),
        ("journal", Self::Journal),
        ("settings", Self::Settings),
        ("support", Self::Support),
        ("privacy", Self::Privacy),
        ("hide", Self::Hide),
        ("export", Self::Export),
        ("forget", Self::Forget),
        ("help", Self::Help),
    ];

    /// What can be typed with a command: its option, and the form that giving it stands for.
    pub const OPTIONS: &'static [(&'static str, &'static str, Self)] = &[("settings", "zone", Self::ZoneForm)];

    /// The text of the press, as it travels in an action.
    #[must_use]
    pub fn token(&self) -> String {
        let mut token = self.name().to_owned();
        for (_, value) in self.fields() {
            token.push(SEPARATOR);
            token.push_str(&value);
        }
        token
    }
}

/// How a field of a press is written into its token and read back.
trait Field: Sized {
    fn write(&self) -> String;
    fn read(text: &str) -> Option<Self>;
}

macro_rules! fields {
    ($($kind:ty),*) => {$(
        impl Field for $kind {
            fn write(&self) -> String { self.to_string() }
            fn read(text: &str) -> Option<Self> {
                let value: Self = text.parse().ok()?;
                // One spelling each: "+5" or "05" were not written by us.
                (value.to_string() == text).then_some(value)
            }
        }
    )*};
}

fields!(u8, u16, Card, CardAnswer, EarlyWhy, EndedBy, EndedWhen, GateQuestion, Notices, Stage, YesNo, Timer);
fields!(Author, LineNeed, Safety, ViolenceRole);
fields!(Decision, Question, Shelf, TalkOutcome);
fields!(Circle, How, Monthly, Readiness, Warmth, Weekly);

impl Field for String {
    fn write(&self) -> String {
        self.clone()
    }
    fn read(text: &str) -> Option<Self> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '-' | '+');
        (!text.is_empty() && text.len() <= 40 && text.chars().all(plain)).then(|| text.to_owned())
    }
}

impl Field for EntryId {
    fn write(&self) -> String {
        self.0.to_string()
    }
    fn read(text: &str) -> Option<Self> {
        text.parse::<i64>().ok().filter(|id| *id > 0).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::Action;

    #[test]
    fn every_press_reads_back_and_fits_an_action() {
        for press in Press::samples() {
            assert_eq!(Press::parse(&press.token()), Some(press.clone()));
            let action = Action::compose(u64::MAX, &press.token());
            assert!(action.as_str().len() <= 100, "{press:?}");
        }
    }

    #[test]
    fn anything_else_is_no_press() {
        for forged in ["", "mood", "mood:5", "mood:5:3:1", "mood:05:3", "mood:x:3", "length:-1", "zone:a b", "open:x"] {
            assert_eq!(Press::parse(forged), None, "{forged}");
        }
    }
}
