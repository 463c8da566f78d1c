//! What Discord says a person did, read from the event as it came: only the fields that are needed, so that whatever else
//! Discord adds does no harm. Total: what is not for us is `None`.
//!
//! Fields: Discord's documentation, "Interaction Object" and "Message Object".

use serde_json::Value;
use serenity::model::id::{ChannelId, InteractionId, MessageId};

use super::PLATFORM;
use super::api::snowflake;
use super::custom_id::{self, Mark};
use crate::chat::{Account, Address, Inbound, InboundId, Reach, Ticket, What, Words};

/// An interaction.
#[derive(Clone, Debug)]
pub struct Interaction {
    /// Its id.
    pub id: InteractionId,
    /// What answers it, for 15 minutes. Never logged.
    pub token: Ticket,
    /// Whether it was done in the direct message with the bot.
    pub in_dm: bool,
    /// What was done.
    pub done: Done,
    /// The message it was done on, and its channel, where it was done on one.
    pub on: Option<(ChannelId, MessageId)>,
    /// Who did it, what it means and where they can be reached.
    pub inbound: Inbound,
}

/// What kind of interaction it is.
#[derive(Clone, Debug)]
pub enum Done {
    /// A command was called, or a form was sent.
    Asked,
    /// Something was pressed or picked.
    Pressed {
        /// What the button's message has to do with a delivery.
        mark: Option<Mark>,
    },
    /// A command's option is being typed.
    Typing {
        /// The command.
        command: String,
        /// The text so far.
        text: Words,
    },
}

/// Reads an `INTERACTION_CREATE`.
pub fn interaction(event: &Value) -> Option<Interaction> {
    let id = snowflake(&event["id"])?;
    let token = Ticket(event["token"].as_str()?.to_owned());
    // In a server the person is a member, in a direct message a user.
    let user = if event["member"]["user"].is_object() { &event["member"]["user"] } else { &event["user"] };
    let person = snowflake(&user["id"])?;
    // 1 is the direct message with the bot; where Discord does not say, it is taken for a place with others in it.
    let mut in_dm = event["context"] == 1;
    let channel = snowflake(&event["channel_id"]);
    let data = &event["data"];
    let (done, what) = match event["type"].as_u64()? {
        2 => (Done::Asked, What::Command { name: data["name"].as_str()?.to_owned(), option: option(data) }),
        3 => {
            let picked = data["values"][0].as_str().or_else(|| data["custom_id"].as_str())?;
            let (action, mark) = custom_id::parse(picked);
            (Done::Pressed { mark }, What::Press(action))
        }
        4 => {
            let command = data["name"].as_str()?.to_owned();
            let text = option(data).unwrap_or_else(|| Words::new(""));
            (Done::Typing { command: command.clone(), text }, What::command(command))
        }
        5 => {
            let (action, opened_in_dm) = custom_id::parse_form(data["custom_id"].as_str()?);
            // Where Discord does not say. Whoever is in a server is a member there, whatever the form claims.
            in_dm |= opened_in_dm && event["context"].is_null() && !event["member"].is_object();
            (Done::Asked, What::Submit { action, fields: fields(data) })
        }
        _ => return None,
    };
    let reach = match channel.filter(|_| in_dm) {
        Some(channel) => Reach::Direct(direct(person, channel)),
        None => Reach::Elsewhere(Address(person.to_string())),
    };
    let inbound = Inbound {
        id: InboundId(id.to_string()),
        account: account(person),
        reach,
        locale: event["locale"].as_str().map(str::to_owned),
        // Elsewhere the interaction gets a line about the answer, and not always the answer itself.
        ticket: in_dm.then(|| token.clone()),
        what,
    };
    let message = &event["message"];
    let on = snowflake(&message["channel_id"]).zip(snowflake(&message["id"]));
    let on = on.map(|(channel, id)| (ChannelId::new(channel), MessageId::new(id)));
    Some(Interaction { id: InteractionId::new(id), token, in_dm, done, on, inbound })
}

/// A direct message that is open: who is in it, and its channel. Before it is open, the address is the person alone.
pub fn direct(person: u64, channel: u64) -> Address {
    Address(format!("{person}/{channel}"))
}

/// An address read back: the person, and the channel of their direct message where it is known.
pub fn read(address: &Address) -> Option<(u64, Option<ChannelId>)> {
    let number = |text: &str| text.parse().ok().filter(|id| (1..u64::MAX).contains(id));
    match address.0.split_once('/') {
        Some((person, channel)) => Some((number(person)?, Some(ChannelId::new(number(channel)?)))),
        None => Some((number(&address.0)?, None)),
    }
}

/// Somebody's account here.
pub fn account(person: u64) -> Account {
    Account { platform: PLATFORM.to_owned(), id: person.to_string() }
}

/// What was typed for the one option a command has.
fn option(data: &Value) -> Option<Words> {
    data["options"][0]["value"].as_str().filter(|text| !text.trim().is_empty()).map(Words::new)
}

/// What was filled in, in the order of the inputs' numbers. Rows of inputs, and labels around inputs as Discord's newer
/// clients may send them.
fn fields(data: &Value) -> Vec<Words> {
    let inputs = data["components"].as_array().into_iter().flatten().filter_map(|row| {
        let input = if row["component"].is_object() { &row["component"] } else { &row["components"][0] };
        let number: usize = input["custom_id"].as_str()?.parse().ok()?;
        Some((number, Words::new(input["value"].as_str()?)))
    });
    let mut inputs: Vec<_> = inputs.collect();
    inputs.sort_by_key(|(number, _)| *number);
    inputs.into_iter().map(|(_, words)| words).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::adapters::discord::messages;
    use crate::chat::DeliveryId;
    use crate::mutate::{self, Edits};

    fn event(kind: u64, more: &Value) -> Value {
        let mut event = json!({
            "id": "900", "token": "secret-of-this-one", "type": kind, "channel_id": "500", "context": 1,
            "user": { "id": "77", "username": "anna" }, "locale": "en-GB", "data": {}, "unheard_of": [1],
        });
        event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        event
    }

    #[test]
    fn a_command_in_the_direct_message_and_one_in_a_server() {
        let data = json!({ "data": { "name": "settings", "options": [{ "name": "zone", "value": "Berlin" }] } });
        let there = interaction(&event(2, &data)).unwrap();
        assert_eq!((there.in_dm, &there.inbound.reach), (true, &Reach::Direct(Address("77/500".into()))));
        assert_eq!(there.inbound.locale.as_deref(), Some("en-GB"));
        let What::Command { name, option: Some(zone) } = there.inbound.what else { panic!("not a command") };
        assert_eq!((name.as_str(), zone.expose()), ("settings", "Berlin"));

        let member =
            json!({ "context": 0, "user": null, "member": { "user": { "id": "78" } }, "data": { "name": "start" } });
        let there = interaction(&event(2, &member)).unwrap();
        assert_eq!((there.in_dm, there.inbound.reach), (false, Reach::Elsewhere(Address("78".into()))));
        assert_eq!(there.inbound.account.id, "78");
        // Where Discord does not say, others may be there.
        let untold = json!({ "context": null, "data": { "name": "start" } });
        assert!(!interaction(&event(2, &untold)).unwrap().in_dm);
    }

    #[test]
    fn a_button_and_a_list_lead_to_their_action() {
        for data in
            [json!({ "custom_id": "1:7:urge#12" }), json!({ "custom_id": "list#12", "values": ["1:7:urge#12"] })]
        {
            let pressed =
                interaction(&event(3, &json!({ "data": data, "message": { "id": "3", "channel_id": "500" } })))
                    .unwrap();
            let What::Press(action) = &pressed.inbound.what else { panic!("not a press") };
            assert_eq!(action.as_str(), "1:7:urge");
            assert!(matches!(pressed.done, Done::Pressed { mark: Some(Mark::Is(DeliveryId(12))) }));
            assert_eq!(pressed.on, Some((ChannelId::new(500), MessageId::new(3))));
        }
    }

    #[test]
    fn a_form_gives_its_fields_in_order_in_rows_and_in_labels() {
        let row = |id: &str, value: &str| json!({ "type": 1, "components": [{ "type": 4, "custom_id": id, "value": value }] });
        let label =
            |id: &str, value: &str| json!({ "type": 18, "component": { "type": 4, "custom_id": id, "value": value } });
        for components in [json!([row("1", "b"), row("0", "a")]), json!([label("1", "b"), label("0", "a")])] {
            let data = json!({ "data": { "custom_id": "1:7:quiet-form", "components": components } });
            let What::Submit { fields, .. } = interaction(&event(5, &data)).unwrap().inbound.what else {
                panic!("no form")
            };
            assert_eq!(fields.iter().map(Words::expose).collect::<Vec<_>>(), ["a", "b"]);
        }
        let place = |more: &Value| {
            let mut sent = json!({ "context": null, "data": { "custom_id": "1:7:zone-form#dm", "components": [] } });
            sent.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let sent = interaction(&event(5, &sent)).unwrap();
            let What::Submit { action, .. } = sent.inbound.what else { panic!("no form") };
            assert_eq!(action.as_str(), "1:7:zone-form");
            sent.in_dm
        };
        assert!(place(&json!({})));
        assert!(!place(&json!({ "member": { "user": { "id": "77" } } })), "a server is a server");
        assert!(!place(&json!({ "context": 2 })));
    }

    #[test]
    fn nothing_that_is_not_for_us_and_nothing_broken() {
        for broken in [
            json!({ "id": "0" }),
            json!({ "id": null }),
            json!({ "token": 3 }),
            json!({ "user": {} }),
            json!({ "type": 99 }),
        ] {
            assert!(interaction(&event(2, &broken)).is_none(), "{broken}");
        }
        assert!(interaction(&json!([])).is_none());
    }

    #[test]
    fn addresses_read_back_and_nothing_shows_a_token() {
        assert_eq!(read(&direct(77, 500)), Some((77, Some(ChannelId::new(500)))));
        assert_eq!(read(&Address("77".into())), Some((77, None)));
        for broken in ["", "0", "x", "77/", "77/0", "anna"] {
            assert_eq!(read(&Address(broken.into())), None, "{broken}");
        }
        let shown = format!("{:?}", interaction(&event(2, &json!({ "data": { "name": "start" } }))));
        assert!(!shown.contains("secret-of-this-one") && !shown.contains("77"), "{shown}");
    }

    /// A fuzz target: whatever comes over the gateway is read or is not for us; nothing of it is shown, and nobody in a
    /// server is taken to be alone with the bot.
    #[test]
    fn any_event_is_read_or_is_not_for_us() {
        let mut seeds = vec![json!({
            "id": "5", "type": 0, "channel_id": "500", "content": "hello", "author": { "id": "77", "bot": false },
            "edited_timestamp": "2026-05-04T18:00:00.000000+00:00", "sticker_items": [{ "id": "1" }],
        })];
        let embed = json!({ "title": "a title", "description": "a page" });
        seeds.push(json!({
            "id": "6", "type": 0, "channel_id": "500", "content": "", "author": { "id": "77" },
            "message_snapshots": [{ "message": { "content": "words", "embeds": [embed], "attachments": [{}] } }],
        }));
        let option = json!({ "name": "settings", "options": [{ "name": "zone", "type": 3, "value": "Berlin" }] });
        let button = json!({ "custom_id": "1:7:urge#12", "component_type": 2 });
        let input = json!({ "type": 4, "custom_id": "0", "value": "words" });
        let form = json!({ "custom_id": "1:7:zone-form#dm", "components": [{ "type": 1, "components": [input] }] });
        let message = json!({ "id": "3", "channel_id": "500" });
        for (kind, data) in [(2, &option), (3, &button), (4, &option), (5, &form)] {
            seeds.push(event(kind, &json!({ "data": data, "message": message })));
            let member = json!({ "user": { "id": "78" }, "roles": [] });
            seeds.push(event(kind, &json!({ "data": data, "context": 0, "user": null, "member": member })));
        }
        bolero::check!().with_type::<Edits>().for_each(|edits| {
            let event = mutate::json(&seeds, edits);
            for (_, read) in [messages::message(&event), messages::edit(&event)].into_iter().flatten() {
                assert_ne!(read.account.id, "0");
            }
            let Some(read) = interaction(&event) else { return };
            assert!(!read.in_dm || event["context"] == 1 || !event["member"].is_object(), "{event}");
            // A mutation may have put the token elsewhere, where it is none.
            let mut elsewhere = event.clone();
            elsewhere["token"] = Value::Null;
            let (shown, secret) = (format!("{read:?}"), "secret-of-this-one");
            assert!(!shown.contains(secret) || elsewhere.to_string().contains(secret), "{shown}");
        });
    }
}
