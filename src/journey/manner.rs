//! What becomes of the message on which something is pressed, where the platform can change a message. Adapters ask through
//! the service; the journey itself does not care.

use super::press::Press;

/// What becomes of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// It turns the page or corrects a setting: the answer takes the message's place.
    Turns,
    /// It answers the question of the message, which stays without its choices.
    Answers,
    /// It opens something else; the message stays as it is.
    Opens,
}

impl Press {
    /// What becomes of the message it is pressed on.
    #[must_use]
    pub const fn manner(&self) -> Manner {
        match self {
            Self::Read { page: 2.., .. }
            | Self::Notices { .. }
            | Self::QuietOff
            | Self::Time { .. }
            | Self::AgreementDrop { .. }
            | Self::Told { .. }
            | Self::Way { .. }
            | Self::PointTake { .. }
            | Self::PointDrop { .. }
            | Self::PointOut { .. }
            | Self::Shelved { .. }
            | Self::Leaf { .. }
            | Self::Older { .. }
            | Self::Newer { .. }
            | Self::Month { .. }
            | Self::DropAsk { .. }
            | Self::Drop { .. } => Manner::Turns,
            Self::Consent
            | Self::TooYoung
            | Self::ForgetAll
            | Self::EndedBy { .. }
            | Self::EndedWhen { .. }
            | Self::AnswerCard { .. }
            | Self::Length { .. }
            | Self::Every { .. }
            | Self::CooloffBegin
            | Self::Extend { .. }
            | Self::EndWhy { .. }
            | Self::Mood { .. }
            | Self::UrgePassed
            | Self::LetterKeep { .. }
            | Self::LetterBurn { .. }
            | Self::LetterTomorrow { .. }
            | Self::SlipContinue
            | Self::SlipRestart
            | Self::Gate { .. }
            | Self::GateLater
            | Self::GateUndo
            | Self::GateCorrect { .. }
            | Self::SaidNoUndo
            | Self::Zone { .. }
            | Self::WordsAdd { .. }
            | Self::WordsKeep { .. }
            | Self::WordsLetter { .. }
            | Self::WordsDrop { .. }
            | Self::Decide { .. }
            | Self::WritingBegin { .. }
            | Self::DraftHold { .. }
            | Self::DraftKeep { .. }
            | Self::DraftBurn { .. }
            | Self::PlanDay { .. }
            | Self::PlanAt { .. }
            | Self::PlanOn { .. }
            | Self::ZoneAt { .. }
            | Self::Quiet { .. }
            | Self::QuietAt { .. }
            | Self::Talked { .. }
            | Self::NotYetLater
            | Self::BothAgain { .. }
            | Self::WaitDays { .. }
            | Self::WaitUnsaid { .. }
            | Self::TrialLength { .. }
            | Self::TrialBegin
            | Self::TrialAnswer { .. }
            | Self::Kept { .. }
            | Self::TrialGoOn
            | Self::TrialExtend
            | Self::TrialStop
            | Self::Ready { .. }
            | Self::BroughtUpYes
            | Self::BroughtUpTime
            | Self::EaseBegin
            | Self::EaseAnswer { .. }
            | Self::CloseNow
            | Self::NewAbout { .. } => Manner::Answers,
            _ => Manner::Opens,
        }
    }
}
