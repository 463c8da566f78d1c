//! Conversations that later rounds of play found answered wrongly, and their near misses, played in the terminal. The sentences
//! themselves stand in `safety/siblings.tsv`.

use crate::support::case::{play, says, says_nothing_of};

/// Consent.
const START: &[&str] = &["/start", "=consent"];
/// The gate, three times no.
const GATE: &[&str] = &["/reachout", "=gate:contact:no", "=gate:violence:no", "=gate:court:no"];
/// An order.
const ORDER: &[&str] = &["/reachout", "=gate:contact:no", "=gate:violence:no", "=gate:court:yes"];
/// A block.
const BLOCK: &[&str] = &["/reachout", "=gate:contact:yes", "=gate:violence:no", "=gate:court:no"];
/// Violence the person did.
const DID: &[&str] = &["/reachout", "=gate:contact:no", "=gate:violence:yes", "=violence-role:did"];
/// Violence done to the person.
const HURT: &[&str] = &["/reachout", "=gate:contact:no", "=gate:violence:yes", "=violence-role:hurt"];
/// The other's no.
const SAID_NO: &[&str] =
    &["/reachout", "=gate:contact:no", "=gate:violence:no", "=gate:court:no", "/reachout", "=said-no"];

/// The sentence for who wants to die.
const SELF_HARM: &str = "hurt yourself with";
/// The first sentence for who took something or began.
const EMERGENCY: &str = "Call the emergency number now";
/// The sentence for who wants to hurt somebody.
const OFFENDER: &str = "Step away from them";
/// The sentence for who is threatened.
const VICTIM: &str = "isn't your fault";
/// The sentence for both.
const BOTH: &str = "hurting back can both be true";
/// The questions of the gate.
const QUESTIONS: &[&str] = &["Have they asked you", "Was there violence", "Is there an order"];

#[test]
fn an_amount_or_a_method_after_words_of_self_harm_is_answered_like_them() {
    for words in [
        "took 20",
        "i already took them",
        "like 30 of them",
        "with vodka",
        "all of them",
        "the rope is up",
        "im on the roof now",
        "it wont stop bleeding",
        "i did it",
    ] {
        for script in [&["i want to die", words][..], &["i want to die", ":skip 5h", words]] {
            let known = play(&[START, script]);
            says(known.last(), &[EMERGENCY, "Someone to talk to", "Support"]);
        }
        let stranger = play(&[&["i want to die", words]]);
        says(stranger.last(), &[EMERGENCY, "Someone to talk to", "Support"]);
    }
    for words in ["took 20", "i already took them", "like 30 of them", "with vodka", "all of them", "i did it"] {
        let safe = play(&[START, &["i want to die", "=safe-for-now", ":skip 5h", words]]);
        says_nothing_of(safe.last(), &[SELF_HARM, EMERGENCY]);
        says_nothing_of(play(&[START, &[words]]).last(), &[SELF_HARM, EMERGENCY]);
    }
    for words in ["thank you", "i called my sister", "took a shower and it helped a little", "i miss him"] {
        let calmer = play(&[START, &["i want to die", words]]);
        says_nothing_of(calmer.last(), &[SELF_HARM, EMERGENCY]);
    }
}

#[test]
fn an_amount_goes_on_counting_until_the_person_is_safe() {
    let played = play(&[START, &["i want to die", "took 20", ":skip 2d", "like 30 of them", ":skip 6d", "with vodka"]]);
    for words in ["took 20", "like 30 of them", "with vodka"] {
        says(played.after(words), &[EMERGENCY]);
    }
    says(play(&[START, &["i just took 30 pills"]]).last(), &[EMERGENCY]);
}

#[test]
fn violence_that_often_comes_before_a_killing_raises_the_question_however_long_ago() {
    for words in ["he strangled me last year", "he raped me in 2019", "she held a knife to my throat two years ago"] {
        let played = play(&[START, GATE, &[words, "/reachout"]]);
        says(played.after(words), &[VICTIM, "Was there violence", "Help with threats and violence"]);
        says(played.last(), &["Was there violence"]);
    }
}

#[test]
fn a_farewell_in_a_letter_is_answered_and_a_letter_that_lets_go_is_kept() {
    for words in [
        "by the time you read this I'll be gone, tell mom I love her, take care of the cat",
        "when you read this i won't be here anymore. tell the kids daddy loved them",
    ] {
        let letter = play(&[START, &["/letter", "=write-letter", words, ""]]);
        says(&letter.all(), &[SELF_HARM, "Someone to talk to"]);
    }
    for words in ["I'm letting you go, goodbye, I'm moving on", "this is the last letter i write to you"] {
        let letter = play(&[START, &["/letter", "=write-letter", words, ""]]);
        says(&letter.all(), &["It's written"]);
        says_nothing_of(&letter.all(), &[SELF_HARM]);
    }
}

#[test]
fn ways_round_an_order_or_a_block_are_called_contact() {
    for words in [
        "sending flowers isn't contact",
        "what if my friend tells her",
        "a letter isn't texting",
        "can i like her posts",
        "her mom could pass it on",
        "i could just be at the gym when she is",
        "new account",
        "venmo 1 cent note",
        "write it on my story so she sees",
    ] {
        let order = play(&[START, ORDER, &[words]]);
        says(order.last(), &["That would be contact too", "there's an order"]);
        let block = play(&[START, BLOCK, &[words]]);
        says(block.last(), &["That would be contact too", "blocked you or asked for no contact"]);
        let clear = play(&[START, GATE, &[words]]);
        says_nothing_of(clear.last(), &["contact too"]);
    }
    for words in ["i miss her so much", "my mom called me today", "i went for a run"] {
        let order = play(&[START, ORDER, &[words]]);
        says_nothing_of(order.last(), &["contact too", "can break it"]);
    }
}

#[test]
fn whoever_asks_about_writing_hears_first_what_stands_against_it() {
    for words in ["should i text him?", "can i call her", "what if i just say hi", "is it ok to message him just once"]
    {
        for (closed, says_so) in [
            (ORDER, "Writing to them or seeing them can break it"),
            (BLOCK, "blocked you or asked for no contact"),
            (HURT, "change how safe you are"),
            (DID, "They need distance from you"),
            (SAID_NO, "They told you no"),
        ] {
            let played = play(&[START, closed, &[words]]);
            says(played.last(), &[says_so]);
            says_nothing_of(played.last(), &["contact too"]);
        }
        says_nothing_of(play(&[START, GATE, &[words]]).last(), &["can break it", "The safe answer"]);
    }
}

#[test]
fn hitting_back_is_never_answered_as_an_offenders_alone() {
    for words in [
        "i hit him back once",
        "i pushed him off me",
        "i scratched him to get away",
        "she hit me first so i hit her",
        "i kicked him to get free",
    ] {
        for before in [&[][..], GATE, DID, HURT] {
            let played = play(&[START, before, &[words]]);
            says(played.last(), &[BOTH, "Help with threats and violence", "Help before someone gets hurt"]);
            says_nothing_of(played.last(), &[OFFENDER, VICTIM]);
        }
    }
}

#[test]
fn words_against_the_told_role_are_answered_for_both_and_ask_again() {
    for (told, words) in [
        (DID, "she hit me first"),
        (DID, "he choked me last night"),
        (DID, "she threw a knife at me"),
        (HURT, "i hit her"),
        (HURT, "i pushed him down the stairs"),
    ] {
        let played = play(&[START, told, &[words]]);
        says(played.last(), &[BOTH, "Were you hurt", "I hurt them", "I was hurt"]);
        says_nothing_of(played.last(), &[OFFENDER, VICTIM]);
    }
    says(play(&[START, HURT, &["he hit me again"]]).last(), &[VICTIM]);
    says(play(&[START, DID, &["i hit her again"]]).last(), &[OFFENDER]);
}

#[test]
fn nothing_says_who_was_hurt_before_the_person_does() {
    let victim =
        ["isn't your fault", "wasn't your fault", "phone could be watched", "hurt or scared you", "Leaving, or"];
    let yes: &[&str] = &["/reachout", "=gate:contact:no", "=gate:violence:yes"];
    for next in [&[][..], &["/reachout"], &["/cooloff"], &["/reflect"], &["/trial"]] {
        let played = play(&[START, yes, next]);
        says_nothing_of(&played.all(), &victim);
    }
    says(play(&[START, yes]).last(), &["Help before someone gets hurt", "Were you hurt"]);
}

#[test]
fn a_held_gate_is_quiet_under_harmless_lines() {
    for raised in ["she blocked me", "he hits me when he drinks", "theres an order against me"] {
        let lines: &[&str] =
            &["my cat is cute", "i had soup", "/checkin", "the weather is nice", "sort of", "we had cake"];
        let played = play(&[START, &[raised], lines, &["/reachout"]]);
        says(played.after("my cat is cute"), &["One question is waiting"]);
        for line in ["my cat is cute", "i had soup", "/checkin", "the weather is nice", "we had cake"] {
            says_nothing_of(played.after(line), QUESTIONS);
        }
        for line in ["i had soup", "/checkin", "the weather is nice", "we had cake"] {
            says_nothing_of(played.after(line), &["One question is waiting"]);
        }
        let asked = QUESTIONS.iter().any(|question| played.last().contains(question));
        assert!(asked, "reaching for it asks in full:\n{}", played.last());
    }
    let hedged = play(&[START, &["she blocked me", "sort of", "sort of"]]);
    says(hedged.all().split("> sort of").nth(1).unwrap(), &["I didn't get a clear", "Have they asked you"]);
    says_nothing_of(hedged.last(), QUESTIONS);
}

#[test]
fn a_country_typed_after_support_gives_its_lines() {
    let places = [
        ("Germany", "Germany"),
        ("austria", "Austria"),
        ("uk", "United Kingdom"),
        ("USA", "United States"),
        ("i'm in ireland", "Ireland"),
        ("the netherlands", "Netherlands"),
        ("Österreich", "Austria"),
        ("scotland", "United Kingdom"),
    ];
    for (typed, country) in places {
        for before in [&["/support"][..], &["/start", "=support"], &["/start", "=consent", "/support"]] {
            says(play(&[before, &[typed]]).last(), &[country, "People you can talk to"]);
        }
    }
    for (before, typed) in
        [(&["/support", "/journey"][..], "Georgia"), (&["/support"][..], "i miss her"), (&[], "Jordan")]
    {
        says_nothing_of(play(&[START, before, &[typed]]).last(), &["People you can talk to"]);
    }
}

#[test]
fn later_replies_have_the_lines_of_the_country_that_was_chosen() {
    for chosen in [&["/support", "germany"][..], &["/support", "=support-in:de"]] {
        let played = play(&[START, chosen, &["/journey", "i want to die"]]);
        says(played.last(), &[SELF_HARM, "TelefonSeelsorge"]);
    }
}

#[test]
fn keys_hit_at_random_lead_to_the_start_and_alarm_nobody() {
    for words in ["asdfgh", "sdkjfhskdjf", "…", "ok?", "😀😀", "qwertyuiop", "hjk hjk", "?!", "hmm"] {
        let stranger = play(&[&[words]]);
        says(stranger.last(), &["Start"]);
        says_nothing_of(stranger.last(), &["Are you safe"]);
        says_nothing_of(play(&[START, &[words]]).last(), &["Are you safe"]);
    }
}

#[test]
fn stop_says_what_can_be_stopped() {
    for words in ["stop", "Stop!", "stop texting me", "unsubscribe"] {
        let played = play(&[START, &[words]]);
        says(played.last(), &["You can stop any of this", "Clear this chat", "Delete everything about me", "Support"]);
        says_nothing_of(played.last(), &["set one up"]);
        says(play(&[&[words]]).last(), &["kept nothing", "Support"]);
    }
    let apart: &[&str] = &[
        "/settings",
        "=zone-form",
        "Berlin",
        "/cooloff",
        "=cooloff-set-up",
        "=length:7",
        "=every:1",
        "=cooloff-begin",
    ];
    says(play(&[START, apart, &["stop"]]).last(), &["Pause"]);
}
