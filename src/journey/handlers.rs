//! From what a person presses, writes or gives to the part of the journey that answers it. The gate stands before all of it.

use super::codes::{EntryKind, Stage, YesNo};
use super::event::Value;
use super::keys::Key;
use super::message::{LineNeed, Message};
use super::press::Press;
use super::stages::{
    advice, bringup, closing, cooloff, draft, ease, letgo, outcome as talk, plan, points, reachout, reasons, reflect,
    set_up, trial, urge, wait, weeks, writing,
};
use super::turn::Turn;
use super::{Hints, aftercare, crisis, front, gate, journal, minor, overview, preferences, schedule};
use crate::chat::EntryId;

#[expect(clippy::too_many_lines, reason = "one line a press; the compiler finds the one that is missing")]
pub(super) fn pressed(turn: &mut Turn, press: Press) -> Message {
    // The gate comes first, whatever is pressed behind it, and however old the button.
    if let Some(closed) = press.behind_gate().and_then(|stage| gate::before(turn, stage)) {
        return closed;
    }
    if let Some(care) = aftercare::instead_of(turn, &press) {
        return care;
    }
    if press.names_a_time() && turn.journey.settings.zone.is_none() {
        return preferences::ask_zone_for(turn, press);
    }
    match press {
        Press::Start | Press::Consent | Press::TooYoung => front::start_again(turn),
        Press::Help => front::help(turn),
        Press::Support => crisis::support_known(turn),
        Press::SupportIn { country } => crisis::support_known_in(turn, &country),
        Press::SupportFor { need, country } => crisis::support_in(turn, &country, need),
        Press::SupportNeed { need } => crisis::support(turn, None, need),
        Press::SupportCountries => crisis::support_countries(turn, LineNeed::Crisis),
        Press::Privacy => front::privacy(turn),
        Press::Forget => front::forget(),
        Press::ForgetAll => front::forget_all(turn),

        Press::Reasons | Press::Read { stage: Stage::Reasons, .. } => reasons::resume(turn),
        Press::EndedBy { who } => reasons::ended_by(turn, who),
        Press::EndedWhen { when } => reasons::ended_when(turn, when),
        Press::ShowCard { card } => reasons::show_card(turn, card),
        Press::AnswerCard { card, answer } => reasons::answer(turn, card, answer),
        Press::ReasonsAgain => reasons::again(turn),
        Press::ThinkLater => reasons::think_later(turn),

        Press::Cooloff => cooloff::show(turn),
        Press::CooloffSetUp => set_up::start(turn),
        Press::Length { days } => set_up::length(turn, days),
        Press::Every { days } => set_up::every(turn, days),
        Press::CooloffBegin => set_up::begin(turn),
        Press::Pause => cooloff::pause(turn),
        Press::Resume => cooloff::resume(turn),
        Press::Snooze { day, hours } => cooloff::snooze(turn, day, hours),
        Press::CooloffChange => cooloff::change(turn),
        Press::ChangeRhythm => set_up::ask_rhythm(),
        Press::ExtendAsk => cooloff::extend_ask(turn),
        Press::Extend { days } => cooloff::extend(turn, days),
        Press::EndEarly => cooloff::end_early(turn),
        Press::EndWhy { .. } => cooloff::end_why(turn),
        Press::Checkin => cooloff::checkin(turn),
        Press::Mood { day, mood } => cooloff::mood(turn, day, mood),

        Press::Urge => urge::menu(turn),
        Press::Breathe => urge::breathe(),
        Press::MyReasons => urge::my_reasons(turn),
        Press::UrgeLater => urge::later(turn),
        Press::UrgePassed => urge::passed(turn),
        Press::Letter => urge::letter(turn),
        Press::LetterKeep { letter } => urge::letter_keep(turn, letter),
        Press::LetterBurn { letter } => urge::letter_burn(turn, letter),
        Press::LetterTomorrow { letter } => urge::letter_tomorrow(turn, letter),
        Press::Slip => urge::slip(turn),
        Press::SlipContinue => urge::slip_continue(),
        Press::SlipRestart => urge::slip_restart(turn),

        Press::Read { stage: Stage::Letgo, page } => letgo::read(turn, page),
        Press::Read { stage, page } => advice::page(turn, stage, page),
        Press::LetGo => letgo::choose(turn),

        Press::Gate { question, answer } => gate::answered(turn, question, answer),
        Press::GateLater => gate::later(turn),
        Press::GateUndo => gate::undo_answer(turn),
        Press::GateAsk => gate::open_question_page(turn),
        Press::GateReview => gate::review(turn),
        Press::GateCorrect { question, answer } => gate::correct(turn, question, answer),
        Press::GateOver { question } => gate::correct(turn, question, YesNo::No),
        Press::ViolenceRole { role } => gate::role(turn, role),
        Press::RoleAsk => gate::ask_role_again(turn),
        Press::AfterViolence { page } => gate::after_violence(turn, page),
        Press::Afraid => gate::afraid(turn),
        Press::SaidNo => gate::said_no(turn),
        Press::SaidNoUndo => gate::undo_no(turn),
        Press::NotSaidNo => gate::not_said_no(),
        Press::CameBack => gate::came_back(turn),

        Press::AreYouSafe => crisis::are_you_safe(),
        Press::Safe { answer } => crisis::safe(turn, answer),
        Press::SafeForNow => crisis::safe_for_now(turn),
        Press::WhoWrote { author } => crisis::wrote_by(turn, author),
        Press::Adult { answer } => minor::answered(turn, answer),
        Press::MinorForget => minor::forget(turn),

        Press::Settings => preferences::show(turn),
        Press::Zone { name } => preferences::zone(turn, &name),
        Press::Time { minute } => preferences::time(turn, schedule::from_minute(minute)),
        Press::ZoneAt { ahead, .. } => preferences::zone_ahead(turn, ahead),
        Press::Quiet { from, until } => {
            preferences::quiet(turn, schedule::from_minute(from), schedule::from_minute(until))
        }
        Press::QuietAt { from, until, minute } => preferences::quiet_at(turn, (from, until), minute),
        Press::QuietOff => preferences::quiet_off(turn),
        Press::Notices { style } => preferences::notices(turn, style),

        Press::Hide | Press::ClearMySide => Message::new(Key::Hidden).choices([Press::Journey, Press::Support]),
        // What waited is on its way already: it is offered at every sign of life.
        Press::OfferAgain | Press::Journey => overview::show(turn),
        Press::Open { timer } => overview::open(turn, timer),
        Press::WordsKeep { words } => front::decide_words(turn, words, Some(EntryKind::Note)),
        Press::WordsAdd { words } => front::add_words(turn, words),
        Press::WordsLetter { words } => front::decide_words(turn, words, Some(EntryKind::Letter)),
        Press::WordsDrop { words } => front::decide_words(turn, words, None),

        Press::Reflect => reflect::show(turn),
        Press::Ask { question } => reflect::question(turn, question),
        Press::DecideAsk => reflect::decide_ask(turn),
        Press::Decide { decision } => reflect::decide(turn, decision),
        Press::Writing => writing::show(turn),
        Press::WritingBegin { days } => writing::begin(turn, days),
        Press::WritingStop => writing::stop(turn),

        Press::Reachout => reachout::show(turn),
        Press::Points => points::show(turn),
        Press::PointTake { question } => points::take(turn, question),
        Press::PointDrop { question } => points::drop(turn, question),
        Press::PointOut { entry, .. } => points::out(turn, entry),
        // Their forms come here where they do not open ([`Journey::opens`]): what stands against it is said instead.
        Press::Draft | Press::DraftForm => draft::show(turn),
        Press::DraftHold { draft, hours } => draft::hold(turn, draft, hours),
        Press::DraftKeep { draft } => draft::keep(turn, draft),
        Press::DraftBurn { draft } => draft::burn(turn, draft),
        Press::Plan | Press::PlanForm => plan::ask(turn),
        Press::PlanDay { date } => plan::day(turn, &date),
        Press::PlanAt { date, minute } | Press::PlanOn { date, minute } => plan::at(turn, &date, minute),
        Press::PlanOff => plan::off(turn),
        Press::Talk => reachout::talk(turn),
        Press::Tell => talk::ask(turn),
        Press::Talked { attempt, outcome } => talk::told(turn, attempt, outcome),
        Press::NotYetLater => talk::not_yet_later(turn),
        Press::BothAgain { answer } => talk::both(turn, answer),
        Press::Untell { attempt } => talk::untell(turn, attempt),
        Press::WaitDays { stage, attempt, days } => wait::days(turn, stage, attempt, days),
        Press::WaitUnsaid { stage, attempt } => wait::days(turn, stage, attempt, wait::UNSAID),

        // What is in the journal is the service's to bring; without it, it is empty.
        Press::Journal
        | Press::Shelved { .. }
        | Press::Leaf { .. }
        | Press::Older { .. }
        | Press::Newer { .. }
        | Press::Month { .. }
        | Press::DropAsk { .. }
        | Press::Drop { .. } => journal::show(turn, &press, &[]),

        Press::Bringup => bringup::show(turn),
        Press::FriendTalk => bringup::talked(turn),
        Press::ReadyAsk => bringup::ready_ask(turn),
        Press::Ready { question, answer } => bringup::ready(turn, question, answer),
        Press::ReadyAgain => bringup::ready_again(turn),
        Press::Ways => bringup::ways(turn),
        Press::Way { warmth } => bringup::way(turn, warmth),
        Press::BroughtUp => bringup::brought_up(turn),
        Press::BroughtUpYes => bringup::said_yes(turn),
        Press::BroughtUpTime => bringup::asked_for_time(turn),

        Press::Trial => trial::show(turn),
        Press::TrialSetUp => trial::set_up(turn),
        Press::TrialLength { weeks } => trial::length(turn, weeks),
        Press::TrialBegin => trial::begin(turn),
        Press::Agreements => trial::agreements(turn),
        Press::AgreementDrop { slot } => trial::drop_agreement(turn, slot),
        Press::TrialCheckin => weeks::checkin(turn),
        Press::TrialAnswer { week, question, how } => weeks::answer(turn, week, question, how),
        Press::Kept { week, slot, answer } => weeks::kept(turn, week, slot, answer),
        Press::TrialNotes => weeks::notes(turn),
        Press::TrialReview => weeks::review(turn),
        Press::TrialGoOn => trial::go_on(turn),
        Press::TrialExtend => trial::extend(turn),
        Press::TrialStop => trial::end(turn),

        Press::Ease => ease::show(turn),
        Press::EaseBegin => ease::begin(turn),
        Press::GoingPublic => ease::public(turn),
        Press::Told { circle } => ease::told(turn, circle),
        Press::EaseCheckin => ease::checkin(turn),
        Press::EaseAnswer { month, question, how } => ease::answer(turn, month, question, how),

        Press::Letgo => letgo::show(turn),
        Press::LetgoWeekly => letgo::weekly(turn),
        Press::LetgoQuiet => letgo::quiet(turn),
        Press::LetgoThought => letgo::thought_now(turn),
        Press::Learned => letgo::show_learned(turn),

        Press::Close => closing::last_word(turn),
        Press::CloseNow => closing::close(turn),
        Press::NewJourney => closing::new_ask(turn),
        Press::NewAbout { same } => closing::new_about(turn, same),

        Press::Export => front::export(),
        Press::ExportPlain => front::export_plain(),
        Press::DeleteMessage => front::message_deleted(),

        // The service shows the form of these, so one comes here only where its label was typed.
        Press::ExportLocked => front::not_now(),
        Press::CardNote { .. }
        | Press::LengthForm
        | Press::EveryForm
        | Press::MoodNote { .. }
        | Press::WriteLetter
        | Press::SlipNote
        | Press::WaitingForm
        | Press::ZoneForm
        | Press::TimeForm
        | Press::QuietForm
        | Press::Reflection { .. }
        | Press::WritingForm { .. }
        | Press::PointForm
        | Press::TalkForm
        | Press::WaitForm { .. }
        | Press::TrialLengthForm
        | Press::AgreementForm
        | Press::TrialNote { .. }
        | Press::EaseNote { .. }
        | Press::LearnedForm
        | Press::LastWordsForm => front::write_here(press),
    }
}

pub(super) fn wrote(turn: &mut Turn, form: &Press, entry: EntryId, hints: Hints) -> Message {
    if let Some(closed) = form.behind_gate().and_then(|stage| gate::before(turn, stage)) {
        // The words are sealed already and stay in the journal; nothing else is done with them.
        if turn.journey.is_closed(turn.now) && turn.journey.gate.asked(turn.now).is_none() {
            return Message::new(Key::KeptClosed).choices(closed.choices);
        }
        return closed.below(Message::new(Key::KeptAside));
    }
    match form {
        Press::CardNote { card } => reasons::noted(turn, *card, entry),
        Press::MoodNote { .. } => cooloff::mood_noted(turn),
        Press::WriteLetter => urge::letter_written(turn, entry),
        Press::SlipNote => urge::slip_noted(turn),
        Press::Reflection { question } => reflect::reflected(turn, *question, entry),
        Press::WritingForm { .. } => writing::written(turn),
        Press::PointForm => points::written(turn, entry),
        Press::DraftForm => draft::written(turn, entry, hints),
        Press::TalkForm => reachout::talk_noted(turn),
        Press::AgreementForm => trial::agreed(turn, entry),
        Press::TrialNote { week } => weeks::noted(turn, *week, entry),
        Press::EaseNote { month } => ease::noted(turn, *month, entry),
        Press::LearnedForm => letgo::learned(turn, entry),
        Press::WaitingForm => urge::waiting_written(turn, entry),
        Press::LastWordsForm => closing::words_written(turn, entry),
        // Words for a form that asks for none are words nobody asked for.
        _ => front::said(turn, entry, None),
    }
}

pub(super) fn gave(turn: &mut Turn, form: &Press, value: &Value) -> Message {
    if let Some(closed) = form.behind_gate().and_then(|stage| gate::before(turn, stage)) {
        return closed;
    }
    match form {
        Press::LengthForm => set_up::length_given(turn, value),
        Press::EveryForm => set_up::every_given(turn, value),
        Press::ZoneForm => preferences::zone_given(turn, value),
        Press::TimeForm => preferences::time_given(turn, value),
        Press::QuietForm => preferences::quiet_given(turn, value),
        Press::PlanForm => plan::given(turn, value),
        Press::WaitForm { stage, attempt } => wait::days_given(turn, *stage, *attempt, value),
        Press::TrialLengthForm => trial::length_given(turn, value),
        Press::ExportLocked => front::export_locked(value),
        _ => front::not_now(),
    }
}
