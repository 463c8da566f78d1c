//! From keys and typed values to what a person reads: joins texts, fills placeholders, quotes their words, labels choices.

use std::collections::BTreeMap;

use super::escape::{pages, quote, quoted_len};
use super::lines::worded;
use super::moment::{BLOCKS, Moment, Piece, Text};
use super::{Prompts, Texts};
use crate::chat::{Accent, Action, Choice, EntryId, Reply, Style, Words};
use crate::journey::{Arg, Block, Excerpt, Key, Message, Press, Prompt, ZoneClock};

/// The most characters of a message, its heading included.
pub(super) const LIMIT: usize = 2000;

/// The most characters of a label.
const LABEL: usize = 80;

/// The most choices of a message.
const CHOICES: usize = 25;

/// The most characters of one part of an entry in the journal: what is left beside the longest page of ours.
const PART: usize = 1500;

/// Between paragraphs.
const GAP: &str = "\n\n";

/// What a message needs besides itself to be shown.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// The number of the journey its choices belong to; 0 before consent.
    pub journey: u64,
    /// The opened words it quotes. An entry that is not here was burnt or never kept.
    pub words: &'a BTreeMap<EntryId, Words>,
}

/// A message put together, before its quotes are cut to fit.
pub(super) struct Draft<'a> {
    heading: Option<String>,
    parts: Vec<Part<'a>>,
}

enum Part<'a> {
    /// A paragraph of ours.
    Ours(String),
    /// A person's own words.
    Theirs(&'a str),
}

/// See [`Prompts::render`].
pub(super) fn reply(prompts: &Prompts, texts: &Texts, message: &Message, frame: &Frame<'_>) -> Reply {
    let (heading, body) = Draft::of(prompts, texts, message, frame.words).fit();
    let mut suggested = false;
    let choice = |press: &Press| {
        let style = match style(press) {
            // One suggestion a message: two would be none.
            Style::Primary if std::mem::replace(&mut suggested, true) => Style::Plain,
            style => style,
        };
        Choice { action: Action::compose(frame.journey, &press.token()), label: label(texts, press), style }
    };
    let choices = message.choices.iter().take(CHOICES).map(choice).collect();
    if message.choices.len() > CHOICES {
        tracing::error!(count = message.choices.len(), "a message has more choices than any platform shows");
    }
    let deletes = |block: &Block| block.prompt == Prompt::Key(Key::MessageDeleted);
    let deletes_pressed = message.blocks.first().is_some_and(deletes);
    Reply { heading, body, choices, accent: accent(message), files: Vec::new(), deletes_pressed }
}

/// In how many parts a piece of a person's words is shown in the journal, at least one.
#[must_use]
pub fn parts(words: &str) -> u8 {
    u8::try_from(pages(words, PART).len()).unwrap_or(u8::MAX)
}

/// See [`Prompts::label`].
pub(super) fn label(texts: &Texts, press: &Press) -> String {
    let label = texts.ui.label(press);
    // The checker holds labels to the limit for the longest samples; a field could be longer than its sample.
    if label.chars().count() <= LABEL { label } else { label.chars().take(LABEL - 1).chain(['…']).collect() }
}

/// How a choice looks. Decisions that lead on are suggested; what destroys is marked.
fn style(press: &Press) -> Style {
    match press {
        Press::ForgetAll
        | Press::LetterBurn { .. }
        | Press::DraftBurn { .. }
        | Press::Drop { .. }
        | Press::AgreementDrop { .. } => Style::Danger,
        Press::Consent
        | Press::CooloffSetUp
        | Press::CooloffBegin
        | Press::Resume
        | Press::UrgePassed
        | Press::SlipContinue
        | Press::LetterKeep { .. }
        | Press::WordsKeep { .. }
        | Press::Reflection { .. }
        | Press::WritingForm { .. }
        | Press::PlanAt { .. }
        | Press::PlanOn { .. }
        | Press::TrialSetUp
        | Press::TrialBegin
        | Press::TrialCheckin
        | Press::EaseBegin
        | Press::CloseNow
        | Press::Open { .. } => Style::Primary,
        _ => Style::Plain,
    }
}

/// The part of the journey the first text belongs to.
fn accent(message: &Message) -> Accent {
    let folder = match message.blocks.first().map(|block| &block.prompt) {
        Some(Prompt::Key(key)) => key.folder().unwrap_or_default(),
        Some(Prompt::Plan(_)) => "cooloff",
        None => "shell",
    };
    match folder {
        "safety" => Accent::Safety,
        "reasons" => Accent::Reasons,
        "cooloff" | "urge" => Accent::Cooloff,
        "reflect" => Accent::Stage(2),
        "reachout" | "wait" => Accent::Stage(3),
        "bringup" => Accent::Stage(4),
        "trial" => Accent::Stage(5),
        "ease" => Accent::Stage(6),
        "letgo" => Accent::Letgo,
        _ => Accent::Shell,
    }
}

impl<'a> Draft<'a> {
    /// Fills every text of a message.
    pub(super) fn of(prompts: &Prompts, texts: &Texts, message: &Message, words: &'a BTreeMap<EntryId, Words>) -> Self {
        let mut draft = Self { heading: None, parts: Vec::new() };
        for (index, block) in message.blocks.iter().enumerate() {
            let Some(moment) = texts.moment(&block.prompt) else {
                // A plan prompt may have gone with an update while its message waited.
                tracing::error!(prompt = name(&block.prompt), "there is no such text");
                continue;
            };
            let filled = moment.paragraphs.iter().filter_map(|text| paragraph(prompts, texts, text, block, words));
            let filled: Vec<_> = filled.collect();
            let heading = moment.heading.as_ref().map(|heading| inline(texts, heading, block));
            match heading {
                Some(heading) if index == 0 => draft.heading = Some(heading),
                Some(heading) if !filled.is_empty() => draft.parts.push(Part::Ours(format!("**{heading}**"))),
                _ => {}
            }
            draft.parts.extend(filled);
        }
        draft
    }

    /// The characters of what is ours, with the gaps between all parts.
    pub(super) fn fixed(&self) -> usize {
        let ours = |part: &Part<'_>| match part {
            Part::Ours(text) => text.chars().count(),
            Part::Theirs(_) => 0,
        };
        let heading = self.heading.as_ref().map_or(0, |heading| heading.chars().count() + GAP.len());
        let gaps = GAP.len() * self.parts.len().saturating_sub(1);
        heading + gaps + self.parts.iter().map(ours).sum::<usize>()
    }

    /// The heading and the body, with quotes as long as there is room.
    fn fit(mut self) -> (Option<String>, String) {
        // A platform would refuse the whole message, the lines for a crisis in it as well: its end goes first.
        while self.fixed() > LIMIT && self.parts.len() > 1 {
            tracing::error!(characters = self.fixed(), "texts are too long together; the last paragraph is left out");
            self.parts.pop();
        }
        let lengths: Vec<usize> = self.parts.iter().filter_map(Part::theirs).map(quoted_len).collect();
        let mut shares = shares(&lengths, LIMIT.saturating_sub(self.fixed())).into_iter();
        let shown = |part: Part<'_>| match part {
            Part::Ours(text) => text,
            Part::Theirs(words) => quote(words, shares.next().unwrap_or(0)),
        };
        let parts: Vec<_> = self.parts.into_iter().map(shown).filter(|part| !part.is_empty()).collect();
        (self.heading, parts.join(GAP))
    }
}

impl<'a> Part<'a> {
    fn theirs(&self) -> Option<&'a str> {
        match self {
            Self::Ours(_) => None,
            Self::Theirs(words) => Some(words),
        }
    }
}

/// Deals `room` out to quotes of these lengths: the short ones whole, the long ones the same.
fn shares(lengths: &[usize], room: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..lengths.len()).collect();
    order.sort_by_key(|index| lengths[*index]);
    let mut shares = vec![0; lengths.len()];
    let mut room = room;
    for (dealt, index) in order.into_iter().enumerate() {
        let share = lengths[index].min(room / (lengths.len() - dealt));
        shares[index] = share;
        room -= share;
    }
    shares
}

/// One paragraph; `None` where what it stands for is not there.
fn paragraph<'a>(
    prompts: &Prompts,
    texts: &Texts,
    text: &Text,
    block: &Block,
    words: &'a BTreeMap<EntryId, Words>,
) -> Option<Part<'a>> {
    let [Piece::Slot(slot)] = text.as_slice() else { return Some(Part::Ours(inline(texts, text, block))) };
    if !BLOCKS.contains(&slot.as_str()) {
        return Some(Part::Ours(inline(texts, text, block)));
    }
    match arg(block, slot)? {
        Arg::Words(entry) => words.get(entry).map(|words| Part::Theirs(words.expose())),
        Arg::Part(Excerpt { entry, part }) => {
            let mut pages = pages(words.get(entry)?.expose(), PART);
            let index = usize::from(part.saturating_sub(1)).min(pages.len() - 1);
            Some(Part::Ours(pages.swap_remove(index)))
        }
        Arg::Lines(asked) => Some(Part::Ours(worded(&prompts.lines, &texts.ui, asked))),
        Arg::Clocks(clocks) => {
            let line = |clock: &ZoneClock| {
                let (zone, now) = (Arg::Zone(clock.zone.clone()), Arg::Now(clock.at));
                format!("- {}: {}", texts.ui.arg(&zone), texts.ui.arg(&now))
            };
            Some(Part::Ours(clocks.iter().map(line).collect::<Vec<_>>().join("\n")))
        }
        Arg::Commands(()) => Some(Part::Ours(commands(texts))),
        _ => None,
    }
}

/// A text whose values are part of its sentences.
fn inline(texts: &Texts, text: &Text, block: &Block) -> String {
    let piece = |piece: &Piece| match piece {
        Piece::Literal(literal) => literal.clone(),
        Piece::Slot(slot) => arg(block, slot).map(|arg| texts.ui.arg(arg)).unwrap_or_default(),
    };
    text.iter().map(piece).collect()
}

/// The value for a placeholder; its absence is a mistake of the journey's and logged by names alone.
fn arg<'b>(block: &'b Block, slot: &str) -> Option<&'b Arg> {
    let found = block.args.iter().find(|arg| arg.name() == slot);
    if found.is_none() {
        tracing::error!(prompt = name(&block.prompt), slot, "a text was said without a value it shows");
    }
    found
}

fn commands(texts: &Texts) -> String {
    let line = |(name, _): &(&str, Press)| format!("- /{name} – {}", texts.ui.command(name).description);
    Press::COMMANDS.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn name(prompt: &Prompt) -> &str {
    match prompt {
        Prompt::Key(key) => key.path(),
        Prompt::Plan(id) => &id.0,
    }
}

impl Texts {
    fn moment(&self, prompt: &Prompt) -> Option<&Moment> {
        match prompt {
            Prompt::Key(key) => self.moments.get(key),
            Prompt::Plan(id) => self.plans.get(id),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_quotes_are_whole_and_long_ones_share_what_is_left() {
        assert_eq!(shares(&[10, 20], 100), [10, 20]);
        assert_eq!(shares(&[500, 10, 500], 110), [50, 10, 50]);
        assert_eq!(shares(&[5, 5], 0), [0, 0]);
        assert_eq!(shares(&[], 100), [0; 0]);
    }

    #[test]
    fn every_stage_has_its_accent() {
        let of = |key| accent(&Message::new(key));
        assert_eq!(of(Key::Hello), Accent::Shell);
        assert_eq!(of(Key::Support), Accent::Safety);
        assert_eq!(of(Key::UrgeMenu), Accent::Cooloff);
        assert_eq!(of(Key::Reflect1), Accent::Stage(2));
        assert_eq!(of(Key::Ease2), Accent::Stage(6));
        assert_eq!(of(Key::LetgoChosen), Accent::Letgo);
    }
}
