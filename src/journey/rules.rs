//! What stands before a press does anything: the person's time zone, the gate, the journal's leaves, a form.

use super::codes::{EntryKind, Stage, YesNo};
use super::form::FormKind;
use super::press::Press;

impl Press {
    /// Whether it never changes anything, and has an answer also where the store fails.
    #[must_use]
    pub const fn is_stateless(&self) -> bool {
        self.is_support() || matches!(self, Self::Hide | Self::ClearMySide | Self::Help | Self::Privacy)
    }

    /// True where its answer is a page of help lines.
    #[must_use]
    pub const fn is_support(&self) -> bool {
        matches!(
            self,
            Self::Support
                | Self::SupportIn { .. }
                | Self::SupportFor { .. }
                | Self::SupportNeed { .. }
                | Self::SupportCountries
        )
    }

    /// Whether its answer names a time of day, for which the person's zone has to be known.
    #[must_use]
    pub const fn names_a_time(&self) -> bool {
        matches!(
            self,
            Self::UrgeLater
                | Self::LetterTomorrow { .. }
                | Self::Snooze { .. }
                | Self::WritingBegin { .. }
                | Self::Draft
                | Self::DraftHold { .. }
                | Self::Plan
                | Self::PlanDay { .. }
                | Self::PlanAt { .. }
                | Self::PlanOn { .. }
                | Self::NotYetLater
                | Self::EaseBegin
                | Self::LetgoWeekly
        )
    }

    /// Whether it asks for the person's own words: what they type next is the answer.
    #[must_use]
    pub const fn asks_for_words(&self) -> bool {
        matches!(self, Self::Ask { .. } | Self::PointTake { .. } | Self::Letter | Self::Draft | Self::Writing)
    }

    /// What kind of words are written into its form.
    #[must_use]
    pub const fn entry_kind(&self) -> EntryKind {
        match self {
            Self::CardNote { .. } => EntryKind::Reason,
            Self::MoodNote { .. } => EntryKind::Mood,
            Self::SlipNote => EntryKind::Slip,
            Self::WaitingForm => EntryKind::Waiting,
            Self::WriteLetter => EntryKind::Letter,
            Self::Reflection { question } => question.kind(),
            Self::WritingForm { .. } => EntryKind::Writing,
            Self::PointForm => EntryKind::Point,
            Self::DraftForm => EntryKind::Draft,
            Self::TalkForm => EntryKind::Talk,
            Self::AgreementForm => EntryKind::Agreement,
            Self::TrialNote { .. } => EntryKind::Week,
            Self::EaseNote { .. } => EntryKind::Month,
            Self::LearnedForm => EntryKind::Learned,
            Self::LastWordsForm => EntryKind::LastWords,
            _ => EntryKind::Unasked,
        }
    }

    /// The No that belongs to this Yes, where a message asks a question that a typed yes or no answers.
    #[must_use]
    pub const fn opposite(&self) -> Option<Self> {
        match self {
            Self::Gate { question, answer: YesNo::Yes } => Some(Self::Gate { question: *question, answer: YesNo::No }),
            Self::Adult { answer: YesNo::Yes } => Some(Self::Adult { answer: YesNo::No }),
            Self::SaidNo => Some(Self::NotSaidNo),
            _ => None,
        }
    }

    /// The stage whose gate stands before it: whatever is done there involves the other person.
    #[must_use]
    pub fn behind_gate(&self) -> Option<Stage> {
        match self {
            Self::Read { stage, .. }
            | Self::WaitDays { stage, .. }
            | Self::WaitForm { stage, .. }
            | Self::WaitUnsaid { stage, .. } => Some(*stage).filter(|stage| stage.is_gated()),
            Self::Open { timer } => timer.stage().filter(|stage| stage.is_gated()),
            Self::Reachout
            | Self::Points
            | Self::PointTake { .. }
            | Self::PointDrop { .. }
            | Self::PointForm
            | Self::PointOut { .. }
            | Self::Draft
            | Self::DraftForm
            | Self::DraftHold { .. }
            | Self::DraftKeep { .. }
            | Self::DraftBurn { .. }
            | Self::Plan
            | Self::PlanDay { .. }
            | Self::PlanAt { .. }
            | Self::PlanOn { .. }
            | Self::PlanForm
            | Self::PlanOff
            | Self::Talk
            | Self::TalkForm
            | Self::Tell
            | Self::Talked { .. }
            | Self::Untell { .. }
            | Self::NotYetLater
            | Self::BothAgain { .. } => Some(Stage::Reachout),
            Self::Bringup
            | Self::FriendTalk
            | Self::ReadyAsk
            | Self::Ready { .. }
            | Self::ReadyAgain
            | Self::Ways
            | Self::Way { .. }
            | Self::BroughtUp
            | Self::BroughtUpYes
            | Self::BroughtUpTime => Some(Stage::Bringup),
            Self::Trial
            | Self::TrialSetUp
            | Self::TrialLength { .. }
            | Self::TrialLengthForm
            | Self::TrialBegin
            | Self::AgreementForm
            | Self::Agreements
            | Self::AgreementDrop { .. }
            | Self::TrialCheckin
            | Self::TrialAnswer { .. }
            | Self::Kept { .. }
            | Self::TrialNote { .. }
            | Self::TrialNotes
            | Self::TrialReview
            | Self::TrialGoOn
            | Self::TrialExtend
            | Self::TrialStop => Some(Stage::Trial),
            Self::Ease
            | Self::EaseBegin
            | Self::GoingPublic
            | Self::Told { .. }
            | Self::EaseCheckin
            | Self::EaseAnswer { .. }
            | Self::EaseNote { .. } => Some(Stage::Ease),
            _ => None,
        }
    }

    /// Whether it opens the journal, for which the service brings what is in it.
    #[must_use]
    pub const fn is_journal(&self) -> bool {
        matches!(
            self,
            Self::Journal
                | Self::Shelved { .. }
                | Self::Leaf { .. }
                | Self::Older { .. }
                | Self::Newer { .. }
                | Self::Month { .. }
                | Self::DropAsk { .. }
                | Self::Drop { .. }
        )
    }

    /// What the press asks for before it does anything: a form, or nothing.
    #[must_use]
    pub const fn form(&self) -> Option<FormKind> {
        match self {
            Self::CardNote { .. }
            | Self::MoodNote { .. }
            | Self::SlipNote
            | Self::WaitingForm
            | Self::Reflection { .. }
            | Self::PointForm
            | Self::TalkForm
            | Self::TrialNote { .. }
            | Self::EaseNote { .. }
            | Self::LearnedForm
            | Self::LastWordsForm => Some(FormKind::Note),
            Self::AgreementForm => Some(FormKind::Line),
            Self::WriteLetter | Self::WritingForm { .. } => Some(FormKind::Letter),
            Self::DraftForm => Some(FormKind::Draft),
            Self::LengthForm | Self::WaitForm { .. } => Some(FormKind::Number),
            Self::EveryForm => Some(FormKind::Rhythm),
            Self::TrialLengthForm => Some(FormKind::Weeks),
            Self::PlanForm => Some(FormKind::When),
            Self::ZoneForm => Some(FormKind::Zone),
            Self::TimeForm => Some(FormKind::Time),
            Self::QuietForm => Some(FormKind::Quiet),
            Self::ExportLocked => Some(FormKind::Passphrase),
            _ => None,
        }
    }
}
