//! Discord: commands in a server, advice in direct messages. `rekindle run` wires it.
//!
//! An event of the gateway (`gateway`) is read (`arrival`, `messages`), answered at the [`Door`], and shown as `render` puts it.
//! What is not a direct answer leaves through the [`DiscordTransport`]. Both ask Discord through one [`Api`], which keeps its
//! limits. The command table is registered where it changed (`register`).

mod api;
mod arrival;
mod custom_id;
mod door;
mod gateway;
mod hide;
mod limits;
mod messages;
mod register;
mod render;
mod transport;

pub use api::{Api, Refusal};
pub use door::Door;
pub use gateway::{FatalGatewayError, introduce, listen};
pub use register::{payload, problems, register};
pub use transport::DiscordTransport;

/// The libraries of this adapter log warnings at most, whatever the operator asks for: serenity prints routes with the tokens
/// of interactions; HTTP libraries print headers.
pub const QUIET: [&str; 7] = ["serenity", "reqwest", "hyper", "hyper_util", "h2", "tokio_tungstenite", "tungstenite"];

/// What accounts of this adapter have as their platform.
pub const PLATFORM: &str = "discord";

/// The links by which the bot is installed: into a server, and by a person for themselves. Nothing is asked for but commands
/// and, in a server, the bot itself, without which Discord lets nobody be written to.
#[must_use]
pub fn invitations(application: serenity::model::id::ApplicationId) -> [String; 2] {
    let link = |scope: &str, integration_type: u8| {
        format!(
            "https://discord.com/oauth2/authorize?client_id={application}&scope={scope}&permissions=0&integration_type={integration_type}"
        )
    };
    [link("bot+applications.commands", 0), link("applications.commands", 1)]
}
