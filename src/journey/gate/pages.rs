//! What a person sees of the gate: its questions, what follows from an answer, the answers to correct, and what happens
//! to stages 3 to 6 when it is held, closed or released.

use jiff::Timestamp;

use super::{GateEvent, State, Status, answers, said_no};
use crate::journey::codes::{GateQuestion, Stage, ViolenceRole, YesNo};
use crate::journey::keys::Key;
use crate::journey::message::{Arg, LineNeed, Message};
use crate::journey::outcome::enter;
use crate::journey::press::Press;
use crate::journey::stages::{self, plan, reachout};
use crate::journey::turn::Turn;
use crate::journey::{crisis, minor};

/// Before a stage: `None` if it is open, else what the person is told or asked instead.
pub fn before(turn: &mut Turn, stage: Stage) -> Option<Message> {
    if !stage.is_gated() {
        return None;
    }
    if let Some(question) = turn.journey.gate.asked(turn.now) {
        turn.journey.gate.wanted = Some(stage);
        turn.journey.gate.asked_again = false;
        return Some(ask(question).below(Message::new(Key::GateIntro)));
    }
    match turn.journey.gate_status(turn.now) {
        Status::Clear => None,
        Status::Closed if said_no::stands(&turn.journey, turn.now) => Some(no_stands()),
        Status::Closed => Some(closed(turn)),
        Status::Held | Status::Unasked => {
            let question = turn.journey.gate.unanswered(turn.now)?;
            turn.journey.gate.apply(question, GateEvent::Reach, turn.now);
            turn.journey.gate.wanted = Some(stage);
            apply_bar(turn);
            Some(ask(question).below(Message::new(Key::GateIntro)))
        }
    }
}

/// An answer to a question of the gate.
pub fn answered(turn: &mut Turn, question: GateQuestion, answer: YesNo) -> Message {
    let now = turn.now;
    let previous = turn.journey.gate.questions.get(&question).copied();
    let (before, after) = turn.journey.gate.apply(question, GateEvent::Answer(answer), now);
    answers::remember(turn, question, previous);
    apply_bar(turn);
    if answer == YesNo::No && matches!(before, State::Yes) {
        // A late press of an old question: taking a Yes back goes through the correction alone.
        return review(turn);
    }
    if answer == YesNo::Yes && question == GateQuestion::Violence && turn.journey.gate.role.is_none() {
        let asked = ask_role().below(violence_care(turn));
        let asked = crisis::with_waiting_words(turn, asked);
        return asked.choices(answers::undo_press(turn));
    }
    let told = match after {
        State::Correcting { until, against_words: Some(_) } if before != after => Some(slip(turn, question, until)),
        State::No { against_words: Some(_) } if question == GateQuestion::Violence => {
            Some(Message::with(Key::GateViolenceNo, vec![crisis::lines(turn, LineNeed::Violence)]))
        }
        _ => None,
    };
    let next = match told {
        Some(told) => match next_question(turn) {
            Some(question) => question.below(told),
            None => told.choices([Press::Journey, Press::Support, Press::GateReview]),
        },
        None => go_on(turn),
    };
    crisis::with_waiting_words(turn, next).choices(answers::undo_press(turn))
}

/// The next question, or what the answers so far lead to.
fn go_on(turn: &mut Turn) -> Message {
    let now = turn.now;
    if let Some(question) = next_question(turn) {
        return question;
    }
    if said_no::stands(&turn.journey, now) {
        return no_stands();
    }
    match turn.journey.gate_status(now) {
        Status::Closed => closed(turn),
        Status::Unasked | Status::Held => Message::new(Key::GateThanks).choices([Press::Journey, Press::Support]),
        Status::Clear => clear_page(turn),
    }
}

/// The question that is asked now; on the way to a stage, the next one that was never asked.
fn next_question(turn: &mut Turn) -> Option<Message> {
    let now = turn.now;
    if let Some(question) = turn.journey.gate.asked(now) {
        return Some(ask(question));
    }
    if turn.journey.minor.is_some() {
        return Some(minor::ask());
    }
    turn.journey.gate.wanted?;
    let question = turn.journey.gate.unanswered(now)?;
    turn.journey.gate.apply(question, GateEvent::Reach, now);
    apply_bar(turn);
    Some(ask(question))
}

/// The gate is clear: the way to the stage the person reached for.
pub fn clear_page(turn: &mut Turn) -> Message {
    let wanted = turn.journey.gate.wanted.take().map(enter);
    let message = Message::new(Key::GateClear);
    let message = match turn.released.take() {
        Some(line) => message.and(line, Vec::new()),
        None => message,
    };
    message.choices(wanted).choices([Press::Journey])
}

/// "Not now": the question stays asked, and what waits for it is said.
pub fn later(turn: &mut Turn) -> Message {
    let later = later_page(turn);
    crisis::with_waiting_words(turn, later)
}

fn later_page(turn: &mut Turn) -> Message {
    turn.journey.gate.reminded = true;
    let violence = turn.journey.told_of_violence(turn.now);
    let key = match turn.journey.gate_status(turn.now) {
        Status::Closed => Key::GateLaterClosed,
        Status::Held | Status::Unasked | Status::Clear => Key::GateLater,
    };
    let message = Message::new(key).choices([Press::Journey, Press::Support]);
    if violence { message.choices([Press::GateReview]) } else { message }
}

/// The question that waits, opened from "One question is waiting".
pub fn open_question_page(turn: &mut Turn) -> Message {
    ask_open(turn).unwrap_or_else(|| review(turn))
}

/// The question that is asked now, if one is.
pub fn ask_open(turn: &Turn) -> Option<Message> {
    turn.journey.gate.asked(turn.now).map(ask)
}

/// Shows the answers given, each to be corrected; a question that waits comes below them.
pub fn review(turn: &mut Turn) -> Message {
    let now = turn.now;
    let mut message = Message::new(Key::GateReview);
    let mut choices = Vec::new();
    for question in GateQuestion::ALL.iter().copied() {
        let state = turn.journey.gate.state(question, now);
        let yes = match state {
            State::Unanswered | State::Asked { .. } => continue,
            State::No { .. } | State::Correcting { against_words: Some(_), .. } => false,
            State::Yes | State::Correcting { against_words: None, .. } => true,
        };
        message = message.and(review_key(question, yes), Vec::new());
        if yes && question == GateQuestion::Violence {
            choices.push(Press::RoleAsk);
        }
        match state {
            State::Correcting { until, .. } => message = message.and(Key::GateWaiting, from(turn, until)),
            State::Yes => {
                choices.push(Press::GateCorrect { question, answer: YesNo::No });
                if question != GateQuestion::Violence {
                    choices.push(Press::GateOver { question });
                }
            }
            State::No { .. } => choices.push(Press::GateCorrect { question, answer: YesNo::Yes }),
            State::Unanswered | State::Asked { .. } => {}
        }
    }
    if let Some(question) = turn.journey.gate.asked(now) {
        let question = ask(question);
        return if choices.is_empty() { question } else { question.below(message).choices(choices) };
    }
    if message.blocks.len() == 1 {
        message = Message::new(Key::GateReviewNone);
    }
    if said_no::stands(&turn.journey, now) && turn.journey.came_back.is_none() && !undo_running(turn) {
        choices.push(Press::CameBack);
    }
    message.choices(choices).choices([Press::Journey])
}

fn undo_running(turn: &Turn) -> bool {
    said_no::undoable(turn)
}

/// Corrects one answer: a Yes counts at once, taking one back after its wait.
pub fn correct(turn: &mut Turn, question: GateQuestion, answer: YesNo) -> Message {
    if answer == YesNo::Yes {
        return answered(turn, question, answer);
    }
    let (_, after) = turn.journey.gate.apply(question, GateEvent::Correct, turn.now);
    apply_bar(turn);
    match after {
        State::Correcting { until, .. } => {
            Message::with(corrected_key(question), from(turn, until)).choices([Press::Journey, Press::Support])
        }
        _ => review(turn),
    }
}

/// "Were you hurt, did you hurt them, both, or would you rather not say?"
#[must_use]
pub fn ask_role() -> Message {
    Message::new(Key::GateRole).choices(ViolenceRole::ALL.iter().map(|role| Press::ViolenceRole { role: *role }))
}

/// Whether the person told of violence and not who was hurt.
#[must_use]
pub fn lacks_role(turn: &Turn) -> bool {
    turn.journey.told_of_violence(turn.now) && turn.journey.gate.role.is_none()
}

/// The same question again: a mis-tap is put right at once. Without a Yes to violence there is nothing to ask.
pub fn ask_role_again(turn: &mut Turn) -> Message {
    if turn.journey.told_of_violence(turn.now) { ask_role() } else { review(turn) }
}

/// The answer to it, each with its own text; then whatever question is still open.
pub fn role(turn: &mut Turn, role: ViolenceRole) -> Message {
    if !turn.journey.told_of_violence(turn.now) {
        return review(turn);
    }
    if let Some(confirm) = answers::confirm_flip(turn, role) {
        return confirm;
    }
    turn.journey.gate.role = Some(role);
    let (key, need) = match role {
        ViolenceRole::Hurt => (Key::RoleHurt, LineNeed::Violence),
        ViolenceRole::Did => (Key::RoleDid, LineNeed::StopViolence),
        ViolenceRole::Both => (Key::RoleBoth, LineNeed::Violence),
        ViolenceRole::Unsaid => (Key::RoleUnsaid, LineNeed::Violence),
    };
    let message = Message::with(key, vec![crisis::lines(turn, need)]);
    if let Some(question) = next_question(turn) {
        return question.below(message);
    }
    message.choices([Press::Support, Press::AfterViolence { page: 1 }, enter(Stage::Letgo), Press::ClearMySide])
}

/// Keeps the timers of stages 3 to 6 with the gate: called after whatever may have changed it.
pub fn apply_bar(turn: &mut Turn) {
    let barred = turn.journey.is_barred(turn.now);
    if barred {
        suspend(turn);
    } else if turn.journey.gate.suspended {
        release(turn);
    }
}

/// Whether the gate changed between held, closed and open since it was last looked at.
pub fn changed(turn: &Turn) -> bool {
    turn.journey.is_barred(turn.now) != turn.journey.gate.suspended
}

/// Takes every timer of stages 3 to 6, and what they have said but not sent.
pub fn suspend(turn: &mut Turn) {
    turn.journey.gate.suspended = true;
    for stage in Stage::ALL.iter().copied().filter(|stage| stage.is_gated()) {
        turn.cancel_stage(stage);
    }
}

/// Sets the timers of stages 3 to 6 again. What came due meanwhile is dropped, with one line; a plan is asked anew.
fn release(turn: &mut Turn) {
    let planned = turn.journey.reachout.plan.is_some();
    if planned {
        plan::end(turn);
    }
    let runs = turn.journey.trial.run.is_some() || turn.journey.ease.run.is_some() || turn.journey.wait.is_some();
    resume(turn);
    turn.released = match (planned, runs) {
        (true, _) => Some(Key::GateReleasedPlan),
        (false, true) => Some(Key::GateReleased),
        (false, false) => None,
    };
}

/// Sets the timers of stages 3 to 6 again as they were, where the gate lets them.
pub fn resume(turn: &mut Turn) {
    if turn.journey.is_barred(turn.now) {
        return suspend(turn);
    }
    turn.journey.gate.suspended = false;
    reachout::rearm(turn);
    stages::await_next(turn);
}

fn no_stands() -> Message {
    Message::new(Key::SaidNoClosed).choices([enter(Stage::Letgo), Press::Support, Press::Journey])
}

/// One question, with its answers.
pub(super) fn ask(question: GateQuestion) -> Message {
    let key = match question {
        GateQuestion::Contact => Key::GateContact,
        GateQuestion::Violence => Key::GateViolence,
        GateQuestion::Order => Key::GateOrder,
    };
    let answers = [YesNo::No, YesNo::Yes].map(|answer| Press::Gate { question, answer });
    Message::new(key).choices(answers).choices([Press::GateLater])
}

/// Care and help lines, at once after a Yes to violence. Nothing in it says who was hurt, which is asked only then.
fn violence_care(turn: &Turn) -> Message {
    Message::with(Key::GateViolenceYes, vec![crisis::lines(turn, LineNeed::Violence)])
        .and(Key::LinesStop, vec![crisis::lines(turn, LineNeed::StopViolence)])
}

fn closed(turn: &Turn) -> Message {
    if let Some(waiting) = slips_alone(turn) {
        return waiting.choices([Press::Journey, Press::Support, Press::GateReview]);
    }
    if turn.journey.told_of_violence(turn.now) {
        let (key, need) = match turn.journey.gate.role {
            Some(ViolenceRole::Did) => (Key::GateClosedDid, LineNeed::StopViolence),
            Some(ViolenceRole::Hurt | ViolenceRole::Both) => (Key::GateClosedViolence, LineNeed::Violence),
            Some(ViolenceRole::Unsaid) | None => (Key::GateClosedOpen, LineNeed::Violence),
        };
        return Message::with(key, vec![crisis::lines(turn, need)]).choices([
            Press::Support,
            Press::AfterViolence { page: 1 },
            enter(Stage::Letgo),
            Press::RoleAsk,
            Press::GateReview,
            Press::Journey,
        ]);
    }
    Message::new(Key::GateClosed).choices([enter(Stage::Letgo), Press::Support, Press::GateReview, Press::Journey])
}

/// From when the answers count, where nothing but a No against the person's own words keeps the gate closed.
fn slips_alone(turn: &Turn) -> Option<Message> {
    let mut message: Option<Message> = None;
    for question in GateQuestion::ALL.iter().copied() {
        match turn.journey.gate.state(question, turn.now) {
            State::Yes | State::Correcting { against_words: None, .. } => return None,
            State::Correcting { until, against_words: Some(_) } => {
                let slip = slip(turn, question, until);
                message = Some(match message {
                    Some(above) => slip.below(above),
                    None => slip,
                });
            }
            State::Unanswered | State::Asked { .. } | State::No { .. } => {}
        }
    }
    message
}

/// A No against the person's own words: from when it counts.
fn slip(turn: &Turn, question: GateQuestion, until: Timestamp) -> Message {
    let key = match question {
        GateQuestion::Contact => Key::GateSlipContact,
        GateQuestion::Order | GateQuestion::Violence => Key::GateSlipOrder,
    };
    Message::with(key, from(turn, until))
}

/// From when something counts: the time of day only where the person's zone is known.
fn from(turn: &Turn, until: Timestamp) -> Vec<Arg> {
    vec![turn.since(until)]
}

const fn corrected_key(question: GateQuestion) -> Key {
    match question {
        GateQuestion::Contact => Key::GateCorrected,
        GateQuestion::Violence | GateQuestion::Order => Key::GateCorrectedWeek,
    }
}

const fn review_key(question: GateQuestion, yes: bool) -> Key {
    match (question, yes) {
        (GateQuestion::Contact, true) => Key::GateReviewContactYes,
        (GateQuestion::Contact, false) => Key::GateReviewContactNo,
        (GateQuestion::Violence, true) => Key::GateReviewViolenceYes,
        (GateQuestion::Violence, false) => Key::GateReviewViolenceNo,
        (GateQuestion::Order, true) => Key::GateReviewOrderYes,
        (GateQuestion::Order, false) => Key::GateReviewOrderNo,
    }
}

/// The pages for after violence, in their order.
const AFTER: [Key; 6] = [Key::After1, Key::After2, Key::After3, Key::After4, Key::After5, Key::After6];

/// The same where it is open who was hurt.
const AFTER_OPEN: [Key; 6] = [Key::AfterOpen1, Key::AfterOpen2, Key::After3, Key::After4, Key::After5, Key::After6];

/// A page for after violence, from 1. It depends on who was hurt, so that is asked first.
pub fn after_violence(turn: &mut Turn, page: u8) -> Message {
    if lacks_role(turn) { ask_role() } else { after_page(turn, page) }
}

/// The same without a question; the page for who did the hurting stands alone.
pub fn after_page(turn: &Turn, page: u8) -> Message {
    if turn.journey.did_the_hurting() {
        return Message::new(Key::AfterDid).choices([Press::Support, enter(Stage::Letgo), Press::Journey]);
    }
    let pages = if turn.journey.was_hurt() { AFTER } else { AFTER_OPEN };
    let page = usize::from(page).clamp(1, pages.len());
    let next = u8::try_from(page + 1).ok().filter(|_| page < pages.len()).map(|page| Press::AfterViolence { page });
    Message::new(pages[page - 1]).choices(next).choices([Press::Support, enter(Stage::Letgo), Press::Journey])
}

/// Starts where the person was ever afraid of the other: people who know about it, then the question of violence.
pub fn afraid(turn: &mut Turn) -> Message {
    let message = Message::with(Key::Afraid, vec![crisis::lines(turn, LineNeed::Violence)]);
    if turn.journey.told_of_violence(turn.now) {
        return message.choices([
            Press::Support,
            Press::AfterViolence { page: 1 },
            enter(Stage::Letgo),
            Press::Journey,
        ]);
    }
    turn.journey.gate.apply(GateQuestion::Violence, GateEvent::Words, turn.now);
    apply_bar(turn);
    match ask_open(turn) {
        Some(question) => question.below(message).choices([Press::Support]),
        None => message.choices([Press::Support, Press::Journey]),
    }
}
