//! What the journey knows of the plans: ids and their order, no words.

use std::collections::BTreeSet;

use super::keys::Key;
use super::message::{PlanId, Prompt};

/// The plan prompts that exist and, for some lengths, which come when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalogue {
    /// Every plan prompt, in the order of the themes.
    pub prompts: Vec<PlanId>,
    /// Per length in days (ascending): the order in which the prompts come, one a reminder.
    pub plans: Vec<(u16, Vec<PlanId>)>,
    /// Countries whose crisis lines are listed (ISO 3166 alpha-2, lower case).
    pub countries: Vec<String>,
    /// The moments whose text invites contact with the other person, as the manifest tags them.
    pub contact: BTreeSet<Key>,
    /// Texts that are wrong for a person who was hurt: own part, the other's side, forgiving.
    pub not_after_violence: Tagged,
    /// Texts that are wrong for the person who did the hurting: what could be said to the other, winning back, the other's
    /// share.
    pub not_after_hurting: Tagged,
    /// Apologies, which are wrong for everybody who told of violence.
    pub apologies: Tagged,
    /// Texts that weigh going back: left out while the gate is held or closed.
    pub weighs_return: Tagged,
    /// Texts about meeting, giving things back or shared places: left out where an order, a wish for no contact or the
    /// person's own violence keeps them away.
    pub brings_near: Tagged,
}

/// The texts that a tag of the manifest names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tagged {
    /// Moments.
    pub moments: BTreeSet<Key>,
    /// Plan prompts.
    pub plans: BTreeSet<PlanId>,
}

impl Tagged {
    /// Whether it names a text.
    #[must_use]
    pub fn has(&self, prompt: &Prompt) -> bool {
        match prompt {
            Prompt::Key(key) => self.moments.contains(key),
            Prompt::Plan(id) => self.plans.contains(id),
        }
    }

    /// Adds what another names.
    pub fn extend(&mut self, other: Self) {
        self.moments.extend(other.moments);
        self.plans.extend(other.plans);
    }
}

impl Catalogue {
    /// The prompt for the next ordinary reminder of a time apart of `length` days, after `used` (oldest first).
    ///
    /// The plan is that of the shortest planned length that is long enough, else the longest; what it does not name
    /// follows in the order of the themes. None comes again until all were used; then the one used longest ago. What does
    /// not fit the person is passed over.
    #[must_use]
    pub fn next(&self, length: u16, used: &[PlanId], fits: impl Fn(&PlanId) -> bool) -> Option<PlanId> {
        let plan = self.plans.iter().find(|(days, _)| *days >= length).or(self.plans.last());
        let planned = plan.into_iter().flat_map(|(_, order)| order).chain(&self.prompts);
        let known = |id: &&PlanId| self.prompts.contains(id) && fits(id);
        let last_use = |id: &PlanId| used.iter().rposition(|other| other == id);
        // `min_by_key` keeps the first of equals: an unused prompt (`None`) in plan order, else the oldest.
        planned.filter(known).min_by_key(|id| last_use(id)).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> PlanId {
        PlanId(text.into())
    }

    fn catalogue() -> Catalogue {
        Catalogue {
            prompts: ["a/1", "a/2", "b/1"].map(id).to_vec(),
            plans: vec![(7, vec![id("b/1"), id("gone/1"), id("a/2")]), (14, vec![id("a/2")])],
            ..Catalogue::default()
        }
    }

    #[test]
    fn none_repeats_until_all_were_used_then_the_oldest() {
        let mut used = Vec::new();
        for _ in 0..5 {
            used.push(catalogue().next(5, &used, |_| true).unwrap());
        }
        assert_eq!(used, ["b/1", "a/2", "a/1", "b/1", "a/2"].map(id));
    }

    #[test]
    fn the_plan_is_the_shortest_that_is_long_enough() {
        assert_eq!(catalogue().next(8, &[], |_| true), Some(id("a/2")));
        assert_eq!(catalogue().next(365, &[], |_| true), Some(id("a/2")));
        assert_eq!(Catalogue::default().next(7, &[], |_| true), None);
    }

    #[test]
    fn what_does_not_fit_is_passed_over_even_when_all_else_was_used() {
        let fits = |it: &PlanId| *it != id("b/1");
        let mut used = Vec::new();
        for _ in 0..4 {
            used.push(catalogue().next(5, &used, fits).unwrap());
        }
        assert_eq!(used, ["a/2", "a/1", "a/2", "a/1"].map(id));
        assert_eq!(catalogue().next(5, &[], |_| false), None);
    }
}
