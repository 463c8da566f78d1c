//! The safety scanner: reads which concerns a text is about, and how certain each is.
//!
//! The service calls [`PhraseLists::concerns`] on every text a person submits; out come [`Concerns`], never words. The
//! phrases and the classes of words are content (`prompts/<locale>/lists/*.txt`). What a line may say stands in
//! [`PhraseLists`].
//!
//! Two readings are put together (`direction`). Phrases find what a text is about. The clause analyser (`clause`) reads
//! who does what to whom, finds most of the violence by itself, and says whose a phrase is where the list leaves it open.
//!
//! Other languages have phrases alone, with a vocabulary of their own (`languages`).
//!
//! Both sides are brought to the same plain words first (`plain`), each list word gets a number, and each word of the
//! text is looked up once (`vocabulary`): as it stands, spelt as in a chat, in disguise, apart or mistyped. A phrase is
//! then tried only where its first word stands, with a set of places instead of backtracking (`matching`). Every step
//! is bounded for a word, so the time grows with the length of the text and no text can make it explode.

mod classes;
mod classifier;
mod clause;
pub mod concern;
mod direction;
mod features;
mod languages;
mod lists;
mod matching;
mod phrases;
mod plain;
mod spellings;
mod training;
mod vocabulary;

use std::fmt;

pub use classifier::Classifier;
pub use concern::{Certainty, Concern, Concerns, Cues, Hints, TextContext};
use matching::{Addressed, Ways};
use phrases::PhraseIndex;
use plain::Text;
pub use spellings::SPELLINGS;
/// The name of the file with the classifier's examples in a locale's `lists` folder.
pub const EXAMPLES: &str = "examples.tsv";
/// The name of the file with the trained model, beside it.
pub const MODEL: &str = "model.bin";

pub use training::{ExampleProblem, train};

macro_rules! lists {
    ($($(#[$doc:meta])* $variant:ident = $file:literal),* $(,)?) => {
        /// What a list is about.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum ListKind { $($(#[$doc])* $variant),* }

        impl ListKind {
            /// Every kind, in the order in which they are read.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name of its file in a locale's `lists` folder.
            #[must_use]
            pub const fn file_name(self) -> &'static str {
                match self { $(Self::$variant => $file),* }
            }
        }
    };
}

lists! {
    /// Classes of words for the clause analyser; no phrases.
    Grammar = "grammar.txt",
    /// Wanting to die, harming oneself: `self_harm`, or `their_suicide` where the other is the subject.
    SelfHarm = "self-harm.txt",
    /// The other speaks of suicide: `their_suicide`.
    TheirSuicide = "their-suicide.txt",
    /// `self_harm` in other languages.
    SelfHarmLanguages = "self-harm-languages.txt",
    /// Wanting to hurt somebody: `harm_other`, or `threatened` where the other is the subject.
    HarmOther = "harm-other.txt",
    /// Being hurt, threatened, controlled: `threatened`.
    Threatened = "threatened.txt",
    /// `threatened` in other languages.
    ThreatenedLanguages = "threatened-languages.txt",
    /// Violence and threats from either side: `threatened` or `harm_other`.
    Violence = "violence.txt",
    /// Who is afraid of whom: `threatened` or `harm_other`.
    Fear = "fear.txt",
    /// Following, watching and controlling, from either side: `threatened` or `own_pursuit`.
    Watching = "watching.txt",
    /// Following, watching or flooding the other: `own_pursuit`.
    OwnPursuit = "own-pursuit.txt",
    /// Courts, police, lawyers: `order`.
    Order = "order.txt",
    /// A block, a wish for no contact: `contact_refused`.
    ContactRefused = "contact-refused.txt",
    /// Being under 18: `minor`.
    Minor = "minor.txt",
    /// A no, another end: `ended`.
    Ended = "ended.txt",
    /// Marks of the past: what stands in the same sentence is unsure.
    Past = "past.txt",
    /// Marks of the present, which outdo those of the past.
    Recent = "recent.txt",
    /// Violence that often comes before a killing: `threatened` is sure beside it, also where it is told as past.
    LethalDanger = "lethal-danger.txt",
    /// Hurting somebody to get away or after being hurt: `harm_other` is `threatened` as well.
    SelfDefense = "self-defense.txt",
    /// An amount taken or a method begun: `self_harm` right after words of it.
    MethodBegun = "method-begun.txt",
    /// Ways to reach somebody round a block or an order.
    WayRound = "way-round.txt",
    /// Wishes to write to somebody or to see them.
    WishForContact = "wish-for-contact.txt",
    /// Opening lines that demand something.
    Demand = "draft-demand.txt",
    /// Opening lines that blame.
    Blame = "draft-blame.txt",
    /// Opening lines that press, by haste, a last chance or feelings held out.
    Pressure = "draft-press.txt",
    /// Opening lines that threaten.
    Threat = "draft-threat.txt",
}

/// A line of a list that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhraseProblem {
    /// The file, as it was named to [`PhraseLists::parse`].
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong and what to do.
    pub text: String,
}

impl fmt::Display for PhraseProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.text)
    }
}

/// The phrases of all locales together: people write in the language they hurt in, not in the one they set.
///
/// A list has one phrase a line; blank lines and lines that start with `#` do not count. A phrase is words in order:
///
/// * `word` matches itself. Case, apostrophes (`don’t` is `dont`), punctuation, emoji, full-width letters and invisible
///   characters make no difference; `diiie` is `die`, and so are `d i e`, `d!e` and `d1e`. A hidden letter (`su*cide`)
///   is read where one word of the lists fits, and a typing error (`suiicde`) in words of six letters or more.
/// * `word*` matches every word that begins so.
/// * `one|other` matches either word; each may end in `*`.
/// * `~` or `…` stands for nothing or up to three words, `~~` for nothing or up to eight.
/// * A line that starts with `-` is an exception: where it overlaps a phrase of the same kind, the one with more words
///   wins, and at a tie the exception.
/// * A line that starts with `?` is never more than unsure.
/// * `^` before the first word and `$` behind the last stand for the begin and the end of the text.
/// * A line `@them = him|her` names words together; the lines below it may say `@them`, alone or among others.
///   `@number` is every word that begins with a digit.
///
/// In the lists of other languages accents make no difference either (`schlägt` is `schlagt`), each character of a script
/// without spaces is a word that needs none around it, and typing errors are not read.
///
/// What people write for a word in a chat (`wana`) stands in [`SPELLINGS`]: `spelling = word`, or several words, or
/// several ways with `|` between them. A line there without `=` names words that are right as they stand, though one
/// letter makes a list word of them.
///
/// ```
/// use rekindle::safety::{Concern, ListKind, PhraseLists, TextContext};
///
/// let list = (ListKind::Threatened, "threatened.txt", "he|she ~ hit me\n-hit me up");
/// let lists = PhraseLists::parse([list], [("spellings.txt", "mee = me")]).unwrap();
/// let threatened = |text| lists.concerns(text, TextContext::Own).is_sure(Concern::Threatened);
/// assert!(threatened("She never hit me? No: she HIT me."));
/// assert!(threatened("he h!t mee"));
/// assert!(!threatened("She hit me up yesterday"));
/// ```
#[derive(Clone, Debug, Default)]
pub struct PhraseLists {
    /// The phrases that the clause analyser reads along with.
    analysed: PhraseIndex,
    /// Those of other languages.
    languages: PhraseIndex,
    addressed: Addressed,
}

impl PhraseLists {
    /// Reads lists, of one locale or of several (kind, name of the file for messages, text), and their spellings (name,
    /// text).
    ///
    /// # Errors
    /// Every line that cannot be used, with its file and line.
    pub fn parse<'a>(
        lists: impl IntoIterator<Item = (ListKind, &'a str, &'a str)>,
        spellings: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, Vec<PhraseProblem>> {
        let mut read = Self::default();
        let mut problems = Vec::new();
        for (kind, file, text) in lists {
            let phrases = if kind.is_of_languages() { &mut read.languages } else { &mut read.analysed };
            phrases.read(kind, file, text, &mut problems);
        }
        for (file, text) in spellings {
            spellings::read(&mut read.analysed.vocabulary, file, text, &mut problems);
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let alone = read.analysed.alone();
        read.analysed.vocabulary.settle(&alone);
        read.analysed.index();
        read.languages.index();
        read.addressed = Addressed::new(&read.analysed.vocabulary);
        Ok(read)
    }

    /// What a text is about. Words that may be somebody else's are never sure, and never sure of their direction.
    #[must_use]
    pub fn concerns(&self, words: &str, context: TextContext) -> Concerns {
        let (text, quoted) = (Text::new(words), plain::is_quoted(words));
        let spoken = languages::concerns(&self.languages, words);
        match context {
            TextContext::Forward => self.someones(&text, spoken),
            TextContext::Own | TextContext::Draft if quoted => self.someones(&text, spoken),
            TextContext::Own => self.of(&text, &Addressed::default()).union(spoken),
            TextContext::Draft => self.of(&text, &self.addressed).union(spoken),
        }
    }

    /// Both ways to read words that may be anybody's, as unsure.
    fn someones(&self, text: &Text, spoken: Concerns) -> Concerns {
        let either = self.of(text, &Addressed::default()).union(self.of(text, &self.addressed)).union(spoken);
        let mirrored = either.iter().map(|(concern, _)| (concern.mirrored(), Certainty::Unsure));
        either.iter().map(|(concern, _)| (concern, Certainty::Unsure)).chain(mirrored).collect()
    }

    fn of(&self, text: &Text, addressed: &Addressed) -> Concerns {
        let ways = Ways::new(text, &self.analysed.vocabulary, addressed);
        let clauses = clause::read(ways.tokens());
        direction::concerns(&self.analysed.found(&ways), &clauses, ways.tokens())
    }

    /// What the draft lists see in opening lines.
    #[must_use]
    pub fn hints(&self, words: &str) -> Hints {
        let ways = Ways::new(&Text::new(words), &self.analysed.vocabulary, &Addressed::default());
        let found = self.analysed.found(&ways);
        let stands = |kind| found.standing(kind).next().is_some();
        Hints {
            demands: stands(ListKind::Demand),
            blames: stands(ListKind::Blame),
            presses: stands(ListKind::Pressure),
            threatens: stands(ListKind::Threat),
        }
    }

    /// Cues in a person's own words: they count only beside what is known of them.
    #[must_use]
    pub fn cues(&self, words: &str) -> Cues {
        let ways = Ways::new(&Text::new(words), &self.analysed.vocabulary, &Addressed::default());
        let found = self.analysed.found(&ways);
        let stands = |kind| found.standing(kind).next().is_some();
        Cues {
            method_begun: stands(ListKind::MethodBegun),
            way_round: stands(ListKind::WayRound),
            wish_for_contact: stands(ListKind::WishForContact),
        }
    }

    /// True where any word of a text is in a list. Keys hit at random hold none.
    #[must_use]
    pub fn knows_a_word(&self, words: &str) -> bool {
        let ways = Ways::new(&Text::new(words), &self.analysed.vocabulary, &Addressed::default());
        (0..ways.places()).any(|place| ways.ids(place).next().is_some())
    }

    /// How many phrases there are, exceptions not counted.
    #[must_use]
    pub fn len(&self) -> usize {
        self.analysed.len() + self.languages.len()
    }

    /// Whether there is no phrase at all, so that nothing would ever be seen.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests;
