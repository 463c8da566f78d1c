//! What Discord's own client makes of what a person types: the data of a command, of a form; and what it would not send.

use serde_json::{Value, json};

use super::components::{kind, list};
use super::views::fields;
use super::world::{Place, World};

/// The data of a slash command with its options by name; `focus` is the option being typed.
pub fn command_data(
    world: &World,
    place: Place,
    name: &str,
    options: &[(&str, &str)],
    focus: Option<&str>,
) -> Result<Value, String> {
    let scopes = if place == Place::Server { vec![Some(world.guild), None] } else { vec![None] };
    let mut all = scopes.iter().filter_map(|scope| world.commands.get(scope)).flatten();
    let command =
        all.find(|command| command["name"] == name && command["type"] == 1).ok_or("it is not registered here")?;
    let context = match place {
        Place::Server => 0,
        Place::Dm => 1,
        Place::Private => 2,
    };
    if command["contexts"].is_array() && !list(&command["contexts"]).contains(&json!(context)) {
        return Err(format!("its contexts leave {place:?} out"));
    }
    if place == Place::Private && !list(&command["integration_types"]).contains(&json!(1)) {
        return Err("only a person's own install reaches a private channel".into());
    }
    let known = list(&command["options"]);
    let mut sent = Vec::new();
    for (name, value) in options {
        let option =
            known.iter().find(|option| option["name"] == *name).ok_or_else(|| format!("no option {name:?}"))?;
        let is_focused = focus == Some(*name);
        let typed = if is_focused { json!(value) } else { typed(option, value)? };
        let mut one = json!({ "name": name, "type": option["type"], "value": typed });
        if is_focused {
            one["focused"] = json!(true);
        }
        sent.push(one);
    }
    let missing =
        known.iter().find(|option| option["required"] == true && !sent.iter().any(|one| one["name"] == option["name"]));
    if let (Some(missing), None) = (missing, focus) {
        return Err(format!("option {} is required", missing["name"]));
    }
    let mut data = json!({ "id": command["id"], "name": name, "type": 1 });
    if !sent.is_empty() {
        data["options"] = json!(sent);
    }
    if !command["guild_id"].is_null() {
        data["guild_id"] = command["guild_id"].clone();
    }
    Ok(data)
}

/// A value of an option as its type has it.
fn typed(option: &Value, value: &str) -> Result<Value, String> {
    let wrong = || format!("{value:?} does not fit option {}", option["name"]);
    let typed = match option["type"].as_u64() {
        Some(4) => json!(value.parse::<i64>().map_err(|_| wrong())?),
        Some(5) => json!(value.parse::<bool>().map_err(|_| wrong())?),
        Some(10) => json!(value.parse::<f64>().map_err(|_| wrong())?),
        _ => json!(value),
    };
    let choices = list(&option["choices"]);
    if !choices.is_empty() && !choices.iter().any(|choice| choice["value"] == typed) {
        return Err(wrong());
    }
    let length = value.chars().count() as u64;
    let too_short = option["min_length"].as_u64().is_some_and(|least| length < least);
    let too_long = option["max_length"].as_u64().is_some_and(|most| length > most);
    if option["type"] == 3 && (too_short || too_long) { Err(wrong()) } else { Ok(typed) }
}

/// The data of a modal submit.
pub fn modal_data(modal: &Value, values: &[(&str, &str)]) -> Result<Value, String> {
    let known = fields(modal);
    if let Some((name, _)) = values.iter().find(|(name, _)| !known.iter().any(|field| field.custom_id == *name)) {
        return Err(format!("the form has no field {name:?}"));
    }
    let mut rows = Vec::new();
    let mut number = 0;
    for row in list(&modal["components"]) {
        number += 1;
        let row_id = number;
        let is_label = kind(row) == 18;
        let input = if is_label { &row["component"] } else { &row["components"][0] };
        let Some(field) = known.iter().find(|field| input["custom_id"] == field.custom_id.as_str()) else { continue };
        let value =
            values.iter().find(|(name, _)| *name == field.custom_id).map_or(field.value.as_str(), |(_, value)| value);
        let length = value.chars().count();
        if field.is_required && length == 0 {
            return Err(format!("{:?} must be filled in", field.custom_id));
        }
        if length > field.max || length > 0 && length < field.min {
            return Err(format!("{:?} takes {} to {} characters", field.custom_id, field.min, field.max));
        }
        number += 1;
        let given = json!({ "type": 4, "id": number, "custom_id": field.custom_id, "value": value });
        rows.push(if is_label {
            json!({ "type": 18, "id": row_id, "component": given })
        } else {
            json!({ "type": 1, "id": row_id, "components": [given] })
        });
    }
    Ok(json!({ "custom_id": modal["custom_id"], "components": rows }))
}
