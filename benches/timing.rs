//! Numbers: what one run gave, and what the runs of a side give together.

use std::time::Duration;

use hdrhistogram::Histogram;

/// The waiting times of one run.
pub struct Times(Histogram<u64>);

impl Times {
    pub fn new() -> Self {
        // Nanoseconds, up to a minute, to three digits.
        Self(Histogram::new_with_bounds(1, 60_000_000_000, 3).expect("these bounds are valid"))
    }

    pub fn add(&mut self, time: Duration) {
        self.0.saturating_record(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX));
    }

    /// Milliseconds.
    pub fn quantile(&self, quantile: f64) -> f64 {
        milliseconds(Duration::from_nanos(self.0.value_at_quantile(quantile)))
    }
}

pub fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// How many, as a number to divide.
pub fn count(of: impl TryInto<u32>) -> f64 {
    f64::from(of.try_into().ok().expect("nothing here is counted in billions"))
}

/// The middle one of the runs.
pub fn median(mut runs: Vec<f64>) -> f64 {
    assert!(!runs.is_empty(), "there was no run");
    runs.sort_by(f64::total_cmp);
    let middle = runs.len() / 2;
    if runs.len() % 2 == 1 { runs[middle] } else { f64::midpoint(runs[middle - 1], runs[middle]) }
}
