//! Everything that can happen to a journey. Words never come in: they are sealed first and come as an id and flags.

use jiff::civil::Time;

use super::crisis::Scan;
use super::journal::Leaf;
use super::press::Press;
use super::timer::Timer;
use crate::chat::EntryId;
use crate::input::zone::OwnClock;
use crate::input::{Day, TimeReading};
use crate::safety::Hints;

/// One event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The person pressed a choice or called a command.
    Pressed(Press),
    /// They pressed or called something that does not exist (any more).
    Unknown,
    /// They called a command that does not exist, and one of nearly that name does.
    Mistyped {
        /// The nearest one.
        nearest: Press,
    },
    /// They filled in a form that asks for words; the words are sealed already.
    Wrote {
        /// The press that opened the form.
        form: Press,
        /// Where the words are.
        entry: EntryId,
        /// What the draft lists saw in them; only for opening lines.
        hints: Hints,
    },
    /// They filled in a form that asks for a value.
    Gave {
        /// The press that opened the form.
        form: Press,
        /// What was read.
        value: Value,
    },
    /// They wrote words nobody asked for. `entry` is `None` for a stranger, whose words are not kept.
    Said {
        /// Where the words are.
        entry: Option<EntryId>,
        /// The form they may belong into: the latest message offers it, and the person didn't open it.
        form: Option<Press>,
    },
    /// They wrote words that hedge between yes and no, where a question of the gate stands.
    Hedged {
        /// Where the words are.
        entry: EntryId,
    },
    /// They asked the bot something in words.
    Asked {
        /// Where the words are.
        entry: EntryId,
    },
    /// They submitted a text in which the scanner found something, wherever they typed it. A text with a sure concern is
    /// never the answer to anything: its words wait for a decision, if they are kept at all.
    Heard {
        /// What was found.
        scan: Scan,
        /// Where the words wait; `None` where they are not kept, or where `event` has them.
        entry: Option<EntryId>,
        /// What the text asks for besides: a command, a value, or all it is where nothing in it is sure.
        event: Option<Box<Event>>,
    },
    /// A stranger whose account is marked as too young did this.
    TooYoung(Box<Event>),
    /// They sent something that is not text: a file, a sticker, a voice message.
    NotText,
    /// They sent a form or words over the limit of characters, or nothing but blanks. Nothing was stored.
    Unusable {
        /// The form it was for, to open it again; `None` for plain words.
        form: Option<Press>,
        /// Why.
        why: Unusable,
    },
    /// They opened the journal, and this is what is in it, oldest first.
    Leafed {
        /// The press of the journal.
        press: Press,
        /// Their entries, without words.
        leaves: Vec<Leaf>,
    },
    /// A timer is due.
    Due {
        /// Which.
        timer: Timer,
        /// Which firing of it.
        occurrence: u32,
    },
    /// Everything is to be deleted now ([`Timer::Deletion`]), and the word of that has not reached the person.
    Unannounced {
        /// Which firing of the timer.
        occurrence: u32,
        /// Whether their direct messages are closed; otherwise it is on its way.
        closed: bool,
    },
}

/// Why words could not be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// Over this many characters.
    TooLong(u16),
    /// Nothing was written.
    Empty,
}

/// A value read from a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A whole number: of days, or of weeks.
    Number(u32),
    /// A rhythm between these numbers of days.
    Numbers(Vec<u32>),
    /// A rhythm of more than one note a day.
    TooOften,
    /// A civil time of day.
    Time(Time),
    /// One of these times.
    Times(Vec<Time>),
    /// An IANA zone.
    Zone(String),
    /// One of these zones, best first; at most 20.
    Zones(Vec<String>),
    /// What the person's clock shows, in either half of the day.
    Clocks([OwnClock; 2]),
    /// Quiet hours.
    Quiet(Time, Time),
    /// One of these quiet hours; the last are as they were typed.
    Quiets(Vec<(Time, Time)>),
    /// No quiet hours.
    QuietOff,
    /// A day, or one of several, and a time if it was said.
    When(Vec<Day>, Option<TimeReading>),
    /// A passphrase that will do. It is not here: the service has it, for as long as it needs it.
    Passphrase,
    /// It could not be read.
    Unreadable,
}
