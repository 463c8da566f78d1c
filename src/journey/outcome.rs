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
    /// The time apart was ended early.
    EndedEarly,
    /// The person has decided to let go.
    LettingGo,
}

impl Outcome {
    /// What is offered next, first first.
    #[must_use]
    pub fn offers(self) -> Vec<Press> {
        match self {
            Self::Worth => vec![Press::Cooloff, read(Stage::Reflect), read(Stage::Letgo)],
            Self::TooEarly => vec![Press::Cooloff, Press::ThinkLater, read(Stage::Letgo)],
            Self::PointsToLettingGo => vec![read(Stage::Letgo), Press::Cooloff, Press::Support],
            Self::ToldNo => vec![read(Stage::Letgo), Press::Support, Press::SaidNoUndo],
            Self::TimeOver => vec![read(Stage::Reflect), Press::ExtendAsk, read(Stage::Letgo)],
            Self::EndedEarly => vec![read(Stage::Reflect), Press::Reasons, read(Stage::Letgo)],
            Self::LettingGo => vec![Press::WriteLetter, Press::Support, Press::Journey],
        }
    }
}

/// The first page of a stage.
#[must_use]
pub const fn read(stage: Stage) -> Press {
    Press::Read { stage, page: 1 }
}
