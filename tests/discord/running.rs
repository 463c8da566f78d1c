//! What the operator meets: starting, ending, refusals, and a gateway with moods.

use std::process::Command;

use super::*;
use fake_discord::{Fault, FaultAction};

#[tokio::test(flavor = "multi_thread")]
async fn commands_are_registered_only_where_they_changed() {
    let (town, running) = Town::new().await;
    let puts = |town: &Town| town.discord.count_requests(|request| request.method == "PUT");
    // The commands are there a moment before their request is on record.
    assert!(town.discord.wait_until(|_| puts(&town) == 1, LONG).await);
    for command in town.discord.commands() {
        assert_eq!(command["contexts"], serde_json::json!([0, 1, 2]), "{command}");
        assert_eq!(command["integration_types"], serde_json::json!([0, 1]), "{command}");
    }
    assert!(running.end().success());
    let _running = town.start(town.bot.start(None)).await;
    let asked = |town: &Town| {
        town.discord.count_requests(|request| request.method == "GET" && request.path.contains("/commands")) == 2
    };
    assert!(town.discord.wait_until(|_| asked(&town), LONG).await);
    town.command(&town.discord.person("anna"), Place::Dm, "help").await;
    assert_eq!(puts(&town), 1);
    let intents = &town.discord.gateway().identifies()[0]["intents"];
    assert_eq!(*intents, 1 << 12, "direct messages, and nothing else");
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn it_ends_well_when_asked_also_while_the_gateway_is_down() {
    let (town, running) = Town::new().await;
    assert!(running.end().success(), "{}", town.bot.log());
    town.discord.gateway().refuse(true);
    town.discord.gateway().drop_connections();
    let running = town.bot.start(None);
    let asked = town.discord.wait_until(|discord| discord.gateway().refused() > 0, LONG).await;
    assert!(running.end().success(), "{asked}\n{}", town.bot.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn it_ends_well_when_asked_while_discord_does_not_answer_at_all() {
    let discord = FakeDiscord::start().await;
    let bot = BotProcess::new(&discord);
    discord.fault(Fault::new("GET", "", FaultAction::Hang).times(9));
    let running = bot.start(None);
    assert!(discord.wait_until(|discord| !discord.requests().is_empty(), LONG).await);
    // The request itself is waited for far longer than a test waits for the end.
    assert!(running.end().success(), "{}", bot.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_refused_and_a_configuration_that_is_wrong_are_told_apart() {
    let discord = FakeDiscord::start().await;
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("rekindle.toml");
    let run = |text: &str, token: Option<&str>| {
        std::fs::write(&config, text).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_rekindle"));
        command.args(["run", "--config"]).arg(&config).env_remove("DISCORD_TOKEN").env_remove("REKINDLE_KEY");
        command.envs(token.map(|token| ("DISCORD_TOKEN", token)));
        let output = command.output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let store = format!("[storage]\npath = \"{}\"\n", folder.path().join("a.db").display());
    let there = format!("{store}[discord]\napi_base = \"{}\"\n", discord.base());
    let (code, said) = run(&there, Some("wrong"));
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("refuses the token") && !said.contains("wrong"), "{said}");
    let (code, said) = run(&there, None);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("discord.token") && said.contains("DISCORD_TOKEN"), "{said}");
    let (code, said) = run(&format!("{there}tokn = \"x\"\n"), Some("x"));
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("rekindle.toml:5: discord.tokn: unknown field"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_links_for_installing_ask_for_nothing_more_than_is_needed() {
    let discord = FakeDiscord::start().await;
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("rekindle.toml");
    std::fs::write(&config, format!("[discord]\napi_base = \"{}\"\n", discord.base())).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_rekindle"));
    let output =
        command.args(["invite", "--config"]).arg(&config).env("DISCORD_TOKEN", discord.token()).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8(output.stdout).unwrap();
    let id = discord.application_id();
    assert!(said.contains(&format!("client_id={id}&scope=bot+applications.commands&permissions=0")), "{said}");
    assert!(said.contains("integration_type=1"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_drops_is_resumed_and_one_that_forgets_is_joined_again() {
    let (town, _running) = Town::new().await;
    let anna = town.discord.person("anna");
    town.agrees(&anna).await;
    town.discord.gateway().drop_connections();
    // Asked while nobody listens: told when the session is resumed.
    let asked = town.discord.command(&anna, Place::Dm, "help", &[]).await;
    assert!(town.answer(&asked).await.text().contains("/cooloff"));
    assert_eq!(town.discord.gateway().identifies().len(), 1, "the session goes on");
    town.discord.gateway().ask_reconnect();
    let resumed = town.discord.wait_until(|discord| discord.gateway().resumes().len() >= 2, LONG).await;
    assert!(resumed, "{}", town.bot.log());
    town.discord.gateway().invalidate(false);
    let joined = town
        .discord
        .wait_until(|discord| discord.gateway().identifies().len() == 2 && discord.gateway().live() == 1, LONG);
    assert!(joined.await, "{}", town.bot.log());
    assert!(town.command(&anna, Place::Dm, "help").await.text().contains("/cooloff"));
    town.is_well();
}
