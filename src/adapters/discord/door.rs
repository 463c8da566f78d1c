//! The door: whatever a person does on Discord comes through here, and gets its answer within Discord's three seconds.
//!
//! In the direct message the answer stands in place. Elsewhere it is seen by that person alone: whole, where it is help,
//! care, settings or an error; otherwise one line, and the answer itself as a direct message. An answer that could not be
//! shown is sent by the outbox.

mod contents;
mod hiding;
mod lines;
mod turns;

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use serde_json::{Value, json};
use serenity::builder::{AutocompleteChoice, CreateAutocompleteResponse};
use serenity::model::id::{ApplicationId, ChannelId};
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use super::api::{Api, Refusal, patiently};
use super::arrival::{self, Done, Interaction};
use super::custom_id::Mark;
use super::render::{self, Seen};
use super::{messages, transport};
use crate::chat::{Attachment, DeliveryId, Inbound, Reply, Response, What};
use crate::clock::moment;
use crate::crash;
use crate::service::{Answered, Manner, Privately, Service};
use contents::Contents;
use turns::{Kind, Turn, Turns};

/// Discord takes the first answer for three seconds; after this long it is told that one is coming, or what is known so far.
const SOON: Duration = Duration::from_secs(2);

/// Discord's own bound, with room for the way there.
const AT_LATEST: Duration = Duration::from_millis(2_800);

/// How long it is waited for afterwards, to correct the line.
const AFTERWARDS: Duration = Duration::from_secs(30);

/// So many lines are waited for at once, to be corrected; beyond that they stay as they are.
const CORRECTED: usize = 512;

/// Already answered: by an earlier attempt whose answer was lost.
const ANSWERED: u64 = 40060;

/// Kinds of answers to an interaction.
mod callback {
    pub const MESSAGE: u64 = 4;
    pub const TO_COME: u64 = 5;
    pub const INSTEAD: u64 = 7;
    pub const COMPLETION: u64 = 8;
    pub const MODAL: u64 = 9;
}

/// Whether the person saw an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shown {
    Yes,
    No,
    Unsure,
}

/// What is left to do when the person has their answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Afterwards {
    Nothing,
    /// The question they answered loses its buttons.
    PutAway,
    /// What they were told of a delivery is corrected once it is known.
    Correct(DeliveryId),
    /// Their screen is cleared.
    Hide,
    /// The message they pressed on is deleted.
    Delete,
}

/// How far an answer has come, for when it breaks off.
#[derive(Clone, Copy, Debug, Default)]
struct Course {
    /// Discord was told to wait for it.
    late: bool,
    /// What the outbox sends where it is not shown.
    delivery: Option<DeliveryId>,
}

impl Afterwards {
    fn of(interaction: &Interaction, manner: Manner, shown: Shown) -> Self {
        let answers = shown == Shown::Yes && manner == Manner::Answers && interaction.in_dm;
        if answers { Self::PutAway } else { Self::Nothing }
    }
}

/// The door of one bot. Clones are the same door.
#[derive(Clone)]
pub struct Door(Arc<Inner>);

struct Inner {
    service: Arc<Service>,
    api: Arc<Api>,
    application: ApplicationId,
    serving: TaskTracker,
    /// Everybody who is being served.
    open: TaskTracker,
    turns: Turns,
    contents: Contents,
    /// Lines that are to be corrected.
    correcting: Semaphore,
}

impl Door {
    /// A door into `service`, where one person may do so much a minute; 0 for as much as they like.
    #[must_use]
    pub fn new(service: Arc<Service>, api: Arc<Api>, application: ApplicationId, acts_per_minute: u32) -> Self {
        let (turns, correcting) = (Turns::new(acts_per_minute), Semaphore::new(CORRECTED));
        let (serving, open) = (TaskTracker::new(), TaskTracker::new());
        // It is only ever asked whether it is empty.
        open.close();
        let contents = Contents::default();
        Self(Arc::new(Inner { service, api, application, serving, open, turns, contents, correcting }))
    }

    /// Takes an event of the gateway by its name. Returns at once.
    pub fn event(&self, name: &str, event: &Value) {
        match name {
            "INTERACTION_CREATE" => {
                if let Some(interaction) = arrival::interaction(event) {
                    self.serve(interaction);
                } else {
                    tracing::warn!("an interaction that cannot be read; nobody is answered");
                }
            }
            "MESSAGE_CREATE" => {
                if let Some((channel, inbound)) = messages::message(event) {
                    self.0.contents.differ(event);
                    self.read(channel, inbound);
                }
            }
            "MESSAGE_UPDATE" => {
                if let Some((channel, inbound)) = messages::edit(event).filter(|_| self.0.contents.differ(event)) {
                    self.read(channel, inbound);
                }
            }
            _ => {}
        }
    }

    /// Returns once nobody is being served, but for those whose direct message is still waited for.
    pub async fn idle(&self) {
        self.0.open.wait().await;
    }

    /// Waits until everybody who came has their answer, at most `patience`.
    pub async fn close(&self, patience: Duration) {
        self.0.serving.close();
        if tokio::time::timeout(patience, self.0.serving.wait()).await.is_err() {
            tracing::warn!("left with answers on their way; the next start sends them");
        }
    }

    fn serve(&self, interaction: Interaction) {
        let (door, came) = (self.clone(), moment());
        let (service, inbound) = (&self.0.service, &interaction.inbound);
        let kind = match &interaction.done {
            Done::Typing { .. } => Kind::Letters,
            Done::Asked | Done::Pressed { .. } if service.is_stateless(inbound) => Kind::Alone,
            Done::Asked | Done::Pressed { .. } => Kind::Acts,
        };
        if kind != Kind::Letters {
            service.note(inbound);
        }
        let turn = self.0.turns.take(&inbound.account.id, kind, || service.is_urgent(inbound));
        let open = self.0.open.token();
        match turn {
            Turn::Served(place) => drop(self.0.serving.spawn(async move {
                let mut course = Course::default();
                // A panic here, such as in rendering, still gets an answer; nothing is held that it could leave broken.
                let answering =
                    AssertUnwindSafe(door.interaction(&interaction, came, &mut course)).catch_unwind().await;
                let afterwards = match answering {
                    Ok(afterwards) => afterwards,
                    Err(_) => door.broke_off(&interaction, came, course).await,
                };
                if !matches!(afterwards, Afterwards::Correct(_)) {
                    door.afterwards(&interaction, afterwards).await;
                    return;
                }
                // What is only waited for keeps nobody out.
                drop((place, open));
                if let Ok(_correcting) = door.0.correcting.try_acquire() {
                    door.afterwards(&interaction, afterwards).await;
                }
            })),
            Turn::Away(away, aside) => drop(self.0.serving.spawn(async move {
                door.turn_away(&interaction, came, away).await;
                drop((aside, open));
            })),
            Turn::Dropped => {}
        }
    }

    /// Words that came into the direct message.
    fn read(&self, channel: ChannelId, inbound: Inbound) {
        let (door, service) = (self.clone(), &self.0.service);
        service.note(&inbound);
        let turn = self.0.turns.take(&inbound.account.id, Kind::Acts, || service.is_urgent(&inbound));
        let open = self.0.open.token();
        match turn {
            Turn::Served(place) => drop(self.0.serving.spawn(async move {
                door.written(channel, inbound).await;
                drop((place, open));
            })),
            Turn::Away(away, aside) => drop(self.0.serving.spawn(async move {
                door.not_read(channel, &inbound, away).await;
                drop((aside, open));
            })),
            Turn::Dropped => {}
        }
    }

    async fn interaction(&self, interaction: &Interaction, came: Instant, course: &mut Course) -> Afterwards {
        let service = &self.0.service;
        if let Done::Typing { command, text } = &interaction.done {
            let choices = service
                .complete(command, text.expose())
                .into_iter()
                .map(|suggestion| AutocompleteChoice::new(suggestion.label, suggestion.value));
            let choices = CreateAutocompleteResponse::new().set_choices(choices.collect());
            self.answer(interaction, came, callback::COMPLETION, &json!(choices)).await;
            return Afterwards::Nothing;
        }
        if service.hides(&interaction.inbound) {
            // Not behind anything that is stored: it has to work at once, and always.
            self.say_hiding(interaction, came).await;
            return Afterwards::Hide;
        }
        if let Done::Pressed { mark: Some(Mark::Of(delivery)) } = interaction.done
            && service.is_offer(&interaction.inbound)
        {
            return self.offer_again(interaction, came, delivery).await;
        }
        // A panic in it still gets an answer.
        let mut work = pin!(AssertUnwindSafe(service.handle(interaction.inbound.clone())).catch_unwind());
        let in_time = tokio::time::timeout_at(came + crash::wait("defer", SOON), &mut work).await;
        let late = in_time.is_err();
        course.late = late;
        if late {
            let to_come = json!({ "flags": render::flags(seen(interaction)) });
            self.answer(interaction, came, callback::TO_COME, &to_come).await;
        }
        let done = match in_time {
            Ok(done) => done,
            Err(_) => work.await,
        };
        let answered = done.unwrap_or_else(|_| {
            tracing::error!("an answer broke off; the person is asked to try again");
            Answered::unstored(Response::Reply(service.not_saved(&interaction.inbound)))
        });
        course.delivery = answered.delivery;
        if late {
            self.respond_late(interaction, answered).await
        } else {
            self.respond(interaction, came, answered).await
        }
    }

    async fn respond(&self, interaction: &Interaction, came: Instant, answered: Answered) -> Afterwards {
        let Answered { response, delivery, manner, private, .. } = answered;
        let reply = match response {
            Response::Form(form) => {
                self.answer(interaction, came, callback::MODAL, &render::modal(&form, seen(interaction))).await;
                return Afterwards::Nothing;
            }
            Response::Reply(reply) => reply,
        };
        if let Some(delivery) = delivery.filter(|_| private && !interaction.in_dm) {
            return self.elsewhere(interaction, came, manner, delivery).await;
        }
        let instead = pressed(interaction)
            && match manner {
                Manner::Turns => true,
                // Elsewhere the question cannot be changed afterwards; the answer takes its place.
                Manner::Answers => !interaction.in_dm,
                Manner::Opens => false,
            };
        if instead && let Done::Pressed { mark: Some(Mark::Is(delivery)) } = interaction.done {
            self.0.service.surely_shown(delivery).await;
        }
        let kind = if instead { callback::INSTEAD } else { callback::MESSAGE };
        crash::point("before-callback");
        let data = message(interaction, &reply, delivery.map(Mark::Is));
        let shown = self.answer_with(interaction, came, kind, &data, &reply.files).await;
        crash::point("after-callback");
        self.settle(delivery, shown).await;
        if reply.deletes_pressed && interaction.in_dm {
            return Afterwards::Delete;
        }
        Afterwards::of(interaction, manner, shown)
    }

    /// The answer came after Discord had been told to wait for it.
    async fn respond_late(&self, interaction: &Interaction, answered: Answered) -> Afterwards {
        let reply = match answered.response {
            Response::Reply(reply) => reply,
            // A form can only be the first answer: the person is asked to press once more.
            Response::Form(_) => self.0.service.not_saved(&interaction.inbound),
        };
        if let Some(delivery) = answered.delivery.filter(|_| answered.private && !interaction.in_dm) {
            let became = self.0.service.privately(delivery, AFTERWARDS).await;
            self.correct(interaction, became, delivery).await;
            return Afterwards::Nothing;
        }
        let shown = match self.edit_original(interaction, &reply, answered.delivery.map(Mark::Is)).await {
            Ok(()) => Shown::Yes,
            Err(Refusal::Unsure) => Shown::Unsure,
            Err(_) => Shown::No,
        };
        self.settle(answered.delivery, shown).await;
        Afterwards::of(interaction, answered.manner, shown)
    }

    /// What is done when the person has their answer.
    async fn afterwards(&self, interaction: &Interaction, afterwards: Afterwards) {
        match afterwards {
            Afterwards::Nothing => {}
            Afterwards::PutAway => self.put_away(interaction).await,
            Afterwards::Delete => {
                if let Some((channel, id)) = interaction.on {
                    Self::edited(patiently(|| self.0.api.delete(channel, id)).await);
                }
            }
            Afterwards::Correct(delivery) => {
                let became = self.0.service.still(delivery, AFTERWARDS).await;
                if became != Privately::OnItsWay {
                    self.correct(interaction, became, delivery).await;
                }
            }
            Afterwards::Hide => self.hide(interaction).await,
        }
    }

    /// Words written into the direct message. What is stored of them is answered by the outbox, in its order.
    async fn written(&self, channel: ChannelId, inbound: Inbound) {
        let (service, mark) = (&self.0.service, said(&inbound));
        let work = async {
            match &inbound.what {
                What::Edited(_) => service.reread(inbound.clone()).await,
                _ => Some(service.handle(inbound.clone()).await),
            }
        };
        let not_saved = |_| Some(Answered::unstored(Response::Reply(service.not_saved(&inbound))));
        let Some(answered) = AssertUnwindSafe(work).catch_unwind().await.unwrap_or_else(not_saved) else { return };
        if let Some(delivery) = answered.delivery {
            service.privately(delivery, Duration::ZERO).await;
        } else if let Response::Reply(reply) = answered.response {
            self.say(channel, &reply, &mark).await;
        }
    }

    async fn say(&self, channel: ChannelId, reply: &Reply, mark: &str) {
        let message = render::message(reply, None, Seen::InDm);
        if let Err(refusal) = patiently(|| transport::say(&self.0.api, channel, message.clone(), mark)).await {
            tracing::warn!(%refusal, "words of which nothing is stored could not be answered");
        }
    }

    async fn settle(&self, delivery: Option<DeliveryId>, shown: Shown) {
        let Some(delivery) = delivery else { return };
        match shown {
            Shown::Yes => self.0.service.shown(delivery),
            Shown::No => drop(self.0.service.privately(delivery, Duration::ZERO).await),
            // When its lease runs out, the outbox looks whether it is there.
            Shown::Unsure => {}
        }
    }

    /// The question that was answered keeps its text and loses its buttons.
    async fn put_away(&self, interaction: &Interaction) {
        let Some((channel, id)) = interaction.on else { return };
        let put_away = async {
            // As it stands now: it may have been answered in the meantime.
            let message = self.0.api.message(channel, id).await?;
            if let Some(delivery) = render::delivery(&message) {
                self.0.service.surely_shown(delivery).await;
            }
            match render::without_choices(&message) {
                Some(left) => self.0.api.edit(channel, id, &left).await,
                None => Ok(()),
            }
        };
        if let Err(refusal) = put_away.await {
            tracing::debug!(%refusal, "the buttons of an answered question stay; pressing them again does no harm");
        }
    }

    async fn edit_original(&self, to: &Interaction, reply: &Reply, mark: Option<Mark>) -> Result<(), Refusal> {
        let message = message(to, reply, mark);
        self.0.api.edit_original(self.0.application, &to.token.0, &message, &reply.files).await
    }

    /// Gives the first answer, again where the way there failed, for as long as Discord takes one.
    async fn answer(&self, to: &Interaction, came: Instant, kind: u64, data: &Value) -> Shown {
        self.answer_with(to, came, kind, data, &[]).await
    }

    /// The same, with files.
    async fn answer_with(
        &self,
        to: &Interaction,
        came: Instant,
        kind: u64,
        data: &Value,
        files: &[Attachment],
    ) -> Shown {
        let answer = json!({ "type": kind, "data": data });
        let deadline = came + crash::wait("callback", AT_LATEST);
        let mut unsure = false;
        loop {
            let asked = tokio::time::timeout_at(deadline, self.0.api.answer(to.id, &to.token.0, &answer, files)).await;
            let pause = match asked {
                Ok(Ok(()) | Err(Refusal::Refused { code: ANSWERED, .. })) => return Shown::Yes,
                Ok(Err(Refusal::Refused { status, code })) => {
                    tracing::warn!(kind, status, code, "Discord did not take an answer");
                    return if unsure { Shown::Unsure } else { Shown::No };
                }
                Ok(Err(Refusal::Wait(pause))) => pause,
                Ok(Err(Refusal::Unsent)) => Duration::from_millis(100),
                Ok(Err(Refusal::Unsure)) => {
                    unsure = true;
                    Duration::from_millis(50)
                }
                Err(_) => return Shown::Unsure,
            };
            if moment() + pause >= deadline {
                return if unsure { Shown::Unsure } else { Shown::No };
            }
            tokio::time::sleep(pause).await;
        }
    }
}

/// What an answer to words is found by.
fn said(inbound: &Inbound) -> String {
    if let What::Edited(_) = inbound.what {
        // Discord takes 25 characters; the id of an edit is longer.
        let mut hasher = DefaultHasher::new();
        inbound.id.0.hash(&mut hasher);
        return format!("edit-{:016x}", hasher.finish());
    }
    format!("said-{}", inbound.id.0)
}

fn seen(interaction: &Interaction) -> Seen {
    if interaction.in_dm { Seen::InDm } else { Seen::ByOne }
}

fn message(interaction: &Interaction, reply: &Reply, mark: Option<Mark>) -> Value {
    render::message(reply, mark, seen(interaction))
}

const fn pressed(interaction: &Interaction) -> bool {
    matches!(interaction.done, Done::Pressed { .. })
}
