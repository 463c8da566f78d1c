//! A reply as Discord shows it: a container with an accent colour, its text, and below it rows of buttons, or a list where
//! there are many. Every payload comes from here, so none can ping anyone.
//!
//! Components V2 rather than an embed: people who have switched embeds off would see an empty message.
//! Rules and limits: Discord's documentation, "Component Reference" and "Interaction Response Object".

use serde_json::{Value, json};
use serenity::builder::{
    CreateActionRow, CreateButton, CreateInputText, CreateModal, CreateSelectMenu, CreateSelectMenuKind,
    CreateSelectMenuOption,
};
use serenity::model::application::{ButtonStyle, InputTextStyle};

use super::custom_id::{self, Mark};
use crate::chat::{Accent, Action, Attachment, Choice, DeliveryId, Field, Form, Reply, Style};

/// The message is made of components alone (`IS_COMPONENTS_V2`).
const COMPONENTS_V2: u64 = 1 << 15;

/// Only the person who acted sees it (`EPHEMERAL`).
const EPHEMERAL: u64 = 1 << 6;

/// Buttons a row.
const ROW: usize = 5;

/// More choices than this are a list to pick from.
const BUTTONS: usize = 10;

/// The custom id of a list; what is picked from it has its own.
const LIST: &str = "list";

/// Components for which serenity 0.12 has no builder: those of Components V2. Their JSON is written here alone, in
/// [`message`]; rows, buttons, lists and modals are serenity's.
mod kind {
    pub const TEXT: u64 = 10;
    pub const FILE: u64 = 13;
    pub const CONTAINER: u64 = 17;
}

/// An action row.
const ACTION_ROW: u64 = 1;

/// Who sees a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Whoever is in the channel: only ever used in the direct message.
    InDm,
    /// The person who acted, and nobody else.
    ByOne,
}

/// A message. `mark` says what it has to do with a delivery.
#[must_use]
pub fn message(reply: &Reply, mark: Option<Mark>, seen: Seen) -> Value {
    let heading = reply.heading.as_ref().map(|heading| format!("## {heading}\n")).unwrap_or_default();
    let text = json!({ "type": kind::TEXT, "content": format!("{heading}{}", reply.body) });
    let container = json!({ "type": kind::CONTAINER, "accent_color": colour(reply.accent), "components": [text] });
    let mut components = vec![container];
    // A file that no component shows is refused in a message of components.
    let file =
        |file: &Attachment| json!({ "type": kind::FILE, "file": { "url": format!("attachment://{}", file.name) } });
    components.extend(reply.files.iter().map(file));
    components.extend(rows(&reply.choices, mark).into_iter().map(|row| json!(row)));
    let mut message = json!({ "flags": flags(seen), "components": components, "allowed_mentions": { "parse": [] } });
    if !reply.files.is_empty() {
        let named = |(id, file): (usize, &Attachment)| json!({ "id": id.to_string(), "filename": file.name });
        message["attachments"] = reply.files.iter().enumerate().map(named).collect();
    }
    message
}

/// The flags of a message that is still to come.
#[must_use]
pub fn flags(seen: Seen) -> u64 {
    match seen {
        Seen::InDm => COMPONENTS_V2,
        Seen::ByOne => COMPONENTS_V2 | EPHEMERAL,
    }
}

/// A message that was there, without its choices; `None` where it has none, or nothing else.
#[must_use]
pub fn without_choices(message: &Value) -> Option<Value> {
    let components = message["components"].as_array()?;
    let kept: Vec<_> = components.iter().filter(|component| component["type"] != ACTION_ROW).collect();
    let fewer = !kept.is_empty() && kept.len() < components.len();
    fewer.then(|| json!({ "flags": COMPONENTS_V2, "components": kept, "allowed_mentions": { "parse": [] } }))
}

/// Which delivery a message is, as far as its choices tell.
#[must_use]
pub fn delivery(message: &Value) -> Option<DeliveryId> {
    let named = |text: &Value| match custom_id::parse(text.as_str()?).1 {
        Some(Mark::Is(id)) => Some(id),
        Some(Mark::Of(_)) | None => None,
    };
    match message {
        Value::Object(fields) => {
            let inner = || fields.get("components").and_then(delivery);
            fields.get("custom_id").and_then(named).or_else(inner)
        }
        Value::Array(components) => components.iter().find_map(delivery),
        _ => None,
    }
}

/// A form as a modal.
#[must_use]
pub fn modal(form: &Form, seen: Seen) -> Value {
    let input = |(index, field): (usize, &Field)| {
        let style = if field.long { InputTextStyle::Paragraph } else { InputTextStyle::Short };
        let mut input = CreateInputText::new(style, &field.label, index.to_string())
            .max_length(field.max)
            .required(!field.optional);
        if !field.hint.is_empty() {
            input = input.placeholder(&field.hint);
        }
        CreateActionRow::InputText(input)
    };
    let components = form.fields.iter().enumerate().map(input).collect();
    let custom_id = custom_id::compose_form(&form.action, seen == Seen::InDm);
    json!(CreateModal::new(custom_id, &form.title).components(components))
}

fn rows(choices: &[Choice], mark: Option<Mark>) -> Vec<CreateActionRow> {
    if choices.len() > BUTTONS {
        let option =
            |choice: &Choice| CreateSelectMenuOption::new(&choice.label, custom_id::compose(&choice.action, mark));
        let options = CreateSelectMenuKind::String { options: choices.iter().map(option).collect() };
        let list = custom_id::compose(&Action::from_wire(LIST), mark);
        return vec![CreateActionRow::SelectMenu(CreateSelectMenu::new(list, options))];
    }
    let button = |choice: &Choice| {
        let style = match choice.style {
            Style::Primary => ButtonStyle::Primary,
            Style::Plain => ButtonStyle::Secondary,
            Style::Danger => ButtonStyle::Danger,
        };
        CreateButton::new(custom_id::compose(&choice.action, mark)).style(style).label(&choice.label)
    };
    choices.chunks(ROW).map(|choices| CreateActionRow::Buttons(choices.iter().map(button).collect())).collect()
}

/// The colour of each part of the journey: from cool to warm as it goes on, and never an alarm's red.
const fn colour(accent: Accent) -> u32 {
    match accent {
        Accent::Shell => 0x8e_9a_af,
        Accent::Safety => 0xc9_8b_5a,
        Accent::Reasons => 0x5b_7d_b1,
        Accent::Cooloff => 0x4f_8f_a8,
        Accent::Stage(2) => 0x4f_9d_8d,
        Accent::Stage(3) => 0x6f_a8_6b,
        Accent::Stage(4) => 0x9d_b0_55,
        Accent::Stage(5) => 0xc9_ae_4c,
        Accent::Stage(_) => 0xd8_9c_54,
        Accent::Letgo => 0x8f_7f_b5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(choices: usize) -> Reply {
        let choice = |index| Choice {
            action: Action::compose(7, &format!("mood:{index}:1")),
            label: format!("Mood {index}"),
            style: Style::Plain,
        };
        Reply {
            heading: Some("Day 2".into()),
            body: "How is it?".into(),
            choices: (0..choices).map(choice).collect(),
            accent: Accent::Cooloff,
            files: Vec::new(),
            deletes_pressed: false,
        }
    }

    #[test]
    fn a_message_has_its_text_its_buttons_and_pings_nobody() {
        let sent = message(&reply(7), Some(Mark::Is(DeliveryId(12))), Seen::InDm);
        assert_eq!(sent["components"][0]["components"][0]["content"], "## Day 2\nHow is it?");
        assert_eq!(sent["components"][1]["components"].as_array().unwrap().len(), 5);
        assert_eq!(sent["components"][2]["components"][1]["custom_id"], "1:7:mood:6:1#12");
        assert_eq!(sent["allowed_mentions"], json!({ "parse": [] }));
        assert_eq!(sent["flags"], COMPONENTS_V2);
        assert_eq!(message(&reply(1), None, Seen::ByOne)["flags"], COMPONENTS_V2 | EPHEMERAL);
    }

    #[test]
    fn many_choices_are_a_list() {
        let sent = message(&reply(20), Some(Mark::Is(DeliveryId(12))), Seen::InDm);
        let rows = sent["components"].as_array().unwrap();
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[1]["components"][0]["options"].as_array().unwrap().len(), 20);
    }

    #[test]
    fn a_message_is_found_by_its_delivery_and_nothing_else() {
        for choices in [1, 7, 20] {
            let sent = message(&reply(choices), Some(Mark::Is(DeliveryId(12))), Seen::InDm);
            assert_eq!(delivery(&sent), Some(DeliveryId(12)), "{choices} choices");
        }
        assert_eq!(delivery(&message(&reply(3), None, Seen::InDm)), None);
        let about = message(&reply(3), Some(Mark::Of(DeliveryId(12))), Seen::ByOne);
        assert_eq!(delivery(&about), None, "what only speaks of it is not it");
    }

    #[test]
    fn an_answered_question_keeps_its_text_and_loses_its_buttons() {
        let sent = message(&reply(7), Some(Mark::Is(DeliveryId(12))), Seen::InDm);
        let left = without_choices(&sent).unwrap();
        assert_eq!(left["components"], json!([sent["components"][0]]));
        assert_eq!(without_choices(&left), None);
        assert_eq!(without_choices(&json!({ "content": "old" })), None);
    }

    #[test]
    fn a_form_is_a_modal_with_numbered_inputs() {
        let field =
            |hint: &str, long| Field { label: "Note".into(), hint: hint.into(), long, max: 4000, optional: false };
        let action = Action::compose(7, "card-note:fix");
        let form = Form { action, title: "A note".into(), fields: vec![field("", true), field("22:00", false)] };
        let modal = modal(&form, Seen::InDm);
        assert_eq!(modal["custom_id"], "1:7:card-note:fix#dm");
        assert_eq!(modal["components"][0]["components"][0]["style"], 2);
        assert_eq!(modal["components"][0]["components"][0].get("placeholder"), None);
        assert_eq!(modal["components"][1]["components"][0]["placeholder"], "22:00");
        assert_eq!(modal["components"][1]["components"][0]["custom_id"], "1");
    }
}
