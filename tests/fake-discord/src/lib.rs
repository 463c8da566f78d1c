//! A Discord of our own on 127.0.0.1: real HTTP, a real WebSocket, API v10 as far as a bot that writes direct messages
//! meets it. It knows nothing of the bot it faces, is as strict as the documented limits, and lets a test play the
//! people, the network and the clock of interactions.
//!
//! ```ignore
//! let discord = FakeDiscord::start().await;
//! let ada = discord.person("Ada");
//! // … point the bot at discord.base() with discord.token() …
//! let asked = discord.command(&ada, Place::Dm, "start", &[]).await;
//! let answer = asked.answer(Duration::from_secs(3)).await.unwrap();
//! discord.press(&ada, answer.message.unwrap().id, "go").await;
//! assert!(discord.violations().is_empty());
//! ```

mod acts;
mod body;
mod client;
mod commands;
mod components;
mod controls;
mod faults;
mod gateway;
mod http;
mod interactions;
mod limits;
mod line;
mod media;
mod messages;
mod modal;
mod objects;
mod openapi;
mod posting;
mod refusal;
mod routes;
mod rules;
mod views;
mod world;

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::{any, get};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use self::line::{Cut, Door, Lines};
use self::world::{Account, Post, Shared, World};
pub use self::{
    acts::Interaction,
    controls::GatewayControls,
    faults::{Fault, FaultAction},
    limits::{Limits, Rate},
    posting::File,
    views::{Answer, Field, Message, Pressable, Recorded},
    world::{Attachment, Place},
};

/// The token of the bot unless another was chosen.
pub const TOKEN: &str = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GfakeD.not-a-secret-but-shaped-like-one-0000";

/// A running fake. Clones are the same one; it ends with the last of them, and with what its people began.
#[derive(Clone)]
pub struct FakeDiscord {
    shared: Arc<Shared>,
    _server: Arc<Server>,
}

struct Server {
    task: JoinHandle<()>,
    lines: Lines,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
        self.lines.cut_all();
    }
}

/// A person of the fake.
#[derive(Clone)]
pub struct Person {
    /// Their id.
    pub id: u64,
    /// The name they were asked for by.
    pub name: String,
    shared: Arc<Shared>,
}

impl Person {
    /// What their client speaks, as `de`.
    pub fn set_locale(&self, locale: &str) {
        if let Some(account) = self.shared.world().account_mut(self.id) {
            locale.clone_into(&mut account.locale);
        }
    }

    /// Whether they take direct messages; if not, new ones are refused with 50007.
    pub fn set_dms_open(&self, open: bool) {
        if let Some(account) = self.shared.world().account_mut(self.id) {
            account.dms_open = open;
        }
    }

    /// Whether they are on the bot's server; if not, new direct messages are refused with 50278.
    pub fn set_shares_server(&self, shares: bool) {
        if let Some(account) = self.shared.world().account_mut(self.id) {
            account.shares_server = shares;
        }
    }

    /// The channel of their direct messages with the bot.
    pub fn dm_channel(&self) -> u64 {
        self.shared.world().account(self.id).map_or(0, |account| account.dm)
    }
}

impl FakeDiscord {
    /// Starts one on a free port with [`TOKEN`].
    ///
    /// # Panics
    /// Where this machine has no port for it.
    pub async fn start() -> Self {
        Self::start_on(0, TOKEN).await.expect("a free port on 127.0.0.1")
    }

    /// Starts one on a port.
    ///
    /// # Errors
    /// Where the port is taken.
    pub async fn start_on(port: u16, token: &str) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let base = format!("http://{}", listener.local_addr()?);
        let shared = Arc::new(Shared::new(World::new(base, token.to_owned())));
        let lines = Lines::default();
        let door = Door { listener, lines: lines.clone() };
        let router = Router::new()
            .route("/gateway", any(http::websocket))
            .route("/gateway/", any(http::websocket))
            .route("/", any(http::websocket))
            .route("/attachments/{channel}/{id}/{name}", get(http::attachment))
            .fallback(http::entrance)
            .with_state(Arc::clone(&shared))
            .into_make_service_with_connect_info::<Cut>();
        let task = tokio::spawn(async move {
            // It serves until it is aborted: accepting does not fail for good.
            let _ = axum::serve(door, router).await;
        });
        Ok(Self { shared, _server: Arc::new(Server { task, lines }) })
    }

    /// The address to give the bot instead of `https://discord.com`, without a slash at its end.
    pub fn base(&self) -> String {
        self.shared.world().base.clone()
    }

    /// The token the bot has to have.
    pub fn token(&self) -> String {
        self.shared.world().token.clone()
    }

    /// The id of the bot's application.
    pub fn application_id(&self) -> u64 {
        self.shared.world().application
    }

    /// The id of the bot's account.
    pub fn bot_id(&self) -> u64 {
        self.shared.world().bot
    }

    /// The id of the one server.
    pub fn guild_id(&self) -> u64 {
        self.shared.world().guild
    }

    /// The id of its one channel.
    pub fn guild_channel(&self) -> u64 {
        self.shared.world().guild_channel
    }

    /// The person of that name; the first time, someone new who takes direct messages and is on the server.
    pub fn person(&self, name: &str) -> Person {
        let id = self.shared.world().person(name).id;
        Person { id, name: name.to_owned(), shared: Arc::clone(&self.shared) }
    }

    /// A person with this id and this channel of direct messages, as a store that was filled beforehand knows them.
    pub fn resident(&self, id: u64, dm: u64) -> Person {
        let mut world = self.shared.world();
        if world.account(id).is_none() {
            world.resident(id, dm);
        }
        Person { id, name: format!("resident {id}"), shared: Arc::clone(&self.shared) }
    }

    /// The direct messages on a person's screen now, oldest first; ephemeral ones are not among them.
    pub fn dm(&self, who: &Person) -> Vec<Message> {
        self.screen(|account| vec![account.dm], who, |post| post.only_for.is_none())
    }

    /// What only this person sees, wherever it stands, oldest first.
    pub fn ephemerals(&self, who: &Person) -> Vec<Message> {
        let guild = self.guild_channel();
        let places = |account: &Account| vec![account.dm, account.private, guild];
        let mut seen = self.screen(places, who, |post| post.only_for == Some(who.id));
        seen.sort_by_key(|message| message.id);
        seen
    }

    /// What everybody sees in the server's channel.
    pub fn server(&self) -> Vec<Message> {
        let world = self.shared.world();
        let posts = world.posts_in(world.guild_channel).filter(|post| post.only_for.is_none());
        posts.map(|post| acts::seen(&world, post)).collect()
    }

    /// What everybody sees in this person's private channel.
    pub fn private(&self, who: &Person) -> Vec<Message> {
        self.screen(|account| vec![account.private], who, |post| post.only_for.is_none())
    }

    /// A message by its id, unless it was deleted.
    pub fn message(&self, id: u64) -> Option<Message> {
        let world = self.shared.world();
        world.post(id).map(|post| acts::seen(&world, post))
    }

    fn screen(&self, of: impl Fn(&Account) -> Vec<u64>, who: &Person, shows: impl Fn(&Post) -> bool) -> Vec<Message> {
        let world = self.shared.world();
        let channels = world.account(who.id).map(of).unwrap_or_default();
        let posts = channels.into_iter().flat_map(|channel| world.posts_in(channel)).filter(|post| shows(post));
        posts.map(|post| acts::seen(&world, post)).collect()
    }

    /// Waits until `holds`, looking again at every change. Says whether it came to hold.
    pub async fn wait_until(&self, mut holds: impl FnMut(&Self) -> bool, timeout: Duration) -> bool {
        let mut changes = self.shared.subscribe();
        let waiting = async {
            while !holds(self) {
                if changes.changed().await.is_err() {
                    return;
                }
            }
        };
        tokio::time::timeout(timeout, waiting).await.is_ok()
    }

    /// Waits until `find` finds something, looking again at every change.
    pub async fn wait_for<T>(&self, mut find: impl FnMut(&Self) -> Option<T>, timeout: Duration) -> Option<T> {
        let mut found = None;
        let look = |fake: &Self| {
            found = find(fake);
            found.is_some()
        };
        self.wait_until(look, timeout).await;
        found
    }

    /// Every HTTP request so far.
    pub fn requests(&self) -> Vec<Recorded> {
        self.shared.world().requests.clone()
    }

    /// The latest request of a kind, without a copy of all the others.
    pub fn last_request(&self, is_one: impl Fn(&Recorded) -> bool) -> Option<Recorded> {
        self.shared.world().requests.iter().rev().find(|recorded| is_one(recorded)).cloned()
    }

    /// How many requests so far are of a kind.
    pub fn count_requests(&self, is_one: impl Fn(&Recorded) -> bool) -> usize {
        self.shared.world().requests.iter().filter(|recorded| is_one(recorded)).count()
    }

    /// What the bot did that Discord refuses, that its `OpenAPI` description does not know, or that the house forbids.
    pub fn violations(&self) -> Vec<String> {
        self.shared.world().violations.clone()
    }

    /// How many bodies were checked against `OpenAPI`; `None` where there is no description.
    pub fn openapi_checked(&self) -> Option<u64> {
        openapi::is_there().then(|| self.shared.world().checked)
    }

    /// The registered commands, global ones first, as Discord gives them back.
    pub fn commands(&self) -> Vec<Value> {
        self.shared.world().commands.values().flatten().cloned().collect()
    }
}
