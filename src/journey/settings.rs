//! What a person has set: zone, reminder time, quiet hours, discreet or plain.

use jiff::civil::{Time, time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};

use super::codes::Notices;

/// A person's settings. Times are civil times in their zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// IANA name, once the person has told it.
    pub zone: Option<String>,
    /// The country (ISO 3166 alpha-2, lower case) whose help lines they asked for last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// When reminders come.
    pub reminder: Time,
    /// When nothing comes.
    pub quiet: Option<QuietHours>,
    /// How reminders look on a locked screen.
    pub notices: Notices,
}

/// A span of the day in which nothing is sent; it may run over midnight. Never empty, never the whole day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuietHours {
    /// First quiet minute.
    pub from: Time,
    /// First minute that is not quiet any more.
    pub until: Time,
}

impl QuietHours {
    /// Whether `at` lies in the span.
    #[must_use]
    pub fn contains(self, at: Time) -> bool {
        if self.from <= self.until { self.from <= at && at < self.until } else { at >= self.from || at < self.until }
    }

    /// The first instant from `at` on that isn't quiet in `zone`. Where clocks are put back or forward, that is an end which
    /// comes twice, or the change itself.
    #[must_use]
    pub fn first_allowed(self, zone: &TimeZone, at: Timestamp) -> Timestamp {
        let is_quiet = |at: Timestamp| self.contains(zone.to_datetime(at).time());
        if !is_quiet(at) {
            return at;
        }
        let today = zone.to_datetime(at).date();
        let days = (0..=2).filter_map(|ahead| today.checked_add(ahead.days()).ok());
        let ends = days.flat_map(|day| {
            let end = zone.to_ambiguous_timestamp(day.to_datetime(self.until));
            [end.earlier().ok(), end.later().ok()]
        });
        let changes = zone.following(at).take(2).map(|change| Some(change.timestamp()));
        let after = ends.chain(changes).flatten().filter(|end| *end > at && !is_quiet(*end));
        after.min().unwrap_or(at)
    }
}

impl Settings {
    /// Where help lines are looked for: the country the person chose, else their zone.
    #[must_use]
    pub fn place(&self) -> Option<&str> {
        self.country.as_deref().or(self.zone.as_deref())
    }

    /// The person's zone; UTC until they have told it, or where the zone data no longer knows it.
    #[must_use]
    pub fn time_zone(&self) -> TimeZone {
        self.zone.as_deref().and_then(|name| TimeZone::get(name).ok()).unwrap_or(TimeZone::UTC)
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            zone: None,
            country: None,
            reminder: time(9, 0, 0, 0),
            quiet: Some(QuietHours { from: time(22, 0, 0, 0), until: time(8, 0, 0, 0) }),
            notices: Notices::Discreet,
        }
    }
}
