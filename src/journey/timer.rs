//! The named timers of a journey: at most one stored row each.

use super::codes::{Stage, codes};

codes! {
    /// Everything that can become due without the person acting.
    Timer {
        /// The next note of the time apart, or its end.
        CooloffReminder = "cooloff",
        /// A snoozed note, shown again.
        CooloffSnooze = "snooze",
        /// "Ask me again in 24 hours". A letter that waits and was promised for no day of its own comes with it.
        Urge = "urge",
        /// The letter, shown again on the day that was promised.
        Letter = "letter",
        /// Words nobody asked for are dropped after a day.
        Words = "words",
        /// The next prompt of the writing over several days.
        Writing = "writing",
        /// A held draft is shown again.
        Draft = "draft",
        /// A planned talk lies behind: how did it go?
        Planned = "planned",
        /// A wait after an outcome is over.
        Wait = "wait",
        /// The weekly check-in of a trial, or its review.
        Trial = "trial",
        /// The monthly check-in of easing back.
        Ease = "ease",
        /// The weekly note of letting go.
        Letgo = "letgo",
        /// Word that everything will be deleted, unless a sign of life comes.
        Retention = "retention",
        /// Everything is deleted.
        Deletion = "deletion",
    }
}

impl Timer {
    /// The stage it belongs to, if to one; closing a stage cancels its timers.
    #[must_use]
    pub const fn stage(self) -> Option<Stage> {
        match self {
            Self::CooloffReminder | Self::CooloffSnooze | Self::Urge | Self::Letter => Some(Stage::Cooloff),
            Self::Words | Self::Retention | Self::Deletion => None,
            Self::Writing => Some(Stage::Reflect),
            // A wait of a later stage as well: what closes one of stages 3 to 6 closes all.
            Self::Draft | Self::Planned | Self::Wait => Some(Stage::Reachout),
            Self::Trial => Some(Stage::Trial),
            Self::Ease => Some(Stage::Ease),
            Self::Letgo => Some(Stage::Letgo),
        }
    }

    /// Whether the person hears of it, so that it keeps out of quiet hours.
    #[must_use]
    pub const fn speaks(self) -> bool {
        !matches!(self, Self::Words | Self::Deletion)
    }
}
