//! Delays between attempts to reach the gateway: none before the first retry, since a gateway that closed may be back at once,
//! then doubling up to a minute.

use std::time::Duration;

/// Delay before the second retry.
const FIRST_DELAY: Duration = Duration::from_secs(1);

/// Longest delay between two attempts.
pub const MAX_DELAY: Duration = Duration::from_mins(1);

/// Exponential backoff.
#[derive(Clone, Copy, Debug, Default)]
pub struct Backoff {
    next: Duration,
}

impl Backoff {
    /// A backoff whose first retry already waits.
    pub const fn delayed() -> Self {
        Self { next: FIRST_DELAY }
    }

    /// Returns the delay before the next attempt. The one after it is longer.
    pub fn next_delay(&mut self) -> Duration {
        let delay = self.next;
        self.next = (delay * 2).clamp(FIRST_DELAY, MAX_DELAY);
        delay
    }

    /// Starts over after a success.
    pub fn reset(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_up_to_a_minute_and_start_over_after_a_reset() {
        let mut backoff = Backoff::default();
        let mut delays = |count| (0..count).map(|_| backoff.next_delay().as_secs()).collect::<Vec<_>>();
        assert_eq!(delays(9), [0, 1, 2, 4, 8, 16, 32, 60, 60]);
        backoff.reset();
        assert_eq!(backoff.next_delay(), Duration::ZERO);
        assert_eq!(Backoff::delayed().next_delay(), FIRST_DELAY);
    }
}
