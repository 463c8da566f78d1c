//! When things are due: civil time in the person's zone, quiet hours, and the days of a time apart.
//!
//! All recurrence is computed from civil dates and the civil time the person chose, so a change of the clocks cannot
//! make it drift. A time that a clock change skips moves on by the gap; one that happens twice means the first.

use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use super::settings::{QuietHours, Settings};

/// A reminder this much late still counts as that day's; beyond it, it is caught up with.
pub const LATE: SignedDuration = SignedDuration::from_hours(12);

/// The shortest and longest time apart, in days.
pub const LENGTHS: std::ops::RangeInclusive<u16> = 3..=365;

/// The densest and widest rhythm, in days between reminders.
pub const RHYTHMS: std::ops::RangeInclusive<u16> = 1..=90;

/// The civil date where the person is.
#[must_use]
pub fn date(settings: &Settings, at: Timestamp) -> Date {
    at.to_zoned_datetime(settings.time_zone()).date()
}

/// The civil time where the person is.
#[must_use]
pub fn time_of_day(settings: &Settings, at: Timestamp) -> Time {
    at.to_zoned_datetime(settings.time_zone()).time()
}

/// The instant of a civil date and time in the person's zone; at the ends of jiff's range, `fallback`.
#[must_use]
pub fn instant(settings: &Settings, date: Date, time: Time, fallback: Timestamp) -> Timestamp {
    settings.time_zone().to_timestamp(date.to_datetime(time)).unwrap_or(fallback)
}

/// `at`, or the end of the quiet hours it falls into.
#[must_use]
pub fn out_of_quiet(settings: &Settings, at: Timestamp) -> Timestamp {
    settings.quiet.map_or(at, |quiet| quiet.first_allowed(&settings.time_zone(), at))
}

/// The civil time outside `quiet` that is nearest to `wanted`; the later one where both are as near.
#[must_use]
pub fn nearest_outside(quiet: QuietHours, wanted: Time) -> Time {
    if !quiet.contains(wanted) {
        return wanted;
    }
    let minutes = |from: Time, to: Time| (minute(to) + 1440 - minute(from)) % 1440;
    let before = from_minute((minute(quiet.from) + 1439) % 1440);
    if minutes(before, wanted) < minutes(wanted, quiet.until) { before } else { quiet.until }
}

/// Minutes after midnight.
#[must_use]
pub fn minute(time: Time) -> u16 {
    u16::from(time.hour().unsigned_abs()) * 60 + u16::from(time.minute().unsigned_abs())
}

/// The civil time of a minute after midnight, which is taken modulo a day.
#[must_use]
pub fn from_minute(minute: u16) -> Time {
    let minute = minute % 1440;
    let part = |value: u16| i8::try_from(value).unwrap_or_default();
    Time::new(part(minute / 60), part(minute % 60), 0, 0).unwrap_or(Time::midnight())
}

/// The days of one time apart. Day 1 is `start`; the day after the last is when it is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Days {
    /// The civil date of day 1.
    pub start: Date,
    /// How many days.
    pub length: u16,
    /// Days from one reminder to the next.
    pub every: u16,
    /// Days that did not count because of pauses already over.
    #[serde(default, skip_serializing_if = "crate::journey::is_default")]
    pub skipped: u16,
    /// Since when it is paused.
    #[serde(default, skip_serializing_if = "crate::journey::is_default")]
    pub paused_on: Option<Date>,
}

impl Days {
    /// Which day a date is: 1 is the first; 0 or less before it. While paused, the day of the pause.
    #[must_use]
    pub fn day_on(&self, date: Date) -> i32 {
        let date = self.paused_on.map_or(date, |paused| paused.min(date));
        days_between(self.start, date) - i32::from(self.skipped) + 1
    }

    /// [`Days::day_on`] held to 1 ..= `length` + 1, for counters and comparisons.
    #[must_use]
    pub fn counted_day(&self, date: Date) -> u16 {
        u16::try_from(self.day_on(date).max(1)).unwrap_or(u16::MAX).min(self.length.saturating_add(1))
    }

    /// The date of a day, if nothing is paused any more.
    #[must_use]
    pub fn date_of(&self, day: u16) -> Date {
        let ahead = i32::from(day) - 1 + i32::from(self.skipped);
        self.start.saturating_add(ahead.days())
    }

    /// The day after the last.
    #[must_use]
    pub fn over(&self) -> u16 {
        self.length + 1
    }

    /// The day halfway.
    #[must_use]
    pub fn midpoint(&self) -> u16 {
        self.length.div_ceil(2)
    }

    /// Whether the day arrives whatever the rhythm: the first, the midpoint, the last, and the end after it.
    #[must_use]
    pub fn is_special(&self, day: u16) -> bool {
        [1, self.midpoint(), self.length, self.over()].contains(&day)
    }

    /// Whether something arrives on that day: by the rhythm, or because the day is special.
    #[must_use]
    pub fn is_due(&self, day: u16) -> bool {
        let every = self.every.max(1);
        self.is_special(day) || (day < self.over() && day % every == 1 % every)
    }

    /// When the reminder of a day is due, outside quiet hours.
    #[must_use]
    pub fn due_at(&self, day: u16, settings: &Settings, now: Timestamp) -> Timestamp {
        out_of_quiet(settings, instant(settings, self.date_of(day), settings.reminder, now))
    }

    /// The next day on which something arrives, and when, given the last day that arrived and the day now awaited.
    ///
    /// The awaited day and a special day stay due, even when their time has passed (late rather than lost). Any other
    /// day whose time has passed, because of a pause or a change of rhythm, is not sent after the fact.
    #[must_use]
    pub fn next(&self, sent: u16, awaited: Option<u16>, settings: &Settings, now: Timestamp) -> (u16, Timestamp) {
        for day in (sent.saturating_add(1)..=self.over()).filter(|day| self.is_due(*day)) {
            let at = self.due_at(day, settings, now);
            if at > now || awaited == Some(day) || self.is_special(day) {
                return (day, out_of_quiet(settings, at.max(now)));
            }
        }
        (self.over(), out_of_quiet(settings, self.due_at(self.over(), settings, now).max(now)))
    }

    /// Counts on from `date`; the end moves by exactly the days paused.
    pub fn resume(&mut self, date: Date) {
        if let Some(paused) = self.paused_on.take() {
            self.skip(days_between(paused, date));
        }
    }

    /// Leaves out `days` days, which moves the end by as many.
    pub fn skip(&mut self, days: i32) {
        self.skipped = self.skipped.saturating_add(u16::try_from(days.max(0)).unwrap_or(u16::MAX));
    }
}

/// Civil days from one date to another; negative if `to` is earlier.
#[must_use]
pub fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};
    use proptest::prelude::*;

    use super::*;

    fn settings(zone: &str) -> Settings {
        Settings { zone: Some(zone.into()), ..Settings::default() }
    }

    fn at(zone: &str, text: &str) -> Timestamp {
        let civil: jiff::civil::DateTime = text.parse().unwrap();
        jiff::tz::TimeZone::get(zone).unwrap().to_timestamp(civil).unwrap()
    }

    fn days(length: u16, every: u16) -> Days {
        Days { start: date(2026, 3, 20), length, every, skipped: 0, paused_on: None }
    }

    #[test]
    fn a_time_the_clocks_skip_moves_on_by_the_gap() {
        let settings = Settings { reminder: time(2, 30, 0, 0), quiet: None, ..settings("Europe/Berlin") };
        let due = days(30, 1).due_at(10, &settings, Timestamp::UNIX_EPOCH);
        assert_eq!(due, at("Europe/Berlin", "2026-03-29 03:30:00"));
    }

    #[test]
    fn a_time_that_happens_twice_means_the_first() {
        let settings = Settings { reminder: time(1, 30, 0, 0), quiet: None, ..settings("America/New_York") };
        let days = Days { start: date(2026, 10, 30), ..days(30, 1) };
        assert_eq!(days.due_at(3, &settings, Timestamp::UNIX_EPOCH).to_string(), "2026-11-01T05:30:00Z");
    }

    #[test]
    fn quiet_hours_over_midnight_end_in_the_morning() {
        let settings = settings("Europe/Berlin");
        let eight = at("Europe/Berlin", "2026-03-21 08:00:00");
        assert_eq!(out_of_quiet(&settings, at("Europe/Berlin", "2026-03-20 22:00:00")), eight);
        assert_eq!(out_of_quiet(&settings, at("Europe/Berlin", "2026-03-21 07:59:00")), eight);
        assert_eq!(out_of_quiet(&settings, eight), eight);
    }

    #[test]
    fn an_end_that_comes_twice_in_a_night_counts_at_its_next_passing() {
        let quiet = Some(QuietHours { from: time(22, 0, 0, 0), until: time(1, 30, 0, 0) });
        let settings = Settings { quiet, ..settings("America/New_York") };
        let end = |at: &str| out_of_quiet(&settings, at.parse().unwrap()).to_string();
        assert_eq!(end("2026-11-01T05:10:00Z"), "2026-11-01T05:30:00Z", "01:10 for the first time");
        assert_eq!(end("2026-11-01T06:10:00Z"), "2026-11-01T06:30:00Z", "01:10 for the second time");
        // 02:00 to 03:00 is left out: the night is over with the change.
        let quiet = Some(QuietHours { from: time(22, 0, 0, 0), until: time(2, 30, 0, 0) });
        let settings = Settings { quiet, ..settings };
        let change = out_of_quiet(&settings, "2026-03-08T06:00:00Z".parse().unwrap());
        assert_eq!(change.to_string(), "2026-03-08T07:00:00Z");
    }

    #[test]
    fn the_nearest_time_outside_quiet_hours_is_on_the_nearer_side() {
        let quiet = QuietHours { from: time(22, 0, 0, 0), until: time(8, 0, 0, 0) };
        assert_eq!(nearest_outside(quiet, time(23, 0, 0, 0)), time(21, 59, 0, 0));
        assert_eq!(nearest_outside(quiet, time(6, 0, 0, 0)), time(8, 0, 0, 0));
        assert_eq!(nearest_outside(quiet, time(12, 0, 0, 0)), time(12, 0, 0, 0));
    }

    #[test]
    fn special_days_arrive_whatever_the_rhythm() {
        let due: Vec<u16> = (1..=31).filter(|day| days(30, 7).is_due(*day)).collect();
        assert_eq!(due, [1, 8, 15, 22, 29, 30, 31]);
        let daily = (1..=31).filter(|day| days(30, 1).is_due(*day)).count();
        assert_eq!(daily, 31);
    }

    #[test]
    fn a_change_to_a_denser_rhythm_sends_nothing_after_the_fact() {
        let settings = settings("Europe/Berlin");
        let now = at("Europe/Berlin", "2026-03-24 15:00:00");
        let (day, due) = days(30, 1).next(1, None, &settings, now);
        assert_eq!((day, due), (6, at("Europe/Berlin", "2026-03-25 09:00:00")));
    }

    const ZONES: [&str; 8] = [
        "Europe/Berlin",
        "America/New_York",
        "Australia/Lord_Howe",
        "Asia/Kathmandu",
        "Pacific/Apia",
        "America/St_Johns",
        "Africa/Casablanca",
        "UTC",
    ];

    prop_compose! {
        fn any_time()(minute in 0u16..1440) -> Time { from_minute(minute) }
    }

    prop_compose! {
        fn any_settings()(zone in 0..ZONES.len(), reminder in any_time(), quiet in prop::option::of((any_time(), any_time())))
            -> Settings {
            let quiet = quiet.filter(|(from, until)| from != until).map(|(from, until)| QuietHours { from, until });
            Settings { reminder, quiet, ..settings(ZONES[zone]) }
        }
    }

    prop_compose! {
        fn any_now()(second in 1_700_000_000i64..1_900_000_000) -> Timestamp { Timestamp::from_second(second).unwrap() }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4096, ..ProptestConfig::default() })]

        #[test]
        fn nothing_is_ever_due_inside_quiet_hours(
            settings in any_settings(),
            now in any_now(),
            // Half of them lie within an hour and a half of a change of the clocks, where the rule is hard.
            beside in prop::option::of(-5400_i64..5400),
            // Half of the quiet hours end soon after, so that their end meets the change.
            soon in prop::option::of(1_u16..90),
        ) {
            let change = settings.time_zone().following(now).next().map(|change| change.timestamp().as_second());
            let beside = change.zip(beside).map(|(change, beside)| Timestamp::from_second(change + beside).unwrap());
            let now = beside.unwrap_or(now);
            let local = time_of_day(&settings, now);
            let until = soon.map(|soon| from_minute((minute(local) + soon) % 1440));
            let ends = |quiet: QuietHours| QuietHours { until: until.unwrap_or(quiet.until), ..quiet };
            let quiet = settings.quiet.map(ends).filter(|quiet| quiet.from != quiet.until);
            let settings = Settings { quiet, ..settings };
            let due = out_of_quiet(&settings, now);
            let is_quiet = |at| settings.quiet.is_some_and(|quiet| quiet.contains(time_of_day(&settings, at)));
            // The first instant that isn't quiet, found by looking at every minute.
            let second = now.as_second();
            let minutes = (second / 60 + 1..).map(|minute| Timestamp::from_second(minute * 60).unwrap());
            let first = std::iter::once(now).chain(minutes).find(|at| !is_quiet(*at)).unwrap();
            prop_assert_eq!(due, first, "from {} in {}", now, settings.zone.clone().unwrap());
        }
    }

    proptest! {
        #[test]
        fn the_civil_time_never_drifts(settings in any_settings(), now in any_now(), day in 1u16..400) {
            let settings = Settings { quiet: None, ..settings };
            let days = Days { start: super::date(&settings, now), length: 400, every: 1, skipped: 0, paused_on: None };
            let due = days.due_at(day, &settings, now);
            let local = due.to_zoned_datetime(settings.time_zone());
            let wanted = days.date_of(day).to_datetime(settings.reminder);
            let offset = settings.time_zone().to_ambiguous_timestamp(wanted).offset();
            let gap = matches!(offset, jiff::tz::AmbiguousOffset::Gap { .. });
            prop_assert!(gap || local.datetime() == wanted, "{local} instead of {wanted}");
        }

        #[test]
        fn the_end_moves_exactly_with_a_pause(length in 3u16..365, from in 0i64..365, pause in 0i64..365) {
            let mut days = days(length, 1);
            let (before, day) = (days.date_of(days.over()), days.day_on(days.start.saturating_add(from.days())));
            let paused = days.start.saturating_add(from.days());
            days.paused_on = Some(paused);
            let resumed = paused.saturating_add(pause.days());
            prop_assert_eq!(days.day_on(resumed), day, "the day stands still");
            days.resume(resumed);
            prop_assert_eq!(days.day_on(resumed), day);
            prop_assert_eq!(i64::from(days_between(before, days.date_of(days.over()))), pause);
        }

        #[test]
        fn the_next_day_is_later_due_and_not_in_the_past(
            settings in any_settings(), now in any_now(), length in 3u16..365, every in 1u16..90,
            ago in 0i64..400, sent in 1u16..365, awaited in prop::option::of(1u16..366),
        ) {
            let sent = sent.min(length);
            let start = super::date(&settings, now).saturating_sub(ago.days());
            let days = Days { start, length, every, skipped: 0, paused_on: None };
            let (day, at) = days.next(sent, awaited, &settings, now);
            prop_assert!(day > sent && day <= days.over() && days.is_due(day));
            prop_assert!(at >= now);
            prop_assert!(settings.quiet.is_none_or(|quiet| !quiet.contains(time_of_day(&settings, at))));
        }
    }
}
