//! `/settings`: zone, reminder time, quiet hours, discreet or plain. A change moves what is scheduled at once.

use jiff::civil::Time;
use jiff::tz::TimeZone;

use super::codes::Notices;
use super::event::{Event, Value};
use super::keys::Key;
use super::message::{Arg, Message, ZoneClock};
use super::press::Press;
use super::schedule;
use super::settings::QuietHours;
use super::stages::{self, set_up};
use super::timer::Timer;
use super::turn::Turn;
use crate::input::zone::{OFFERED, OwnClock, is_place, zones_ahead};

/// Everything that is set, each to be changed.
pub fn show(turn: &Turn) -> Message {
    let settings = &turn.journey.settings;
    let zone = Arg::Zone(settings.zone.clone().unwrap_or_else(|| "UTC".into()));
    let (time, style) = (Arg::Time(settings.reminder), Arg::Style(settings.notices));
    let message = match settings.quiet {
        Some(quiet) => {
            let (from, until) = (Arg::From(quiet.from), Arg::Until(quiet.until));
            Message::with(Key::Settings, vec![zone, time, from, until, style])
        }
        None => Message::with(Key::SettingsNoQuiet, vec![zone, time, style]),
    };
    let other = match settings.notices {
        Notices::Discreet => Notices::Plain,
        Notices::Plain => Notices::Discreet,
    };
    message
        .choices([Press::ZoneForm, Press::TimeForm, Press::QuietForm])
        .choices(settings.quiet.map(|_| Press::QuietOff))
        .choices([Press::Notices { style: other }, Press::GateReview, Press::Journey])
}

/// The zones that fit what was typed.
pub fn zone_given(turn: &mut Turn, value: &Value) -> Message {
    match value {
        Value::Zone(name) => zone(turn, name),
        Value::Zones(zones) => zone_which(turn, zones),
        Value::Clocks(clocks) => {
            let at = |own: &OwnClock| Press::ZoneAt { clock: schedule::minute(own.time), ahead: own.ahead };
            Message::new(Key::ZoneHalf).choices(clocks.iter().map(at)).choices([Press::ZoneForm])
        }
        _ => Message::new(Key::ZoneUnknown).choices([Press::ZoneForm]),
    }
}

/// The half of the day of a clock was chosen.
pub fn zone_ahead(turn: &mut Turn, ahead: u16) -> Message {
    match zones_ahead(ahead, turn.now).as_slice() {
        [only] => zone(turn, only),
        zones => zone_which(turn, zones),
    }
}

/// Asks which zone, with the clock of each.
fn zone_which(turn: &Turn, zones: &[String]) -> Message {
    let clock = |name: &String| {
        let zone = TimeZone::get(name).ok()?;
        Some(ZoneClock { zone: name.clone(), at: turn.now.to_zoned_datetime(zone).datetime() })
    };
    let clocks: Vec<ZoneClock> = zones.iter().filter_map(clock).take(OFFERED).collect();
    if clocks.is_empty() {
        return Message::new(Key::ZoneUnknown).choices([Press::ZoneForm]);
    }
    let presses: Vec<Press> = clocks.iter().map(|clock| Press::Zone { name: clock.zone.clone() }).collect();
    Message::with(Key::ZoneWhich, vec![Arg::Clocks(clocks)]).choices(presses).choices([Press::ZoneForm])
}

/// Asks for the zone first; what was pressed is done as soon as it is known.
pub fn ask_zone_for(turn: &mut Turn, press: Press) -> Message {
    turn.journey.wanted = Some(press);
    Message::new(Key::ZoneAsk).choices([Press::ZoneForm, Press::Journey])
}

/// A press that waits for the time zone is forgotten with anything else that the person does.
pub fn forget_wanted(turn: &mut Turn, event: &Event) {
    let tells_zone = match event {
        Event::Pressed(press) | Event::Gave { form: press, .. } | Event::Unusable { form: Some(press), .. } => {
            matches!(press, Press::ZoneForm | Press::Zone { .. })
        }
        Event::NotText => true,
        // An ordinary text with unsure words is looked at by itself.
        Event::Heard { scan, event: Some(_), .. } => !scan.concerns.any_sure(),
        _ => false,
    };
    if !tells_zone {
        turn.journey.wanted = None;
    }
}

/// A zone by its name.
pub fn zone(turn: &mut Turn, name: &str) -> Message {
    let known = TimeZone::get(name).ok().filter(|_| is_place(name));
    let Some(name) = known.as_ref().and_then(|zone| zone.iana_name()) else {
        return Message::new(Key::ZoneUnknown).choices([Press::ZoneForm]);
    };
    turn.journey.settings.zone = Some(name.to_owned());
    // Help lines follow what was told last.
    turn.journey.settings.country = None;
    stages::await_next(turn);
    let now = turn.now.to_zoned_datetime(turn.journey.settings.time_zone()).datetime();
    let args = vec![Arg::Zone(name.to_owned()), Arg::Now(now), Arg::Time(turn.journey.settings.reminder)];
    let message = with_next_note(turn, Message::with(Key::ZoneSaved, args));
    saved(turn, message)
}

/// Adds when the next note comes, where notes come by themselves.
fn with_next_note(turn: &Turn, message: Message) -> Message {
    const NOTES: [Timer; 5] = [Timer::CooloffReminder, Timer::Writing, Timer::Trial, Timer::Ease, Timer::Letgo];
    let next = NOTES.iter().filter_map(|timer| turn.journey.timers.get(timer)).map(|pending| pending.due_at).min();
    match next {
        Some(at) => message.and(Key::NextNote, turn.when(at)),
        None => message,
    }
}

/// What was typed as a reminder time.
pub fn time_given(turn: &mut Turn, value: &Value) -> Message {
    match value {
        Value::Time(wanted) => time(turn, *wanted),
        Value::Times(times) => {
            let times = times.iter().map(|time| Press::Time { minute: schedule::minute(*time) });
            Message::new(Key::TimeWhich).choices(times).choices([Press::TimeForm])
        }
        _ => Message::new(Key::TimeUnknown).choices([Press::TimeForm]),
    }
}

/// A reminder time; refused inside quiet hours, with the nearest one offered.
pub fn time(turn: &mut Turn, wanted: Time) -> Message {
    if let Some(quiet) = turn.journey.settings.quiet.filter(|quiet| quiet.contains(wanted)) {
        let nearest = schedule::nearest_outside(quiet, wanted);
        let args = vec![Arg::Time(nearest), Arg::From(quiet.from), Arg::Until(quiet.until)];
        let minute = schedule::minute(nearest);
        return Message::with(Key::TimeInQuiet, args).choices([
            Press::Time { minute },
            Press::TimeForm,
            Press::QuietForm,
        ]);
    }
    turn.journey.settings.reminder = wanted;
    stages::await_next(turn);
    let message = with_next_note(turn, Message::with(Key::TimeSaved, vec![Arg::Time(wanted)]));
    saved(turn, message)
}

/// What was typed as quiet hours.
pub fn quiet_given(turn: &mut Turn, value: &Value) -> Message {
    match value {
        Value::Quiet(from, until) => quiet(turn, *from, *until),
        Value::QuietOff => quiet_off(turn),
        Value::Quiets(spans) => quiet_which(spans),
        _ => quiet_unknown(),
    }
}

/// Asks which hours are meant; the last are as they were typed.
fn quiet_which(spans: &[(Time, Time)]) -> Message {
    let Some((from, until)) = spans.last().copied() else { return quiet_unknown() };
    let minutes = (schedule::minute(until) + 1440 - schedule::minute(from)) % 1440;
    let args = vec![Arg::From(from), Arg::Until(until), Arg::Count(u32::from(minutes.div_ceil(60)))];
    let press =
        |(from, until): &(Time, Time)| Press::Quiet { from: schedule::minute(*from), until: schedule::minute(*until) };
    Message::with(Key::QuietWhich, args).choices(spans.iter().map(press)).choices([Press::QuietForm, Press::Settings])
}

/// Quiet hours. If they would cover the reminder time, that has to move with them.
pub fn quiet(turn: &mut Turn, from: Time, until: Time) -> Message {
    if from == until {
        return quiet_unknown();
    }
    let quiet = QuietHours { from, until };
    let reminder = turn.journey.settings.reminder;
    if quiet.contains(reminder) {
        let nearest = schedule::nearest_outside(quiet, reminder);
        let args = vec![Arg::Time(nearest), Arg::From(from), Arg::Until(until)];
        let both = Press::QuietAt {
            from: schedule::minute(from),
            until: schedule::minute(until),
            minute: schedule::minute(nearest),
        };
        return Message::with(Key::QuietCovers, args).choices([both, Press::QuietForm, Press::Settings]);
    }
    turn.journey.settings.quiet = Some(quiet);
    stages::await_next(turn);
    saved(turn, Message::with(Key::QuietSaved, vec![Arg::From(from), Arg::Until(until)]))
}

/// Quiet hours and a reminder time outside of them, at once.
pub fn quiet_at(turn: &mut Turn, (from, until): (u16, u16), minute: u16) -> Message {
    let (from, until, reminder) =
        (schedule::from_minute(from), schedule::from_minute(until), schedule::from_minute(minute));
    let hours = QuietHours { from, until };
    if from == until || hours.contains(reminder) {
        return quiet_unknown();
    }
    turn.journey.settings.reminder = reminder;
    turn.journey.settings.quiet = Some(hours);
    stages::await_next(turn);
    let message = Message::with(Key::TimeSaved, vec![Arg::Time(reminder)]);
    let message = message.and(Key::QuietSaved, vec![Arg::From(from), Arg::Until(until)]);
    let message = with_next_note(turn, message);
    saved(turn, message)
}

/// No quiet hours.
pub fn quiet_off(turn: &mut Turn) -> Message {
    turn.journey.settings.quiet = None;
    stages::await_next(turn);
    saved(turn, Message::new(Key::QuietOff))
}

/// Discreet or plain reminders.
pub fn notices(turn: &mut Turn, style: Notices) -> Message {
    turn.journey.settings.notices = style;
    let key = match style {
        Notices::Discreet => Key::NoticesDiscreet,
        Notices::Plain => Key::NoticesPlain,
    };
    saved(turn, Message::new(key))
}

fn quiet_unknown() -> Message {
    Message::new(Key::QuietUnknown).choices([Press::QuietForm, Press::Settings])
}

/// Leads back to a set-up that is going on, else to the settings.
fn saved(turn: &mut Turn, message: Message) -> Message {
    if turn.journey.settings.zone.is_some()
        && let Some(wanted) = turn.journey.wanted.take()
    {
        return super::handlers::pressed(turn, wanted).below(message);
    }
    match set_up::resume(turn) {
        Some(next) => next.below(message),
        None => message.choices([Press::Settings, Press::Journey]),
    }
}
