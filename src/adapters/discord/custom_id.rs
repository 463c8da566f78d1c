//! What stands behind a button: the action, and which delivery the button came with, so that a message can be found again
//! among the latest of its channel. Nothing private: a press token and two numbers.

use crate::chat::{Action, DeliveryId};

/// Between the two. No action contains it.
const MARK: char = '#';

/// The text for Discord; at most 100 bytes with the longest action there is, and then some for the number.
pub fn compose(action: &Action, delivery: Option<DeliveryId>) -> String {
    match delivery {
        Some(DeliveryId(id)) => format!("{}{MARK}{id}", action.as_str()),
        None => action.as_str().to_owned(),
    }
}

/// The two again. Total: what is forged or of an earlier version is an action that means nothing.
pub fn parse(text: &str) -> (Action, Option<DeliveryId>) {
    match text.rsplit_once(MARK).map(|(action, id)| (action, id.parse())) {
        Some((action, Ok(id))) => (Action::from_wire(action), Some(DeliveryId(id))),
        _ => (Action::from_wire(text), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journey::Press;

    #[test]
    fn every_press_fits_with_the_largest_numbers_and_reads_back() {
        for press in Press::samples() {
            let (action, delivery) = (Action::compose(u64::MAX, &press.token()), Some(DeliveryId(i64::MAX)));
            let text = compose(&action, delivery);
            assert!(text.len() <= 100, "{text}");
            assert_eq!(parse(&text), (action, delivery));
        }
    }

    #[test]
    fn anything_else_is_an_action_that_the_service_will_not_know() {
        for text in ["", "#", "x#y", "1:0:start#", &"#".repeat(200)] {
            assert_eq!(parse(text), (Action::from_wire(text), None), "{text}");
        }
    }
}
