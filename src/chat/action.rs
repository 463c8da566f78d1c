//! The opaque token behind a button: which journey it belongs to and what it stands for, never anything private.

use serde::{Deserialize, Serialize};

/// Discord's limit for a `custom_id`, and ours everywhere: 100 bytes.
const LIMIT: usize = 100;

/// Prefix of the token format; a later format gets another, so that old buttons are known for what they are.
const VERSION: &str = "1";

/// What pressing a choice means, as opaque text of at most 100 bytes.
///
/// Adapters carry it and hand it back unread. It may arrive forged or years old: [`Action::parts`] is total.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Action(String);

impl Action {
    /// Composes the token for `press` (a journey's press token) of journey number `journey` (0 before consent).
    ///
    /// # Panics
    /// Never for the presses of this program: a test holds every one of them to the limit.
    #[must_use]
    pub fn compose(journey: u64, press: &str) -> Self {
        let text = format!("{VERSION}:{journey}:{press}");
        debug_assert!(text.len() <= LIMIT, "action over {LIMIT} bytes: {text}");
        Self(text)
    }

    /// Takes text as it came from a platform. Nothing is checked until [`Action::parts`].
    #[must_use]
    pub fn from_wire(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text to put on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Journey number and press token, or `None` where this is not a token of ours.
    #[must_use]
    pub fn parts(&self) -> Option<(u64, &str)> {
        if self.0.len() > LIMIT {
            return None;
        }
        let (version, rest) = self.0.split_once(':')?;
        let (journey, press) = rest.split_once(':')?;
        (version == VERSION).then_some(())?;
        Some((journey.parse().ok()?, press))
    }
}

#[cfg(test)]
mod tests {
    use super::Action;

    #[test]
    fn a_composed_action_reads_back() {
        let action = Action::compose(7, "mood:3:5");
        assert_eq!(action.parts(), Some((7, "mood:3:5")));
    }

    #[test]
    fn forged_actions_are_nothing() {
        for forged in ["", "1", "1:7", "2:7:mood", "1:x:mood", "1:-1:mood", &"1:1:a".repeat(50)] {
            assert_eq!(Action::from_wire(forged).parts(), None, "{forged}");
        }
    }
}
