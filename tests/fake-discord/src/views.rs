//! What a test sees: the screens of people, what the bot asked for, and what it got wrong.

use std::time::Instant;

use serde_json::Value;

use super::components::{kind, list, walk};
use super::world::{Attachment, Post};

/// One HTTP request, in the order in which they were processed. Its status is what was decided, even if the answer was
/// lost on the way; 0 is a request that was never looked at (a reset, a hang).
#[derive(Clone, Debug)]
pub struct Recorded {
    /// Such as `POST`.
    pub method: String,
    /// The path with `/api/v10` and its query.
    pub path: String,
    /// Its JSON.
    pub body: Value,
    /// What was answered.
    pub status: u16,
    /// When it arrived.
    pub at: Instant,
}

/// Something to press or to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pressable {
    /// Empty for a link.
    pub custom_id: String,
    /// What stands on it.
    pub label: String,
    /// Whether it cannot be used.
    pub disabled: bool,
    /// For an option of a select menu: its value.
    pub value: Option<String>,
}

/// A message as a person sees it now.
#[derive(Clone, Debug)]
pub struct Message {
    /// Its id.
    pub id: u64,
    /// The channel it stands in.
    pub channel: u64,
    /// Whether the bot wrote it.
    pub is_by_bot: bool,
    /// Whether one person alone sees it.
    pub is_ephemeral: bool,
    /// Whether it was changed since.
    pub is_edited: bool,
    /// As the API shows it.
    pub json: Value,
    /// Its files.
    pub attachments: Vec<Attachment>,
}

impl Message {
    pub(crate) fn new(post: &Post, json: Value) -> Self {
        Self {
            id: post.id,
            channel: post.channel,
            is_by_bot: post.author.is_none(),
            is_ephemeral: post.only_for.is_some(),
            is_edited: post.edited.is_some(),
            json,
            attachments: post.attachments.clone(),
        }
    }

    /// All text in the order of the screen: content, embeds, text displays; one a line.
    pub fn text(&self) -> String {
        let mut lines: Vec<&str> = vec![self.json["content"].as_str().unwrap_or_default()];
        for embed in list(&self.json["embeds"]) {
            lines.extend(["title", "description"].iter().filter_map(|key| embed[key].as_str()));
            for field in list(&embed["fields"]) {
                lines.extend(["name", "value"].iter().filter_map(|key| field[key].as_str()));
            }
            lines.extend(embed["footer"]["text"].as_str());
        }
        for part in walk(&self.json["components"]) {
            if kind(part) == 10 {
                lines.extend(part["content"].as_str());
            }
        }
        lines.retain(|line| !line.is_empty());
        lines.join("\n")
    }

    /// All buttons and all options of select menus, in order. A link has an empty `custom_id`.
    pub fn choices(&self) -> Vec<Pressable> {
        let mut found = Vec::new();
        let text = |of: &Value, key: &str| of[key].as_str().unwrap_or_default().to_owned();
        for part in walk(&self.json["components"]) {
            let disabled = part["disabled"] == true;
            match kind(part) {
                2 => {
                    let label = part["label"].as_str().or_else(|| part["emoji"]["name"].as_str()).unwrap_or_default();
                    let custom_id = text(part, "custom_id");
                    found.push(Pressable { custom_id, label: label.to_owned(), disabled, value: None });
                }
                3 => found.extend(list(&part["options"]).iter().map(|option| Pressable {
                    custom_id: text(part, "custom_id"),
                    label: text(option, "label"),
                    disabled,
                    value: Some(text(option, "value")),
                })),
                _ => {}
            }
        }
        found
    }

    /// The first button or option with that label.
    pub fn choice(&self, label: &str) -> Option<Pressable> {
        self.choices().into_iter().find(|choice| choice.label == label)
    }
}

/// The first answer to an interaction.
#[derive(Clone, Debug)]
pub struct Answer {
    /// 4 a message, 5 "is thinking", 6 nothing yet, 7 an update, 8 suggestions, 9 a form.
    pub kind: u64,
    /// The `data` of the callback, as it was sent.
    pub data: Value,
    /// The message as it is now: the new one, or the one the component is on.
    pub message: Option<Message>,
    /// From the dispatch to the callback.
    pub after: std::time::Duration,
}

/// A field of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// What it is sent back by.
    pub custom_id: String,
    /// What stands above it.
    pub label: String,
    /// What stands in it.
    pub value: String,
    /// Whether it may be left empty.
    pub is_required: bool,
    /// The fewest characters.
    pub min: usize,
    /// The most characters.
    pub max: usize,
}

impl Answer {
    /// Whether a form came back.
    pub fn is_form(&self) -> bool {
        self.kind == 9
    }

    /// The title of a form.
    pub fn title(&self) -> &str {
        self.data["title"].as_str().unwrap_or_default()
    }

    /// The text of its message; of a form its title.
    pub fn text(&self) -> String {
        self.message.as_ref().map_or_else(|| self.title().to_owned(), Message::text)
    }

    /// What its message offers.
    pub fn choices(&self) -> Vec<Pressable> {
        self.message.as_ref().map(Message::choices).unwrap_or_default()
    }

    /// The fields of a form in order, with what stands in them already.
    pub fn fields(&self) -> Vec<Field> {
        fields(&self.data)
    }
}

/// The text inputs of a modal.
pub fn fields(modal: &Value) -> Vec<Field> {
    let mut found = Vec::new();
    for row in list(&modal["components"]) {
        let input = if kind(row) == 18 { &row["component"] } else { &row["components"][0] };
        if kind(input) != 4 {
            continue;
        }
        let label = row["label"].as_str().or_else(|| input["label"].as_str()).unwrap_or_default();
        let number =
            |key: &str, otherwise: u64| usize::try_from(input[key].as_u64().unwrap_or(otherwise)).unwrap_or(usize::MAX);
        found.push(Field {
            custom_id: input["custom_id"].as_str().unwrap_or_default().to_owned(),
            label: label.to_owned(),
            value: input["value"].as_str().unwrap_or_default().to_owned(),
            is_required: input["required"] != false,
            min: number("min_length", 0),
            max: number("max_length", 4000),
        });
    }
    found
}
