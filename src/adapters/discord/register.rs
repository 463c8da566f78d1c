//! The one command table as Discord's bulk registration takes it, what Discord would refuse of it, and whether Discord
//! has it already.
//!
//! Limits: Discord's documentation, "Application Command Object" and "Application Command Naming".

use std::collections::BTreeSet;

use serde_json::Value;
use serenity::builder::{CreateCommand, CreateCommandOption};
use serenity::model::application::{CommandOptionType, CommandType, InstallationContext, InteractionContext};
use serenity::model::id::{ApplicationId, GuildId};

use super::api::{Api, Refusal};
use crate::chat::{Command, CommandOption};

/// Discord takes so many global commands of an application.
const MOST: usize = 100;

/// The longest name, in characters.
const NAME: usize = 32;

/// The longest description, in characters.
const DESCRIPTION: usize = 100;

/// What of a registered command is compared; Discord adds ids, versions and its own defaults.
const COMPARED: [&str; 3] = ["name", "description", "type"];

/// The commands as Discord takes them: for a server and for a person's own install, in servers, in the bot's direct
/// messages and in private channels.
#[must_use]
pub fn payload(commands: &[Command]) -> Vec<CreateCommand> {
    let command = |command: &Command| {
        CreateCommand::new(&command.name)
            .kind(CommandType::ChatInput)
            .description(&command.description)
            .integration_types(vec![InstallationContext::Guild, InstallationContext::User])
            .contexts(vec![InteractionContext::Guild, InteractionContext::BotDm, InteractionContext::PrivateChannel])
            .set_options(command.option.iter().map(option).collect())
    };
    commands.iter().map(command).collect()
}

fn option(option: &CommandOption) -> CreateCommandOption {
    CreateCommandOption::new(CommandOptionType::String, &option.name, &option.description).set_autocomplete(true)
}

/// Registers the commands, everywhere or in one server alone, where Discord does not have them yet. Says whether it did.
///
/// # Errors
/// Every [`Refusal`].
pub async fn register(
    api: &Api,
    application: ApplicationId,
    server: Option<GuildId>,
    commands: &[Command],
) -> Result<bool, Refusal> {
    let wanted = payload(commands).iter().map(serde_json::to_value).collect::<Result<Vec<_>, _>>();
    let wanted = wanted.map_err(|_| Refusal::Unsent)?;
    if is_registered(&api.commands(application, server).await?, &wanted) {
        return Ok(false);
    }
    api.register(application, server, &wanted).await.map(|()| true)
}

/// Whether what Discord has is what would be registered. Registering again is harmless, but Discord limits how often.
#[must_use]
fn is_registered(there: &[Value], wanted: &[Value]) -> bool {
    let same = |there: &Value, wanted: &Value| {
        let option = |command: &Value| {
            let option = &command["options"][0];
            [&option["name"], &option["description"], &option["autocomplete"]].map(Clone::clone)
        };
        COMPARED.iter().all(|key| there[key] == wanted[key])
            && ["contexts", "integration_types"].iter().all(|key| as_set(&there[key]) == as_set(&wanted[key]))
            && option(there) == option(wanted)
    };
    there.len() == wanted.len() && wanted.iter().all(|wanted| there.iter().any(|there| same(there, wanted)))
}

fn as_set(numbers: &Value) -> BTreeSet<i64> {
    numbers.as_array().into_iter().flatten().filter_map(Value::as_i64).collect()
}

/// What Discord would refuse, one sentence each; empty if it takes them all.
#[must_use]
pub fn problems(commands: &[Command]) -> Vec<String> {
    let mut problems = Vec::new();
    if commands.len() > MOST {
        problems.push(format!("{} commands are more than Discord's {MOST}", commands.len()));
    }
    let mut names = BTreeSet::new();
    for Command { name, description, option } in commands {
        problems.extend(fits(&format!("/{name}"), name, description));
        if let Some(CommandOption { name: option, description }) = option {
            problems.extend(fits(&format!("/{name} {option}"), option, description));
        }
        if !names.insert(name) {
            problems.push(format!("/{name}: there are two of that name"));
        }
    }
    problems
}

/// What is wrong with a name and its description.
fn fits(shown: &str, name: &str, description: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let plain = |c: char| c == '-' || c == '_' || c.is_alphanumeric() && !c.is_uppercase();
    if !(1..=NAME).contains(&name.chars().count()) || !name.chars().all(plain) {
        problems.push(format!("{shown}: a name has 1 to {NAME} lower-case letters, digits, - or _"));
    }
    if !(1..=DESCRIPTION).contains(&description.chars().count()) {
        problems.push(format!("{shown}: a description has 1 to {DESCRIPTION} characters"));
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(name: &str, description: &str) -> Command {
        Command { name: name.into(), description: description.into(), option: None }
    }

    fn with_option(name: &str) -> Command {
        let option = Some(CommandOption { name: name.into(), description: "A city".into() });
        Command { option, ..command("settings", "Settings") }
    }

    fn sent(commands: &[Command]) -> Vec<Value> {
        payload(commands).iter().map(|command| serde_json::to_value(command).unwrap()).collect()
    }

    #[test]
    fn the_payload_names_both_installs_and_all_three_places() {
        let sent = sent(&[command("start", "Begin"), with_option("zone")]);
        assert_eq!(sent[0]["name"], "start");
        assert_eq!(sent[0]["type"], 1);
        assert_eq!(sent[0]["integration_types"], serde_json::json!([0, 1]));
        assert_eq!(sent[0]["contexts"], serde_json::json!([0, 1, 2]));
        assert_eq!(sent[1]["options"][0]["type"], 3);
        assert_eq!(sent[1]["options"][0]["autocomplete"], true);
    }

    #[test]
    fn what_discord_would_refuse_is_found() {
        assert!(problems(&[command("start", "Begin"), command("let-go", "Let go"), with_option("zone")]).is_empty());
        for (name, description) in [("Start", "x"), ("", "x"), ("a b", "x"), ("start", "")] {
            assert_eq!(problems(&[command(name, description)]).len(), 1, "{name}");
        }
        assert_eq!(problems(&[with_option("Time Zone")]).len(), 1);
        assert_eq!(problems(&[command("start", &"x".repeat(101))]).len(), 1);
        assert_eq!(problems(&[command("start", "x"), command("start", "y")]).len(), 1);
        assert_eq!(problems(&(0..101).map(|n| command(&format!("c{n}"), "x")).collect::<Vec<_>>()).len(), 1);
    }

    #[test]
    fn only_a_change_is_registered_again() {
        let wanted = sent(&[command("start", "Begin"), with_option("zone")]);
        let mut there = wanted.clone();
        there.reverse();
        // As Discord gives them back: ids, and defaults that were not sent.
        for command in &mut there {
            command["id"] = "12".into();
            command["nsfw"] = false.into();
            command["contexts"] = serde_json::json!([2, 0, 1]);
        }
        assert!(is_registered(&there, &wanted));
        for changed in [
            sent(&[command("start", "Begin again"), with_option("zone")]),
            sent(&[command("start", "Begin"), with_option("place")]),
            sent(&[command("start", "Begin"), command("settings", "Settings")]),
            sent(&[command("start", "Begin")]),
        ] {
            assert!(!is_registered(&there, &changed));
        }
    }
}
