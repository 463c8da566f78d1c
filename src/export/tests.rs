//! The two files over a dossier made by hand: whole, escaped, readable back.

use std::sync::{Arc, LazyLock};

use super::*;
use crate::chat::{Address, EntryId};
use crate::journey::{Arg, Card, CardAnswer, EntryKind, Journey};
use crate::store::{Dossier, KeptJourney, Profile, Shelved};

static PROMPTS: LazyLock<Arc<Prompts>> = LazyLock::new(|| Prompts::built_in().unwrap());

fn now() -> Timestamp {
    "2026-05-04T18:00:00Z".parse().unwrap()
}

fn dossier() -> Dossier {
    let mut journey = Journey { consented: true, ..Journey::default() };
    journey.settings.zone = Some("Europe/Berlin".into());
    journey.reasons.answers.insert(Card::Trust, CardAnswer::Unsure);
    journey.gate = serde_json::from_str(r#"{"answers":{"court":"no"}}"#).unwrap();
    journey.cooloff.moods.push(("2026-05-03".parse().unwrap(), 2));
    let entry = |id, kind, words: &str| Shelved { entry: EntryId(id), kind, at: now(), words: Words::new(words) };
    Dossier {
        profile: Profile { address: Address("dm-7".into()), locale: "en-GB".into() },
        journeys: vec![
            KeptJourney { number: 3, active: false, journey: Journey::default() },
            KeptJourney { number: 9, active: true, journey },
        ],
        entries: vec![
            entry(4, EntryKind::Letter, "</p><script>alert('x')</script> \"dear\" & you\n\nsecond\u{7} line"),
            entry(5, EntryKind::Unasked, "ünd noch etwas"),
        ],
    }
}

#[test]
fn the_data_reads_back_as_documented() {
    let bytes = data::write(&dossier(), now()).unwrap();
    let read: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!((&read["format"], &read["version"]), (&"rekindle-export".into(), &1.into()));
    assert_eq!(read["exported_at"], "2026-05-04T18:00:00Z");
    assert_eq!(read["person"]["address"], "dm-7");
    assert_eq!((&read["journeys"][0]["active"], &read["journeys"][1]["number"]), (&false.into(), &9.into()));
    assert_eq!(read["journeys"][1]["state"]["reasons"]["answers"]["trust"], "unsure");
    assert_eq!(read["entries"][0]["kind"], "letter");
    assert_eq!(read["entries"][1]["words"], "ünd noch etwas");
    for internal in ["notices", "occurrences", "wanted", "timers"] {
        assert!(read["journeys"][1]["state"].get(internal).is_none(), "{internal}");
    }
}

#[test]
fn the_page_is_whole_loads_nothing_and_takes_no_word_for_markup() {
    let page = page::write(&dossier(), &PROMPTS, "en-GB", now());
    let html = std::str::from_utf8(&page).unwrap();
    assert!(html.starts_with("<!DOCTYPE html><html lang=\"en-GB\">") && html.trim_end().ends_with("</html>"));
    assert!(html.contains("default-src 'none'"));
    assert!(html.contains(
        "&lt;/p&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &quot;dear&quot; &amp; you\n\nsecond line"
    ));
    for never in ["<script", "http://", "https://", " src=", "href=", "@import", "url("] {
        assert!(!html.contains(never), "{never}");
    }
    for shown in
        ["Not sure", "An order that limits contact", "2 – bad", "Sunday, 3 May 2026", "Europe/Berlin", "ünd noch etwas"]
    {
        assert!(html.contains(shown), "{shown}");
    }
    assert!(html.contains("Monday, 4 May 2026, 20:00"), "times are those of the person");
    for kind in EntryKind::ALL {
        assert!(!PROMPTS.value("en", &Arg::Kind(*kind)).is_empty(), "{kind}");
    }
}

#[test]
fn a_locale_is_no_way_into_the_page() {
    let html = page::write(&dossier(), &PROMPTS, "en\"><script>", now());
    assert!(!std::str::from_utf8(&html).unwrap().contains("<script"));
}

#[test]
fn an_attachment_shows_its_name_and_length_alone() {
    let file = Attachment {
        name: "notes.json".into(),
        media_type: "application/json",
        bytes: Zeroizing::new(b"dear".to_vec()),
    };
    assert_eq!(format!("{file:?}"), "Attachment(notes.json, 4 bytes)");
}

#[test]
fn answers_about_safety_stand_behind_a_tap() {
    let page = page::write(&dossier(), &PROMPTS, "en", now());
    let html = std::str::from_utf8(&page).unwrap();
    let (before, rest) = html.split_once("<details><summary>My answers about safety</summary>").unwrap();
    let (folded, after) = rest.split_once("</details>").unwrap();
    assert!(folded.contains("An order that limits contact") && folded.contains("<dd>No</dd>"), "{folded}");
    for outside in [before, after] {
        assert!(!outside.contains("limits contact"), "{outside}");
    }
}
