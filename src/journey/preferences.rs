//! `/settings`: zone, reminder time, quiet hours, discreet or plain. A change moves what is scheduled at once.

use jiff::civil::Time;
use jiff::tz::TimeZone;

use super::codes::Notices;
use super::event::{Event, Value};
use super::keys::Key;
use super::message::{Arg, Message};
use super::press::Press;
use super::schedule;
use super::settings::QuietHours;
use super::stages::{self, set_up};
use super::turn::Turn;

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
        Value::Zones(zones) if zones.len() == 1 => zone(turn, &zones[0]),
        Value::Zones(zones) if !zones.is_empty() => {
            let zones = zones.iter().take(20).map(|name| Press::Zone { name: name.clone() });
            Message::new(Key::ZoneWhich).choices(zones).choices([Press::ZoneForm])
        }
        _ => Message::new(Key::ZoneUnknown).choices([Press::ZoneForm]),
    }
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
    let known = TimeZone::get(name).ok();
    let Some(name) = known.as_ref().and_then(|zone| zone.iana_name()) else {
        return Message::new(Key::ZoneUnknown).choices([Press::ZoneForm]);
    };
    turn.journey.settings.zone = Some(name.to_owned());
    // Help lines follow what was told last.
    turn.journey.settings.country = None;
    stages::await_next(turn);
    let args = vec![Arg::Zone(name.to_owned()), Arg::Time(turn.journey.settings.reminder)];
    saved(turn, Message::with(Key::ZoneSaved, args))
}

/// What was typed as a reminder time.
pub fn time_given(turn: &mut Turn, value: &Value) -> Message {
    match value {
        Value::Time(wanted) => time(turn, *wanted),
        _ => Message::new(Key::TimeUnknown).choices([Press::TimeForm]),
    }
}

/// A reminder time; refused inside quiet hours, with the nearest one offered.
pub fn time(turn: &mut Turn, wanted: Time) -> Message {
    let proposed = turn.journey.quiet_wanted.filter(|quiet| !quiet.contains(wanted));
    if let Some(quiet) = proposed.or(turn.journey.settings.quiet).filter(|quiet| quiet.contains(wanted)) {
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
    let message = Message::with(Key::TimeSaved, vec![Arg::Time(wanted)]);
    let message = match proposed {
        Some(quiet) => {
            turn.journey.settings.quiet = Some(quiet);
            message.and(Key::QuietSaved, vec![Arg::From(quiet.from), Arg::Until(quiet.until)])
        }
        None => message,
    };
    turn.journey.quiet_wanted = None;
    stages::await_next(turn);
    saved(turn, message)
}

/// What was typed as quiet hours. If they would cover the reminder time, that has to move first.
pub fn quiet_given(turn: &mut Turn, value: &Value) -> Message {
    let Value::Quiet(from, until) = *value else { return quiet_unknown() };
    if from == until {
        return quiet_unknown();
    }
    let quiet = QuietHours { from, until };
    let reminder = turn.journey.settings.reminder;
    if quiet.contains(reminder) {
        turn.journey.quiet_wanted = Some(quiet);
        let nearest = schedule::nearest_outside(quiet, reminder);
        let args = vec![Arg::Time(nearest), Arg::From(from), Arg::Until(until)];
        let minute = schedule::minute(nearest);
        return Message::with(Key::QuietCovers, args).choices([
            Press::Time { minute },
            Press::QuietForm,
            Press::Settings,
        ]);
    }
    turn.journey.settings.quiet = Some(quiet);
    turn.journey.quiet_wanted = None;
    stages::await_next(turn);
    saved(turn, Message::with(Key::QuietSaved, vec![Arg::From(from), Arg::Until(until)]))
}

/// No quiet hours.
pub fn quiet_off(turn: &mut Turn) -> Message {
    turn.journey.settings.quiet = None;
    turn.journey.quiet_wanted = None;
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
