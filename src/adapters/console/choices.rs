//! The choices that one person was shown: those of the latest message, and those of earlier ones by their token, which can
//! still be pressed as an old button can.

use std::collections::HashMap;

use crate::chat::{Action, Choice};

/// One person's choices since the terminal was started.
#[derive(Clone, Debug, Default)]
pub(super) struct Choices {
    latest: Vec<Choice>,
    /// The newest action of each token that any message has offered.
    offered: HashMap<String, Action>,
}

impl Choices {
    /// Adds the choices of a message. A message without choices leaves the latest as they are.
    pub(super) fn add(&mut self, choices: &[Choice]) {
        if choices.is_empty() {
            return;
        }
        self.latest = choices.to_vec();
        // Of two choices with one token, the first in a message counts.
        for choice in choices.iter().rev() {
            if let Some((_, token)) = choice.action.parts() {
                self.offered.insert(token.to_owned(), choice.action.clone());
            }
        }
    }

    /// How many choices the latest message has.
    pub(super) const fn len(&self) -> usize {
        self.latest.len()
    }

    /// The choice with this number in the latest message, from 1.
    pub(super) fn numbered(&self, number: usize) -> Option<&Action> {
        self.latest.get(number.checked_sub(1)?).map(|choice| &choice.action)
    }

    /// The choice of the latest message that says exactly this, in capitals or not.
    pub(super) fn labelled(&self, line: &str) -> Option<&Action> {
        let label = line.trim().to_lowercase();
        self.latest.iter().find(|choice| choice.label.trim().to_lowercase() == label).map(|choice| &choice.action)
    }

    /// The choice with this token in the latest message, or in the most recent earlier one that offered it.
    pub(super) fn with_token(&self, token: &str) -> Option<&Action> {
        self.offered.get(token)
    }

    /// The tokens of the latest message, for completion.
    pub(super) fn tokens(&self) -> impl Iterator<Item = &str> {
        self.latest.iter().filter_map(|choice| Some(choice.action.parts()?.1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::Style;

    fn offer(choices: &[(u64, &str, &str)]) -> Vec<Choice> {
        let choice = |(journey, token, label): &(u64, &str, &str)| Choice {
            action: Action::compose(*journey, token),
            label: (*label).to_owned(),
            style: Style::Plain,
        };
        choices.iter().map(choice).collect()
    }

    #[test]
    fn a_token_is_looked_up_in_the_latest_message_and_then_in_earlier_ones() {
        let mut choices = Choices::default();
        choices.add(&offer(&[(1, "length:14", "14 days"), (1, "length:30", "30 days")]));
        choices.add(&offer(&[(2, "length:14", "Two weeks"), (2, "help", "Help")]));
        choices.add(&[]);
        assert_eq!(choices.with_token("length:14"), Some(&Action::compose(2, "length:14")));
        assert_eq!(choices.with_token("length:30"), Some(&Action::compose(1, "length:30")));
        assert_eq!(choices.with_token("length:1"), None);
        assert_eq!(choices.tokens().collect::<Vec<_>>(), ["length:14", "help"]);
    }

    #[test]
    fn a_number_or_a_label_is_of_the_latest_message_alone() {
        let mut choices = Choices::default();
        choices.add(&offer(&[(1, "cooloff", "Time apart"), (1, "reasons", "The reasons")]));
        choices.add(&offer(&[(1, "help", "Help"), (1, "move", "Ändern")]));
        assert_eq!(choices.labelled("  hELP "), Some(&Action::compose(1, "help")));
        assert_eq!(choices.labelled("ändern"), Some(&Action::compose(1, "move")));
        assert_eq!((choices.labelled("Time apart"), choices.labelled("help me")), (None, None));
        assert_eq!(choices.numbered(2), Some(&Action::compose(1, "move")));
        assert_eq!((choices.numbered(0), choices.numbered(3), choices.numbered(usize::MAX)), (None, None, None));
    }
}
