//! Discord's errors: a status, a code, a message and, for an invalid form body, the tree of what is wrong where.

use serde_json::{Map, Value, json};

/// An error answer.
#[derive(Clone, Debug)]
pub struct Refusal {
    pub status: u16,
    pub body: Value,
}

impl Refusal {
    pub fn new(status: u16, code: u32, message: &str) -> Self {
        Self { status, body: json!({ "message": message, "code": code }) }
    }

    pub fn not_found() -> Self {
        Self::new(404, 0, "404: Not Found")
    }

    pub fn unauthorized() -> Self {
        Self::new(401, 0, "401: Unauthorized")
    }

    pub fn unknown_channel() -> Self {
        Self::new(404, 10003, "Unknown Channel")
    }

    pub fn unknown_message() -> Self {
        Self::new(404, 10008, "Unknown Message")
    }

    pub fn unknown_interaction() -> Self {
        Self::new(404, 10062, "Unknown interaction")
    }

    pub fn missing_access() -> Self {
        Self::new(403, 50001, "Missing Access")
    }

    pub fn empty_message() -> Self {
        Self::new(400, 50006, "Cannot send an empty message")
    }
}

/// What is wrong with a body, each with the path to it.
#[derive(Clone, Debug, Default)]
pub struct Flaws(Vec<(String, &'static str, String)>);

impl Flaws {
    /// Notes a flaw at a dotted path, as `components.0.components.1.label`.
    pub fn add(&mut self, path: impl Into<String>, code: &'static str, message: impl Into<String>) {
        self.0.push((path.into(), code, message.into()));
    }

    pub fn required(&mut self, path: impl Into<String>) {
        self.add(path, "BASE_TYPE_REQUIRED", "This field is required");
    }

    /// A text has `least` to `most` characters.
    pub fn length(&mut self, path: impl Into<String>, text: &str, least: usize, most: usize) {
        let length = text.chars().count();
        if length > most && least <= 1 {
            self.add(path, "BASE_TYPE_MAX_LENGTH", format!("Must be {most} or fewer in length."));
        } else if length < least || length > most {
            self.add(path, "BASE_TYPE_BAD_LENGTH", format!("Must be between {least} and {most} in length."));
        }
    }

    /// A list has `least` to `most` entries.
    pub fn count(&mut self, path: impl Into<String>, count: usize, least: usize, most: usize) {
        if !(least..=most).contains(&count) {
            self.add(path, "BASE_TYPE_BAD_LENGTH", format!("Must be between {least} and {most} in length."));
        }
    }

    /// The same flaws one level deeper.
    pub fn under(self, prefix: &str) -> Self {
        Self(self.0.into_iter().map(|(path, code, message)| (format!("{prefix}{path}"), code, message)).collect())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// One line a flaw, for the list of violations.
    pub fn lines(&self) -> Vec<String> {
        self.0.iter().map(|(path, code, message)| format!("{path}: {code}: {message}")).collect()
    }

    /// The error 50035 with its tree; nothing if nothing is wrong.
    pub fn refusal(&self) -> Option<Refusal> {
        if self.is_empty() {
            return None;
        }
        let mut tree = Value::Object(Map::new());
        for (path, code, message) in &self.0 {
            let mut place = &mut tree;
            for step in path.split('.').filter(|step| !step.is_empty()) {
                place = &mut place[step];
                if place.is_null() {
                    *place = Value::Object(Map::new());
                }
            }
            let mut list = place["_errors"].take().as_array().cloned().unwrap_or_default();
            list.push(json!({ "code": code, "message": message }));
            place["_errors"] = Value::Array(list);
        }
        let body = json!({ "message": "Invalid Form Body", "code": 50035, "errors": tree });
        Some(Refusal { status: 400, body })
    }
}
