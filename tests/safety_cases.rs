//! The cases of the safety specification (section 5), played in the terminal: what was answered wrongly
//! once. Scripts press tokens, so that order and wording may change; what must be said is held by a few words of its text.

use crate::support::case::{play, says, says_nothing_of};

/// Consent.
const START: &[&str] = &["/start", "=consent"];
/// A time zone.
const ZONE: &[&str] = &["/settings", "=zone-form", "Berlin"];
/// The gate, three times no.
const GATE: &[&str] = &["/reachout", "=gate:contact:no", "=gate:violence:no", "=gate:court:no"];
/// A time apart of seven days.
const APART: &[&str] = &["/cooloff", "=cooloff-set-up", "=length:7", "=every:1", "=cooloff-begin"];
/// A trial of four weeks.
const TRIAL: &[&str] = &["/trial", "=trial-set-up", "=trial-length:4", "=trial-begin"];

/// The sentence for who is threatened, and the question of violence.
const THREATENED: &[&str] = &["isn't your fault", "Was there violence", "Yes, that happened", "No, never", "Support"];
/// The sentence for who wants to hurt somebody.
const OFFENDER: &str = "Step away from them";
/// The sentence for who wants to die.
const SELF_HARM: &str = "hurt yourself with";
/// What opens stages 3 to 6 or leads there.
const FORWARD: &[&str] = &["Reach out", "Plan a day", "Worth the time", "if you still", "want to try again"];

#[test]
fn case_1_a_victim_is_never_answered_as_an_offender() {
    for words in [
        "he says he'll kill me if I leave",
        "he said he would hurt me if I told anyone",
        "I'm afraid he will kill me",
        "I think he's going to hurt me",
        "he said he'd hurt my kids",
        "he tried to strangle me",
        "he said he'd burn the house down with me in it",
        "he said he'd kill my cat",
    ] {
        let played = play(&[START, &[words, "/reachout"]]);
        says(played.after(words), THREATENED);
        says_nothing_of(played.after(words), &[OFFENDER, SELF_HARM, "urge", "I want to text them"]);
        says(played.last(), &["Was there violence"]);
    }
}

#[test]
fn case_2_a_death_threat_is_answered_and_so_is_a_threat_of_suicide() {
    for words in [
        "he's going to kill me",
        "he will kill me",
        "he has a gun and he's angry",
        "he tried to kill me",
        "she threatened to kill me",
        "he wants me dead",
    ] {
        let played = play(&[START, &[words]]);
        says(played.last(), THREATENED);
        says_nothing_of(played.last(), &[SELF_HARM]);
    }
    let played = play(&[START, &["he says he will kill himself if I don't come back"]]);
    says(played.last(), &["isn't yours to carry", "emergency number"]);
    says_nothing_of(played.last(), &[SELF_HARM, OFFENDER]);
}

#[test]
fn case_3_a_crisis_does_not_swallow_the_gate() {
    let words = "she blocked me and there's a restraining order, I want to kill myself";
    let played = play(&[START, GATE, &[words, "/reachout"]]);
    says(played.after(words), &[SELF_HARM, "Is there an order"]);
    says(played.last(), &["Is there an order"]);
    says_nothing_of(played.last(), FORWARD);
    for words in ["he beat me up and I want to die", "I hit her and now I want to die"] {
        let played = play(&[START, GATE, &[words, "/trial"]]);
        says(played.after(words), &[SELF_HARM, "Yes, that happened"]);
        says(played.last(), &["Yes, that happened"]);
    }
}

#[test]
fn case_4_words_cancel_a_correction() {
    let closed: &[&str] = &["/reachout", "=gate:contact:yes", "=gate:violence:no", "=gate:court:no"];
    let corrected: &[&str] = &["/settings", "=gate-review", "=gate-correct:contact:no"];
    let words = "she blocked me again";
    let played = play(&[START, ZONE, closed, corrected, &[words, ":skip 25h", "/reachout"]]);
    says(played.after(words), &["leaving your answer as it was"]);
    says(played.last(), &["stay closed"]);
    says_nothing_of(played.last(), &["Plan a day"]);
}

#[test]
fn case_5_a_closed_gate_still_hears_violence() {
    let closed: &[&str] = &["/reachout", "=gate:contact:yes", "=gate:violence:no", "=gate:court:no"];
    let words = "he hit me last night and I'm scared of him";
    let played = play(&[START, closed, &[words, "=gate:violence:yes", "=violence-role:hurt", "/letgo"]]);
    says(played.after(words), THREATENED);
    says(played.after("=gate:violence:yes"), &["Were you hurt"]);
    says(played.after("=violence-role:hurt"), &["wasn't your fault"]);
    let told_no = play(&[
        START,
        &["/reachout"],
        &["=gate:contact:no", "=gate:violence:no", "=gate:court:no"],
        &["/reachout", "=said-no", words],
    ]);
    says(told_no.last(), THREATENED);
}

#[test]
fn case_6_words_are_heard_wherever_they_are_typed() {
    let words = "I want to kill myself";
    let long = format!("{words}. {}", "I don't know what to say. ".repeat(200));
    let in_zone = play(&[START, &["/settings", "=zone-form", words]]);
    let in_time = play(&[START, &["/settings", "=time-form", words]]);
    let in_length = play(&[START, &["/cooloff", "=cooloff-set-up", "=length-form", words]]);
    let behind_a_command = play(&[START, &["/letter I want to kill myself"]]);
    let mistyped = play(&[START, &["/supprt I want to die"]]);
    let too_long = play(&[START, &[&long]]);
    let before_consent = play(&[&["/start I want to kill myself"]]);
    for played in [in_zone, in_time, in_length, behind_a_command, mistyped, too_long, before_consent] {
        says(played.last(), &[SELF_HARM, "Support"]);
    }
}

#[test]
fn case_7_after_three_no_words_still_raise_the_question() {
    let words = "I lost the baby after he kicked me";
    let played = play(&[START, GATE, &[words, "/reachout"]]);
    says(played.after(words), THREATENED);
    says(played.last(), &["Was there violence"]);
    says_nothing_of(played.last(), FORWARD);
}

#[test]
fn case_8_a_no_against_ones_own_words_waits_and_typed_answers_count() {
    let words = "she blocked me";
    let played = play(&[START, &[words, "=gate:contact:no", "/reachout"]]);
    says(played.after("=gate:contact:no"), &["If that was a slip", "counts from"]);
    says(played.last(), &["stay closed"]);
    says_nothing_of(&played.all(), &["I won't ask again"]);
    let typed = play(&[START, &[words, "yes", "/reachout"]]);
    says(typed.after("yes"), &["stay closed"]);
    says_nothing_of(typed.after("yes"), &["in your journal now"]);
    says(typed.last(), &["stay closed"]);
}

#[test]
fn case_9_a_draft_that_gets_round_a_block_is_not_held() {
    for words in [
        "She blocked me so I write from a new account. Answer or I come to your work.",
        "It's me on a new number. You can't ignore me forever.",
    ] {
        let played =
            play(&[START, ZONE, GATE, &["/reachout", "=draft", "=draft-form", words, "", ":skip 2d", "/reachout"]]);
        says(&played.all(), &["Delete what I wrote"]);
        says_nothing_of(&played.all(), &["I'd leave that part out", "Hold it"]);
        says_nothing_of(played.last(), FORWARD);
    }
}

#[test]
fn case_10_a_plan_is_suspended_while_a_question_is_open() {
    let plan: &[&str] = &["/reachout", "=plan", "=plan-day:2026-05-06", "=plan-at:2026-05-06:1080"];
    let words = "she said I should never contact her again";
    let played = play(&[START, ZONE, GATE, plan, &[words, ":skip 5d", "/journey"]]);
    says(played.after(words), &["Yes, they did"]);
    says_nothing_of(played.after(":skip 5d"), &["How did it go", "It went well"]);
    says_nothing_of(played.last(), &["Wednesday, 6 May"]);
}

#[test]
fn case_11_a_report_of_violence_is_no_agreement() {
    let words = "he pushed me down the stairs yesterday";
    let played = play(&[START, ZONE, GATE, TRIAL, &["=agreement-form", words, "", "/trial", ":skip 8d"]]);
    says(&played.all(), THREATENED);
    says_nothing_of(&played.all(), &["Agreements so far: 1"]);
    says(played.after("/trial"), &["Was there violence"]);
    says_nothing_of(played.last(), &["Small arguments"]);
    let left = play(&[START, ZONE, GATE, TRIAL, &["she left me again last night"]]);
    says(left.last(), &["Did they say no", "They said no"]);
}

#[test]
fn case_12_the_summary_looks_at_the_gate() {
    let cards: &[&str] = &[
        "/reasons",
        "=ended-by:them",
        "=ended-when:month",
        "=answer:fix:true",
        "=answer:grown:true",
        "=answer:trust:true",
        "=answer:both:true",
    ];
    let order: &[&str] = &["/reachout", "=gate:contact:no", "=gate:violence:no", "=gate:court:yes"];
    let violence: &[&str] = &["he hits me when he drinks", "=gate:violence:yes", "=violence-role:hurt"];
    for closing in [order, violence] {
        for parts in [[START, cards, closing, &["/reasons"]], [START, closing, &["/reasons"], &[]]] {
            let played = play(&parts);
            says_nothing_of(played.last(), FORWARD);
            says(played.last(), &["are closed"]);
            says_nothing_of(played.last(), &["True for us"]);
        }
    }
    let held = play(&[START, cards, &["he hits me when he drinks", "/reasons"]]);
    says_nothing_of(held.last(), FORWARD);
    says(held.last(), &["See the question"]);
}

#[test]
fn case_13_a_no_is_final_in_the_reasons() {
    let cards: &[&str] = &[
        "/reasons",
        "=ended-by:them",
        "=ended-when:month",
        "=answer:fix:true",
        "=answer:grown:true",
        "=answer:trust:true",
        "=answer:both:told-no",
    ];
    let played = play(&[START, cards, &[":skip 11m", "/reasons", "=answer:both:true"]]);
    says(played.last(), &["They've told you no"]);
    says_nothing_of(played.last(), FORWARD);
}

#[test]
fn case_14_attempts_never_go_down() {
    let spent: &[&str] =
        &["/reachout", "=tell", "=talked:1:no-reply", ":skip 15d", "/reachout", "=tell", "=talked:2:no-reply"];
    let played = play(&[START, ZONE, GATE, spent, &["=tell", "=talked:2:well", "/reachout"]]);
    says_nothing_of(played.last(), &["One more is fair", "Plan a day"]);
}

#[test]
fn case_15_reaching_out_under_an_order_is_named_plainly() {
    let order: &[&str] = &["/reachout", "=gate:contact:no", "=gate:violence:no", "=gate:court:yes"];
    let played = play(&[START, ZONE, order, APART, &["/cooloff", "=slip"]]);
    says(played.last(), &["this can break it", "Don't repeat it", "lawyer"]);
    says_nothing_of(played.last(), &["Both are fine"]);
    let words = "I drove to her house and waited till she came out, she called the police";
    let told = play(&[START, ZONE, order, APART, &["/cooloff", "=slip", words]]);
    says(told.last(), &["scares people"]);
}

#[test]
fn case_16_not_now_after_a_yes_says_what_was_noted() {
    let played = play(&[
        START,
        &["/reachout", "=gate:contact:no", "=gate:violence:yes", "=violence-role:unsaid", "/trial", "=gate-later"],
    ]);
    says(played.after("=gate:violence:yes"), &["Thank you for telling me", "Were you hurt"]);
    says_nothing_of(&played.all(), &["Nothing was noted"]);
}

#[test]
fn case_17_a_child_who_says_so_later_is_asked() {
    for words in ["im 16 and he is 24", "I'm 16", "im in 10th grade", "i lied about my age", "i'm a minor"] {
        let played = play(&[START, &[words, "/cooloff"]]);
        says(played.after(words), &["18"]);
        says(played.last(), &["Are you 18 or older now?"]);
    }
    let gone = play(&[START, &["I'm 16", "no", "=minor-forget", "/journey"]]);
    says(gone.after("no"), &["Delete everything"]);
    says(gone.after("=minor-forget"), &["deleted"]);
    let pictures = play(&[START, &["he made me send pics and now he says he'll show everyone"]]);
    says(pictures.last(), THREATENED);
    let before = play(&[&["/start", "=too-young", "/start"]]);
    says_nothing_of(before.last(), &["I'm 18 or older, and I agree"]);
}

#[test]
fn case_18_nothing_under_a_crisis_reply_makes_light_of_it() {
    for words in ["I want to kill myself", "im gonna do it tonight", "tonight is the night, goodbye everyone"] {
        let played = play(&[START, &[words]]);
        says(played.last(), &["Support"]);
        says_nothing_of(played.last(), &["Let it go", "I want to text them", "A letter"]);
    }
}

#[test]
fn case_19_they_asked_for_time_starts_at_once() {
    let told: &[&str] = &["/reachout", "=tell", "=talked:1:time", "/reachout"];
    let played = play(&[START, ZONE, GATE, told]);
    says_nothing_of(played.last(), &["Plan a day"]);
    says(played.last(), &["3 June"]);
}

#[test]
fn case_20_a_paused_time_apart_is_not_abandoned() {
    let letter: &[&str] = &["/letter", "=write-letter", "my only letter", "", "=letter-keep:1"];
    let played =
        play(&[START, ZONE, APART, letter, &["/cooloff", "=cooloff-change", "=pause", ":skip 200d", "/cooloff"]]);
    says(played.last(), &["Paused on day 1", "Resume"]);
}

#[test]
fn case_21_there_are_never_two_different_no_on_one_message() {
    let played =
        play(&[START, &["/reasons", "=ended-by:them", "=ended-when:month", "=card-note:fix", "he hit me", ""]]);
    let choices = played.last();
    let no = choices.matches(") No ").count() + choices.matches(") No,").count();
    assert_eq!(no, 1, "{choices}");
}

#[test]
fn case_24_texts_do_not_claim_what_nobody_told() {
    let played = play(&[START, ZONE, GATE, &["/trial"]]);
    says_nothing_of(played.last(), &["You both said yes"]);
    let ease = play(&[START, ZONE, GATE, &["/ease"]]);
    says_nothing_of(ease.last(), &["The trial held"]);
}

#[test]
fn case_26_one_total_of_days_without_contact() {
    let played = play(&[START, ZONE, APART, &[":skip 5d", "/letgo", "=let-go", "/letgo"]]);
    says_nothing_of(played.last(), &["all told: 0"]);
}

#[test]
fn case_27_a_place_is_found_as_people_write_it() {
    let places = [
        ("München", "Europe/Berlin"),
        ("Wien", "Europe/Vienna"),
        ("Köln", "Europe/Berlin"),
        ("São Paulo", "America/Sao"),
        ("NYC", "America/New"),
        ("Boston", "America/New"),
        ("San Francisco", "America/Los"),
        ("Mumbai", "Asia/Kolkata"),
        ("Delhi", "Asia/Kolkata"),
        ("Beijing", "Asia/Shanghai"),
        ("berlin, germany", "Europe/Berlin"),
    ];
    let asked: Vec<&str> = places.iter().flat_map(|(place, _)| ["/settings", "=zone-form", place]).collect();
    let played = play(&[START, &asked, &["/settings", "=zone-form", "UTC+1", "/settings", "=zone-form", "20.00"]]);
    for (place, zone) in places {
        says(played.after(place), &[zone, "it is now"]);
    }
    // It is 20:00 in Berlin, in May: two hours ahead of UTC.
    says(played.after("UTC+1"), &["Which one is yours", "Africa/Lagos: 19:00", "Europe/London: 19:00"]);
    says(played.after("20.00"), &["Which one is yours", "Europe/Berlin: 20:00"]);
}

#[test]
fn case_29_a_correction_needs_no_zone_and_shows_no_clock() {
    let closed: &[&str] = &["/reachout", "=gate:contact:yes", "=gate:violence:no", "=gate:court:no"];
    let played = play(&[START, closed, &["/settings", "=gate-review", "=gate-correct:contact:no"]]);
    says(played.last(), &["counts from Tuesday, 5 May"]);
    says_nothing_of(played.last(), &["What time is it", "18:00", "20:00"]);
}

#[test]
fn case_30_a_new_time_apart_says_that_letting_go_is_undone() {
    let played = play(&[START, ZONE, &["/letgo", "=let-go"], APART, &["/journey"]]);
    says(played.after("=cooloff-begin"), &["You'd decided to let go"]);
}

#[test]
fn case_22_a_question_is_never_filed_as_an_answer() {
    let card: &[&str] = &["/reasons", "=ended-by:them", "=ended-when:month"];
    for (before, question) in [
        (card, "what does this mean?"),
        (&["/letter"], "is this private?"),
        (&["/letter"], "should i send it to her"),
        (&["/reflect", "=ask:better"], "how do i stop this"),
    ] {
        let played = play(&[START, before, &[question, "/journal"]]);
        says_nothing_of(played.after(question), &["Saved with this card", "It's written", "Kept"]);
        says(played.last(), &["still empty"]);
    }
    says(play(&[START, &["are you ai?"]]).last(), &["/letgo"]);
}

#[test]
fn case_22_words_join_a_form_only_if_the_person_opened_it() {
    let card: &[&str] = &["/reasons", "=ended-by:them", "=ended-when:month"];
    for typed in ["stop asking about that", "it was never that simple"] {
        let asked = play(&[START, card, &[typed]]);
        says(asked.last(), &["Should I add this to", "A note for yourself"]);
        says_nothing_of(asked.last(), &["Saved with this card"]);
    }
    let added = play(&[START, card, &["it was never that simple", "=words-add:1", "/journal"]]);
    says(added.after("=words-add:1"), &["Saved with this card"]);
    says(added.last(), &["Entries: 1", "The reasons"]);
    let opened = play(&[START, &["/reflect", "=ask:better", "I never listened"]]);
    says_nothing_of(opened.last(), &["Should I add this"]);
}

#[test]
fn case_22_a_short_reply_that_equals_a_label_presses_it() {
    let card: &[&str] = &["/reasons", "=ended-by:them", "=ended-when:month"];
    let answered = play(&[START, card, &["not sure"]]);
    says_nothing_of(answered.last(), &["Should I add this", "What should I do with this?"]);
    let facts = play(&[START, &["/reasons", "they ended it"]]);
    says_nothing_of(facts.last(), &["What should I do with this?"]);
    let opened = play(&[START, card, &["add a note for myself", "It was one bad year", "", "/journal"]]);
    says(opened.last(), &["Entries: 1", "The reasons"]);
}

#[test]
fn case_23_plain_words_and_mistyped_commands_are_understood() {
    for (words, answer) in [
        ("help", "/letgo"),
        ("help me", "emergency number"),
        ("delete my data", "Delete everything?"),
        ("forget me", "Delete everything?"),
        ("hi", "Support"),
        ("/help", "/letgo"),
    ] {
        let played = play(&[START, &[words]]);
        says(played.last(), &[answer]);
        says_nothing_of(played.last(), &["What should I do with this?"]);
    }
    for mistyped in ["/suport", "/supprt lol"] {
        let played = play(&[START, &[mistyped]]);
        says(played.last(), &["1) Support"]);
    }
}

/// The question whether they asked for no contact, with its answers.
const CONTACT_ASKED: &[&str] = &["Have they asked you", "Yes, they did"];

#[test]
fn a_typed_answer_that_begins_with_yes_counts_and_an_unclear_one_is_asked_for_again() {
    for words in ["yes, but its lifted", "yh", "ye", "yes", "yeah once", "he did", "she did", "once or twice"] {
        let played = play(&[START, &["/reachout", words]]);
        says(played.last(), &["Was there violence"]);
        says_nothing_of(played.last(), &["I didn't get a clear"]);
        let reached = play(&[START, &["/reachout", words, "no", "no", "/reachout"]]);
        says(reached.last(), &["stay closed"]);
    }
    for words in [
        "not really, i mean it was only once",
        "not really",
        "sort of",
        "only when drunk",
        "not technically",
        "she exaggerates",
    ] {
        let played = play(&[START, &["/reachout", words, "no", "no", "no", "/reachout"]]);
        says(played.after(words), CONTACT_ASKED);
        says(played.after(words), &["I didn't get a clear yes or no", "Delete what I wrote"]);
        says(played.last(), &["Reach out"]);
    }
}

#[test]
fn a_yes_counts_in_a_text_with_a_concern_as_well() {
    let played =
        play(&[START, &["/reachout", "=gate:contact:no", "yes he hit me", "=violence-role:hurt", "/reachout"]]);
    says(played.after("yes he hit me"), &["isn't your fault", "Were you hurt"]);
    says_nothing_of(played.after("yes he hit me"), &["No, never"]);
    let order: &[&str] =
        &["/reachout", "=gate:contact:no", "=gate:violence:no", "yes there is a restraining order", "/trial"];
    says(play(&[START, order]).last(), &["stay closed"]);
}

#[test]
fn who_was_hurt_can_be_told_in_words_or_is_asked_again() {
    let told: &[&str] = &["/reachout", "=gate:contact:no", "=gate:violence:yes"];
    for words in ["he hit me", "ok i hurt her a bit", "kind of both of us"] {
        let played = play(&[START, told, &[words]]);
        says(played.last(), &["I hurt them", "I was hurt"]);
    }
    says(play(&[START, told, &["I was hurt"]]).last(), &["wasn't your fault"]);
}

#[test]
fn a_correction_is_taken_back_in_plain_words() {
    let closed: &[&str] = &["/reachout", "=gate:contact:no", "=gate:violence:no", "=gate:court:yes"];
    let corrected: &[&str] = &["/settings", "=gate-review", "=gate-over:court"];
    for words in ["I lied, it's still on", "its not lifted", "still on"] {
        let played = play(&[START, closed, corrected, &[words, ":skip 8d", "/reachout"]]);
        says(played.after(words), &["leaving your answer as it was"]);
        says(played.last(), &["stay closed"]);
    }
    let later = play(&[START, closed, corrected, &[":skip 2h", "the light is still on"]]);
    says_nothing_of(later.last(), &["leaving your answer as it was"]);
}

#[test]
fn a_wrong_button_at_the_gate_is_undone_in_words() {
    let played = play(&[START, &["/reachout", "=gate:contact:yes", "oops wrong button"]]);
    says(played.last(), &["Undone"]);
    says(played.last(), CONTACT_ASKED);
    let by_words = play(&[START, &["she blocked me", "=gate:contact:yes", "oops wrong button"]]);
    says_nothing_of(by_words.last(), &["Undone"]);
}

#[test]
fn case_18_the_week_after_is_gentle() {
    let words = "I want to kill myself";
    let played = play(&[START, ZONE, APART, &[words, ":skip 1d", "/checkin", "=mood:2:1"]]);
    says(played.after("/checkin"), &["How are you right now", "I'm safe for now"]);
    says(played.last(), &["In danger now", "Support"]);
    says_nothing_of(played.last(), &["kinder", "Letting go", "I want to text them"]);
    let journey = play(&[START, ZONE, APART, GATE, &[words, "/journey"]]);
    says_nothing_of(journey.last(), FORWARD);
    says_nothing_of(journey.last(), &["/letgo", "Letting go", "/reachout"]);
    let unsure = play(&[START, ZONE, &[words, "i feel like disappearing", "=safe-for-now"]]);
    says(unsure.last(), &["Thank you for telling me"]);
}

#[test]
fn kept_words_about_a_threat_are_not_praised() {
    let played = play(&[START, &["I will kill her", "=words-keep:1"]]);
    says_nothing_of(&played.all(), &["Thank you for writing it here", "good thing to do"]);
}
