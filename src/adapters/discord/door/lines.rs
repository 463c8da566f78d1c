//! The one line that stands in a server while the answer itself is private: what became of it, corrected when that is known.
//! And the line that stands wherever an answer broke off.

use std::time::Duration;

use serde_json::json;
use serenity::model::id::ChannelId;
use tokio::time::Instant;

use super::{Afterwards, Course, Door, SOON, Shown, callback, message, pressed, said};
use crate::adapters::discord::api::Refusal;
use crate::adapters::discord::arrival::{Done, Interaction};
use crate::adapters::discord::custom_id::Mark;
use crate::chat::{DeliveryId, Inbound, Reply, What};
use crate::crash;
use crate::service::{Aside, Away, Manner, Privately};

/// How long the one line in a server waits for what becomes of the direct message.
const GLANCE: Duration = Duration::from_millis(1_200);

impl Door {
    /// The answer goes into the direct message; here stands one line that says so.
    pub(super) async fn elsewhere(
        &self,
        interaction: &Interaction,
        came: Instant,
        manner: Manner,
        delivery: DeliveryId,
    ) -> Afterwards {
        let asked = self.0.service.privately(delivery, crash::wait("dm-result", GLANCE));
        let defer_at = came + crash::wait("defer", SOON);
        let became = tokio::time::timeout_at(defer_at, asked).await.unwrap_or(Privately::OnItsWay);
        let kind =
            if pressed(interaction) && manner == Manner::Answers { callback::INSTEAD } else { callback::MESSAGE };
        self.tell(interaction, came, kind, became, delivery).await
    }

    /// They have opened their direct messages, or think so, and ask for what waits.
    pub(super) async fn offer_again(
        &self,
        interaction: &Interaction,
        came: Instant,
        delivery: DeliveryId,
    ) -> Afterwards {
        let account = interaction.inbound.account.clone();
        let asked = self.0.service.offer_again(account, delivery, crash::wait("dm-result", GLANCE));
        let defer_at = came + crash::wait("defer", SOON);
        let became = tokio::time::timeout_at(defer_at, asked).await.unwrap_or(Some(Privately::OnItsWay));
        if let Some(became) = became {
            return self.tell(interaction, came, callback::INSTEAD, became, delivery).await;
        }
        // Not theirs, or gone: whatever else waits for them is on its way, and nothing is told of this one.
        let line = message(interaction, &self.line(interaction, Privately::OnItsWay), None);
        self.answer(interaction, came, callback::INSTEAD, &line).await;
        Afterwards::Nothing
    }

    /// An answer broke off on its way to the screen. What was recorded is sent by the outbox, which is told; anything else
    /// was not done.
    pub(super) async fn broke_off(&self, interaction: &Interaction, came: Instant, course: Course) -> Afterwards {
        if matches!(interaction.done, Done::Typing { .. }) {
            self.answer(interaction, came, callback::COMPLETION, &json!({ "choices": [] })).await;
            return Afterwards::Nothing;
        }
        let not_saved = || self.0.service.not_saved(&interaction.inbound);
        let reply = course.delivery.map_or_else(not_saved, |_| self.line(interaction, Privately::OnItsWay));
        let mark = course.delivery.map(Mark::Of);
        if course.late {
            Self::edited(self.edit_original(interaction, &reply, mark).await);
        } else {
            self.answer(interaction, came, callback::MESSAGE, &message(interaction, &reply, mark)).await;
        }
        Afterwards::Nothing
    }

    /// Says that it was too much at once. What needs no store is given all the same.
    pub(super) async fn turn_away(&self, interaction: &Interaction, came: Instant, away: Away) {
        if matches!(interaction.done, Done::Typing { .. }) {
            self.answer(interaction, came, callback::COMPLETION, &json!({ "choices": [] })).await;
            return;
        }
        if !self.0.service.hides(&interaction.inbound) {
            let reply = self.0.service.turned_away(&interaction.inbound, away).0;
            self.answer(interaction, came, callback::MESSAGE, &message(interaction, &reply, None)).await;
            return;
        }
        self.say_hiding(interaction, came).await;
        if away == Away::Haste {
            // Whoever asks for it again and again has it under way.
            self.leave_nothing(interaction).await;
        } else {
            self.hide(interaction).await;
        }
    }

    /// The same for words that came into the direct message. They stand there, so it is said now and then.
    pub(super) async fn not_read(&self, channel: ChannelId, inbound: &Inbound, away: Away) {
        let (reply, urgent) = self.0.service.turned_away(inbound, away);
        // Of an edit nobody is told but where it matters.
        let is_told = urgent || !matches!(inbound.what, What::Edited(_));
        if is_told && self.0.turns.tells(&inbound.account.id, urgent) {
            self.say(channel, &reply, &said(inbound)).await;
        }
    }

    async fn tell(
        &self,
        interaction: &Interaction,
        came: Instant,
        kind: u64,
        became: Privately,
        delivery: DeliveryId,
    ) -> Afterwards {
        let line = message(interaction, &self.line(interaction, became), Some(Mark::Of(delivery)));
        let shown = self.answer(interaction, came, kind, &line).await;
        let open = became == Privately::OnItsWay && shown == Shown::Yes;
        if open { Afterwards::Correct(delivery) } else { Afterwards::Nothing }
    }

    pub(super) async fn correct(&self, interaction: &Interaction, became: Privately, delivery: DeliveryId) {
        let line = self.line(interaction, became);
        Self::edited(self.edit_original(interaction, &line, Some(Mark::Of(delivery))).await);
    }

    pub(super) fn edited(edited: Result<(), Refusal>) {
        if let Err(refusal) = edited {
            tracing::warn!(%refusal, "a line could not be corrected");
        }
    }

    fn line(&self, interaction: &Interaction, became: Privately) -> Reply {
        let aside = match became {
            Privately::Sent => Aside::InDm,
            Privately::Closed => Aside::DmClosed,
            Privately::OnItsWay => Aside::OnItsWay,
        };
        self.aside(interaction, aside)
    }

    pub(super) fn aside(&self, interaction: &Interaction, aside: Aside) -> Reply {
        self.0.service.aside(interaction.inbound.locale.as_deref(), aside)
    }
}
