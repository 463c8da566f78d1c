//! Small closed sets of answers, each with the short text that stands for it in an action and in a label's selector.

/// Declares an enum whose variants have a stable short text (`as_str`, `Display`, `FromStr`, `ALL`).
macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant),* }

        impl $name {
            /// Every value, in the order in which a person meets them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The short text that stands for it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = ();

            fn from_str(text: &str) -> Result<Self, ()> {
                Self::ALL.iter().copied().find(|value| value.as_str() == text).ok_or(())
            }
        }
    )*};
}
pub(crate) use codes;

codes! {
    /// Stages of the journey in their order; letting go stands beside them.
    Stage {
        /// Stage 0: the four reasons.
        Reasons = "reasons",
        /// Stage 1: take your time.
        Cooloff = "cooloff",
        /// Stage 2: reflect, during the time apart.
        Reflect = "reflect",
        /// Stage 3: reach out.
        Reachout = "reachout",
        /// Stage 4: bring it up.
        Bringup = "bringup",
        /// Stage 5: the trial period.
        Trial = "trial",
        /// Stage 6: ease back.
        Ease = "ease",
        /// Letting go, reachable from everywhere.
        Letgo = "letgo",
    }

    /// Who ended the relationship.
    EndedBy {
        /// The person.
        Me = "me",
        /// The other.
        Them = "them",
        /// Both of them.
        Both = "both",
    }

    /// How long ago it ended, in the steps that matter for the advice.
    EndedWhen {
        /// Within the last week.
        Week = "week",
        /// Within the last month.
        Month = "month",
        /// One to three months ago.
        Quarter = "quarter",
        /// Three to twelve months ago.
        Year = "year",
        /// More than a year ago.
        Longer = "longer",
    }

    /// The four reasons, in the order of their cards.
    Card {
        /// It can be fixed.
        Fix = "fix",
        /// One or both have grown.
        Grown = "grown",
        /// Trust can be rebuilt.
        Trust = "trust",
        /// Both want to work on it.
        Both = "both",
    }

    /// The answer to a card. `ToldNo` exists on [`Card::Both`] alone.
    CardAnswer {
        /// True for us.
        True = "true",
        /// Not sure.
        Unsure = "unsure",
        /// No.
        No = "no",
        /// Does not apply to us.
        NotOurs = "not-ours",
        /// They have told me no.
        ToldNo = "told-no",
    }

    /// The three questions of the safety gate.
    GateQuestion {
        /// The other has asked for no contact, or has blocked the person.
        Contact = "contact",
        /// There was violence, threats or control, in either direction.
        Violence = "violence",
        /// A court or the police limit contact. Its text stays the one of older messages.
        Order = "court",
    }

    /// Who was hurt where there was violence.
    ViolenceRole {
        /// The person was hurt.
        Hurt = "hurt",
        /// The person did hurt.
        Did = "did",
        /// Both.
        Both = "both",
        /// The person would rather not say.
        Unsaid = "unsaid",
    }

    /// The answer to "Are you safe?".
    Safety {
        /// I might hurt myself.
        Myself = "myself",
        /// Someone is hurting or threatening me.
        Threatened = "threatened",
        /// I'm afraid of what I might do.
        Afraid = "afraid",
        /// I'm okay.
        Okay = "okay",
    }

    /// Who wrote words that may be somebody else's.
    Author {
        /// The person.
        Me = "me",
        /// The other person.
        Them = "them",
        /// Somebody else.
        Other = "other",
    }

    /// A plain answer.
    YesNo {
        /// Yes.
        Yes = "yes",
        /// No.
        No = "no",
    }

    /// Why a time apart is ended early; asked once.
    EarlyWhy {
        /// They see clearly now.
        Clear = "clear",
        /// The two have talked already.
        Talked = "talked",
        /// It does not help.
        NotForMe = "not-for-me",
        /// They would rather not say.
        Unsaid = "unsaid",
    }

    /// What a sealed piece of a person's own words is.
    EntryKind {
        /// A note to one of the four reasons.
        Reason = "reason",
        /// A note to a day's mood.
        Mood = "mood",
        /// An unsent letter.
        Letter = "letter",
        /// A note about having reached out.
        Slip = "slip",
        /// One line: why the person waits.
        Waiting = "waiting",
        /// Words written unasked and kept.
        Note = "note",
        /// Words written unasked, not yet decided upon; dropped after a day.
        Unasked = "unasked",
        /// An answer of the reflection: what could have been handled better.
        Better = "better",
        /// My part.
        MyPart = "part",
        /// What worked.
        Worked = "worked",
        /// What did not.
        NotWorked = "not-worked",
        /// What should have been there.
        Missing = "missing",
        /// What would have to change in me.
        ChangeMe = "change-me",
        /// What would have to change in them.
        ChangeThem = "change-them",
        /// What would have to change between us.
        ChangeUs = "change-us",
        /// Written to a prompt of the writing over several days.
        Writing = "writing",
        /// Opening lines for a first contact.
        Draft = "draft",
        /// A talk point.
        Point = "point",
        /// A note about the talk.
        Talk = "talk",
        /// An agreement of the trial.
        Agreement = "agreement",
        /// A line about a week of the trial.
        Week = "week",
        /// A line about a month of easing back.
        Month = "month",
        /// What was learned in letting go.
        Learned = "learned",
        /// The person's own last words to a journey.
        LastWords = "last-words",
    }

    /// The questions of the reflection, in their order.
    Question {
        /// What could have been handled better.
        Better = "better",
        /// My part in it.
        Part = "part",
        /// What worked.
        Worked = "worked",
        /// What did not.
        NotWorked = "not-worked",
        /// What should have been there.
        Missing = "missing",
        /// What would have to change in me.
        ChangeMe = "change-me",
        /// What would have to change in them.
        ChangeThem = "change-them",
        /// What would have to change between us.
        ChangeUs = "change-us",
    }

    /// The decision at the end of the reflection.
    Decision {
        /// A second go still appeals.
        Appeals = "appeals",
        /// Not yet: no answer so far.
        NotYet = "not-yet",
        /// Let go.
        LetGo = "let-go",
    }

    /// What came of reaching out. A "no" is a press of its own, since it is final anywhere.
    TalkOutcome {
        /// They talked, and it went well.
        Well = "well",
        /// They talked, and it went badly.
        Badly = "badly",
        /// The other asked for time.
        Time = "time",
        /// No reply came.
        NoReply = "no-reply",
        /// It has not happened yet.
        NotYet = "not-yet",
    }

    /// Why one waits.
    WaitWhy {
        /// The other asked for time.
        Time = "time",
        /// No reply came.
        NoReply = "no-reply",
        /// The talk went badly.
        Badly = "badly",
        /// The person was not ready yet.
        NotYet = "not-yet",
    }

    /// A shelf of the journal: what belongs to one stage.
    Shelf {
        /// Everything.
        All = "all",
        /// Notes to the reasons.
        Reasons = "reasons",
        /// Notes of the time apart: moods, slips.
        Cooloff = "cooloff",
        /// Unsent letters.
        Letters = "letters",
        /// Answers and writing of the reflection.
        Reflect = "reflect",
        /// Drafts, talk points, notes about a talk.
        Reachout = "reachout",
        /// Notes of their own.
        Notes = "notes",
        /// Agreements, and lines about the weeks and months of trying again.
        Together = "together",
        /// What was learned in letting go, and last words.
        Letgo = "letgo",
    }

    /// How reminders look on a locked screen.
    Notices {
        /// "A note for you is ready", opened by a press.
        Discreet = "discreet",
        /// The whole text at once.
        Plain = "plain",
    }

    /// How something went. Every check-in of the trial and of easing back is answered with one of these.
    How {
        /// There was nothing of the kind.
        Nothing = "nothing",
        /// Well.
        Well = "well",
        /// So and so.
        Mixed = "mixed",
        /// Badly.
        Badly = "badly",
    }

    /// What a week of the trial is asked.
    Weekly {
        /// How small arguments were resolved.
        Arguments = "arguments",
        /// How easily the agreed changes are kept.
        Changes = "changes",
        /// Whether it is haste or calm.
        Calm = "calm",
    }

    /// What a month of easing back is asked.
    Monthly {
        /// Whether feelings were respected.
        Feelings = "feelings",
        /// How disagreements were handled.
        Disagreements = "disagreements",
        /// Whether compromises were healthy.
        Compromises = "compromises",
    }

    /// A circle of people that hears of it, in the order in which they best do.
    Circle {
        /// One person each of them trusts.
        Trusted = "trusted",
        /// Close friends.
        Friends = "friends",
        /// Family.
        Family = "family",
        /// Everyone met by the way: work, neighbours.
        Around = "around",
        /// Everyone else, social media included.
        Online = "online",
    }

    /// What one asks oneself before the question of a future.
    Readiness {
        /// Have we talked about what ended it?
        Talked = "talked",
        /// Do I know how they see it?
        TheirView = "their-view",
        /// Am I calm at the thought of a no?
        Calm = "calm",
        /// Is there something new to offer?
        New = "new",
    }

    /// How the other has responded so far.
    Warmth {
        /// Warm and open.
        Warm = "warm",
        /// Friendly, but careful.
        Careful = "careful",
        /// Cool.
        Cool = "cool",
    }

    /// How a journey ended.
    Ending {
        /// Together.
        Together = "together",
        /// Let go.
        Letgo = "letgo",
    }
}

impl Stage {
    /// Whether the safety gate stands before it: the stages that involve the other person.
    #[must_use]
    pub const fn is_gated(self) -> bool {
        matches!(self, Self::Reachout | Self::Bringup | Self::Trial | Self::Ease)
    }
}

impl Question {
    /// What kind of words its answer is.
    #[must_use]
    pub const fn kind(self) -> EntryKind {
        match self {
            Self::Better => EntryKind::Better,
            Self::Part => EntryKind::MyPart,
            Self::Worked => EntryKind::Worked,
            Self::NotWorked => EntryKind::NotWorked,
            Self::Missing => EntryKind::Missing,
            Self::ChangeMe => EntryKind::ChangeMe,
            Self::ChangeThem => EntryKind::ChangeThem,
            Self::ChangeUs => EntryKind::ChangeUs,
        }
    }
}

impl EntryKind {
    /// Whether words of this kind were written toward the other person, in one of stages 3 to 6.
    #[must_use]
    pub const fn leads_to_them(self) -> bool {
        matches!(self, Self::Draft | Self::Point | Self::Talk | Self::Agreement | Self::Week | Self::Month)
    }
}

impl Shelf {
    /// Whether words of this kind stand on it. Words that wait for a decision stand on none.
    #[must_use]
    pub fn holds(self, kind: EntryKind) -> bool {
        let own = match kind {
            EntryKind::Unasked => return false,
            EntryKind::Reason => Self::Reasons,
            EntryKind::Mood | EntryKind::Slip | EntryKind::Waiting => Self::Cooloff,
            EntryKind::Letter => Self::Letters,
            EntryKind::Note => Self::Notes,
            EntryKind::Better
            | EntryKind::MyPart
            | EntryKind::Worked
            | EntryKind::NotWorked
            | EntryKind::Missing
            | EntryKind::ChangeMe
            | EntryKind::ChangeThem
            | EntryKind::ChangeUs
            | EntryKind::Writing => Self::Reflect,
            EntryKind::Draft | EntryKind::Point | EntryKind::Talk => Self::Reachout,
            EntryKind::Agreement | EntryKind::Week | EntryKind::Month => Self::Together,
            EntryKind::Learned | EntryKind::LastWords => Self::Letgo,
        };
        self == Self::All || self == own
    }
}
