//! What the journey knows of the plans: ids and their order, no words.

use std::collections::BTreeSet;

use super::keys::Key;
use super::message::PlanId;

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
}

impl Catalogue {
    /// The prompt for the next ordinary reminder of a time apart of `length` days, after `used` (oldest first).
    ///
    /// The plan is that of the shortest planned length that is long enough, else the longest; what it does not name
    /// follows in the order of the themes. None comes again until all were used; then the one used longest ago.
    #[must_use]
    pub fn next(&self, length: u16, used: &[PlanId]) -> Option<PlanId> {
        let plan = self.plans.iter().find(|(days, _)| *days >= length).or(self.plans.last());
        let planned = plan.into_iter().flat_map(|(_, order)| order).chain(&self.prompts);
        let known = |id: &&PlanId| self.prompts.contains(id);
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
            used.push(catalogue().next(5, &used).unwrap());
        }
        assert_eq!(used, ["b/1", "a/2", "a/1", "b/1", "a/2"].map(id));
    }

    #[test]
    fn the_plan_is_the_shortest_that_is_long_enough() {
        assert_eq!(catalogue().next(8, &[]), Some(id("a/2")));
        assert_eq!(catalogue().next(365, &[]), Some(id("a/2")));
        assert_eq!(Catalogue::default().next(7, &[]), None);
    }
}
