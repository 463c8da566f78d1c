//! The `rekindle` program: see `rekindle --help`.

mod cli;

use std::process::ExitCode;

use clap::Parser as _;
use cli::output::err;

// One thread: it waits for the network and hands on. What takes long has threads of its own (the store, an export).
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match cli::Cli::parse().run().await {
        Ok(code) => code,
        Err(error) => {
            err!("rekindle: {error:#}");
            // A bad configuration is asked wrongly; where Discord shuts the door, starting again is of no use; everything
            // else failed on the way.
            let asked_wrongly = error.downcast_ref::<rekindle::config::ConfigError>().is_some();
            let is_rejected_by_discord =
                error.downcast_ref::<rekindle::adapters::discord::FatalGatewayError>().is_some();
            ExitCode::from(match (asked_wrongly, is_rejected_by_discord) {
                (true, _) => 2,
                (_, true) => 3,
                _ => 1,
            })
        }
    }
}
