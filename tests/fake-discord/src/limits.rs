//! Rate limits as Discord announces and keeps them: fixed windows, a global one a second and a bucket a channel.

use std::collections::HashMap;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

/// So many requests in so much time.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    /// So many requests.
    pub count: u32,
    /// In so much time.
    pub window: Duration,
}

/// What is limited; `None` is not.
#[derive(Clone, Copy, Debug, Default)]
pub struct Limits {
    /// All requests with the bot's token, a second.
    pub global: Option<u32>,
    /// POST and PATCH of messages, a channel (and an interaction's token).
    pub messages: Option<Rate>,
}

impl Limits {
    /// Off: no headers, no 429.
    pub fn none() -> Self {
        Self::default()
    }

    /// What Discord's documentation and answers name: 50 a second, five messages in five seconds in a channel.
    pub fn discord() -> Self {
        Self { global: Some(50), messages: Some(Rate { count: 5, window: Duration::from_secs(5) }) }
    }

    /// Whether anything is limited.
    pub fn is_on(&self) -> bool {
        self.global.is_some() || self.messages.is_some()
    }
}

struct Window {
    ends: Instant,
    used: u32,
}

/// How full the windows are.
#[derive(Default)]
pub struct Buckets {
    windows: HashMap<String, Window>,
}

/// The headers every answer carries while limits are on, and the body of a 429 if this request is one too many.
pub struct Verdict {
    pub headers: Vec<(&'static str, String)>,
    pub refused: Option<Value>,
}

/// A route without a limit of its own shows this bucket, which nobody fills in a test.
const ELSEWHERE: Rate = Rate { count: 1000, window: Duration::from_secs(1) };

impl Buckets {
    /// Counts a request. `bucket` names its route and major parameter; `is_global` says whether the global limit counts.
    pub fn count(&mut self, limits: Limits, bucket: &str, is_message: bool, is_global: bool) -> Verdict {
        if !limits.is_on() {
            return Verdict { headers: Vec::new(), refused: None };
        }
        let now = Instant::now();
        self.windows.retain(|_, window| window.ends > now);
        if let (true, Some(count)) = (is_global, limits.global) {
            let rate = Rate { count, window: Duration::from_secs(1) };
            if let Err(wait) = self.take("global", rate, now) {
                return refuse(wait, "global", Vec::new());
            }
        }
        let rate = if is_message { limits.messages.unwrap_or(ELSEWHERE) } else { ELSEWHERE };
        let refused = self.take(bucket, rate, now).err();
        let window = &self.windows[bucket];
        let left = window.ends.saturating_duration_since(now);
        let reset = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default() + left;
        let headers = vec![
            ("x-ratelimit-limit", rate.count.to_string()),
            ("x-ratelimit-remaining", (rate.count - window.used).to_string()),
            ("x-ratelimit-reset", format!("{:.3}", reset.as_secs_f64())),
            ("x-ratelimit-reset-after", format!("{:.3}", left.as_secs_f64())),
            ("x-ratelimit-bucket", name(bucket)),
        ];
        match refused {
            Some(wait) => refuse(wait, "user", headers),
            None => Verdict { headers, refused: None },
        }
    }

    fn take(&mut self, bucket: &str, rate: Rate, now: Instant) -> Result<(), Duration> {
        let window =
            self.windows.entry(bucket.to_owned()).or_insert_with(|| Window { ends: now + rate.window, used: 0 });
        if window.used >= rate.count {
            return Err(window.ends.saturating_duration_since(now));
        }
        window.used += 1;
        Ok(())
    }
}

fn refuse(wait: Duration, scope: &str, mut headers: Vec<(&'static str, String)>) -> Verdict {
    let global = scope == "global";
    let seconds = (wait.as_secs_f64() * 1000.0).ceil() / 1000.0;
    headers.push(("retry-after", format!("{}", seconds.ceil())));
    headers.push(("x-ratelimit-scope", scope.to_owned()));
    if global {
        headers.push(("x-ratelimit-global", "true".to_owned()));
    }
    let body = json!({ "message": "You are being rate limited.", "retry_after": seconds, "global": global });
    Verdict { headers, refused: Some(body) }
}

/// Discord's bucket names are hashes without their major parameter; these look alike (FNV-1a over the route).
fn name(bucket: &str) -> String {
    let route = bucket.split(' ').next().unwrap_or_default();
    let hash = route
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{hash:016x}{:016x}", hash.rotate_left(17))
}
