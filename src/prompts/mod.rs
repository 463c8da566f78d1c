//! Words: loads the prompt files, checks them, and renders what a journey says in a person's language.
//!
//! The service and the dispatcher call [`Prompts::render`] with a [`Message`] of keys and typed values and get a
//! [`Reply`] that any adapter can show; `rekindle check` calls [`check()`]. Nothing here knows why something is said.
//!
//! To add a text: a variant in `journey/keys.rs` and its file; the checker names whatever is still missing.

mod check;
mod escape;
mod finding;
mod input;
pub mod lines;
mod manifest;
mod messages;
mod moment;
mod plans;
mod render;

mod source;
mod ui;

pub use finding::{Finding, Severity};
pub use render::{Frame, parts};
pub use source::{Source, SourceError};

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use fluent_bundle::FluentArgs;
use jiff::civil::Date;

use crate::chat::{Command, Form, Reply};
use crate::input::Lexicon;
use crate::journey::{Arg, Catalogue, Hints, Key, Message, PlanId, Press, YesNo};
use crate::safety::{Certainty, Classifier, Concern, Concerns, Cues, PhraseLists, TextContext};
use lines::Lines;
use moment::Moment;

use ui::Ui;

/// The locale every other falls back to; a tree without it does not load.
const FALLBACK: &str = "en";

/// The texts of the exported page: `ui.ftl` messages `page-<name>`.
pub(crate) const PAGE: [&str; 31] = [
    "gate-contact",
    "gate-violence",
    "gate-order",
    "yes",
    "no",
    "title",
    "intro",
    "footer",
    "journey",
    "closed",
    "ended",
    "when",
    "told",
    "began",
    "length",
    "days",
    "passed",
    "moods",
    "week",
    "month",
    "arguments",
    "changes",
    "calm",
    "agreement",
    "feelings",
    "disagreements",
    "compromises",
    "counted",
    "words",
    "none",
    "toward",
];

/// All texts of all locales, parsed once at start and read from then on.
pub struct Prompts {
    fallback: Texts,
    /// The other locales, by their tag in lower case.
    others: BTreeMap<String, Texts>,
    catalogue: Catalogue,
    phrases: PhraseLists,
    lines: Lines,
    answers: input::Answers,
    classifiers: Vec<Classifier>,
}

/// The texts of one locale.
struct Texts {
    moments: BTreeMap<Key, Moment>,
    plans: BTreeMap<PlanId, Moment>,
    ui: Ui,
}

/// Everything to mend in a tree of prompts, sorted by file and line; empty for a tree that is whole.
///
/// Facts seen more than twelve months before `today` are notices.
#[must_use]
pub fn check(source: &Source, today: Date) -> Vec<Finding> {
    check::read(source, Some(today)).1
}

impl Prompts {
    /// Parses a tree. Warnings do not keep it from loading; [`check()`] lists them.
    ///
    /// # Errors
    /// Every finding of [`Severity::Error`], sorted, where there is one: a person would be shown something broken.
    pub fn load(source: &Source) -> Result<Self, Vec<Finding>> {
        let (prompts, mut findings) = check::read(source, None);
        findings.retain(|finding| finding.severity == Severity::Error);
        prompts.filter(|_| findings.is_empty()).ok_or(findings)
    }

    /// The built-in tree, parsed once in a process.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn built_in() -> Result<Arc<Self>, Vec<Finding>> {
        static BUILT_IN: OnceLock<Result<Arc<Prompts>, Vec<Finding>>> = OnceLock::new();
        BUILT_IN.get_or_init(|| Self::load(&Source::built_in()).map(Arc::new)).clone()
    }

    /// Which plan prompts there are and which comes when, and which countries have lines; no words.
    #[must_use]
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// What a message says in `locale` (a BCP 47 tag): at most 2000 characters with its heading, for which only a
    /// person's own words are cut. Words that are no longer in the frame are left out with their paragraph.
    #[must_use]
    pub fn render(&self, locale: &str, message: &Message, frame: &Frame<'_>) -> Reply {
        render::reply(self, self.texts(locale), message, frame)
    }

    /// The form that `press` of journey number `journey` opens, or `None` where it opens none.
    #[must_use]
    pub fn form(&self, locale: &str, press: &Press, journey: u64) -> Option<Form> {
        self.texts(locale).ui.form(press, journey)
    }

    /// What a choice says; at most 80 characters.
    #[must_use]
    pub fn label(&self, locale: &str, press: &Press) -> String {
        render::label(self.texts(locale), press)
    }

    /// How a value reads in a sentence. For where no Markdown is: what it would escape is as it is.
    #[must_use]
    pub fn value(&self, locale: &str, arg: &Arg) -> String {
        self.texts(locale).ui.arg(arg)
    }

    /// A text of the exported page: the `ui.ftl` message `page-<name>`.
    #[must_use]
    pub fn page(&self, locale: &str, name: &str) -> String {
        self.texts(locale).ui.value(&format!("page-{name}"), &FluentArgs::new())
    }

    /// The slash commands, in the order of `/help`.
    #[must_use]
    pub fn commands(&self, locale: &str) -> Vec<Command> {
        let ui = &self.texts(locale).ui;
        Press::COMMANDS.iter().map(|(name, _)| ui.command(name)).collect()
    }

    /// Whether there are texts in this locale, or in the language of it.
    #[must_use]
    pub fn has_locale(&self, locale: &str) -> bool {
        let tag = locale.replace('_', "-").to_ascii_lowercase();
        let language = tag.split('-').next().unwrap_or(&tag);
        language == FALLBACK || self.others.contains_key(&tag) || self.others.contains_key(language)
    }

    /// What a person's words are about, by the lists and the classifiers of all locales; people do not always write in the language their
    /// client is set to.
    #[must_use]
    pub fn concerns(&self, words: &str, context: TextContext) -> Concerns {
        let found = self.phrases.concerns(words, context);
        let found = if context == TextContext::Own && found.any_sure() { self.agreed(&found, words) } else { found };
        if found.is_urgent() || !self.phrases.knows_a_word(words) {
            return found;
        }
        let nearest = self.classifiers.iter().filter_map(|classifier| classifier.concern(words));
        nearest.fold(found, |found, concern| found.with(concern, Certainty::Unsure))
    }

    /// The same right after words in which `before` was found: an amount taken or a method begun is self-harm then.
    #[must_use]
    pub fn concerns_after(&self, words: &str, context: TextContext, before: &Concerns) -> Concerns {
        let found = self.concerns(words, context);
        let goes_on = before.is_sure(Concern::SelfHarm) && self.cues(words).method_begun;
        if goes_on { found.with(Concern::SelfHarm, Certainty::Sure) } else { found }
    }

    /// Cues in a person's own words: they count only beside what is known of them.
    #[must_use]
    pub fn cues(&self, words: &str) -> Cues {
        self.phrases.cues(words)
    }

    /// Sure concerns are unsure where a classifier finds any concern most unlikely, or reads their direction the other way;
    /// then either way.
    fn agreed(&self, found: &Concerns, words: &str) -> Concerns {
        let doubted = self.classifiers.iter().any(|classifier| classifier.doubts(words));
        let either = |(concern, certainty): (Concern, Certainty)| {
            let mirrored = concern.mirrored();
            let turned = certainty == Certainty::Sure
                && mirrored != concern
                && !found.is_sure(mirrored)
                && self.classifiers.iter().any(|classifier| classifier.prefers(words, mirrored, concern));
            let certainty = if doubted || turned { Certainty::Unsure } else { certainty };
            [Some((concern, certainty)), turned.then_some((mirrored, Certainty::Unsure))]
        };
        found.iter().flat_map(either).flatten().collect()
    }

    /// What plain words press by themselves, such as *help*, in the words of any locale.
    #[must_use]
    pub fn typed_press(&self, words: &str) -> Option<Press> {
        self.answers.press(words).cloned()
    }

    /// The choice whose label a person typed, in their locale.
    #[must_use]
    pub fn labelled<'a>(&self, locale: &str, words: &str, offered: impl Iterator<Item = &'a Press>) -> Option<Press> {
        let typed = input::plain(words);
        let mut offered =
            offered.filter(|press| !typed.is_empty() && input::plain(&self.label(locale, press)) == typed);
        offered.next().cloned()
    }

    /// Whether words are a short question to the bot, in the words of any locale.
    #[must_use]
    pub fn is_question(&self, words: &str) -> bool {
        self.answers.is_question(words)
    }

    /// The words of times, dates, rhythms and zones, of all locales.
    #[must_use]
    pub fn lexicon(&self) -> &Arc<Lexicon> {
        self.answers.lexicon()
    }

    /// Whether words are a plain yes or a plain no, in the words of any locale.
    #[must_use]
    pub fn yes_or_no(&self, words: &str) -> Option<YesNo> {
        self.answers.yes_or_no(words)
    }

    /// Whether words begin with a yes, in the words of any locale.
    #[must_use]
    pub fn begins_with_yes(&self, words: &str) -> bool {
        self.answers.begins_with_yes(words)
    }

    /// True where words hedge between a yes and a no, in the words of any locale.
    #[must_use]
    pub fn hedges(&self, words: &str) -> bool {
        self.answers.hedges(words)
    }

    /// Whether words say that something corrected a moment ago is so after all, in the words of any locale.
    #[must_use]
    pub fn says_still(&self, words: &str) -> bool {
        self.answers.says_still(words)
    }

    /// What the draft lists of all locales see in opening lines.
    #[must_use]
    pub fn hints(&self, words: &str) -> Hints {
        self.phrases.hints(words)
    }

    /// The texts for a tag: exact, then with its last parts left off (`de-AT`, `de`), then English.
    fn texts(&self, locale: &str) -> &Texts {
        let tag = locale.replace('_', "-").to_ascii_lowercase();
        let mut rest = tag.as_str();
        loop {
            if rest == FALLBACK {
                return &self.fallback;
            }
            if let Some(texts) = self.others.get(rest) {
                return texts;
            }
            let Some((shorter, _)) = rest.rsplit_once('-') else { return &self.fallback };
            rest = shorter;
        }
    }
}

#[cfg(test)]
mod tests;
