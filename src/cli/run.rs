//! `rekindle run` and `rekindle invite`: the bot on Discord.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use jiff::civil::DateTime;
use tokio_util::sync::CancellationToken;

use super::output::out;
use rekindle::adapters::console::rehearse;
use rekindle::adapters::discord::{self, Api, DiscordTransport, Door};
use rekindle::app::{App, Parts};
use rekindle::clock::Clock;
use rekindle::config::Config;
use rekindle::witness::Witness;

use super::{instant, log_to_stderr, place, tell_opened, zone};

/// How long the end may take: first for those who wait for an answer, then for what is being sent.
const GOODBYE: Duration = Duration::from_millis(1_500);

/// Between two attempts to register the commands.
const AGAIN: Duration = Duration::from_mins(5);

#[derive(Debug, Args)]
pub(super) struct RunArgs {
    /// Read a configuration file; see config.example.toml. Without it, everything has its default and the token comes
    /// from the environment variable `DISCORD_TOKEN`.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// A rehearsal: time stands still from here on, such as "2026-03-20 20:00", and is moved by lines on standard input
    /// (:skip 3d). For trying things out where nobody relies on the bot.
    #[arg(long, value_name = "TIME")]
    at: Option<DateTime>,
    /// The zone in which a rehearsal's times are read and shown.
    #[arg(long, value_name = "ZONE", default_value = "UTC", requires = "at")]
    zone: String,
}

/// Runs the bot until it is asked to end.
///
/// # Errors
/// Where the configuration, the store or the texts do not do, or Discord refuses the bot.
pub(super) async fn run(args: RunArgs) -> anyhow::Result<()> {
    let config = Config::load(args.config.as_deref())?;
    let token = config.discord.token()?.clone();
    log_to_stderr(&config.log)?;
    let zone = zone(&args.zone)?;
    let clock = match args.at {
        Some(at) => Clock::at(instant(at, &zone)?),
        None => Clock::system(),
    };
    silence_panics();
    #[cfg(unix)]
    enough_files()?;
    // From here on an end is asked for, not suffered.
    let stop = stop_when_asked()?;

    let base = config.discord.api_base.as_str();
    let api = Api::new(base, &token, config.discord.requests_per_second).context("cannot make an HTTP client")?;
    let api = Arc::new(api);
    let transport = Arc::new(DiscordTransport::new(Arc::clone(&api)));
    let (paths, key) = place(&config);
    let prompts = config.prompts.dir.clone();
    // Discord's, also for a rehearsal: its fake has a clock of its own.
    let witness = Witness::Headers(api.dates());
    let parts = Parts { paths, key, prompts, clock, witness, transport: Arc::clone(&transport), background: false };
    let (mut app, opened) = App::open(parts)?;
    tell_opened(&opened);

    let introduced = discord::introduce(&api, &stop).await;
    let Ok(Some(application)) = introduced else {
        app.close(Duration::ZERO).await;
        return introduced.map(drop).map_err(Into::into);
    };
    transport.introduced(application);
    app.begin();
    let service = app.service();
    let door = Door::new(Arc::clone(&service), Arc::clone(&api), application, config.discord.acts_per_minute);
    let registering = async {
        let server = config.discord.dev_guild.map(Into::into);
        let commands = service.commands("en");
        loop {
            match discord::register(&api, application, server, &commands).await {
                Ok(true) => tracing::info!(commands = commands.len(), "registered the commands"),
                Ok(false) => tracing::info!("the commands are registered already"),
                Err(refusal) => {
                    tracing::error!(%refusal, "the commands could not be registered; trying again in a while");
                    let pause = if let discord::Refusal::Wait(pause) = refusal { pause.min(AGAIN) } else { AGAIN };
                    tokio::time::sleep(pause).await;
                    continue;
                }
            }
            std::future::pending::<()>().await;
        }
    };
    let moving = async {
        if args.at.is_some()
            && let Err(error) = rehearse(&mut app, &zone, async || door.idle().await).await
        {
            tracing::error!(%error, "time can no longer be moved");
        }
        std::future::pending::<()>().await;
    };
    let listening = async { discord::listen(&api, &token, &door, &stop).await.map_err(Into::into) };
    let ended = Box::pin(ends_first(listening, registering, moving)).await;

    door.close(GOODBYE).await;
    app.close(GOODBYE).await;
    tracing::info!("ended");
    ended
}

/// Files without which it does not come up: two databases with their connections, the log, the gateway, a few requests.
#[cfg(unix)]
const FILES_NEEDED: u64 = 40;

/// Files with which everybody who is served at once has a connection of their own.
#[cfg(unix)]
const FILES_ENOUGH: u64 = 700;

/// Whether this process may open enough files.
///
/// # Errors
/// Where it would not come up. With a few more it does, and who finds none free has to wait.
#[cfg(unix)]
fn enough_files() -> anyhow::Result<()> {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current.unwrap_or(u64::MAX);
    anyhow::ensure!(
        limit >= FILES_NEEDED,
        "this process may open {limit} files, and needs {FILES_NEEDED} at least: raise the limit (ulimit -n 1024; \
         LimitNOFILE= of systemd)"
    );
    if limit < FILES_ENOUGH {
        tracing::warn!(limit, wanted = FILES_ENOUGH, "few files may be open: when many people come at once, some wait");
    }
    Ok(())
}

/// Prints how the bot is installed.
///
/// # Errors
/// Where the configuration does not do, or Discord refuses the token or cannot be reached.
pub(super) async fn invite(config: Option<&Path>) -> anyhow::Result<()> {
    let config = Config::load(config)?;
    let base = config.discord.api_base.as_str();
    let api = Api::new(base, config.discord.token()?, 0).context("cannot make an HTTP client")?;
    let application = match api.application().await {
        Err(discord::Refusal::Refused { status: 401, .. }) => {
            return Err(discord::FatalGatewayError::InvalidToken.into());
        }
        told => told.with_context(|| format!("asking {base} who this bot is"))?,
    };
    let [server, person] = discord::invitations(application);
    out!("Into a server (whoever manages it opens this; no permissions are asked for):\n{server}\n");
    out!("For oneself alone, without a server:\n{person}");
    Ok(())
}

/// The listening's end; the other two go on beside it and have none.
async fn ends_first<T>(
    listening: impl Future<Output = T>,
    registering: impl Future<Output = ()>,
    moving: impl Future<Output = ()>,
) -> T {
    tokio::select! {
        ended = listening => ended,
        never = async { tokio::join!(registering, moving); std::future::pending().await } => never,
    }
}

/// A panic's message may quote what it panicked over: only its place is told.
fn silence_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a panic; whoever was being answered is told to try again");
    }));
}

/// Cancelled at Ctrl-C or SIGTERM.
pub(super) fn stop_when_asked() -> anyhow::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let asked = stop.clone();
    #[cfg(unix)]
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
        .context("cannot listen for SIGTERM")?;
    tokio::spawn(async move {
        #[cfg(unix)]
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
        #[cfg(not(unix))]
        drop(tokio::signal::ctrl_c().await);
        tracing::info!("asked to end");
        asked.cancel();
    });
    Ok(stop)
}
