//! Languages without a clause analyser: a few phrases, each of which says its concern by itself.
//!
//! Typing errors are not read here: in these languages one letter is often another person or a denial.

use super::ListKind;
use super::concern::{Certainty, Concern, Concerns};
use super::matching::{Addressed, Ways};
use super::phrases::PhraseIndex;
use super::plain::Text;

/// The lists of other languages, and the concern of each.
const LISTS: &[(ListKind, Concern)] =
    &[(ListKind::SelfHarmLanguages, Concern::SelfHarm), (ListKind::ThreatenedLanguages, Concern::Threatened)];

impl ListKind {
    /// Whether a list is of other languages than its locale's.
    pub(super) fn is_of_languages(self) -> bool {
        LISTS.iter().any(|(kind, _)| *kind == self)
    }

    /// Reads words as this list reads them.
    pub(super) fn text(self, words: &str) -> Text {
        if self.is_of_languages() { Text::of_any_language(words) } else { Text::new(words) }
    }
}

/// The concerns that these phrases see in a text.
pub(super) fn concerns(phrases: &PhraseIndex, words: &str) -> Concerns {
    let text = Text::of_any_language(words);
    let seen = phrases.found(&Ways::new(&text, &phrases.vocabulary, &Addressed::default()));
    let certainty = |unsure| if unsure { Certainty::Unsure } else { Certainty::Sure };
    let each = |(kind, concern): &(ListKind, Concern)| {
        let standing = seen.standing(*kind).map(|(_, unsure)| (*concern, certainty(unsure)));
        standing.collect::<Concerns>()
    };
    LISTS.iter().map(each).fold(Concerns::default(), Concerns::union)
}

#[cfg(test)]
mod tests {
    use super::super::{PhraseLists, TextContext};
    use super::*;

    fn seen(list: &str, words: &str) -> Concerns {
        let lists = PhraseLists::parse([(ListKind::SelfHarmLanguages, "languages.txt", list)], []).expect("a list");
        lists.concerns(words, TextContext::Own)
    }

    #[test]
    fn accents_make_no_difference_on_either_side() {
        for text in ["él me mató", "EL ME MATO", "él me mató"] {
            assert!(seen("él me mató", text).is_sure(Concern::SelfHarm), "{text}");
        }
        for (list, text) in [("kıyacağım", "kiyacagim"), ("chcę spać", "chce spac"), ("ещё", "еще"), ("cœur", "coeur")]
        {
            assert!(seen(list, text).is_sure(Concern::SelfHarm), "{text}");
        }
    }

    #[test]
    fn a_phrase_of_a_script_without_spaces_stands_within_a_run() {
        let list = "死にたい\nもう ~ 無理\n彼|妻が怖い\n-死にたいほど好";
        for text in ["死にたい", "もう死にたいよ…", "本当に、死に たい。", "もう本当に無理", "妻が怖い", "ｼﾆ 死にたい"]
        {
            assert!(seen(list, text).is_sure(Concern::SelfHarm), "{text}");
        }
        for text in ["死にたくない", "死にたいほど好き", "もう私には本当に無理", "怖い"] {
            assert!(seen(list, text).is_empty(), "{text}");
        }
    }

    #[test]
    fn one_other_letter_is_another_word() {
        assert!(seen("quiero morir", "quiero morir").is_sure(Concern::SelfHarm));
        assert!(seen("quiero morir", "quiere morir").is_empty());
    }

    #[test]
    fn the_phrases_say_their_direction_and_forwarded_ones_never_surely() {
        let lists = [(ListKind::ThreatenedLanguages, "languages.txt", "hat mich geschlagen")];
        let lists = PhraseLists::parse(lists, []).expect("a list");
        let text = "er hat mich geschlagen";
        let threatened = Concerns::default().with(Concern::Threatened, Certainty::Sure);
        assert_eq!(lists.concerns(text, TextContext::Own), threatened);
        assert_eq!(lists.concerns(text, TextContext::Draft), threatened);
        let forwarded = lists.concerns(text, TextContext::Forward);
        assert!(!forwarded.any_sure());
        assert_eq!(forwarded.certainty(Concern::Threatened), Some(Certainty::Unsure));
        assert_eq!(forwarded.certainty(Concern::HarmOther), Some(Certainty::Unsure));
    }
}
