//! What people do to a bot, meaning well or not: too fast, all at once, with forged presses, with words of any kind.

use futures_util::future::join_all;
use rekindle::journey::Press;

use super::*;

/// What is said to somebody who is too fast.
const HASTE: &str = "That was a lot at once";

#[tokio::test(flavor = "multi_thread")]
async fn one_who_presses_a_thousand_times_is_told_to_wait_and_nobody_else_waits() {
    let (town, _running) = Town::new().await;
    let (anna, ben) = (town.discord.person("anna"), town.discord.person("ben"));
    town.settles_in(&anna).await;
    town.settles_in(&ben).await;
    let (on, journey) = (town.discord.dm(&anna).last().unwrap().id, town.journey(&anna));
    let mut told = 0;
    for round in 0..10 {
        let mut pressed = Vec::new();
        for _ in 0..100 {
            pressed.push(town.discord.press_forged(&anna, on, &format!("1:{journey}:settings")).await);
        }
        // Others are answered meanwhile, and so is she where it matters.
        if round == 5 {
            let place = town.command(&ben, Place::Dm, "journey").await.text();
            assert!(place.contains("day 1 of 14"), "{place}");
            let lines = town.command(&anna, Place::Dm, "support").await.text();
            assert!(lines.contains("0800 111 0 111"), "{lines}");
        }
        let answers: Vec<_> = join_all(pressed.iter().map(|one| town.answer(one))).await;
        told += answers.iter().filter(|answer| answer.data.to_string().contains(HASTE)).count();
    }
    assert!((500..=950).contains(&told), "{told} of 1,000 are told to wait");
    let cleared = town.command(&anna, Place::Dm, "hide").await.text();
    assert!(cleared.contains("Clearing"), "{cleared}");
    // And a moment later it goes on.
    let goes_on = async {
        while town.command(&anna, Place::Dm, "journey").await.text().contains(HASTE) {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    assert!(tokio::time::timeout(LONG, goes_on).await.is_ok());
    town.logs("more came than is served at once").await;
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn one_who_writes_without_end_is_told_now_and_then_and_of_a_crisis_at_once() {
    let (mut town, running) = Town::new().await;
    let anna = town.discord.person("anna");
    town.settles_in(&anna).await;
    assert!(running.end().success());
    // One act, and the next a minute later.
    town.bot.set("requests_per_second = 0\nacts_per_minute = 1");
    let _running = town.start(town.bot.start(Some(time(EVENING)))).await;
    let began = std::time::Instant::now();
    for number in 0..200 {
        town.discord.writes(&anna, &format!("and another thing, {number}")).await;
    }
    town.discord.writes(&anna, "i want to kill myself").await;
    let lines = |town: &Town| town.times(&anna, "findahelpline");
    assert!(town.discord.wait_until(|_| lines(&town) == 1, LONG).await, "{}", town.bot.log());
    assert!(town.discord.wait_until(|_| town.times(&anna, HASTE) >= 1, LONG).await);
    // Twice at once, and then every fifteen seconds.
    let most = 3 + usize::try_from(began.elapsed().as_secs() / 15).unwrap();
    assert!(town.times(&anna, HASTE) <= most, "and not to every line");
    // Whoever is too fast with a form has their words back.
    let (on, journey) = (town.discord.dm(&anna).last().unwrap().id, town.journey(&anna));
    town.discord.press_forged(&anna, on, &format!("1:{journey}:settings")).await;
    let input = serde_json::json!({ "type": 4, "custom_id": "0", "value": "the words of a letter" });
    let data = serde_json::json!({
        "custom_id": format!("1:{journey}:write-letter#dm"),
        "components": [{ "type": 1, "components": [input] }],
    });
    let sent = town.discord.forge(&anna, Place::Dm, serde_json::json!({ "type": 5, "data": data })).await;
    let back = town.answer(&sent).await.text();
    assert!(back.contains("the words of a letter") && back.contains("didn't get to this"), "{back}");
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_people_at_once_get_their_own_answers() {
    let (town, _running) = Town::new().await;
    let people: Vec<_> = (0..100).map(|number| town.discord.person(&format!("person{number}"))).collect();
    let lives = people.iter().enumerate().map(async |(number, person)| {
        town.agrees(person).await;
        let journey = town.journey(person);
        let on = town.discord.dm(person).last().unwrap().id;
        let days = [7, 14, 30, 60, 90][number % 5];
        for press in [&format!("length:{days}"), "every:1", "zone:Europe/Berlin", "cooloff-begin"] {
            let pressed = town.discord.press_forged(person, on, &format!("1:{journey}:{press}")).await;
            town.answer(&pressed).await;
        }
        let place = town.command(person, Place::Dm, "journey").await.text();
        assert!(place.contains(&format!("day 1 of {days}")), "{place}");
    });
    join_all(lives).await;
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_press_there_is_forged_with_the_journey_of_another_harms_neither() {
    let (town, mut running) = Town::new().await;
    let anna = town.discord.person("anna");
    town.settles_in(&anna).await;
    town.discord.writes(&anna, "zephyrine").await;
    town.sees(&anna, "What should I do with this?", 1).await;
    let of_anna = town.journey(&anna);
    let seen = town.discord.dm(&anna).len();
    let mut presses = Press::samples();
    // These take the message away on which the others are pressed, so they come last.
    presses.sort_by_key(|press| matches!(press, Press::Hide | Press::ClearMySide));
    assert!(presses.len() > 100, "{}", presses.len());
    // No more a person than one may do.
    for (number, some) in presses.chunks(40).enumerate() {
        let other = town.discord.person(&format!("other{number}"));
        let welcome = town.agrees(&other).await;
        for press in some {
            for journey in [of_anna, of_anna + 1_000_000] {
                let forged = format!("1:{journey}:{}#1", press.token());
                let pressed = town.discord.press_forged(&other, welcome.id, &forged).await;
                let answer = town.answer(&pressed).await;
                let said = answer.data.to_string();
                assert!(!said.contains("zephyrine") && !said.contains("day 1 of 14"), "{forged}: {said}");
            }
        }
    }
    assert_eq!(town.discord.dm(&anna).len(), seen, "nothing reaches her");
    let place = town.command(&anna, Place::Dm, "journey").await.text();
    assert!(place.contains("day 1 of 14"), "{place}");
    running.live_until(time("2026-05-05T12:00:00Z"));
    town.sees(&anna, REMINDER, 1).await;
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn words_of_any_kind_are_kept_as_they_were_written_and_ping_nobody() {
    let (town, running) = Town::new().await;
    let anna = town.discord.person("anna");
    town.settles_in(&anna).await;
    let long = "wörd👩‍👩‍👧‍👦 ".repeat(400).chars().take(3_999).collect::<String>() + ".";
    let words = [
        long.as_str(),
        "bell \u{7}, escape \u{1b}[31m, nothing \u{0}, delete \u{7f}, next \u{85} line",
        "\u{202e}backwards\u{202c} and שלום عليكم \u{2066}isolated\u{2069}",
        "👩🏽‍❤️‍💋‍👨🏿 👨‍👩‍👧‍👦 🏳️‍🌈 🇩🇪 e\u{301}\u{301}\u{301}",
        "**bold** _it_ ~~no~~ ||spoiler|| # head\n> quote\n```rs\nfn main() {}\n```",
        "@everyone @here <@77> <@&1> <#5> <t:0:R> [link](https://example.org) https://example.org",
        "'); DROP TABLE persons; -- \" OR 1=1 %00",
        "{ $words } {{ words }} {} %s ${jndi:ldap://x} <%= 1 %> { -term } \\n",
    ];
    for (number, text) in words.iter().enumerate() {
        town.discord.writes(&anna, text).await;
        town.sees(&anna, "What should I do with this?", number + 1).await;
    }
    let ask = town.command(&anna, Place::Dm, "export").await.message.unwrap();
    let plain = ask.choices().into_iter().find(|choice| choice.custom_id.contains("export-plain")).unwrap();
    let files = town.press(&anna, &ask, &plain.label).await.message.unwrap().attachments;
    let json = files.iter().find_map(|file| serde_json::from_slice::<serde_json::Value>(&file.bytes).ok()).unwrap();
    let mut strings = Vec::new();
    collect(&json, &mut strings);
    for text in words {
        assert!(strings.iter().any(|kept| kept == text), "{text:?} is not among {strings:?}");
    }
    // Nothing of it is a command to whoever reads the log, nor readable there.
    let some = ["backwards", "DROP TABLE", "jndi", "👩‍👩‍👧‍👦", "everyone"].map(str::to_owned);
    town.is_silent_of(&some);
    running.kill();
    town.is_silent_of(&some);
    town.is_well();
}

fn collect(json: &serde_json::Value, strings: &mut Vec<String>) {
    match json {
        serde_json::Value::String(text) => strings.push(text.clone()),
        serde_json::Value::Array(items) => items.iter().for_each(|item| collect(item, strings)),
        serde_json::Value::Object(fields) => fields.values().for_each(|field| collect(field, strings)),
        _ => {}
    }
}

/// How many interactions: `just soak` asks for 200,000.
fn interactions() -> usize {
    std::env::var("REKINDLE_SOAK").ok().map_or(4_000, |number| number.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_is_flat_over_thousands_of_interactions() {
    let (town, running) = Town::new().await;
    // The fake's own memory is no matter here, and its checks are not what this is about.
    town.discord.set_openapi(false);
    let residents: Vec<_> = (0..20).map(|number| town.discord.person(&format!("resident{number}"))).collect();
    for person in &residents {
        town.agrees(person).await;
    }
    let (mut done, mut passers) = (0, 0);
    let mut memory = Vec::new();
    while done < interactions() {
        // Strangers who look in once, and residents who come back; some of them are too fast.
        let strangers = (0..44).map(async |number| {
            let stranger = town.discord.person(&format!("stranger{}", passers + number));
            town.command(&stranger, Place::Dm, ["help", "support", "start", "privacy"][number % 4]).await;
        });
        join_all(strangers).await;
        let known = residents.iter().map(|person| town.command(person, Place::Dm, "settings"));
        join_all(known).await;
        (done, passers) = (done + 64, passers + 44);
        town.discord.forget_records();
        memory.push(running.resident_memory());
    }
    let (early, late) = (memory[memory.len() / 4], *memory.last().unwrap());
    eprintln!("{done} interactions; resident after a quarter {early} KiB, at the end {late} KiB");
    assert!(late < early + 6 * 1024, "{memory:?} KiB");
    town.is_well();
}
