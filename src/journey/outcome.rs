//! How a stage can end, and what the parent offers then: the order of the journey stands here once.

use super::codes::Stage;
use super::press::Press;

/// What a stage reports when the person has decided something. It never opens another stage by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The reasons say: worth the time it takes.
    Worth,
    /// The reasons say: too early to know.
    TooEarly,
    /// The reasons point to letting go.
    PointsToLettingGo,
    /// The other has said no.
    ToldNo,
    /// The time apart is over.
    TimeOver,
    /// The time apart is over, or was ended, while the gate is held or closed.
    TimeOverClosed,
    /// The time apart was ended early.
    EndedEarly,
    /// The person has decided to let go.
    LettingGo,
    /// After reflecting, a second go still appeals.
    Appeals,
    /// After reflecting, there is no answer yet.
    NotSure,
    /// They talked, and it went well.
    TalkedWell,
    /// They talked, and it went badly: time apart, then at most one more attempt.
    TalkedBadly,
    /// The other asked for time: nothing is sent meanwhile.
    AskedForTime,
    /// No reply came: two weeks, then at most one more message.
    NoReply,
    /// The person was not ready yet: plan again, or wait.
    TalkNotYet,
    /// The time they asked for is over: one message at most.
    TimeGiven,
    /// The two weeks without a reply are over.
    Unanswered,
    /// The two weeks after a bad talk are over.
    CooledDown,
    /// Both attempts are used.
    Spent,
    /// Brought up, and they said yes.
    SaidYes,
    /// The trial holds.
    TrialHolds,
    /// The trial does not hold.
    TrialStopped,
    /// The three months of easing back are over.
    EasedBack,
}

impl Outcome {
    /// What is offered next, first first.
    #[must_use]
    pub fn offers(self) -> Vec<Press> {
        match self {
            Self::Worth => vec![Press::Cooloff, Press::Reflect, enter(Stage::Letgo)],
            Self::TooEarly => vec![Press::Cooloff, Press::ThinkLater, enter(Stage::Letgo)],
            Self::PointsToLettingGo => vec![enter(Stage::Letgo), Press::Cooloff, Press::Support],
            Self::ToldNo => vec![enter(Stage::Letgo), Press::Support, Press::SaidNoUndo],
            Self::TimeOver => vec![Press::Reflect, Press::ExtendAsk, enter(Stage::Letgo)],
            Self::TimeOverClosed => vec![Press::ExtendAsk, enter(Stage::Letgo), Press::Support],
            Self::EndedEarly => vec![Press::Reflect, Press::Reasons, enter(Stage::Letgo)],
            Self::LettingGo => vec![Press::WriteLetter, Press::Support, Press::Journey],
            Self::Appeals => vec![Press::Reachout, Press::Reasons, Press::Journey],
            Self::NotSure => vec![Press::Cooloff, Press::Writing, Press::Reflect, enter(Stage::Letgo), Press::Journey],
            Self::TalkedWell => vec![enter(Stage::Bringup), Press::Journey],
            Self::TalkedBadly => vec![Press::Cooloff, Press::Reflect, Press::WriteLetter, enter(Stage::Letgo)],
            Self::AskedForTime => vec![Press::Cooloff, Press::WriteLetter, Press::Reflect, Press::Journey],
            Self::NoReply => vec![Press::Cooloff, Press::WriteLetter, Press::Reflect, enter(Stage::Letgo)],
            Self::TalkNotYet => vec![Press::Plan, Press::NotYetLater, enter(Stage::Letgo), Press::Journey],
            Self::TimeGiven => vec![Press::Reflect, Press::SaidNo, enter(Stage::Letgo)],
            Self::Unanswered | Self::CooledDown => vec![Press::Reflect, enter(Stage::Letgo), Press::SaidNo],
            Self::Spent => vec![enter(Stage::Letgo), Press::LetGo, Press::WriteLetter, Press::Support, Press::Journey],
            Self::SaidYes => vec![Press::Trial, Press::Journey],
            Self::TrialHolds => vec![Press::Ease, Press::Journey],
            Self::TrialStopped => vec![enter(Stage::Reflect), Press::Letgo, Press::Support, Press::Journey],
            Self::EasedBack => vec![Press::Close, Press::Ease],
        }
    }
}

/// The way into a stage: its own page, which is its advice where nothing was begun.
#[must_use]
pub const fn enter(stage: Stage) -> Press {
    match stage {
        Stage::Reasons => Press::Reasons,
        Stage::Cooloff => Press::Cooloff,
        Stage::Reflect => Press::Reflect,
        Stage::Reachout => Press::Reachout,
        Stage::Bringup => Press::Bringup,
        Stage::Trial => Press::Trial,
        Stage::Ease => Press::Ease,
        Stage::Letgo => Press::Letgo,
    }
}
