//! What people do: commands, presses, choices, forms, words. Each is refused where Discord's own client would not let
//! it happen; `forge` gets past that.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::client::{command_data, modal_data};
use super::components::{kind, list, walk};
use super::gateway::Audience;
use super::objects;
use super::views::{Answer, Message};
use super::world::{Account, Asked, Place, Post, World};
use super::{FakeDiscord, Person};

/// How long a command is waited for that is not registered yet.
const REGISTRATION: Duration = Duration::from_secs(10);

/// An interaction a person began.
#[derive(Clone)]
pub struct Interaction {
    /// Its id.
    pub id: u64,
    /// Its token.
    pub token: String,
    /// The payload of its `INTERACTION_CREATE`.
    pub payload: Value,
    /// Whether a session got it, or waits to be resumed with it. As on Discord, a process that died without a goodbye
    /// leaves such a session behind, and what its successor does not resume is lost.
    pub is_delivered: bool,
    fake: FakeDiscord,
}

impl Interaction {
    /// Waits for the first callback.
    pub async fn answer(&self, timeout: Duration) -> Option<Answer> {
        self.fake.shared.wait(timeout, |world| self.answer_in(world)).await
    }

    /// Waits until the first callback is there, without a look at every change of everybody: for one waiter, as a
    /// measurement has it. `None` after the timeout.
    pub async fn told(&self, timeout: Duration) -> Option<Answer> {
        let told = Arc::clone(&self.fake.shared.world().asked.get(&self.id)?.told);
        tokio::time::timeout(timeout, told.notified()).await.ok()?;
        self.answer_now()
    }

    /// The first callback if it has come.
    pub fn answer_now(&self) -> Option<Answer> {
        self.answer_in(&self.fake.shared.world())
    }

    fn answer_in(&self, world: &World) -> Option<Answer> {
        let callback = world.asked.get(&self.id)?.callback.as_ref()?;
        // As it stands, or as it stood when it was deleted.
        let message = callback.message.and_then(|id| world.posts.get(&id)).map(|post| seen(world, post));
        Some(Answer { kind: callback.kind, data: callback.data.clone(), message, after: callback.after })
    }

    /// Waits until the original is there: at once for a message or an update, after its edit where it was deferred.
    /// `None` after the timeout, or if the original was deleted.
    pub async fn original(&self, timeout: Duration) -> Option<Message> {
        let look = |world: &World| {
            let callback = world.asked.get(&self.id)?.callback.as_ref().filter(|callback| callback.settled)?;
            Some(callback.message.and_then(|id| world.post(id)).map(|post| seen(world, post)))
        };
        self.fake.shared.wait(timeout, look).await.flatten()
    }

    /// The follow-ups that are there now.
    pub fn follow_ups(&self) -> Vec<Message> {
        let world = self.fake.shared.world();
        let ids = world.asked.get(&self.id).map(|asked| asked.follow_ups.clone()).unwrap_or_default();
        ids.into_iter().filter_map(|id| world.post(id)).map(|post| seen(&world, post)).collect()
    }

    /// Makes it older: after 3 s no first answer is taken, after 15 min its token is dead.
    pub fn age(&self, by: Duration) {
        if let Some(asked) = self.fake.shared.world().asked.get_mut(&self.id) {
            asked.aged += by;
        }
    }
}

/// A message as views show it.
pub fn seen(world: &World, post: &Post) -> Message {
    Message::new(post, objects::message(world, post))
}

impl FakeDiscord {
    /// A slash command with its options by name. Waits a while until it is registered.
    ///
    /// # Panics
    /// Where Discord would not offer it: not registered, not in that place, an option amiss.
    pub async fn command(&self, who: &Person, place: Place, name: &str, options: &[(&str, &str)]) -> Interaction {
        self.registered(name).await;
        self.try_command(who, place, name, options).unwrap_or_else(|why| panic!("/{name}: {why}"))
    }

    /// As [`Self::command`], at once and without panic.
    ///
    /// # Errors
    /// Why Discord would not offer it.
    pub fn try_command(
        &self,
        who: &Person,
        place: Place,
        name: &str,
        options: &[(&str, &str)],
    ) -> Result<Interaction, String> {
        let data = command_data(&self.shared.world(), place, name, options, None)?;
        Ok(self.begin(who, place, 2, None, &data, Value::Null))
    }

    /// Asks for suggestions while an option is typed: the last of `options` is the one in focus.
    ///
    /// # Panics
    /// Where Discord would not offer the command.
    pub async fn autocomplete(&self, who: &Person, place: Place, name: &str, options: &[(&str, &str)]) -> Interaction {
        self.registered(name).await;
        let focus = options.last().map(|(name, _)| *name);
        let data = command_data(&self.shared.world(), place, name, options, focus);
        let data = data.unwrap_or_else(|why| panic!("/{name}: {why}"));
        self.begin(who, place, 4, None, &data, Value::Null)
    }

    async fn registered(&self, name: &str) {
        let there =
            |world: &World| world.commands.values().flatten().any(|command| command["name"] == name).then_some(());
        self.shared.wait(REGISTRATION, there).await;
    }

    /// Presses a button.
    ///
    /// # Panics
    /// Where it is not on the screen or cannot be pressed.
    #[expect(clippy::unused_async, reason = "acts of a person are awaited, whichever they are")]
    pub async fn press(&self, who: &Person, message: u64, custom_id: &str) -> Interaction {
        self.try_press(who, message, custom_id).unwrap_or_else(|why| panic!("pressing {custom_id:?}: {why}"))
    }

    /// As [`Self::press`], without panic.
    ///
    /// # Errors
    /// Why they cannot press it.
    pub fn try_press(&self, who: &Person, message: u64, custom_id: &str) -> Result<Interaction, String> {
        let (place, data) = {
            let world = self.shared.world();
            let (post, part) = component(&world, who, message, custom_id)?;
            if kind(part) != 2 {
                return Err("it is not a button".into());
            }
            (world.place_of(post.channel), json!({ "id": part["id"], "custom_id": custom_id, "component_type": 2 }))
        };
        Ok(self.begin(who, place, 3, Some(message), &data, Value::Null))
    }

    /// Chooses one option of a select menu, by its value.
    ///
    /// # Panics
    /// Where it is not on the screen or cannot be chosen.
    #[expect(clippy::unused_async, reason = "acts of a person are awaited, whichever they are")]
    pub async fn select(&self, who: &Person, message: u64, custom_id: &str, value: &str) -> Interaction {
        self.try_select(who, message, custom_id, &[value]).unwrap_or_else(|why| panic!("choosing {custom_id:?}: {why}"))
    }

    /// As [`Self::select`], of several options and without panic.
    ///
    /// # Errors
    /// Why they cannot choose it.
    pub fn try_select(
        &self,
        who: &Person,
        message: u64,
        custom_id: &str,
        values: &[&str],
    ) -> Result<Interaction, String> {
        let (place, data) = {
            let world = self.shared.world();
            let (post, part) = component(&world, who, message, custom_id)?;
            if kind(part) != 3 {
                return Err("it is not a select menu".into());
            }
            for value in values {
                if !list(&part["options"]).iter().any(|option| option["value"] == *value) {
                    return Err(format!("{value:?} is not among its options"));
                }
            }
            let data = json!({ "id": part["id"], "custom_id": custom_id, "component_type": 3, "values": values });
            (world.place_of(post.channel), data)
        };
        Ok(self.begin(who, place, 3, Some(message), &data, Value::Null))
    }

    /// Presses the button, or chooses the option, with that label.
    ///
    /// # Panics
    /// Where there is none, or it cannot be used.
    pub async fn choose(&self, who: &Person, message: u64, label: &str) -> Interaction {
        let shown = self.message(message).unwrap_or_else(|| panic!("choosing {label:?}: the message is not there"));
        let choice = shown.choice(label).unwrap_or_else(|| panic!("{label:?} is not among {:#?}", shown.choices()));
        match choice.value {
            None => self.press(who, message, &choice.custom_id).await,
            Some(value) => self.select(who, message, &choice.custom_id, &value).await,
        }
    }

    /// Sends a form that answered `opened`. A field not named keeps what stands in it.
    ///
    /// # Panics
    /// Where no form came back, or a field does not take its value.
    #[expect(clippy::unused_async, reason = "acts of a person are awaited, whichever they are")]
    pub async fn submit(&self, who: &Person, opened: &Interaction, values: &[(&str, &str)]) -> Interaction {
        self.try_submit(who, opened, values).unwrap_or_else(|why| panic!("sending a form: {why}"))
    }

    /// As [`Self::submit`], without panic.
    ///
    /// # Errors
    /// Why they cannot send it.
    pub fn try_submit(
        &self,
        who: &Person,
        opened: &Interaction,
        values: &[(&str, &str)],
    ) -> Result<Interaction, String> {
        let (place, source, data) = {
            let world = self.shared.world();
            let asked = world.asked.get(&opened.id).ok_or("no such interaction")?;
            let modal = asked.callback.as_ref().filter(|callback| callback.kind == 9).ok_or("no form came back")?;
            (asked.place, asked.source, modal_data(&modal.data, values)?)
        };
        Ok(self.begin(who, place, 5, source, &data, Value::Null))
    }

    /// An interaction whatever the screen shows: `payload` has `type` and `data`, may have a `message` (an id), and its
    /// other fields stand over those the fake would send.
    #[expect(clippy::unused_async, reason = "acts of a person are awaited, whichever they are")]
    pub async fn forge(&self, who: &Person, place: Place, mut payload: Value) -> Interaction {
        let kind = payload["type"].as_u64().unwrap_or(2);
        let data = payload["data"].take();
        let source = payload["message"].as_u64();
        if let Some(fields) = payload.as_object_mut() {
            fields.remove("type");
            fields.remove("data");
            if source.is_some() {
                fields.remove("message");
            }
        }
        self.begin(who, place, kind, source, &data, payload)
    }

    /// Presses a button of a message that may not have it, or may be gone.
    pub async fn press_forged(&self, who: &Person, message: u64, custom_id: &str) -> Interaction {
        let place = {
            let world = self.shared.world();
            world.posts.get(&message).map_or(Place::Dm, |post| world.place_of(post.channel))
        };
        let data = json!({ "id": 2, "custom_id": custom_id, "component_type": 2 });
        self.forge(who, place, json!({ "type": 3, "message": message, "data": data })).await
    }

    fn begin(
        &self,
        who: &Person,
        place: Place,
        kind: u64,
        source: Option<u64>,
        data: &Value,
        over: Value,
    ) -> Interaction {
        let begun = {
            let mut world = self.shared.world();
            let account = account(&world, who);
            let channel = match place {
                Place::Server => world.guild_channel,
                Place::Dm => account.dm,
                Place::Private => account.private,
            };
            let id = world.snowflake();
            // Long and unguessable-looking, so that one in a log is found by searching for it.
            let noise = u128::from(id).wrapping_mul(0x2545_f491_4f6c_dd1d_9e37_79b9_7f4a_7c15);
            let token = format!("aW50ZXJhY3Rpb246{id}{noise:032x}{:032x}", noise.rotate_left(41));
            let asked = Asked {
                id,
                token: token.clone(),
                kind,
                person: who.id,
                place,
                channel,
                name: data["name"].as_str().unwrap_or_default().to_owned(),
                source,
                at: Instant::now(),
                aged: Duration::ZERO,
                callback: None,
                told: Arc::default(),
                follow_ups: Vec::new(),
            };
            let mut payload = objects::interaction(&world, &asked, data);
            objects::merge(&mut payload, over);
            world.asked.insert(id, asked);
            world.tokens.insert(token.clone(), id);
            let reached = world.gateway.dispatch(Audience::All, "INTERACTION_CREATE", &payload);
            Interaction { id, token, payload, is_delivered: reached > 0, fake: self.clone() }
        };
        self.shared.changed();
        begun
    }
}

pub fn account(world: &World, who: &Person) -> Account {
    world.account(who.id).cloned().unwrap_or_else(|| panic!("{} is not a person of this fake", who.name))
}

/// A component on a person's screen that can be used.
fn component<'a>(
    world: &'a World,
    who: &Person,
    message: u64,
    custom_id: &str,
) -> Result<(&'a Post, &'a Value), String> {
    let post = world.post(message).ok_or("the message is not there")?;
    let account = account(world, who);
    let theirs = [world.guild_channel, account.dm, account.private].contains(&post.channel);
    if !theirs || post.only_for.is_some_and(|only| only != who.id) {
        return Err("they do not see the message".into());
    }
    let parts = walk(&post.components);
    let part =
        parts.into_iter().find(|part| part["custom_id"] == custom_id).ok_or("the message has no such component")?;
    if part["disabled"] == true {
        return Err("it is disabled".into());
    }
    Ok((post, part))
}
