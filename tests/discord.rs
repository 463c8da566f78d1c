//! The real `rekindle run` against a fake Discord, over HTTP and WebSocket: what its users, its operator and the platform
//! meet. Each test is one promise; at the end of each, Discord has nothing to complain of.

mod delivery;
mod disk;
mod door;
mod faults_gateway;
mod faults_http;
mod people;
mod process;
mod running;
mod safety;
#[path = "discord/time.rs"]
mod time_passing;

use std::time::Duration;

use fake_discord::{FakeDiscord, Person, Place};
use jiff::Timestamp;

use crate::support::LONG;
use crate::support::process::{BotProcess, Running};
use crate::support::town::{CHOSEN, EVENING, REMINDER, Town, time};
