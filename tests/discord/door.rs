//! What a person meets who types, presses and writes.

use serde_json::json;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn in_a_server_one_line_is_seen_by_one_and_the_rest_is_private() {
    let (town, _running) = Town::new().await;
    let anna = town.discord.person("anna");
    let hello = town.command(&anna, Place::Server, "start").await.message.unwrap();
    assert!(hello.is_ephemeral && hello.text().contains("There's no rush"), "{}", hello.text());
    assert!(town.discord.dm(&anna).is_empty(), "nobody is written to before they agreed");

    let agreed = town.press(&anna, &hello, "I'm 18 or older, and I agree").await.message.unwrap();
    assert!(agreed.is_ephemeral && agreed.text().contains("I sent you a DM"), "{}", agreed.text());
    assert_eq!(agreed.id, hello.id, "the question is replaced by the line");
    assert_eq!(town.discord.dm(&anna).len(), 1);

    let line = town.command(&anna, Place::Server, "cooloff").await.message.unwrap();
    assert!(line.is_ephemeral && line.text().contains("I sent you a DM"), "{}", line.text());
    assert!(town.discord.dm(&anna).last().unwrap().text().contains("What time apart is for"));

    // Help, care, privacy and settings are whole in the answer, wherever.
    for (command, words) in
        [("help", "/cooloff"), ("support", "findahelpline"), ("privacy", "/forget"), ("settings", "UTC")]
    {
        let whole = town.command(&anna, Place::Private, command).await.message.unwrap();
        assert!(whole.is_ephemeral && whole.text().contains(words), "{command}: {}", whole.text());
    }
    assert_eq!(town.discord.dm(&anna).len(), 2);
    assert_eq!(town.discord.private(&anna).len(), 0);
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn closed_direct_messages_are_told_and_what_waited_comes_when_they_are_open() {
    for close in [Person::set_dms_open as fn(&Person, bool), Person::set_shares_server] {
        let (town, _running) = Town::new().await;
        let anna = town.discord.person("anna");
        town.agrees(&anna).await;
        close(&anna, false);
        let told = town.command(&anna, Place::Server, "cooloff").await.message.unwrap();
        assert!(told.is_ephemeral && told.text().contains("can't reach your DMs"), "{}", told.text());
        let again = town.press(&anna, &told, "My DMs are open, try again").await.message.unwrap();
        assert!(again.text().contains("can't reach your DMs"), "they are not: {}", again.text());
        close(&anna, true);
        let sent = town.press(&anna, &again, "My DMs are open, try again").await.message.unwrap();
        assert!(sent.text().contains("I sent you a DM"), "{}", sent.text());
        town.sees(&anna, "What time apart is for", 1).await;
        town.is_well();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_parked_comes_at_the_next_sign_of_life() {
    let (town, mut running) = Town::new().await;
    let anna = town.discord.person("anna");
    town.settles_in(&anna).await;
    anna.set_dms_open(false);
    running.live_until(time("2026-05-05T18:00:00Z"));
    assert_eq!(town.times(&anna, REMINDER), 0);
    anna.set_dms_open(true);
    town.command(&anna, Place::Server, "journey").await;
    town.sees(&anna, REMINDER, 1).await;
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn presses_that_are_forged_foreign_stale_or_doubled_do_no_harm() {
    let (town, mut running) = Town::new().await;
    let (anna, ben) = (town.discord.person("anna"), town.discord.person("ben"));
    town.settles_in(&anna).await;
    town.settles_in(&ben).await;
    let on = town.discord.dm(&ben).last().unwrap().id;
    let (of_anna, of_ben) = (town.journey(&anna), town.journey(&ben));
    let forged = [
        "",
        "x",
        "1:0:",
        "2:1:start",
        "offer-again",
        "1:0:offer-again#1",
        "1:0:offer-again~1",
        "1:1:mood:99:99#7",
        "list#1",
    ];
    let foreign = [format!("1:{of_anna}:pause"), format!("1:{of_anna}:forget-all#1")];
    for id in forged.iter().map(|id| (*id).to_owned()).chain(foreign) {
        let pressed = town.discord.press_forged(&ben, on, &id).await;
        let answer = town.answer(&pressed).await;
        assert!(answer.message.is_some_and(|message| !message.choices().is_empty()), "{id:?} leads nowhere");
    }
    for who in [&anna, &ben] {
        let place = town.command(who, Place::Dm, "journey").await.text();
        assert!(place.contains("day 1 of 14"), "{place}");
    }
    // The same press twice: from two events of the gateway, and from a person who pressed again.
    let urge = town.discord.press_forged(&ben, on, &format!("1:{of_ben}:urge")).await;
    town.answer(&urge).await;
    let before = town.discord.dm(&ben).len();
    let pressed = town.discord.press_forged(&ben, on, &format!("1:{of_ben}:urge-passed")).await;
    town.answer(&pressed).await;
    town.discord.gateway().duplicate_last("INTERACTION_CREATE");
    town.discord.gateway().replay_last();
    // By then whatever came of those has come.
    assert!(running.say(":now").starts_with("It is"));
    let place = town.command(&ben, Place::Dm, "journey").await.text();
    assert!(place.contains("**Urges that passed:** 1."), "{place}");
    assert_eq!(town.discord.dm(&ben).len(), before + 2, "nothing is answered twice");
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn buttons_live_through_a_restart() {
    let (town, running) = Town::new().await;
    let anna = town.discord.person("anna");
    let welcome = town.agrees(&anna).await;
    assert!(running.end().success());
    let _running = town.start(town.bot.start(Some(time("2027-05-04T18:00:00Z")))).await;
    let cards = town.press(&anna, &welcome, "The reasons").await;
    assert!(cards.text().contains("Who ended it") || cards.choices().len() > 1, "{}", cards.text());
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answered_question_loses_its_buttons_and_a_page_turns_in_place() {
    let (town, _running) = Town::new().await;
    let anna = town.discord.person("anna");
    town.agrees(&anna).await;
    let question = town.command(&anna, Place::Dm, "reasons").await.message.unwrap();
    let next = town.press(&anna, &question, "I ended it").await.message.unwrap();
    assert_ne!(next.id, question.id, "the next question is a message of its own");
    let settled = town.discord.wait_until(|discord| discord.message(question.id).unwrap().choices().is_empty(), LONG);
    assert!(settled.await, "the answered question keeps its buttons");
    assert_eq!(town.discord.message(question.id).unwrap().text(), question.text(), "and its text");

    let page = town.command(&anna, Place::Dm, "letgo").await.message.unwrap();
    let before = town.discord.dm(&anna).len();
    let turn = page.choices().into_iter().find(|choice| choice.custom_id.contains("read:letgo:2")).unwrap();
    let turned = town.press(&anna, &page, &turn.label).await;
    assert_eq!((turned.kind, turned.message.as_ref().unwrap().id), (7, page.id));
    assert_ne!(turned.text(), page.text());
    assert_eq!(town.discord.dm(&anna).len(), before);
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn plain_words_answer_the_open_question_and_a_form_does_too() {
    let (town, _running) = Town::new().await;
    let anna = town.discord.person("anna");
    town.agrees(&anna).await;
    let number = town.journey(&anna);
    let on = town.discord.dm(&anna).last().unwrap().id;
    for press in ["length:14", "every:1"] {
        let pressed = town.discord.press_forged(&anna, on, &format!("1:{number}:{press}")).await;
        town.answer(&pressed).await;
    }
    town.discord.writes(&anna, "Berlin").await;
    town.sees(&anna, "Europe/Berlin", 1).await;

    // A form, opened and sent.
    let pressed = town.discord.press_forged(&anna, on, &format!("1:{number}:zone-form")).await;
    let form = town.answer(&pressed).await;
    assert!(form.is_form(), "{form:?}");
    let sent = town.discord.submit(&anna, &pressed, &[("0", "Tokyo")]).await;
    let saved = town.answer(&sent).await;
    assert!(saved.text().contains("Asia/Tokyo"), "{}", saved.text());

    // Words nobody asked for are offered to be kept.
    town.command(&anna, Place::Dm, "help").await;
    town.discord.writes(&anna, "I dreamt of the sea").await;
    town.sees(&anna, "What should I do with this?", 1).await;
    // Whoever has not agreed is answered, and nothing is stored.
    let ben = town.discord.person("ben");
    town.discord.writes(&ben, "hello?").await;
    town.sees(&ben, "One thing first", 1).await;
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_city_is_completed_while_it_is_typed_and_saved_when_it_is_sent() {
    let (town, _running) = Town::new().await;
    let anna = town.discord.person("anna");
    town.agrees(&anna).await;
    for (typed, found) in [("new y", "America/New_York"), ("", "Europe/London"), ("berl", "Europe/Berlin")] {
        let typing = town.discord.autocomplete(&anna, Place::Server, "settings", &[("zone", typed)]).await;
        let answer = town.answer(&typing).await;
        assert_eq!(answer.kind, 8);
        let offered = answer.data["choices"].as_array().unwrap();
        assert!(offered.iter().any(|choice| choice["value"] == found), "{typed:?}: {offered:?}");
    }
    let sent = town.discord.command(&anna, Place::Server, "settings", &[("zone", "America/New_York")]).await;
    let saved = town.answer(&sent).await;
    assert!(saved.text().contains("America/New\\_York"), "{}", saved.text());
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn words_of_a_crisis_are_answered_whole_where_they_are_sent() {
    let (town, _running) = Town::new().await;
    let anna = town.discord.person("anna");
    town.agrees(&anna).await;
    let number = town.journey(&anna);
    // A form that was opened on what only she sees in a server.
    let line = town.command(&anna, Place::Server, "help").await.message.unwrap();
    let data = json!({ "id": 2, "custom_id": format!("1:{number}:write-letter"), "component_type": 2 });
    let opened = town.discord.forge(&anna, Place::Server, json!({ "type": 3, "message": line.id, "data": data })).await;
    assert!(town.answer(&opened).await.is_form());
    let sent = town.discord.submit(&anna, &opened, &[("0", "I want to kill myself")]).await;
    let care = town.answer(&sent).await.message.unwrap();
    assert!(care.is_ephemeral && care.text().contains("findahelpline"), "{}", care.text());
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn hiding_clears_the_direct_message_at_once_from_wherever() {
    for place in [Place::Dm, Place::Server] {
        let (town, mut running) = Town::new().await;
        let (anna, ben) = (town.discord.person("anna"), town.discord.person("ben"));
        town.settles_in(&anna).await;
        town.agrees(&ben).await;
        town.command(&anna, Place::Dm, "help").await;
        town.discord.writes(&anna, "mine").await;
        town.sees(&anna, "What should I do with this?", 1).await;
        let before = town.discord.dm(&ben).len();
        let answer = town.command(&anna, place, "hide").await;
        let told = answer.message.unwrap();
        assert!(told.is_ephemeral && answer.data.to_string().contains("Clearing"), "{}", answer.data);
        let cleared =
            town.discord.wait_until(|discord| discord.dm(&anna).iter().all(|message| !message.is_by_bot), LONG).await;
        assert!(cleared, "{}", town.bot.log());
        town.leaves_nothing_of(told.id).await;
        assert_eq!(town.discord.dm(&anna).len(), 1, "her own words are hers");
        assert_eq!(town.discord.dm(&ben).len(), before);
        // What is kept is kept, and what is to come comes.
        running.live_until(time("2026-05-05T18:00:00Z"));
        town.sees(&anna, REMINDER, 1).await;
        town.is_well();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn clearing_ones_side_takes_what_it_was_pressed_on_as_well() {
    for place in [Place::Dm, Place::Server] {
        let (town, _running) = Town::new().await;
        let anna = town.discord.person("anna");
        town.settles_in(&anna).await;
        let lines = town.command(&anna, place, "support").await.message.unwrap();
        let pressed =
            town.discord.press_forged(&anna, lines.id, &format!("1:{}:clear-my-side", town.journey(&anna))).await;
        let answer = town.answer(&pressed).await;
        assert!(answer.data.to_string().contains("Clearing"), "{}", answer.data);
        town.leaves_nothing_of(answer.message.unwrap().id).await;
        assert!(town.discord.message(lines.id).is_none(), "{place:?}");
        assert!(town.discord.dm(&anna).is_empty());
        town.is_well();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_can_be_read_on_the_disk_or_in_the_log() {
    let (town, running) = Town::new().await;
    let anna = town.discord.person("anna");
    town.settles_in(&anna).await;
    town.discord.writes(&anna, "zephyrine said she blocked me").await;
    town.sees(&anna, "Thank you for writing it here", 1).await;
    let asked = town.discord.command(&anna, Place::Server, "letter", &[]).await;
    town.answer(&asked).await;
    let secrets =
        [anna.id.to_string(), anna.dm_channel().to_string(), "zephyrine".into(), asked.token, town.discord.token()];
    // While it runs, with the WAL there, and after it was killed.
    town.is_silent_of(&secrets);
    running.kill();
    town.is_silent_of(&secrets);
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_files_of_an_export_are_private_and_their_message_is_deleted_on_a_press() {
    let (town, _running) = Town::new().await;
    let anna = town.discord.person("anna");
    town.settles_in(&anna).await;
    let line = town.command(&anna, Place::Server, "export").await.message.unwrap();
    assert!(line.is_ephemeral && line.text().contains("I sent you a DM"), "{}", line.text());
    let ask = town.discord.dm(&anna).pop().unwrap();
    let plain = ask.choices().into_iter().find(|choice| choice.custom_id.contains("export-plain")).unwrap();
    let message = town.press(&anna, &ask, &plain.label).await.message.unwrap();
    assert_eq!(message.channel, anna.dm_channel());
    let names: Vec<_> = message.attachments.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
    let read = |bytes: &[u8]| serde_json::from_slice::<serde_json::Value>(bytes).is_ok_and(|json| json.is_object());
    assert_eq!(message.attachments.iter().filter(|file| read(&file.bytes)).count(), 1, "{names:?}");

    let delete = message.choices().into_iter().find(|choice| choice.custom_id.contains("delete-message")).unwrap();
    town.press(&anna, &message, &delete.label).await;
    let gone = town.discord.wait_until(|discord| discord.message(message.id).is_none(), LONG).await;
    assert!(gone, "the files are still there");
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_still_gets_an_answer_and_harms_nobody_else() {
    let town = Town::without_bot().await;
    let running = town.bot.start_with(Some(time(EVENING)), &[("REKINDLE_PANIC_AT", "answering:2")]);
    let _running = town.start(running).await;
    let anna = town.discord.person("anna");
    town.command(&anna, Place::Dm, "help").await;
    let sorry = town.command(&anna, Place::Dm, "settings").await;
    assert!(sorry.text().contains("didn't get saved"), "{}", sorry.text());
    let again = town.press(&anna, sorry.message.as_ref().unwrap(), "Settings").await;
    assert!(again.text().contains("I haven't kept what you just sent"), "{}", again.text());
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_disk_is_covered_by_word_that_an_answer_is_coming() {
    let (town, _running) = Town::with(|town| town.bot.set_wait("defer=500")).await;
    let anna = town.discord.person("anna");
    town.agrees(&anna).await;
    // Somebody else holds the database.
    let holder = rusqlite::Connection::open(town.bot.path("a.db")).unwrap();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    for place in [Place::Dm, Place::Server] {
        let asked = match place {
            Place::Dm => town.chooses(&anna, 7).await,
            _ => town.discord.command(&anna, place, "reasons", &[]).await,
        };
        let answer = asked.answer(LONG).await.unwrap();
        assert_eq!(answer.kind, 5, "word that it is coming");
        holder.execute_batch("ROLLBACK").unwrap();
        let original = asked.original(LONG).await.unwrap();
        let told = if place == Place::Dm { CHOSEN } else { "I sent you a DM" };
        assert!(original.text().contains(told), "{}", original.text());
        holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    }
    holder.execute_batch("ROLLBACK").unwrap();
    town.is_well();
}
