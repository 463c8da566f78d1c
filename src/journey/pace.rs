//! How a check-in that nobody answers backs off instead of nagging: after one period, after two, after four, then rest.

use serde::{Deserialize, Serialize};

/// Periods until the next, by how many in a row were left unanswered.
const GAPS: [u16; 3] = [1, 2, 4];

/// Whether the last one was answered, and how many before it were not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Pace {
    /// One was sent and has had no answer yet.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    open: bool,
    /// How many in a row went unanswered before it.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    unanswered: u8,
}

impl Pace {
    /// One is sent now. Says in how many periods the next would come; `None` when it is time to rest.
    #[must_use]
    pub fn sent(&mut self) -> Option<u16> {
        if self.open {
            self.unanswered = self.unanswered.saturating_add(1);
        }
        self.open = true;
        GAPS.get(usize::from(self.unanswered)).copied()
    }

    /// There was an answer: the next one comes in its ordinary time again. Says whether one was waited for.
    pub fn answered(&mut self) -> bool {
        std::mem::take(self).open
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unanswered_ones_come_after_one_two_four_and_then_no_more() {
        let mut pace = Pace::default();
        assert_eq!([pace.sent(), pace.sent(), pace.sent(), pace.sent()], [Some(1), Some(2), Some(4), None]);
    }

    #[test]
    fn an_answer_brings_back_the_ordinary_time() {
        let mut pace = Pace::default();
        assert_eq!([pace.sent(), pace.sent()], [Some(1), Some(2)]);
        assert!(pace.answered() && !pace.answered());
        assert_eq!(pace.sent(), Some(1));
    }
}
