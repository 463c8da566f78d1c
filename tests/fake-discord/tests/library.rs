//! The fake faced by serenity, which reads every object into types: what it cannot read it drops.

use serenity::all::{
    ClientBuilder, Command, Context, CreateAllowedMentions, CreateCommand, CreateInteractionResponse,
    CreateInteractionResponseMessage, CreateMessage, EventHandler, GatewayIntents, HttpBuilder, Interaction, Message,
};
use serenity::async_trait;
use serenity::builder::{CreateActionRow, CreateButton, CreateInputText, CreateModal, CreateSelectMenu};
use serenity::builder::{CreateSelectMenuKind, CreateSelectMenuOption};
use serenity::model::application::InputTextStyle;
use serenity::model::gateway::Ready;

use crate::client::SOON;
use fake_discord::{FakeDiscord, Place};

/// Answers each kind of interaction with the next, and every message with a message.
struct Echo;

fn says(text: &str) -> CreateInteractionResponseMessage {
    CreateInteractionResponseMessage::new().content(text).allowed_mentions(CreateAllowedMentions::new())
}

#[async_trait]
impl EventHandler for Echo {
    async fn ready(&self, ctx: Context, ready: Ready) {
        ctx.http.set_application_id(ready.application.id);
        let start = CreateCommand::new("start").description("Begin");
        Command::set_global_commands(&ctx.http, vec![start]).await.unwrap();
    }

    async fn message(&self, ctx: Context, message: Message) {
        if !message.author.bot {
            let echo = CreateMessage::new().content(message.content).allowed_mentions(CreateAllowedMentions::new());
            message.channel_id.send_message(&ctx.http, echo).await.unwrap();
        }
    }

    async fn interaction_create(&self, ctx: Context, interaction: Interaction) {
        match interaction {
            Interaction::Command(command) => {
                let menu = CreateSelectMenuKind::String { options: vec![CreateSelectMenuOption::new("One", "1")] };
                let rows = vec![
                    CreateActionRow::Buttons(vec![CreateButton::new("go").label("Go")]),
                    CreateActionRow::SelectMenu(CreateSelectMenu::new("pick", menu)),
                ];
                let answer = CreateInteractionResponse::Message(says("hello").ephemeral(true).components(rows));
                command.create_response(&ctx.http, answer).await.unwrap();
                assert_eq!(command.get_response(&ctx.http).await.unwrap().components.len(), 2);
            }
            Interaction::Component(pressed) if pressed.data.custom_id == "pick" => {
                let update = CreateInteractionResponse::UpdateMessage(says("picked").components(Vec::new()));
                pressed.create_response(&ctx.http, update).await.unwrap();
            }
            Interaction::Component(pressed) => {
                let row = CreateActionRow::InputText(CreateInputText::new(InputTextStyle::Short, "Say", "words"));
                let form = CreateInteractionResponse::Modal(CreateModal::new("form", "Words").components(vec![row]));
                pressed.create_response(&ctx.http, form).await.unwrap();
            }
            Interaction::Modal(sent) => {
                assert!(sent.message.is_some() && sent.data.components.len() == 1);
                sent.create_response(&ctx.http, CreateInteractionResponse::Message(says("kept"))).await.unwrap();
            }
            _ => {}
        }
    }
}

#[tokio::test]
async fn serenity_reads_what_the_fake_sends_and_resumes_after_a_drop() {
    let discord = FakeDiscord::start().await;
    let ada = discord.person("Ada");
    let http = HttpBuilder::new(discord.token()).proxy(discord.base()).ratelimiter_disabled(true).build();
    let builder = ClientBuilder::new_with_http(http, GatewayIntents::DIRECT_MESSAGES);
    let mut client = builder.event_handler(Echo).await.unwrap();
    let bot = tokio::spawn(async move { client.start().await });
    for (round, place) in [Place::Dm, Place::Server].into_iter().enumerate() {
        assert!(discord.wait_until(|discord| discord.gateway().live() == 1, SOON).await);
        let begun = discord.command(&ada, place, "start", &[]).await;
        let hello = begun.answer(SOON).await.unwrap().message.unwrap();
        let pressed = discord.press(&ada, hello.id, "go").await;
        assert!(pressed.answer(SOON).await.unwrap().is_form());
        let sent = discord.submit(&ada, &pressed, &[("words", "x")]).await;
        assert_eq!(sent.answer(SOON).await.unwrap().text(), "kept");
        let picked = discord.select(&ada, hello.id, "pick", "1").await;
        assert_eq!(picked.answer(SOON).await.unwrap().text(), "picked");
        discord.writes(&ada, "echo").await;
        let echoed =
            |discord: &FakeDiscord| discord.dm(&ada).last().is_some_and(|last| last.is_by_bot && last.text() == "echo");
        assert!(discord.wait_until(echoed, SOON).await);
        if round == 0 {
            discord.gateway().drop_connections();
            assert!(discord.wait_until(|discord| discord.gateway().resumes().len() == 1, SOON).await);
        }
    }
    assert_eq!(discord.gateway().identifies().len(), 1);
    assert_eq!(discord.violations(), Vec::<String>::new());
    bot.abort();
}
