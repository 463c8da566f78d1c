//! Stages 2 to 6 and letting go, as far as they are advice to read.

use crate::journey::codes::{Stage, ViolenceRole};
use crate::journey::gate;
use crate::journey::keys::Key;
use crate::journey::message::Message;
use crate::journey::press::Press;
use crate::journey::stages::reflect;
use crate::journey::turn::Turn;

/// The pages of a stage's advice, in order.
const fn pages(stage: Stage) -> &'static [Key] {
    match stage {
        Stage::Reasons => &[Key::ReasonsIntro],
        Stage::Cooloff => &[Key::CooloffAdvice1, Key::CooloffAdvice2],
        Stage::Reflect => &[Key::Reflect1, Key::Reflect2],
        Stage::Reachout => &[Key::Reachout1, Key::Reachout2, Key::Reachout3],
        Stage::Bringup => &[Key::Bringup1, Key::Bringup2],
        Stage::Trial => &[Key::Trial1, Key::Trial2],
        Stage::Ease => &[Key::Ease1, Key::Ease2],
        Stage::Letgo => &[Key::Letgo1, Key::Letgo2, Key::Letgo2Apart, Key::Letgo3],
    }
}

/// One page, from 1; a page that does not exist reads as the first. The gate is the caller's. Pages that do not fit are
/// left out, and where none is left another one stands for them.
pub fn page(turn: &mut Turn, stage: Stage, page: u8) -> Message {
    let stands_in = |key: Key| key == Key::Letgo2Apart && turn.fits(Key::Letgo2);
    let pages = pages(stage).iter().copied().filter(|key| turn.fits(*key) && !stands_in(*key));
    let pages: Vec<Key> = pages.collect();
    if pages.is_empty() {
        return instead(turn, stage);
    }
    let index = usize::from(page).checked_sub(1).filter(|index| *index < pages.len()).unwrap_or(0);
    let more = u8::try_from(index + 2).ok().filter(|next| usize::from(*next) <= pages.len());
    let message = Message::new(pages[index]).choices(more.map(|page| Press::Read { stage, page }));
    message.choices(after(turn, stage)).choices([Press::Journey])
}

/// After violence: what stands for advice that does not fit then.
fn instead(turn: &mut Turn, stage: Stage) -> Message {
    match stage {
        Stage::Cooloff => {
            let next = if turn.journey.cooloff.run.is_some() { Press::Cooloff } else { Press::CooloffSetUp };
            let key = match turn.journey.gate.role {
                Some(ViolenceRole::Hurt) => Key::AfterCooloff,
                Some(ViolenceRole::Did) => Key::AfterCooloffDid,
                Some(ViolenceRole::Both | ViolenceRole::Unsaid) | None => Key::AfterCooloffOpen,
            };
            Message::new(key).choices([next, Press::AfterViolence { page: 1 }, Press::Support, Press::Journey])
        }
        Stage::Reflect => reflect::show(turn),
        _ => gate::after_page(turn, 1),
    }
}

fn after(turn: &Turn, stage: Stage) -> Vec<Press> {
    match stage {
        Stage::Reasons => vec![Press::Reasons],
        Stage::Cooloff if turn.journey.cooloff.run.is_none() => vec![Press::CooloffSetUp],
        Stage::Reflect => vec![Press::Reflect],
        Stage::Cooloff => vec![Press::Cooloff],
        Stage::Reachout => vec![Press::Reachout, Press::Talk, Press::SaidNo],
        Stage::Bringup => vec![Press::Bringup, Press::SaidNo],
        Stage::Trial if turn.journey.trial.run.is_none() => vec![Press::TrialSetUp, Press::SaidNo],
        Stage::Trial => vec![Press::Trial, Press::SaidNo],
        Stage::Ease if turn.journey.ease.run.is_none() => vec![Press::EaseBegin, Press::SaidNo],
        Stage::Ease => vec![Press::Ease, Press::SaidNo],
        Stage::Letgo if turn.journey.letting_go => vec![Press::Letgo, Press::WriteLetter, Press::Support],
        Stage::Letgo => vec![Press::LetGo, Press::WriteLetter],
    }
}
