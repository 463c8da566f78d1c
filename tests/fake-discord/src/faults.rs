//! Scripted faults of the HTTP side: the next requests that match meet one of them instead of the plain answer.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::watch;

/// What the next `times` requests meet whose method (empty: any) and path match. Earlier faults go first.
#[derive(Clone, Debug)]
pub struct Fault {
    /// Empty for any.
    pub method: &'static str,
    /// A part of the path.
    pub path_contains: String,
    /// How many requests it still meets.
    pub times: u32,
    /// What they meet.
    pub action: FaultAction,
}

/// The kinds of trouble.
#[derive(Clone, Debug)]
pub enum FaultAction {
    /// Answers so; nothing is processed. A body that is a text is HTML.
    Answer {
        /// The HTTP status.
        status: u16,
        /// The body.
        body: Value,
        /// Headers beside the usual.
        headers: Vec<(&'static str, String)>,
    },
    /// Waits, then goes on as if nothing had been.
    Delay(Duration),
    /// Reads the request and doesn't answer; its connection is reset when the faults are cleared.
    Hang,
    /// Resets the connection before the body is read. Nothing is processed.
    Reset,
    /// Processes the request and resets the connection instead of answering: accepted, but nobody is told.
    LoseResponse,
    /// Processes the request and answers with the first half of the JSON.
    TruncateJson,
}

impl Fault {
    /// One for the next request that matches.
    pub fn new(method: &'static str, path_contains: &str, action: FaultAction) -> Self {
        Self { method, path_contains: path_contains.to_owned(), times: 1, action }
    }

    /// The same, for so many.
    #[must_use]
    pub fn times(self, times: u32) -> Self {
        Self { times, ..self }
    }

    fn meets(&self, method: &str, path: &str) -> bool {
        self.times > 0 && (self.method.is_empty() || self.method == method) && path.contains(&self.path_contains)
    }
}

impl FaultAction {
    /// One of Discord's errors, as `FaultAction::error(403, 40003, "You are opening direct messages too fast")`.
    pub fn error(status: u16, code: u32, message: &str) -> Self {
        Self::Answer { status, body: json!({ "message": message, "code": code }), headers: Vec::new() }
    }

    /// What Cloudflare says in Discord's place: a page, without any of Discord's headers.
    pub fn page(status: u16, retry_after: Option<u32>) -> Self {
        let body = "<html><head><title>Error</title></head><body>cloudflare</body></html>".into();
        let headers = retry_after.map(|seconds| ("retry-after", seconds.to_string())).into_iter().collect();
        Self::Answer { status, body, headers }
    }

    /// A 429 with its headers, out of the blue.
    pub fn too_many(retry_after: f64, global: bool) -> Self {
        let scope = if global { "global" } else { "user" };
        let mut headers =
            vec![("retry-after", format!("{}", retry_after.ceil())), ("x-ratelimit-scope", scope.to_owned())];
        if global {
            headers.push(("x-ratelimit-global", "true".to_owned()));
        }
        let body = json!({ "message": "You are being rate limited.", "retry_after": retry_after, "global": global });
        Self::Answer { status: 429, body, headers }
    }
}

/// The faults still to come.
#[derive(Default)]
pub struct Faults {
    scripted: Vec<Fault>,
    /// Told when they are cleared.
    cleared: watch::Sender<()>,
}

impl Faults {
    pub fn add(&mut self, fault: Fault) {
        self.scripted.push(fault);
    }

    pub fn clear(&mut self) {
        self.scripted.clear();
        self.cleared.send_replace(());
    }

    /// Hears of the next time that they are cleared.
    pub fn cleared(&self) -> watch::Receiver<()> {
        self.cleared.subscribe()
    }

    /// Takes one use of the first fault that matches.
    pub fn take(&mut self, method: &str, path: &str) -> Option<FaultAction> {
        let fault = self.scripted.iter_mut().find(|fault| fault.meets(method, path))?;
        fault.times -= 1;
        Some(fault.action.clone())
    }
}
