//! Help lines: those a reply to a concern needs, and the pages of `/support`.

use super::Concerns;
use crate::journey::codes::ViolenceRole;
use crate::journey::keys::Key;
use crate::journey::message::{Arg, HelpLines, LineNeed, Message};
use crate::journey::press::Press;
use crate::journey::turn::Turn;
use crate::safety::Concern;

/// The most kinds of help lines in one reply, so that it fits into one message.
const NEEDS: usize = 3;

/// Which help lines a concern needs.
const fn need(concern: Concern) -> Option<LineNeed> {
    match concern {
        Concern::SelfHarm | Concern::TheirSuicide => Some(LineNeed::Crisis),
        Concern::Threatened => Some(LineNeed::Violence),
        Concern::HarmOther | Concern::OwnPursuit => Some(LineNeed::StopViolence),
        Concern::Minor => Some(LineNeed::Youth),
        Concern::Order | Concern::ContactRefused | Concern::Ended => None,
    }
}

/// Adds the help lines that the concerns need; for a young person first those for their age.
pub(super) fn with_lines(mut message: Message, concerns: &Concerns, place: Option<&str>, young: bool) -> Message {
    let young = young && concerns.is_urgent();
    let mut needs: Vec<LineNeed> = young.then_some(LineNeed::Youth).into_iter().collect();
    if young && concerns.is_sure(Concern::Threatened) {
        message = message.and(Key::ConcernYoungThreatened, Vec::new());
    }
    for need in concerns.sure().filter_map(need) {
        if !needs.contains(&need) && needs.len() < NEEDS {
            needs.push(need);
        }
    }
    for need in needs {
        let key = match need {
            LineNeed::Crisis => Key::LinesCrisis,
            LineNeed::Violence => Key::LinesViolence,
            LineNeed::StopViolence => Key::LinesStop,
            LineNeed::Youth => Key::LinesYouth,
        };
        message = message.and(key, vec![Arg::Lines(HelpLines::new(place.map(str::to_owned), need))]);
    }
    message
}

/// The help lines where the person is, for a need.
#[must_use]
pub fn lines(turn: &Turn, need: LineNeed) -> Arg {
    Arg::Lines(HelpLines::new(turn.journey.settings.place().map(str::to_owned), need))
}

/// `/support`: the help lines for what is known of the person.
pub fn support_known(turn: &Turn) -> Message {
    support(turn, None, known_need(turn))
}

/// Help lines of a country for what is known of the person; later replies have the lines of this country.
pub fn support_known_in(turn: &mut Turn, country: &str) -> Message {
    let need = known_need(turn);
    support_in(turn, country, need)
}

/// Help lines of a country for a need; later replies have the lines of this country.
pub fn support_in(turn: &mut Turn, country: &str, need: LineNeed) -> Message {
    if turn.catalogue.countries.iter().any(|known| known == country) {
        turn.journey.settings.country = Some(country.to_owned());
    }
    support(turn, Some(country), need)
}

fn known_need(turn: &Turn) -> LineNeed {
    if turn.journey.minor.is_some() {
        LineNeed::Youth
    } else if turn.journey.told_of_violence(turn.now) {
        if turn.journey.gate.role == Some(ViolenceRole::Did) { LineNeed::StopViolence } else { LineNeed::Violence }
    } else {
        LineNeed::Crisis
    }
}

/// The help lines of a country, else of the person's time zone, then the other needs and the other countries.
pub fn support(turn: &Turn, country: Option<&str>, need: LineNeed) -> Message {
    let place = country.or(turn.journey.settings.place()).map(str::to_owned);
    if place.is_none() {
        return support_countries(turn, need);
    }
    Message::with(support_text(turn, need), vec![Arg::Lines(HelpLines::new(place, need))])
        .choices(other_needs(need, country))
        .choices([Press::SupportCountries])
        .choices(back(turn))
}

/// The worldwide directories, and every country to choose from.
pub fn support_countries(turn: &Turn, need: LineNeed) -> Message {
    let countries = turn.catalogue.countries.iter().map(|code| Press::SupportIn { country: code.clone() });
    Message::with(support_text(turn, need), vec![Arg::Lines(HelpLines::new(None, need))])
        .choices(countries)
        .choices(other_needs(need, None))
        .choices(back(turn))
}

/// The text around the lines; who is young is not sent back to the journey.
fn support_text(turn: &Turn, need: LineNeed) -> Key {
    let young = need == LineNeed::Youth || turn.journey.minor.is_some();
    if young { Key::SupportYoung } else { Key::Support }
}

fn other_needs(need: LineNeed, country: Option<&str>) -> impl Iterator<Item = Press> {
    let others = LineNeed::ALL.iter().copied().filter(move |other| *other != need);
    others.map(move |need| match country.map(str::to_owned) {
        Some(country) => Press::SupportFor { need, country },
        None => Press::SupportNeed { need },
    })
}

fn back(turn: &Turn) -> Option<Press> {
    let back = if turn.journey.consented { Press::Journey } else { Press::Start };
    turn.journey.minor.is_none().then_some(back)
}
