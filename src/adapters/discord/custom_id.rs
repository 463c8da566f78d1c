//! What stands behind a button: the action, and which delivery the button came with, so that a message can be found again
//! among the latest of its channel. Nothing private: a press token and two numbers.

use crate::chat::{Action, DeliveryId};

/// Behind the action of a form that was opened in the direct message.
const IN_DM: &str = "#dm";

/// What a message has to do with a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// It is this delivery: found, it has arrived.
    Is(DeliveryId),
    /// It only speaks of this delivery, which is somewhere else or still to come.
    Of(DeliveryId),
}

impl Mark {
    const fn sign(self) -> (char, DeliveryId) {
        match self {
            Self::Is(id) => ('#', id),
            Self::Of(id) => ('~', id),
        }
    }
}

/// The text for Discord; at most 100 bytes with the longest action there is and the largest number. No action contains a
/// mark's sign.
pub fn compose(action: &Action, mark: Option<Mark>) -> String {
    match mark.map(Mark::sign) {
        Some((sign, DeliveryId(id))) => format!("{}{sign}{id}", action.as_str()),
        None => action.as_str().to_owned(),
    }
}

/// The two again. Total: what is forged or of an earlier version is an action that means nothing.
pub fn parse(text: &str) -> (Action, Option<Mark>) {
    let read = |sign: char, mark: fn(DeliveryId) -> Mark| {
        let (action, id) = text.rsplit_once(sign)?;
        Some((Action::from_wire(action), Some(mark(DeliveryId(id.parse().ok()?)))))
    };
    read('#', Mark::Is).or_else(|| read('~', Mark::Of)).unwrap_or_else(|| (Action::from_wire(text), None))
}

/// The text for a form. A form that is sent comes without the place it was opened in, so it carries whether that was the
/// direct message.
pub fn compose_form(action: &Action, in_dm: bool) -> String {
    let mark = if in_dm { IN_DM } else { "" };
    format!("{}{mark}", action.as_str())
}

/// A form's action, and whether it was opened in the direct message.
pub fn parse_form(text: &str) -> (Action, bool) {
    match text.strip_suffix(IN_DM) {
        Some(action) => (Action::from_wire(action), true),
        None => (Action::from_wire(text), false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journey::Press;
    use crate::mutate::{self, Edits};

    #[test]
    fn every_press_fits_with_the_largest_numbers_and_reads_back() {
        for press in Press::samples() {
            let action = Action::compose(u64::MAX, &press.token());
            for mark in [Mark::Is(DeliveryId(i64::MAX)), Mark::Of(DeliveryId(i64::MAX))] {
                let text = compose(&action, Some(mark));
                assert!(text.len() <= 100, "{text}");
                assert_eq!(parse(&text), (action.clone(), Some(mark)));
            }
            for in_dm in [true, false] {
                assert_eq!(parse_form(&compose_form(&action, in_dm)), (action.clone(), in_dm));
            }
        }
    }

    #[test]
    fn anything_else_is_an_action_that_the_service_will_not_know() {
        for text in ["", "#", "x#y", "~", "1:0:start#", "1:0:start~x", &"#".repeat(200)] {
            assert_eq!(parse(text), (Action::from_wire(text), None), "{text}");
        }
    }

    /// A fuzz target: whatever stands behind a button, forged or broken, is an action of ours or nothing.
    #[test]
    fn any_custom_id_is_an_action_of_ours_or_nothing() {
        let tokens: Vec<String> = Press::samples()
            .iter()
            .map(|press| compose(&Action::compose(u64::MAX, &press.token()), Some(Mark::Is(DeliveryId(i64::MAX)))))
            .collect();
        let seeds: Vec<&str> = tokens.iter().map(String::as_str).collect();
        bolero::check!().with_type::<Edits>().for_each(|edits| {
            let text = mutate::text(&seeds, edits);
            for action in [parse(&text).0, parse_form(&text).0, Action::from_wire(text.clone())] {
                let Some((journey, token)) = action.parts() else { continue };
                let Some(press) = Press::parse(token) else { continue };
                let again = Action::compose(journey, &press.token());
                assert!(again.as_str().len() <= 100);
                assert_eq!(again.parts().and_then(|(_, token)| Press::parse(token)), Some(press));
            }
        });
    }
}
