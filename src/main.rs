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
            // A bad configuration is asked wrongly; everything else failed on the way.
            let asked_wrongly = error.downcast_ref::<rekindle::config::ConfigError>().is_some();
            ExitCode::from(if asked_wrongly { 2 } else { 1 })
        }
    }
}
