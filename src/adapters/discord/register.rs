//! The one command table as Discord's bulk registration takes it, and what Discord would refuse of it.
//!
//! Limits: Discord's documentation, "Application Command Object" and "Application Command Naming".

use std::collections::BTreeSet;

use serenity::builder::CreateCommand;
use serenity::model::application::{CommandType, InstallationContext, InteractionContext};

use crate::chat::Command;

/// Discord takes so many global commands of an application.
const MOST: usize = 100;

/// The longest name, in characters.
const NAME: usize = 32;

/// The longest description, in characters.
const DESCRIPTION: usize = 100;

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
    };
    commands.iter().map(command).collect()
}

/// What Discord would refuse, one sentence each; empty if it takes them all.
#[must_use]
pub fn problems(commands: &[Command]) -> Vec<String> {
    let mut problems = Vec::new();
    if commands.len() > MOST {
        problems.push(format!("{} commands are more than Discord's {MOST}", commands.len()));
    }
    let mut names = BTreeSet::new();
    for Command { name, description } in commands {
        let plain = |c: char| c == '-' || c == '_' || c.is_alphanumeric() && !c.is_uppercase();
        if !(1..=NAME).contains(&name.chars().count()) || !name.chars().all(plain) {
            problems.push(format!("/{name}: a name has 1 to {NAME} lower-case letters, digits, - or _"));
        }
        if !(1..=DESCRIPTION).contains(&description.chars().count()) {
            problems.push(format!("/{name}: a description has 1 to {DESCRIPTION} characters"));
        }
        if !names.insert(name) {
            problems.push(format!("/{name}: there are two of that name"));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(name: &str, description: &str) -> Command {
        Command { name: name.into(), description: description.into() }
    }

    #[test]
    fn the_payload_names_both_installs_and_all_three_places() {
        let sent = serde_json::to_value(payload(&[command("start", "Begin")])).unwrap();
        assert_eq!(sent[0]["name"], "start");
        assert_eq!(sent[0]["type"], 1);
        assert_eq!(sent[0]["integration_types"], serde_json::json!([0, 1]));
        assert_eq!(sent[0]["contexts"], serde_json::json!([0, 1, 2]));
    }

    #[test]
    fn what_discord_would_refuse_is_found() {
        assert!(problems(&[command("start", "Begin"), command("let-go", "Let go")]).is_empty());
        for (name, description) in [("Start", "x"), ("", "x"), ("a b", "x"), ("start", "")] {
            assert_eq!(problems(&[command(name, description)]).len(), 1, "{name}");
        }
        assert_eq!(problems(&[command("start", &"x".repeat(101))]).len(), 1);
        assert_eq!(problems(&[command("start", "x"), command("start", "y")]).len(), 1);
        assert_eq!(problems(&(0..101).map(|n| command(&format!("c{n}"), "x")).collect::<Vec<_>>()).len(), 1);
    }
}
