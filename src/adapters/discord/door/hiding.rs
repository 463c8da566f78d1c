//! Clearing a screen, at the door: a line while it lasts, one word, then nothing. Needs nothing of the store.

use std::time::Duration;

use tokio::time::Instant;

use super::{Door, callback, pressed};
use crate::adapters::discord::arrival::Interaction;
use crate::adapters::discord::hide;
use crate::adapters::discord::render::{self, Seen};
use crate::chat::Reach;
use crate::service::Aside;

/// How long the word stands before it is taken away as well.
const DONE: Duration = Duration::from_secs(1);

impl Door {
    /// Says that the screen is being cleared. What only this person sees cannot be deleted with the rest, so the line takes
    /// its place.
    pub(super) async fn say_hiding(&self, interaction: &Interaction, came: Instant) {
        let line = render::message(&self.aside(interaction, Aside::Hiding), None, Seen::ByOne);
        let kind = if pressed(interaction) && !interaction.in_dm { callback::INSTEAD } else { callback::MESSAGE };
        self.answer(interaction, came, kind, &line).await;
    }

    /// Clears the screen, and says in one word that it is done.
    pub(super) async fn hide(&self, interaction: &Interaction) {
        let (Reach::Direct(address) | Reach::Elsewhere(address)) = &interaction.inbound.reach;
        let aside = match hide::clear(&self.0.api, address).await {
            Ok(()) => Aside::Hidden,
            Err(refusal) => {
                tracing::warn!(%refusal, "a direct message was not cleared to its end");
                Aside::HidFailed
            }
        };
        let line = render::message(&self.aside(interaction, aside), None, Seen::ByOne);
        Self::edited(self.0.api.edit_original(self.0.application, &interaction.token.0, &line, &[]).await);
        if aside == Aside::Hidden {
            self.leave_nothing(interaction).await;
        }
    }

    /// Takes away the line itself.
    pub(super) async fn leave_nothing(&self, interaction: &Interaction) {
        tokio::time::sleep(DONE).await;
        Self::edited(self.0.api.delete_original(self.0.application, &interaction.token.0).await);
    }
}
