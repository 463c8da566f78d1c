//! The state of the fake: one application and its bot, one server with one channel, people, messages, interactions.
//! Everything is behind one lock, and every change wakes whoever waits for one.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::{Notify, watch};

use super::faults::Faults;
use super::gateway::Gateway;
use super::limits::{Buckets, Limits};
use super::views::Recorded;

/// Components V2, as a message flag.
pub const V2: u64 = 1 << 15;
/// Only the person who acted sees the message.
pub const EPHEMERAL: u64 = 1 << 6;
/// The application "is thinking".
pub const LOADING: u64 = 1 << 7;

/// Where a person acts: the server's channel, the direct messages with the bot, a private channel with someone else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The server's channel.
    Server,
    /// The direct messages with the bot.
    Dm,
    /// A private channel with someone else.
    Private,
}

/// A person's account, as the fake keeps it.
#[derive(Clone, Debug)]
pub struct Account {
    pub id: u64,
    pub name: String,
    pub locale: String,
    pub dms_open: bool,
    pub shares_server: bool,
    /// The channel with the bot.
    pub dm: u64,
    /// A channel with someone else, where the bot is not.
    pub private: u64,
}

/// A file of a message.
#[derive(Clone, Debug)]
pub struct Attachment {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Its media type, where one was given.
    pub content_type: Option<String>,
    /// What its sender wrote of it.
    pub description: Option<String>,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// A message of the bot or of a person.
#[derive(Clone, Debug)]
pub struct Post {
    pub id: u64,
    pub channel: u64,
    /// The person who wrote it; none is the bot.
    pub author: Option<u64>,
    pub content: String,
    pub embeds: Value,
    pub components: Value,
    pub flags: u64,
    pub attachments: Vec<Attachment>,
    pub edited: Option<SystemTime>,
    pub deleted: bool,
    pub tts: bool,
    pub nonce: Option<Value>,
    pub reference: Option<u64>,
    /// The interaction it answers.
    pub interaction: Option<u64>,
    /// The person who alone sees it.
    pub only_for: Option<u64>,
    /// Further fields, which only a person's client fills in: a forward, stickers.
    pub more: Value,
}

/// An interaction from its dispatch on.
#[derive(Clone, Debug)]
pub struct Asked {
    pub id: u64,
    pub token: String,
    pub kind: u64,
    pub person: u64,
    pub place: Place,
    pub channel: u64,
    pub name: String,
    /// The message its component is on.
    pub source: Option<u64>,
    pub at: Instant,
    /// Made older than it is by a test.
    pub aged: Duration,
    pub callback: Option<Callback>,
    /// Told of the first answer: who waits for this one alone is not woken by every other.
    pub told: Arc<Notify>,
    pub follow_ups: Vec<u64>,
}

/// The first answer to an interaction.
#[derive(Clone, Debug)]
pub struct Callback {
    pub kind: u64,
    pub data: Value,
    /// Its original: the message made, or the message its component is on.
    pub message: Option<u64>,
    /// For a deferred answer: whether the original has come.
    pub settled: bool,
    pub after: Duration,
}

impl Asked {
    pub fn age(&self) -> Duration {
        self.at.elapsed() + self.aged
    }
}

/// Everything.
pub struct World {
    pub base: String,
    pub application: u64,
    pub bot: u64,
    pub token: String,
    pub guild: u64,
    pub guild_channel: u64,
    pub people: Vec<Account>,
    /// Where in `people` the person of an id, or the owner of a channel, stands: thousands of people are no rarity.
    person_at: HashMap<u64, usize>,
    pub posts: BTreeMap<u64, Post>,
    /// The messages of a channel in their order.
    in_channel: HashMap<u64, Vec<u64>>,
    pub nonces: HashMap<(u64, String), (u64, Instant)>,
    pub nonce_window: Duration,
    pub asked: BTreeMap<u64, Asked>,
    pub tokens: HashMap<String, u64>,
    /// Registered commands by server; `None` is global.
    pub commands: BTreeMap<Option<u64>, Vec<Value>>,
    pub gateway: Gateway,
    pub requests: Vec<Recorded>,
    pub violations: Vec<String>,
    pub checked: u64,
    pub checks_openapi: bool,
    /// Whether answers are held against `OpenAPI` too, and what was wrong with them.
    pub checks_itself: bool,
    pub unfaithful: Vec<String>,
    pub faults: Faults,
    pub limits: Limits,
    pub buckets: Buckets,
    pub latency: Duration,
    /// Interactions older than this are not known to a first answer.
    pub callback_deadline: Duration,
    /// What the `Date` header of every answer says; `None` is the machine's own date.
    pub date: Option<Timestamp>,
    newest: u64,
}

impl World {
    pub fn new(base: String, token: String) -> Self {
        let mut world = Self {
            base,
            application: 0,
            bot: 0,
            token,
            guild: 0,
            guild_channel: 0,
            people: Vec::new(),
            person_at: HashMap::new(),
            posts: BTreeMap::new(),
            in_channel: HashMap::new(),
            nonces: HashMap::new(),
            nonce_window: Duration::from_mins(5),
            asked: BTreeMap::new(),
            tokens: HashMap::new(),
            commands: BTreeMap::new(),
            gateway: Gateway::default(),
            requests: Vec::new(),
            violations: Vec::new(),
            checked: 0,
            checks_openapi: true,
            checks_itself: false,
            unfaithful: Vec::new(),
            faults: Faults::default(),
            limits: Limits::none(),
            buckets: Buckets::default(),
            latency: Duration::ZERO,
            callback_deadline: super::interactions::FIRST,
            date: None,
            newest: 0,
        };
        // An old application's bot has an id of its own; who confuses the two is found out here.
        world.application = world.snowflake();
        world.bot = world.snowflake();
        world.guild = world.snowflake();
        world.guild_channel = world.snowflake();
        world
    }

    /// An id that says when it was made, greater than every id before it.
    pub fn snowflake(&mut self) -> u64 {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        let since = u64::try_from(now).unwrap_or_default().saturating_sub(1_420_070_400_000);
        self.newest = (since << 22).max(self.newest + 1);
        self.newest
    }

    /// The person of that name, made if there is none.
    pub fn person(&mut self, name: &str) -> Account {
        if let Some(account) = self.people.iter().find(|account| account.name == name) {
            return account.clone();
        }
        let account = Account {
            id: self.snowflake(),
            name: name.to_owned(),
            locale: "en-US".to_owned(),
            dms_open: true,
            shares_server: true,
            dm: self.snowflake(),
            private: self.snowflake(),
        };
        for id in [account.id, account.dm, account.private] {
            self.person_at.insert(id, self.people.len());
        }
        self.people.push(account.clone());
        account
    }

    /// A person with ids of their own, not looked for by name among all the others.
    pub fn resident(&mut self, id: u64, dm: u64) {
        let name = format!("resident {id}");
        let locale = "en-US".to_owned();
        // Nobody acts in this channel; it only has to be nobody else's.
        let private = self.snowflake();
        for id in [id, dm, private] {
            self.person_at.insert(id, self.people.len());
        }
        self.people.push(Account { id, name, locale, dms_open: true, shares_server: true, dm, private });
    }

    /// Forgets what was said and asked, but not who is there nor what is connected.
    pub fn forget_the_past(&mut self) {
        self.posts.clear();
        self.in_channel.clear();
        self.nonces.clear();
        self.asked.clear();
        self.tokens.clear();
        self.requests.clear();
        self.gateway.forget_events();
    }

    pub fn account(&self, id: u64) -> Option<&Account> {
        self.owner(id).filter(|account| account.id == id)
    }

    pub fn account_mut(&mut self, id: u64) -> Option<&mut Account> {
        self.people.get_mut(*self.person_at.get(&id)?).filter(|account| account.id == id)
    }

    /// Whose direct messages a channel is.
    pub fn dm_of(&self, channel: u64) -> Option<&Account> {
        self.owner(channel).filter(|account| account.dm == channel)
    }

    pub fn place_of(&self, channel: u64) -> Place {
        if channel == self.guild_channel {
            Place::Server
        } else if self.dm_of(channel).is_some() {
            Place::Dm
        } else {
            Place::Private
        }
    }

    /// The person of an id, or of a channel.
    pub fn owner(&self, id: u64) -> Option<&Account> {
        self.people.get(*self.person_at.get(&id)?)
    }

    /// Keeps a message, new or changed.
    pub fn keep(&mut self, post: Post) {
        let (id, channel) = (post.id, post.channel);
        if self.posts.insert(id, post).is_none() {
            self.in_channel.entry(channel).or_default().push(id);
        }
    }

    /// The messages that are still there in a channel, oldest first; ephemeral ones among them.
    pub fn posts_in(&self, channel: u64) -> impl DoubleEndedIterator<Item = &Post> {
        self.in_channel.get(&channel).into_iter().flatten().filter_map(|id| self.post(*id))
    }

    /// A message that is still there.
    pub fn post(&self, id: u64) -> Option<&Post> {
        self.posts.get(&id).filter(|post| !post.deleted)
    }

    pub fn by_token(&self, token: &str) -> Option<&Asked> {
        self.asked.get(self.tokens.get(token)?)
    }

    pub fn violation(&mut self, what: impl Into<String>) {
        self.violations.push(what.into());
    }
}

/// The world behind its lock.
pub struct Shared {
    world: Mutex<World>,
    changes: watch::Sender<u64>,
}

impl Shared {
    pub fn new(world: World) -> Self {
        Self { world: Mutex::new(world), changes: watch::Sender::new(0) }
    }

    pub fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes whoever waits for a change. Called after the lock is let go.
    pub fn changed(&self) {
        self.changes.send_modify(|count| *count += 1);
    }

    /// Waits until `look` sees something, or for `timeout`.
    pub async fn wait<T>(&self, timeout: Duration, mut look: impl FnMut(&World) -> Option<T>) -> Option<T> {
        let mut changes = self.changes.subscribe();
        let waiting = async {
            loop {
                // A change between this look and the wait is seen: the receiver marks what it knew before it.
                if let Some(found) = look(&self.world()) {
                    return Some(found);
                }
                if changes.changed().await.is_err() {
                    return None;
                }
            }
        };
        tokio::time::timeout(timeout, waiting).await.ok().flatten()
    }

    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }
}
