//! Answers at the gate that were unclear, wrong or taken back, and what stands in the way of a wish that has passed.

use super::after_violence::real;
use super::*;

fn scan(concern: Concern, certainty: Certainty) -> Scan {
    Scan::from(Concerns::default().with(concern, certainty))
}

fn sure(concern: Concern) -> Scan {
    scan(concern, Certainty::Sure)
}

fn gate(question: GateQuestion, answer: YesNo) -> Press {
    Press::Gate { question, answer }
}

const VIOLENCE: GateQuestion = GateQuestion::Violence;

impl Play {
    fn role(&mut self, role: ViolenceRole) -> Key {
        self.press(Press::ViolenceRole { role })
    }

    fn lines(&self) -> Vec<HelpLines> {
        let answer = self.steps.last().unwrap().1.answer.as_ref().unwrap();
        let args = answer.blocks.iter().flat_map(|block| &block.args);
        args.filter_map(|arg| if let Arg::Lines(lines) = arg { Some(lines.clone()) } else { None }).collect()
    }
}

#[test]
fn the_urge_begins_with_what_writing_means_behind_the_gate() {
    for (question, key) in
        [(GateQuestion::Order, Key::UrgeOrder), (GateQuestion::Contact, Key::UrgeRefused), (VIOLENCE, Key::UrgeSafety)]
    {
        let mut play = Play::open();
        assert_eq!(play.press(Press::Urge), Key::UrgeMenu);
        play.press(Press::GateCorrect { question, answer: YesNo::Yes });
        assert_eq!(play.press(Press::Urge), key);
    }
    let mut play = Play::open();
    play.press(Press::GateCorrect { question: VIOLENCE, answer: YesNo::Yes });
    play.role(ViolenceRole::Did);
    assert_eq!(play.press(Press::Urge), Key::UrgeDid);
    let mut held = Play::open();
    held.hear(sure(Concern::ContactRefused), None);
    assert_eq!(held.press(Press::Urge), Key::UrgeRefused);
}

#[test]
fn ordinary_words_have_support_and_the_urge_only_where_nothing_stands_against_it() {
    let mut play = Play::open();
    play.act(Act::Say);
    assert!(play.last.contains(&Press::Support) && play.last.contains(&Press::Urge), "{:?}", play.last);
    play.hear(scan(Concern::Threatened, Certainty::Unsure), None);
    assert!(play.last.contains(&Press::Support) && !play.last.contains(&Press::Urge), "{:?}", play.last);
    for press in [Press::SaidNo, gate(GateQuestion::Order, YesNo::Yes), Press::Afraid] {
        let mut play = Play::open();
        play.press(press.clone());
        play.press(Press::Journey);
        play.act(Act::Say);
        assert!(play.last.contains(&Press::Support) && !play.last.contains(&Press::Urge), "{press:?}: {:?}", play.last);
    }
}

#[test]
fn a_press_that_waits_for_the_zone_gives_way_to_anything_else() {
    let zone = || Press::Zone { name: "Europe/Berlin".into() };
    let waiting = || {
        let mut play = Play::new();
        for question in GateQuestion::ALL {
            play.press(gate(*question, YesNo::No));
        }
        assert_eq!(play.press(Press::Draft), Key::ZoneAsk);
        play
    };
    let mut plain = waiting();
    plain.act(Act::Give(Press::ZoneForm, Value::Unreadable));
    plain.press(zone());
    assert!(plain.says(Key::DraftIntro), "it resumes");
    let mut apart = waiting();
    for press in [Press::Cooloff, Press::CooloffSetUp, Press::Length { days: 7 }, Press::Every { days: 1 }, zone()] {
        apart.press(press);
    }
    assert!(!apart.says(Key::DraftIntro) && apart.last.contains(&Press::CooloffBegin), "{:?}", apart.last);
    let mut crisis = waiting();
    crisis.hear(sure(Concern::SelfHarm), None);
    crisis.press(zone());
    assert!(!crisis.says(Key::DraftIntro));
}

#[test]
fn who_was_hurt_is_asked_before_the_pages_and_texts_leave_it_open_until_then() {
    let mut play = Play::apart();
    play.press(gate(VIOLENCE, YesNo::Yes));
    assert_eq!(play.press(Press::AfterViolence { page: 1 }), Key::GateRole);
    assert_eq!(play.press(Press::Slip), Key::AfterSlipOpen);
    for role in [ViolenceRole::Both, ViolenceRole::Unsaid] {
        play.role(role);
        assert_eq!(play.press(Press::AfterViolence { page: 1 }), Key::AfterOpen1, "{role:?}");
        assert_eq!(play.press(Press::AfterViolence { page: 2 }), Key::AfterOpen2, "{role:?}");
        assert_eq!(play.press(Press::AfterViolence { page: 3 }), Key::After3, "{role:?}");
    }
    play.role(ViolenceRole::Hurt);
    assert_eq!(play.press(Press::AfterViolence { page: 1 }), Key::After1);
    assert_eq!(play.press(Press::Reachout), Key::GateClosedViolence);
    let mut did = Play::apart();
    did.press(gate(VIOLENCE, YesNo::Yes));
    did.role(ViolenceRole::Did);
    assert_eq!(did.press(Press::AfterViolence { page: 1 }), Key::AfterDid);
    assert_eq!(did.press(Press::Reachout), Key::GateClosedDid);
}

#[test]
fn an_unclear_answer_waits_and_the_question_is_asked_again_once() {
    let mut play = Play::new();
    play.press(Press::Reachout);
    play.act(Act::Say);
    assert_eq!(play.said(), Key::GateUnclear);
    assert!(play.says(Key::GateContact), "the same question");
    let words = EntryId(play.entries);
    for press in
        [gate(GateQuestion::Contact, YesNo::No), gate(GateQuestion::Contact, YesNo::Yes), Press::WordsKeep { words }]
    {
        assert!(play.last.contains(&press), "{press:?}: {:?}", play.last);
    }
    assert_eq!(play.journey.words, [words], "the words wait");
    play.act(Act::Say);
    assert_eq!(play.said(), Key::WordsAsk, "then it waits");
    assert!(play.says(Key::GateOneQuestion) && !play.says(Key::GateContact));
    assert_eq!(play.press(Press::Reachout), Key::GateIntro);
    play.act(Act::Say);
    assert_eq!(play.said(), Key::GateUnclear, "reached for, it is asked again");
    play.press(gate(GateQuestion::Contact, YesNo::No));
    play.press(gate(VIOLENCE, YesNo::Yes));
    play.act(Act::Say);
    assert_eq!(play.said(), Key::GateRoleUnclear);
    assert!(play.says(Key::GateRole));
    play.hear(sure(Concern::Threatened), None);
    assert!(play.says(Key::GateRole), "told of violence, who was hurt is still asked: {:?}", play.last);
    play.role(ViolenceRole::Hurt);
    play.press(Press::Journey);
    play.act(Act::Say);
    assert_eq!(play.said(), Key::WordsAsk, "no question stands there");
}

#[test]
fn a_question_that_words_raised_is_asked_again_only_for_words_that_hedge() {
    let mut play = Play::open();
    play.hear(sure(Concern::ContactRefused), None);
    assert!(play.says(Key::GateContact));
    play.act(Act::Say);
    assert!(play.says(Key::GateOneQuestion) && !play.says(Key::GateContact), "it waits quietly");
    let mut play = Play::open();
    play.hear(sure(Concern::ContactRefused), None);
    play.event(Event::Hedged { entry: EntryId(77) });
    assert_eq!(play.said(), Key::GateUnclear);
    assert!(play.says(Key::GateContact));
}

#[test]
fn a_slip_of_the_finger_at_the_gate_is_undone_for_ten_minutes() {
    for answer in [YesNo::Yes, YesNo::No] {
        let mut play = Play::new();
        play.press(Press::Reachout);
        play.press(gate(GateQuestion::Contact, answer));
        assert!(play.last.contains(&Press::GateUndo), "{answer}");
        assert_eq!(play.press(Press::GateUndo), Key::GateUndone);
        assert!(play.says(Key::GateContact), "it is asked again");
        let asked = GateState::Asked { by_words: false };
        assert_eq!(play.journey.gate.state(GateQuestion::Contact, play.now), asked);
        assert_ne!(play.press(Press::GateUndo), Key::GateUndone, "once");
    }
    let mut late = Play::new();
    late.press(gate(GateQuestion::Order, YesNo::Yes));
    late.act(Act::Wait { hours: 1, down: false });
    assert_eq!(late.press(Press::GateUndo), Key::GateReview);
    assert!(late.journey.is_closed(late.now));
    let mut by_words = Play::open();
    by_words.hear(sure(Concern::Order), None);
    by_words.press(gate(GateQuestion::Order, YesNo::Yes));
    assert!(!by_words.last.contains(&Press::GateUndo), "words had raised it");
    assert_ne!(by_words.press(Press::GateUndo), Key::GateUndone);
    assert!(by_words.journey.is_closed(by_words.now));
    let mut told_again = Play::new();
    told_again.press(gate(GateQuestion::Order, YesNo::No));
    told_again.hear(sure(Concern::Order), None);
    assert_ne!(told_again.press(Press::GateUndo), Key::GateUndone, "words have raised it since");
    let asked = GateState::Asked { by_words: true };
    assert_eq!(told_again.journey.gate.state(GateQuestion::Order, told_again.now), asked);
}

#[test]
fn the_opposite_role_is_confirmed_once() {
    let mut play = Play::open();
    play.press(Press::GateCorrect { question: VIOLENCE, answer: YesNo::Yes });
    assert_eq!(play.role(ViolenceRole::Hurt), Key::RoleHurt);
    assert_eq!(play.role(ViolenceRole::Did), Key::RoleFlipDid);
    assert_eq!(play.journey.gate.role, Some(ViolenceRole::Hurt));
    assert_eq!(play.role(ViolenceRole::Did), Key::RoleDid);
    assert_eq!(play.role(ViolenceRole::Hurt), Key::RoleFlipHurt);
    play.act(Act::Wait { hours: 1, down: false });
    assert_eq!(play.role(ViolenceRole::Hurt), Key::RoleFlipHurt, "an old press confirms nothing");
    assert_eq!(play.role(ViolenceRole::Both), Key::RoleBoth, "that one turns nothing round");
}

#[test]
fn even_unsure_words_take_a_correction_back() {
    for (question, concern, key) in [
        (GateQuestion::Order, Concern::Order, Key::GateCancelledOrder),
        (GateQuestion::Contact, Concern::ContactRefused, Key::GateCancelledContact),
    ] {
        let mut play = Play::open();
        play.press(Press::GateCorrect { question, answer: YesNo::Yes });
        assert_eq!(play.journey.just_corrected(play.now), None);
        play.press(Press::GateOver { question });
        assert_eq!(play.journey.just_corrected(play.now), Some(concern));
        play.act(Act::Wait { hours: 2, down: false });
        assert_eq!(play.journey.just_corrected(play.now), None, "that is longer ago");
        play.hear(scan(concern, Certainty::Unsure), None);
        assert_eq!(play.said(), key);
        assert!(play.says(Key::WordsAsk), "the ordinary answer follows");
        assert_eq!(play.journey.gate.state(question, play.now), GateState::Yes);
        let mut clear = Play::open();
        clear.hear(scan(concern, Certainty::Unsure), None);
        assert_eq!(clear.said(), Key::WordsAsk, "without a correction they raise nothing");
    }
}

#[test]
fn nobody_is_thanked_for_a_threat() {
    for (concern, key) in [
        (Concern::HarmOther, Key::OpeningPlain),
        (Concern::OwnPursuit, Key::OpeningPlain),
        (Concern::SelfHarm, Key::Opening),
    ] {
        let mut play = Play::open();
        play.hear(sure(concern), None);
        assert_eq!(play.said(), key, "{concern:?}");
    }
}

#[test]
fn a_country_chosen_for_help_lines_is_remembered_until_a_zone_is_told() {
    let mut play = Play::new();
    play.press(Press::SupportIn { country: "us".into() });
    play.hear(sure(Concern::SelfHarm), None);
    assert_eq!(play.lines(), [HelpLines::new(Some("us".into()), LineNeed::Crisis)]);
    assert!(!play.last.contains(&Press::SupportCountries));
    play.press(Press::SupportIn { country: "xx".into() });
    play.press(Press::SupportFor { need: LineNeed::Violence, country: "de".into() });
    play.press(Press::Support);
    assert_eq!(play.lines()[0].place.as_deref(), Some("de"), "an unknown one is not");
    play.press(Press::Zone { name: "America/New_York".into() });
    play.press(Press::Support);
    assert_eq!(play.lines()[0].place.as_deref(), Some("America/New_York"));
}

#[test]
fn who_is_young_gets_lines_for_their_age_whatever_they_write() {
    let mut play = Play::open();
    play.hear(sure(Concern::Minor), None);
    play.hear(sure(Concern::Threatened), None);
    let needs: Vec<LineNeed> = play.lines().iter().map(|lines| lines.need).collect();
    assert_eq!(needs, [LineNeed::Youth, LineNeed::Violence]);
    assert!(play.says(Key::ConcernYoungThreatened));
    for press in [Press::Support, Press::SupportCountries, Press::SupportNeed { need: LineNeed::Crisis }] {
        assert_eq!(play.press(press.clone()), Key::SupportYoung, "{press:?}");
        assert!(!play.last.contains(&Press::Journey), "{press:?}");
    }
    let scan = sure(Concern::Threatened);
    let event = Event::TooYoung(Box::new(Event::Heard { scan, entry: None, event: None }));
    let step = step(&Journey::default(), &catalogue(), event, play.now);
    assert!(step.answer.unwrap().keys().any(|key| key == Key::ConcernYoungThreatened));
}

#[test]
fn behind_a_closed_gate_nothing_begins_with_wanting_to_text_them() {
    let closing: [&[Press]; 2] = [&[Press::SaidNo], &[gate(GateQuestion::Contact, YesNo::Yes)]];
    for presses in closing {
        let mut play = Play::apart();
        for press in presses {
            play.press(press.clone());
        }
        play.press(Press::Checkin);
        assert!(!play.last.contains(&Press::Urge), "{:?}", play.last);
        play.days(1);
        assert!(!play.journey.notices[&Timer::CooloffReminder].choices.contains(&Press::Urge));
        play.press(Press::EndWhy { why: EarlyWhy::Clear });
        play.press(Press::Journey);
        let place = play.last.iter().position(|press| *press == Press::Urge);
        assert!(place.is_some_and(|place| place > 0), "it is there, and not first: {:?}", play.last);
    }
}

#[test]
fn behind_a_closed_gate_the_reasons_are_read_only() {
    let mut closed = Play::open();
    closed.press(Press::GateCorrect { question: GateQuestion::Order, answer: YesNo::Yes });
    let mut held = Play::open();
    held.hear(sure(Concern::Threatened), None);
    for (mut play, key) in [(closed, Key::SummaryClosed), (held, Key::SummaryHeld)] {
        for press in [Press::Reasons, Press::ShowCard { card: Card::Fix }, Press::ReasonsAgain] {
            assert_eq!(play.press(press.clone()), key, "{press:?}");
            let asks = |press: &Press| matches!(press, Press::AnswerCard { .. } | Press::EndedBy { .. });
            assert!(!play.last.iter().any(asks), "{:?}", play.last);
        }
    }
    let mut reached = Play::new();
    reached.press(Press::Reachout);
    assert_eq!(reached.press(Press::Reasons), Key::ReasonsIntro, "a question on the way asks nothing of the cards");
}

#[test]
fn letting_go_gives_no_advice_on_meeting_where_somebody_is_to_stay_away() {
    let stays_away: [&[Press]; 3] = [
        &[gate(GateQuestion::Order, YesNo::Yes)],
        &[gate(GateQuestion::Contact, YesNo::Yes)],
        &[gate(VIOLENCE, YesNo::Yes), Press::ViolenceRole { role: ViolenceRole::Did }],
    ];
    let page = || Press::Read { stage: Stage::Letgo, page: 2 };
    for presses in stays_away {
        let mut play = real(Play::apart());
        for press in presses {
            play.press(press.clone());
        }
        play.press(Press::Letgo);
        assert_eq!(play.press(page()), Key::Letgo2Apart, "{presses:?}");
        let before = play.steps.len();
        for _ in 0..12 {
            play.press(Press::LetgoThought);
        }
        play.days(14);
        let near = &play.catalogue.brings_near;
        assert!(!play.said_since(before).iter().any(|prompt| near.has(prompt)), "{presses:?}");
    }
    let mut play = Play::open();
    assert_eq!(play.press(page()), Key::Letgo2);
    assert_eq!(play.press(Press::Read { stage: Stage::Letgo, page: 3 }), Key::Letgo3);
}
