//! The JSON file. Its form is documented in `docs/export.md`; a change that breaks a reader raises [`VERSION`].

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::journey::Journey;
use crate::store::Dossier;

/// The version of the form.
const VERSION: u32 = 1;

/// Parts of a journey that say nothing of the person: what waits to be shown or sent, and counters of the program.
const INTERNAL: [&str; 6] = ["wanted", "latest", "addition", "timers", "occurrences", "notices"];

#[derive(Serialize)]
struct Export<'a> {
    format: &'static str,
    version: u32,
    exported_at: Timestamp,
    person: Person<'a>,
    journeys: Vec<JourneyOut>,
    entries: Vec<EntryOut<'a>>,
}

#[derive(Serialize)]
struct Person<'a> {
    address: &'a str,
    locale: &'a str,
}

#[derive(Serialize)]
struct JourneyOut {
    number: u64,
    active: bool,
    state: Map<String, Value>,
    due: Vec<Due>,
}

#[derive(Serialize)]
struct Due {
    what: &'static str,
    at: Timestamp,
}

#[derive(Serialize)]
struct EntryOut<'a> {
    id: i64,
    kind: &'static str,
    written_at: Timestamp,
    words: &'a str,
}

/// The zone of the latest journey; UTC where it was never told.
pub fn zone(dossier: &Dossier) -> TimeZone {
    dossier.journeys.last().map_or(TimeZone::UTC, |kept| kept.journey.settings.time_zone())
}

/// Writes the file.
///
/// # Errors
/// Where a journey cannot be written as JSON, which the store does all the time.
pub fn write(dossier: &Dossier, now: Timestamp) -> Result<Zeroizing<Vec<u8>>, serde_json::Error> {
    let journeys = dossier.journeys.iter().map(|kept| {
        Ok(JourneyOut {
            number: kept.number,
            active: kept.active,
            state: state(&kept.journey)?,
            due: kept
                .journey
                .timers
                .iter()
                .map(|(timer, pending)| Due { what: timer.as_str(), at: pending.due_at })
                .collect(),
        })
    });
    let entries = dossier.entries.iter().map(|kept| EntryOut {
        id: kept.entry.0,
        kind: kept.kind.as_str(),
        written_at: kept.at,
        words: kept.words.expose(),
    });
    let export = Export {
        format: "rekindle-export",
        version: VERSION,
        exported_at: now,
        person: Person { address: &dossier.profile.address.0, locale: &dossier.profile.locale },
        journeys: journeys.collect::<Result<_, serde_json::Error>>()?,
        entries: entries.collect(),
    };
    Ok(Zeroizing::new(serde_json::to_vec_pretty(&export)?))
}

fn state(journey: &Journey) -> Result<Map<String, Value>, serde_json::Error> {
    let Value::Object(mut state) = serde_json::to_value(journey)? else { return Ok(Map::new()) };
    state.retain(|name, _| !INTERNAL.contains(&name.as_str()));
    Ok(state)
}
