//! Which texts fit what the person has told, and the form of a text without a count of days.
//!
//! After violence, texts about one's own part, the other's side, forgiving and apologies never come, and no days are
//! counted. While the gate is held or closed, texts that weigh going back are left out. The stages choose by
//! [`Turn::fits`]; [`guard`] is the last line behind them. The manifest says which texts these are.
//!
//! Source: the safety specification, section 2.

use super::aftercare;
use super::effect::Anomaly;
use super::keys::Key;
use super::message::{Block, Message, PlanId, Prompt};
use super::outcome::Outcome;
use super::overview;
use super::press::Press;
use super::turn::Turn;

impl Turn<'_> {
    /// Whether a moment fits what the person has told.
    #[must_use]
    pub fn fits(&self, key: Key) -> bool {
        self.fits_prompt(&Prompt::Key(key))
    }

    /// Whether a plan prompt fits what the person has told.
    #[must_use]
    pub fn fits_plan(&self, id: &PlanId) -> bool {
        let gentle = !self.journey.is_in_aftercare(self.now) || aftercare::is_gentle(id);
        gentle && self.fits_prompt(&Prompt::Plan(id.clone()))
    }

    fn fits_prompt(&self, prompt: &Prompt) -> bool {
        let (journey, catalogue, now) = (&self.journey, self.catalogue, self.now);
        let unfit = (journey.leaves_out_own_part(now) && catalogue.not_after_violence.has(prompt))
            || (journey.did_the_hurting() && catalogue.not_after_hurting.has(prompt))
            || (journey.heard_of_violence(now) && catalogue.apologies.has(prompt))
            || (journey.is_barred(now) && catalogue.weighs_return.has(prompt))
            || (journey.keeps_away(now) && catalogue.brings_near.has(prompt));
        !unfit
    }

    /// Takes out of a message that was made earlier what does not fit any more, with the press that belongs to it.
    #[must_use]
    pub fn without_unfit(&self, mut message: Message) -> Message {
        let is_over = |block: &Block| block.prompt == Prompt::Key(Key::Over);
        if self.journey.is_barred(self.now) && message.blocks.iter().any(is_over) {
            return Message::new(Key::OverClosed).choices(Outcome::TimeOverClosed.offers());
        }
        let before = message.blocks.len();
        message.blocks.retain(|block| self.fits_prompt(&block.prompt));
        if message.blocks.len() < before {
            message.choices.retain(|press| *press != Press::ReasonsAgain);
        }
        if message.blocks.is_empty() { Message { choices: message.choices, ..overview::show(self) } } else { message }
    }

    /// The form of a message without a count of days, where none is shown.
    #[must_use]
    pub fn uncounted(&self, mut message: Message) -> Message {
        if !self.journey.leaves_out_own_part(self.now) {
            return message;
        }
        message.blocks = message.blocks.into_iter().filter_map(uncounted).collect();
        message.choices.retain(|press| *press != Press::SlipRestart);
        message
    }
}

/// The last line of defence: a text that does not fit is left out, and the operator sees that it was about to be said.
pub fn guard(turn: &mut Turn, answer: Option<Message>) -> Option<Message> {
    let sends = std::mem::take(&mut turn.sends);
    turn.sends = sends
        .into_iter()
        .filter_map(|send| Some(super::Send { message: guarded(turn, send.message)?, ..send }))
        .collect();
    answer.map(|answer| guarded(turn, answer).unwrap_or_else(|| turn.uncounted(overview::show(turn))))
}

/// A message without what does not fit; `None` where nothing is left.
fn guarded(turn: &mut Turn, mut message: Message) -> Option<Message> {
    let unfit = message.blocks.iter().find(|block| !turn.fits_prompt(&block.prompt));
    if let Some(block) = unfit {
        turn.anomaly = Some(Anomaly::Unfit(match block.prompt {
            Prompt::Key(key) => Some(key),
            Prompt::Plan(_) => None,
        }));
        message.blocks.retain(|block| turn.fits_prompt(&block.prompt));
    }
    (!message.blocks.is_empty()).then_some(message)
}

/// What becomes of a text that counts days.
enum Count {
    /// It counts none.
    None,
    /// It is left out.
    Dropped,
    /// Another one is said.
    Instead(Key),
}

const fn count(key: Key) -> Count {
    match key {
        Key::Streak | Key::PlaceTotals | Key::LetgoCount | Key::LetgoStreak => Count::Dropped,
        Key::CooloffBegan => Count::Instead(Key::AfterBegan),
        Key::FirstDay => Count::Instead(Key::AfterFirstDay),
        Key::DayHead => Count::Instead(Key::AfterDay),
        Key::Midpoint => Count::Instead(Key::AfterMidpoint),
        Key::LastDay => Count::Instead(Key::AfterLastDay),
        Key::CatchUp => Count::Instead(Key::AfterCatchUp),
        Key::Over => Count::Instead(Key::OverClosed),
        Key::CooloffRunning => Count::Instead(Key::AfterRunning),
        Key::Paused | Key::PausedStill => Count::Instead(Key::AfterPaused),
        Key::Resumed | Key::SlipRestart => Count::Instead(Key::AfterResumed),
        Key::Extended => Count::Instead(Key::AfterExtended),
        Key::PlaceCooloffRunning => Count::Instead(Key::AfterPlaceRunning),
        Key::PlaceCooloffPaused => Count::Instead(Key::AfterPlacePaused),
        _ => Count::None,
    }
}

fn uncounted(block: Block) -> Option<Block> {
    let Prompt::Key(key) = block.prompt else { return Some(block) };
    match count(key) {
        Count::None => Some(block),
        Count::Dropped => None,
        Count::Instead(instead) => {
            let takes = |name| instead.args().contains(&name);
            let args = block.args.into_iter().filter(|arg| takes(arg.name())).collect();
            Some(Block { prompt: Prompt::Key(instead), args })
        }
    }
}
