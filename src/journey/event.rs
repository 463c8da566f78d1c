//! Everything that can happen to a journey. Words never come in: they are sealed first and come as an id and flags.

use jiff::civil::Time;

use super::press::Press;
use super::timer::Timer;
use crate::chat::EntryId;

/// One event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The person pressed a choice or called a command.
    Pressed(Press),
    /// They pressed or called something that does not exist (any more).
    Unknown,
    /// They filled in a form that asks for words; the words are sealed already.
    Wrote {
        /// The press that opened the form.
        form: Press,
        /// Where the words are.
        entry: EntryId,
        /// What the safety lists saw in them.
        alarms: Alarms,
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
        /// What the safety lists saw in them.
        alarms: Alarms,
    },
    /// They sent a form or words over the limit of characters, or nothing but blanks. Nothing was stored.
    Unusable {
        /// The form it was for, to open it again; `None` for plain words.
        form: Option<Press>,
        /// Why.
        why: Unusable,
    },
    /// A timer is due.
    Due {
        /// Which.
        timer: Timer,
        /// Which firing of it.
        occurrence: u32,
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

/// What the safety lists saw in free text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Alarms {
    /// It speaks of harming oneself.
    pub self_harm: bool,
    /// It speaks of harming someone.
    pub harm_other: bool,
    /// It speaks of what the safety gate asks: a block, no contact, violence, a court order.
    pub gate: bool,
}

/// A value read from a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A whole number.
    Number(u32),
    /// A civil time of day.
    Time(Time),
    /// IANA zones that fit the place that was typed, best first; at most 20.
    Zones(Vec<String>),
    /// Quiet hours.
    Quiet(Time, Time),
    /// It could not be read.
    Unreadable,
}
