//! Discord's HTTP interface as far as this bot asks it: each request limited, with a deadline, and its failure told apart by
//! what it means for whether something arrived.
//!
//! serenity knows the routes and builds the requests; it does not send them, because its own limiter excludes another base
//! address and its client drops the headers of a 429.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, DATE};
use reqwest::multipart::{Form, Part};
use reqwest::{Client, RequestBuilder};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use serde_json::{Value, json};
use serenity::http::{LightMethod, Request, Route};
use serenity::model::gateway::BotGateway;
use serenity::model::id::{ApplicationId, ChannelId, GuildId, InteractionId, MessageId};
use tokio::sync::Notify;

use super::limits::{Bucket, Class, Limits};
use crate::chat::Attachment;
use crate::crash;
use crate::witness::DateHeaders;

/// Longer than this no request takes, so that none hangs for good.
const DEADLINE: Duration = Duration::from_secs(10);

/// Where serenity's routes begin.
const DISCORD: &str = "https://discord.com";

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(5);

/// Why a request came to nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Discord said no; it did nothing.
    #[error("Discord refused it: status {status}, code {code}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// Discord's own code; 0 where it gave none.
        code: u64,
    },
    /// Not now; it was not done. Try again after this.
    #[error("Discord asks to wait for {0:?}")]
    Wait(Duration),
    /// It did not leave.
    #[error("Discord cannot be reached")]
    Unsent,
    /// It left, and nobody said what became of it.
    #[error("Discord did not say what became of it")]
    Unsure,
}

/// Parses the answer to `GET /gateway/bot`: its address without a slash at its end, and at least one shard.
fn bot_gateway(answer: Value) -> Option<BotGateway> {
    let mut gateway: BotGateway = serde_json::from_value(answer).ok()?;
    let address = reqwest::Url::parse(&gateway.url).ok()?;
    if !matches!(address.scheme(), "ws" | "wss") || !address.has_host() {
        return None;
    }
    address.as_str().trim_end_matches('/').clone_into(&mut gateway.url);
    gateway.shards = gateway.shards.max(1);
    Some(gateway)
}

/// Discord's interface for one bot.
pub struct Api {
    client: Client,
    base: String,
    /// With the word before it that Discord wants.
    token: SecretString,
    limits: Limits,
    /// Told where a request is refused for its token.
    doubted: Notify,
    dates: DateHeaders,
}

impl Api {
    /// A bot's interface at `base` (no slash at its end), with at most `per_second` requests a second.
    ///
    /// # Errors
    /// Where no HTTP client can be made, for lack of TLS roots.
    pub fn new(base: &str, token: &SecretString, per_second: u32) -> reqwest::Result<Self> {
        let client = Client::builder().timeout(crash::wait("request", DEADLINE)).connect_timeout(CONNECT).build()?;
        let token = format!("Bot {}", token.expose_secret().trim_start_matches("Bot ")).into();
        Ok(Self {
            client,
            base: base.to_owned(),
            token,
            limits: Limits::new(per_second),
            doubted: Notify::new(),
            dates: DateHeaders::default(),
        })
    }

    /// The `Date` headers of all responses.
    #[must_use]
    pub fn dates(&self) -> DateHeaders {
        self.dates.clone()
    }

    /// Returns when a request has been refused for this bot's token; the token of an interaction is another one.
    pub async fn doubted(&self) {
        self.doubted.notified().await;
    }

    /// Who this bot is: the application's id.
    ///
    /// # Errors
    /// Every [`Refusal`]; status 401 where the token is wrong.
    pub async fn application(&self) -> Result<ApplicationId, Refusal> {
        let answer = self.ask(Route::Oauth2ApplicationCurrent, LightMethod::Get, None::<&Value>, Class::Urgent).await?;
        snowflake(&answer["id"]).map(ApplicationId::new).ok_or(Refusal::Unsure)
    }

    /// The gateway's address, the recommended number of shards, and the session start limit.
    ///
    /// # Errors
    /// Every [`Refusal`]; status 401 where the token is wrong.
    pub async fn gateway(&self) -> Result<BotGateway, Refusal> {
        let answer = self.ask(Route::GatewayBot, LightMethod::Get, None::<&Value>, Class::Urgent).await?;
        bot_gateway(answer).ok_or(Refusal::Unsure)
    }

    /// The commands Discord has, of everywhere or of one server.
    ///
    /// # Errors
    /// Every [`Refusal`].
    pub async fn commands(&self, of: ApplicationId, server: Option<GuildId>) -> Result<Vec<Value>, Refusal> {
        let answer = self.ask(commands(of, server), LightMethod::Get, None::<&Value>, Class::Ordinary).await?;
        answer.as_array().cloned().ok_or(Refusal::Unsure)
    }

    /// Registers exactly these commands.
    ///
    /// # Errors
    /// Every [`Refusal`].
    pub async fn register(&self, of: ApplicationId, server: Option<GuildId>, wanted: &[Value]) -> Result<(), Refusal> {
        self.ask(commands(of, server), LightMethod::Put, Some(&wanted), Class::Ordinary).await.map(drop)
    }

    /// Opens a direct message with somebody, or finds the one there is.
    ///
    /// # Errors
    /// Every [`Refusal`].
    pub async fn open_dm(&self, person: u64, class: Class) -> Result<ChannelId, Refusal> {
        let body = json!({ "recipient_id": person.to_string() });
        let answer = self.ask(Route::UserMeDmChannels, LightMethod::Post, Some(&body), class).await?;
        snowflake(&answer["id"]).map(ChannelId::new).ok_or(Refusal::Unsure)
    }

    /// Puts a message into a channel.
    ///
    /// # Errors
    /// Every [`Refusal`].
    pub async fn send(
        &self,
        to: ChannelId,
        message: &Value,
        files: &[Attachment],
        class: Class,
    ) -> Result<(), Refusal> {
        let route = Route::ChannelMessages { channel_id: to };
        self.upload(route, LightMethod::Post, message, files, class).await
    }

    /// The latest messages of a channel, newest first, or those before one; at most 100.
    ///
    /// # Errors
    /// Every [`Refusal`].
    pub async fn latest(&self, of: ChannelId, before: Option<MessageId>, class: Class) -> Result<Vec<Value>, Refusal> {
        let mut params = vec![("limit", "100".to_owned())];
        params.extend(before.map(|before| ("before", before.to_string())));
        let request = Request::new(Route::ChannelMessages { channel_id: of }, LightMethod::Get).params(Some(params));
        let answer = self.run(request, class).await?;
        answer.as_array().cloned().ok_or(Refusal::Unsure)
    }

    /// Deletes a message of this bot.
    ///
    /// # Errors
    /// Every [`Refusal`]; status 404 where it is gone already.
    pub async fn delete(&self, channel_id: ChannelId, message_id: MessageId) -> Result<(), Refusal> {
        let route = Route::ChannelMessage { channel_id, message_id };
        self.ask(route, LightMethod::Delete, None::<&Value>, Class::Urgent).await.map(drop)
    }

    /// One message.
    ///
    /// # Errors
    /// Every [`Refusal`].
    pub async fn message(&self, channel_id: ChannelId, message_id: MessageId) -> Result<Value, Refusal> {
        let route = Route::ChannelMessage { channel_id, message_id };
        self.ask(route, LightMethod::Get, None::<&Value>, Class::Ordinary).await
    }

    /// Changes a message of this bot.
    ///
    /// # Errors
    /// Every [`Refusal`].
    pub async fn edit(&self, channel_id: ChannelId, message_id: MessageId, message: &Value) -> Result<(), Refusal> {
        let route = Route::ChannelMessage { channel_id, message_id };
        self.ask(route, LightMethod::Patch, Some(message), Class::Urgent).await.map(drop)
    }

    /// Answers an interaction.
    ///
    /// # Errors
    /// Every [`Refusal`].
    pub async fn answer(
        &self,
        to: InteractionId,
        token: &str,
        answer: &Value,
        files: &[Attachment],
    ) -> Result<(), Refusal> {
        let route = Route::InteractionResponse { interaction_id: to, token };
        self.upload(route, LightMethod::Post, answer, files, Class::Interaction).await
    }

    /// The message that answered an interaction.
    ///
    /// # Errors
    /// Every [`Refusal`]; status 404 where there is none, or its token has run out.
    pub async fn original(&self, application_id: ApplicationId, token: &str) -> Result<Value, Refusal> {
        let route = Route::WebhookOriginalInteractionResponse { application_id, token };
        let there = self.ask(route, LightMethod::Get, None::<&Value>, Class::Interaction).await?;
        // An answer that was torn on the way says nothing.
        if there.is_object() { Ok(there) } else { Err(Refusal::Unsure) }
    }

    /// Changes the message that answered an interaction.
    ///
    /// # Errors
    /// Every [`Refusal`].
    pub async fn edit_original(
        &self,
        of: ApplicationId,
        token: &str,
        message: &Value,
        files: &[Attachment],
    ) -> Result<(), Refusal> {
        let route = Route::WebhookOriginalInteractionResponse { application_id: of, token };
        self.upload(route, LightMethod::Patch, message, files, Class::Interaction).await
    }

    /// Deletes the message that answered an interaction.
    ///
    /// # Errors
    /// Every [`Refusal`].
    pub async fn delete_original(&self, of: ApplicationId, token: &str) -> Result<(), Refusal> {
        let route = Route::WebhookOriginalInteractionResponse { application_id: of, token };
        self.ask(route, LightMethod::Delete, None::<&Value>, Class::Interaction).await.map(drop)
    }

    async fn ask<B: Serialize + ?Sized>(
        &self,
        route: Route<'_>,
        method: LightMethod,
        body: Option<&B>,
        class: Class,
    ) -> Result<Value, Refusal> {
        let body = body.map(serde_json::to_vec).transpose().map_err(|_| Refusal::Unsent)?;
        self.run(Request::new(route, method).body(body), class).await
    }

    /// A body, with the files it names. Rules: Discord's documentation, "Uploading Files".
    async fn upload(
        &self,
        route: Route<'_>,
        method: LightMethod,
        body: &Value,
        files: &[Attachment],
        class: Class,
    ) -> Result<(), Refusal> {
        if files.is_empty() {
            return self.ask(route, method, Some(body), class).await.map(drop);
        }
        let mut form = Form::new().text("payload_json", body.to_string());
        for (index, file) in files.iter().enumerate() {
            let part = Part::bytes(file.bytes.to_vec()).file_name(file.name.clone());
            let part = part.mime_str(file.media_type).map_err(|_| Refusal::Unsent)?;
            form = form.part(format!("files[{index}]"), part);
        }
        let address = route.path().replace(DISCORD, &self.base);
        let request = self.client.request(method.reqwest_method(), address).multipart(form);
        let request = request.header(AUTHORIZATION, self.token.expose_secret());
        self.told((method, route.ratelimiting_bucket()), request, class).await.map(drop)
    }

    async fn run(&self, request: Request<'_>, class: Class) -> Result<Value, Refusal> {
        let bucket = (*request.method_ref(), request.route_ref().ratelimiting_bucket());
        let request =
            request.build(&self.client, self.token.expose_secret(), Some(&self.base)).map_err(|_| Refusal::Unsent)?;
        self.told(bucket, request, class).await
    }

    async fn told(&self, bucket: Bucket, request: RequestBuilder, class: Class) -> Result<Value, Refusal> {
        let slot = self.limits.turn(bucket, class).await.map_err(Refusal::Wait)?;
        let says = matches!(bucket.0, LightMethod::Post | LightMethod::Patch);
        let point = |name| {
            if says {
                crash::point(name);
            }
        };
        point("before-request");
        // An error of reqwest shows the address, and with it the token of an interaction: only its kind is looked at.
        let response = request.send().await.map_err(|error| lost(&error))?;
        drop(slot);
        point("before-read");
        let status = response.status();
        if let Some(date) = response.headers().get(DATE).and_then(|date| date.to_str().ok()) {
            self.dates.see(date);
        }
        let pause = self.limits.heard(bucket, class, status.as_u16(), response.headers());
        let answer = response.bytes().await.ok().and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
        point("after-read");
        if let Some(pause) = pause {
            return Err(Refusal::Wait(pause));
        }
        match status.as_u16() {
            // Done, also where what it says of it was torn on the way.
            200..=299 => Ok(answer.unwrap_or_default()),
            // A gateway on the way may say so although the request went through.
            500..=599 => Err(Refusal::Unsure),
            status => {
                if status == 401 && class != Class::Interaction {
                    self.doubted.notify_one();
                }
                let code = answer.and_then(|answer| answer["code"].as_u64()).unwrap_or_default();
                Err(Refusal::Refused { status, code })
            }
        }
    }
}

/// How often one request is tried before it is given up.
const ATTEMPTS: u32 = 5;

/// The pause after a request that came to nothing.
const PAUSE: Duration = Duration::from_secs(1);

/// Asks again where Discord only says to wait, or nothing.
///
/// # Errors
/// The last [`Refusal`].
pub async fn patiently<T, F>(ask: impl Fn() -> F) -> Result<T, Refusal>
where
    F: Future<Output = Result<T, Refusal>>,
{
    for _ in 1..ATTEMPTS {
        match ask().await {
            Err(Refusal::Wait(pause)) => tokio::time::sleep(pause).await,
            Err(Refusal::Unsent | Refusal::Unsure) => tokio::time::sleep(PAUSE).await,
            told => return told,
        }
    }
    ask().await
}

const fn commands(application_id: ApplicationId, server: Option<GuildId>) -> Route<'static> {
    match server {
        Some(guild_id) => Route::GuildCommands { application_id, guild_id },
        None => Route::Commands { application_id },
    }
}

/// Whether a request that failed on the way had left.
fn lost(error: &reqwest::Error) -> Refusal {
    if error.is_connect() || error.is_builder() { Refusal::Unsent } else { Refusal::Unsure }
}

/// One of Discord's ids, which serenity takes only where it is none of the values it panics at.
pub fn snowflake(value: &Value) -> Option<u64> {
    value.as_str()?.parse().ok().filter(|id| (1..u64::MAX).contains(id))
}
