//! The small texts of one locale (`ui.ftl`): labels, forms, commands, and how values read.

use std::sync::Arc;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use jiff::civil::{Date, Time, Weekday};
use unic_langid::LanguageIdentifier;

use super::escape::inline;
use super::finding::{Report, line_at};
use super::messages;
use crate::chat::{Action, Command, CommandOption, Field, Form};
use crate::journey::{Arg, Press, Since};

/// The texts of a locale, parsed once.
pub(super) struct Ui {
    bundle: FluentBundle<Arc<FluentResource>>,
}

impl Ui {
    /// Reads a `ui.ftl`; everything missing, unknown, oversized or malformed is reported.
    pub(super) fn parse(locale: LanguageIdentifier, text: String, report: &mut Report<'_>) -> Self {
        let resource = match FluentResource::try_new(text) {
            Ok(resource) => resource,
            Err((resource, errors)) => {
                for error in errors {
                    let line = line_at(resource.source(), error.pos.start);
                    report.error(line, format!("this is not valid Fluent: {}", error.kind));
                }
                resource
            }
        };
        let resource = Arc::new(resource);
        let mut bundle = FluentBundle::new_concurrent(vec![locale]);
        // The marks around a value are meant for mixed directions; some platforms show them as boxes.
        bundle.set_use_isolating(false);
        // A message written twice is the only error here; it is reported below, with its line.
        bundle.add_resource_overriding(Arc::clone(&resource));
        messages::check(&resource, &bundle, report);
        Self { bundle }
    }

    /// The text of a message; nothing, and a line in the log, where there is none.
    pub(super) fn value(&self, id: &str, args: &FluentArgs<'_>) -> String {
        let message = self.bundle.get_message(id);
        let pattern = message.as_ref().and_then(fluent_bundle::FluentMessage::value);
        pattern
            .map_or_else(|| missing(id), |pattern| self.bundle.format_pattern(pattern, Some(args), &mut vec![]).into())
    }

    fn attribute(&self, id: &str, name: &str, args: &FluentArgs<'_>) -> String {
        let attribute = self.bundle.get_message(id).and_then(|message| message.get_attribute(name));
        let pattern = attribute.map(|attribute| attribute.value());
        pattern
            .map_or_else(|| missing(id), |pattern| self.bundle.format_pattern(pattern, Some(args), &mut vec![]).into())
    }

    /// What a choice says.
    pub(super) fn label(&self, press: &Press) -> String {
        self.value(&format!("press-{}", press.name()), &press_args(press))
    }

    /// A command, and what can be typed with it.
    pub(super) fn command(&self, name: &str) -> Command {
        let id = format!("command-{name}");
        let option = Press::OPTIONS.iter().find(|(command, ..)| *command == name).map(|(_, option, _)| CommandOption {
            name: (*option).to_owned(),
            description: self.attribute(&id, option, &FluentArgs::new()),
        });
        Command { name: name.to_owned(), description: self.value(&id, &FluentArgs::new()), option }
    }

    /// The form a press opens, if it opens one.
    pub(super) fn form(&self, press: &Press, journey: u64) -> Option<Form> {
        let kind = press.form()?;
        let id = format!("form-{}", press.name());
        let args = press_args(press);
        let field = |(index, name): (usize, &&str)| Field {
            label: self.attribute(&id, name, &args),
            hint: self.attribute(&id, &format!("{name}-hint"), &args),
            long: kind.is_long(),
            max: kind.limit(),
            optional: kind.is_optional(index),
        };
        Some(Form {
            action: Action::compose(journey, &press.token()),
            title: self.value(&id, &args),
            fields: kind.fields().iter().enumerate().map(field).collect(),
        })
    }

    /// How a value reads in a sentence.
    pub(super) fn arg(&self, arg: &Arg) -> String {
        if let Arg::Since(Since { date, time: None }) = arg {
            return self.arg(&Arg::Date(*date));
        }
        let mut values = arg_values(arg);
        if let Arg::Form(press) = arg {
            values = vec![("value", self.value(&format!("form-{}", press.name()), &press_args(press)))];
        }
        if let Arg::Since(since) = arg {
            // The date reads as one alone does.
            values[0].1 = self.arg(&Arg::Date(since.date));
        }
        self.value(&format!("arg-{}", arg.name()), &fluent(values))
    }
}

fn missing(id: &str) -> String {
    tracing::error!(id, "ui.ftl has no such message");
    String::new()
}

/// A `month` such as `2026-05` as its number and its year.
fn of_month((name, value): (&'static str, String)) -> Vec<(&'static str, String)> {
    let parts = value.split_once('-').filter(|_| name == "month");
    match parts.and_then(|(year, month)| Some((year.parse::<u16>().ok()?, month.parse::<u16>().ok()?))) {
        Some((year, month)) => vec![("month", month.to_string()), ("year", year.to_string())],
        None => vec![(name, value)],
    }
}

/// The variables of a label and their values, as text. A `minute` of the day reads as a time; a `date` and a
/// `month` bring their parts.
pub(super) fn press_values(press: &Press) -> Vec<(&'static str, String)> {
    let readable = |(name, value): (&'static str, String)| match value.parse::<u16>() {
        Ok(minute) if ["minute", "clock", "from", "until"].contains(&name) => {
            (name, format!("{:02}:{:02}", minute / 60, minute % 60))
        }
        _ => (name, value),
    };
    let values: Vec<_> = press.fields().into_iter().flat_map(of_month).map(readable).collect();
    // A clock is before noon or after it.
    let half = match press {
        Press::ZoneAt { clock, .. } => Some(("half", if *clock < 720 { "morning" } else { "later" }.to_owned())),
        _ => None,
    };
    // A `date` can be worded by its parts, like one in a sentence.
    let date = values.iter().find(|(name, _)| *name == "date").and_then(|(_, text)| text.parse::<Date>().ok());
    values.into_iter().chain(half).chain(date.into_iter().flat_map(date_values)).collect()
}

fn press_args(press: &Press) -> FluentArgs<'static> {
    fluent(press_values(press))
}

/// The variables of `arg-<name>` and their values, as text.
pub(super) fn arg_values(arg: &Arg) -> Vec<(&'static str, String)> {
    let value = match arg {
        Arg::Day(n)
        | Arg::Length(n)
        | Arg::Left(n)
        | Arg::Away(n)
        | Arg::Every(n)
        | Arg::Min(n)
        | Arg::Max(n)
        | Arg::Page(n)
        | Arg::Pages(n)
        | Arg::Week(n)
        | Arg::Weeks(n) => n.to_string(),
        Arg::Question(question) => question.to_string(),
        Arg::Kind(kind) => kind.to_string(),
        Arg::Count(n) | Arg::Total(n) => n.to_string(),
        Arg::Time(time) | Arg::From(time) | Arg::Until(time) => clock(*time),
        Arg::Date(date) => return date_values(*date),
        Arg::Since(since) => {
            let time = since.time.map(clock).unwrap_or_default();
            return vec![("date", since.date.to_string()), ("time", time)];
        }
        Arg::Now(now) => {
            let weekday = date_values(now.date()).swap_remove(0);
            return vec![("value", clock(now.time())), weekday];
        }
        Arg::Zone(name) => inline(name),
        Arg::Style(style) => style.to_string(),
        Arg::Circle(circle) => circle.to_string(),
        // A form's title is a text of the locale.
        Arg::Form(_) => return vec![("value", String::new())],
        Arg::Words(_) | Arg::Part(_) | Arg::Lines(_) | Arg::Clocks(_) | Arg::Commands(()) => return Vec::new(),
    };
    vec![("value", value)]
}

fn clock(time: Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

fn date_values(date: Date) -> Vec<(&'static str, String)> {
    let weekday = match date.weekday() {
        Weekday::Monday => "mon",
        Weekday::Tuesday => "tue",
        Weekday::Wednesday => "wed",
        Weekday::Thursday => "thu",
        Weekday::Friday => "fri",
        Weekday::Saturday => "sat",
        Weekday::Sunday => "sun",
    };
    let (day, month, year) = (date.day().to_string(), date.month().to_string(), date.year().to_string());
    vec![("weekday", weekday.into()), ("day", day), ("month", month), ("year", year)]
}

/// Values as Fluent takes them: whole numbers as numbers, so that plurals can be chosen by them.
pub(super) fn fluent(values: Vec<(&'static str, String)>) -> FluentArgs<'static> {
    let number = |value: String| match value.parse::<u32>() {
        Ok(number) => FluentValue::from(number),
        Err(_) => FluentValue::from(value),
    };
    values.into_iter().map(|(name, value)| (name, number(value))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{date, time};

    fn ui(text: &str) -> Ui {
        Ui::parse("en".parse().unwrap(), text.into(), &mut Report::new("ui.ftl", &mut Vec::new()))
    }

    #[test]
    fn values_read_as_the_locale_says() {
        let ui = ui("
arg-left = { $value ->
    [one] one day
   *[other] { $value } days
 }
arg-time = at { $value }
arg-date = { $weekday ->
    [wed] Wednesday
   *[other] another day
 } { $day }/{ $month }/{ $year }
arg-zone = { $value }
");
        assert_eq!(ui.arg(&Arg::Left(1)), "one day");
        assert_eq!(ui.arg(&Arg::Left(1200)), "1200 days");
        assert_eq!(ui.arg(&Arg::Time(time(7, 5, 0, 0))), "at 07:05");
        assert_eq!(ui.arg(&Arg::Date(date(2026, 9, 30))), "Wednesday 30/9/2026");
        assert_eq!(ui.arg(&Arg::Zone("America/New_York".into())), r"America/New\_York");
        assert_eq!(ui.arg(&Arg::Count(3)), "");
    }

    #[test]
    fn labels_and_forms_know_the_fields_of_their_press() {
        let ui = ui("
press-time = At { $minute }
form-card-note = About { $card }
    .words = Your note
    .words-hint = A line is enough
");
        assert_eq!(ui.label(&Press::Time { minute: 485 }), "At 08:05");
        let press = Press::CardNote { card: crate::journey::Card::Trust };
        let form = ui.form(&press, 7).unwrap();
        assert_eq!(form.action, Action::compose(7, "card-note:trust"));
        assert_eq!(form.title, "About trust");
        let field = Field {
            label: "Your note".into(),
            hint: "A line is enough".into(),
            long: true,
            max: 1500,
            optional: false,
        };
        assert_eq!(form.fields, [field]);
        assert_eq!(ui.form(&Press::Help, 7), None);
    }
}
