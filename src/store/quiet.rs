//! Quiet hours of a delivery: a reminder that was delayed into them waits until they end.
//!
//! The journey never schedules a reminder inside quiet hours; this catches those that slipped in by retries or downtime.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::journey::QuietHours;

/// Quiet hours and the zone whose civil time they mean.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quiet {
    /// The hours.
    pub hours: QuietHours,
    /// IANA name; where it is not known, UTC.
    pub zone: String,
}

impl Quiet {
    /// Where `now` lies inside: the first instant after it that doesn't.
    #[must_use]
    pub fn ends(&self, now: Timestamp) -> Option<Timestamp> {
        let zone = TimeZone::get(&self.zone).unwrap_or(TimeZone::UTC);
        let allowed = self.hours.first_allowed(&zone, now);
        (allowed > now).then_some(allowed)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;

    use super::*;

    fn quiet(from: i8, until: (i8, i8), zone: &str) -> Quiet {
        let hours = QuietHours { from: time(from, 0, 0, 0), until: time(until.0, until.1, 0, 0) };
        Quiet { hours, zone: zone.to_owned() }
    }

    fn ends(quiet: &Quiet, now: &str) -> Option<String> {
        quiet.ends(now.parse().unwrap()).map(|end| end.to_string())
    }

    #[test]
    fn outside_nothing_waits() {
        let night = quiet(22, (8, 0), "Europe/Berlin");
        assert_eq!(ends(&night, "2026-01-10T20:59:59Z"), None);
        assert_eq!(ends(&night, "2026-01-10T07:00:00Z"), None);
    }

    #[test]
    fn before_and_after_midnight_the_morning_is_the_same() {
        let night = quiet(22, (8, 0), "Europe/Berlin");
        assert_eq!(ends(&night, "2026-01-10T21:00:00Z").unwrap(), "2026-01-11T07:00:00Z");
        assert_eq!(ends(&night, "2026-01-11T06:59:59Z").unwrap(), "2026-01-11T07:00:00Z");
        let noon = quiet(12, (14, 0), "Europe/Berlin");
        assert_eq!(ends(&noon, "2026-01-10T11:30:00Z").unwrap(), "2026-01-10T13:00:00Z");
    }

    #[test]
    fn the_civil_end_holds_through_both_changes_of_the_clocks() {
        let night = quiet(22, (8, 0), "Europe/Berlin");
        assert_eq!(ends(&night, "2026-03-28T22:00:00Z").unwrap(), "2026-03-29T06:00:00Z");
        assert_eq!(ends(&night, "2026-10-24T21:00:00Z").unwrap(), "2026-10-25T07:00:00Z");
        let night = quiet(22, (8, 0), "America/New_York");
        assert_eq!(ends(&night, "2026-03-08T05:00:00Z").unwrap(), "2026-03-08T12:00:00Z");
    }

    #[test]
    fn an_end_inside_the_gap_or_the_fold_still_comes_after_now() {
        let short = quiet(22, (2, 30), "Europe/Berlin");
        assert_eq!(ends(&short, "2026-03-29T00:30:00Z").unwrap(), "2026-03-29T01:00:00Z");
        // 02:10 for the first and for the second time that night.
        assert_eq!(ends(&short, "2026-10-25T00:10:00Z").unwrap(), "2026-10-25T00:30:00Z");
        assert_eq!(ends(&short, "2026-10-25T01:10:00Z").unwrap(), "2026-10-25T01:30:00Z");
    }

    #[test]
    fn an_unknown_zone_is_utc() {
        assert_eq!(ends(&quiet(22, (8, 0), "Mars/Base"), "2026-01-10T23:00:00Z").unwrap(), "2026-01-11T08:00:00Z");
    }

    proptest::proptest! {
        #[test]
        fn quiet_hours_always_end_later_and_at_their_end(
            second in 1_700_000_000_i64..1_900_000_000,
            from in 0_i8..24,
            until in (0_i8..24, 0_i8..60),
            zone in proptest::sample::select(vec!["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"]),
        ) {
            proptest::prop_assume!((from, 0) != until);
            let quiet = quiet(from, until, zone);
            let now = Timestamp::from_second(second).unwrap();
            if let Some(end) = quiet.ends(now) {
                proptest::prop_assert!(end > now);
                proptest::prop_assert!(end.as_second() - second <= 25 * 3600);
            }
        }
    }
}
