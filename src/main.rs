//! The `rekindle` program: see `rekindle --help`.

mod cli;

use std::process::ExitCode;

use clap::Parser as _;

#[tokio::main]
async fn main() -> ExitCode {
    match cli::Cli::parse().run().await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("rekindle: {error:#}");
            // A bad configuration is asked wrongly; where Discord shuts the door, starting again is of no use; everything
            // else failed on the way.
            let asked_wrongly = error.downcast_ref::<rekindle::config::ConfigError>().is_some();
            let unwelcome = error.downcast_ref::<rekindle::adapters::discord::Unwelcome>().is_some();
            ExitCode::from(match (asked_wrongly, unwelcome) {
                (true, _) => 2,
                (_, true) => 3,
                _ => 1,
            })
        }
    }
}
