//! Words that may be somebody else's: the question who wrote them, with help lines for both directions.

use super::{reply_alone, support_first, with_lines, with_safety_button};
use crate::chat::EntryId;
use crate::journey::codes::Author;
use crate::journey::keys::Key;
use crate::journey::message::Message;
use crate::journey::press::Press;
use crate::journey::turn::Turn;
use crate::safety::{Certainty, Concern, Concerns};

/// Asks who wrote them.
pub(super) fn who_wrote(
    turn: &mut Turn,
    concerns: Concerns,
    entry: Option<EntryId>,
    ordinary: Option<Message>,
) -> Message {
    turn.journey.crisis.quoted = concerns;
    let both = Concerns::default().with(Concern::SelfHarm, Certainty::Sure).with(Concern::Threatened, Certainty::Sure);
    let place = turn.journey.settings.place();
    let mut message = with_lines(Message::new(Key::Opening), &both, place, turn.journey.minor.is_some())
        .and(Key::WhoWrote, Vec::new());
    message = message.choices(Author::ALL.iter().map(|author| Press::WhoWrote { author: *author }));
    if let Some(entry) = entry {
        turn.journey.crisis.words.insert(entry);
        message = message.choices([Press::WordsKeep { words: entry }, Press::WordsDrop { words: entry }]);
    }
    if let Some(ordinary) = ordinary {
        message.blocks.extend(ordinary.blocks);
    }
    support_first(message)
}

/// The author is known now: the person's own words count as they stand, the other's the other way round, somebody else's stay unsure.
pub fn wrote_by(turn: &mut Turn, author: Author) -> Message {
    let quoted = std::mem::take(&mut turn.journey.crisis.quoted);
    let sure = |concern| (concern, Certainty::Sure);
    let concerns: Concerns = match author {
        Author::Me => quoted.iter().map(|(concern, _)| sure(concern)).collect(),
        Author::Them => quoted.iter().map(|(concern, _)| sure(mirrored(concern))).collect(),
        Author::Other => {
            let thanks = Message::new(Key::SafeOkay).choices([Press::Journey, Press::Support]);
            return with_safety_button(turn, &quoted, thanks);
        }
    };
    if concerns.is_empty() {
        return Message::new(Key::SafeOkay).choices([Press::Journey, Press::Support]);
    }
    reply_alone(turn, concerns)
}

/// What a concern is where the other person is the one who speaks.
const fn mirrored(concern: Concern) -> Concern {
    match concern {
        Concern::SelfHarm => Concern::TheirSuicide,
        Concern::HarmOther | Concern::OwnPursuit => Concern::Threatened,
        Concern::Threatened => Concern::HarmOther,
        Concern::TheirSuicide => Concern::SelfHarm,
        Concern::Minor | Concern::Order | Concern::ContactRefused | Concern::Ended => concern,
    }
}
