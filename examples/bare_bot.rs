//! The floor of the benchmark: the least that answers on Discord with the same library. It knows one command, says the same
//! thing to whoever calls it or presses something, and keeps nothing. Run by `just bench` as a process of its own.
//!
//! Environment: `BARE_BASE` (where Discord is), `DISCORD_TOKEN`, `BARE_ANSWER` (the file with the answer, as the callback's
//! JSON), and `BARE_FSYNC` (a file that is written to and synced before each answer, where there is to be one).

use std::fs::{File, OpenOptions};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};
use serenity::Client;
use serenity::all::{ClientBuilder, Context, EventHandler, GatewayIntents, HttpBuilder, Interaction, Ready};
use serenity::async_trait;

/// What is written before each sync: a page of the database.
const PAGE: [u8; 4096] = [7; 4096];

/// The file is written from its beginning again after so many pages, as a log is that was folded back.
const PAGES: u64 = 1000;

struct Bare {
    answer: Value,
    disk: Option<Mutex<(File, u64)>>,
}

#[async_trait]
impl EventHandler for Bare {
    async fn ready(&self, context: Context, _: Ready) {
        let command = json!([{ "name": "journey", "type": 1, "description": "the one command", "contexts": [0, 1],
            "integration_types": [0, 1] }]);
        context.http.create_global_commands(&command).await.expect("the command is registered");
    }

    async fn interaction_create(&self, context: Context, interaction: Interaction) {
        let (id, token) = match &interaction {
            Interaction::Command(command) => (command.id, &command.token),
            Interaction::Component(press) => (press.id, &press.token),
            _ => return,
        };
        if let Some(disk) = &self.disk {
            let mut disk = disk.lock().unwrap_or_else(PoisonError::into_inner);
            write(&mut disk).expect("the page is on the disk");
        }
        context.http.create_interaction_response(id, token, &self.answer, Vec::new()).await.expect("it is answered");
    }
}

fn write((file, page): &mut (File, u64)) -> std::io::Result<()> {
    file.seek(SeekFrom::Start(*page * PAGE.len() as u64))?;
    file.write_all(&PAGE)?;
    *page = (*page + 1) % PAGES;
    file.sync_data()
}

/// A file that has its whole length already, so that a sync is one write and not also one of the file's size.
fn prepared(path: &str) -> std::io::Result<(File, u64)> {
    let mut file = OpenOptions::new().create(true).truncate(true).write(true).open(path)?;
    for _ in 0..PAGES {
        file.write_all(&PAGE)?;
    }
    file.sync_all()?;
    Ok((file, 0))
}

#[tokio::main]
async fn main() {
    let told = |name: &str| std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set"));
    let answer = std::fs::read(told("BARE_ANSWER")).expect("the answer can be read");
    let answer = serde_json::from_slice(&answer).expect("the answer is JSON");
    let disk = std::env::var("BARE_FSYNC").ok().map(|path| Mutex::new(prepared(&path).expect("a file to sync")));
    let http = HttpBuilder::new(told("DISCORD_TOKEN")).proxy(told("BARE_BASE")).ratelimiter_disabled(true).build();
    // The same events as the bot's, or it would be spared some.
    let mut client: Client = ClientBuilder::new_with_http(http, GatewayIntents::DIRECT_MESSAGES)
        .event_handler(Bare { answer, disk })
        .await
        .expect("Discord is there");
    client.start().await.expect("the gateway stays");
}
