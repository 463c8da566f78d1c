//! The entrance of every HTTP request: faults, latency, authorization, rate limits, the check against `OpenAPI`, the
//! route; and the record of it all.

use std::sync::Arc;
use std::time::Instant;

use axum::body::Body as Bytes;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{ConnectInfo, FromRequestParts as _, Path, Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, DATE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use serde_json::{Value, json};

use super::body::Body;
use super::faults::FaultAction;
use super::gateway;
use super::line::Cut;
use super::openapi;
use super::refusal::Refusal;
use super::routes;
use super::views::Recorded;
use super::world::{Shared, World};

/// A request as the routes see it: the path below `/api/v10`, in pieces.
pub struct Asking<'a> {
    pub method: &'a str,
    pub path: Vec<String>,
    pub query: Vec<(String, String)>,
    pub body: &'a Body,
}

impl Asking<'_> {
    pub fn query(&self, key: &str) -> Option<&str> {
        self.query.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }
}

/// An answer before it is written: its status, its JSON if it has one, headers beside the usual.
struct Answered {
    status: u16,
    body: Option<Value>,
    headers: Vec<(&'static str, String)>,
}

/// The gateway's side of the same port.
pub async fn websocket(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    request: Request,
) -> Response {
    if shared.world().gateway.refuses {
        shared.world().gateway.refused += 1;
        shared.changed();
        cut.cut();
        return std::future::pending().await;
    }
    let (mut parts, _) = request.into_parts();
    match WebSocketUpgrade::from_request_parts(&mut parts, &shared).await {
        Ok(upgrade) => upgrade.on_upgrade(move |socket| gateway::serve(shared, socket, cut)),
        Err(refused) => refused.into_response(),
    }
}

/// Everything else. A request that was taken is seen through even if its sender has gone: that it gave up does not
/// take back what it sent.
pub async fn entrance(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    request: Request,
) -> Response {
    let taken = tokio::spawn(take(shared, cut, request)).await;
    match taken {
        Ok(Some(response)) => response,
        // Nothing will ever be written; the connection ends when its other side or the fake does.
        Ok(None) | Err(_) => std::future::pending().await,
    }
}

/// A file of a message, at the address the message names.
pub async fn attachment(
    State(shared): State<Arc<Shared>>,
    Path((channel, id, _)): Path<(u64, u64, String)>,
) -> Response {
    let world = shared.world();
    let files = world.posts_in(channel).flat_map(|post| &post.attachments);
    match files.into_iter().find(|file| file.id == id) {
        Some(file) => Response::new(Bytes::from(file.bytes.clone())),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn take(shared: Arc<Shared>, cut: Cut, request: Request) -> Option<Response> {
    let at = Instant::now();
    let method = request.method().as_str().to_owned();
    let path = request.uri().path_and_query().map_or_else(String::new, |target| target.as_str().replace("%40", "@"));
    let token = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok()).map(ToOwned::to_owned);
    let (fault, latency, mut cleared) = {
        let mut world = shared.world();
        (world.faults.take(&method, &path), world.latency, world.faults.cleared())
    };
    if let Some(FaultAction::Reset) = fault {
        record(&shared, Recorded { method, path, body: Value::Null, status: 0, at });
        cut.cut();
        return None;
    }
    let body = Body::read(request).await;
    let shown = body.as_ref().map(|body| body.json.clone()).unwrap_or_default();
    match &fault {
        Some(FaultAction::Hang) => {
            record(&shared, Recorded { method, path, body: shown, status: 0, at });
            if cleared.changed().await.is_ok() {
                cut.cut();
            }
            return None;
        }
        Some(FaultAction::Delay(time)) => tokio::time::sleep(*time).await,
        _ => {}
    }
    if !latency.is_zero() {
        tokio::time::sleep(latency / 2).await;
    }
    let answered = match &fault {
        Some(FaultAction::Answer { status, body, headers }) => {
            Answered { status: *status, body: Some(body.clone()), headers: headers.clone() }
        }
        _ => process(&shared, &method, &path, token.as_deref(), body),
    };
    record(&shared, Recorded { method, path, body: shown, status: answered.status, at });
    if !latency.is_zero() {
        tokio::time::sleep(latency / 2).await;
    }
    let date = shared.world().date;
    match fault {
        Some(FaultAction::LoseResponse) => {
            cut.cut();
            None
        }
        Some(FaultAction::TruncateJson) => Some(write(answered, date, true)),
        _ => Some(write(answered, date, false)),
    }
}

fn record(shared: &Shared, recorded: Recorded) {
    shared.world().requests.push(recorded);
    shared.changed();
}

fn process(shared: &Shared, method: &str, target: &str, token: Option<&str>, body: Result<Body, Refusal>) -> Answered {
    let mut world = shared.world();
    let (headers, result) = decide(&mut world, method, target, token, body);
    match result {
        Ok(Value::Null) => Answered { status: 204, body: None, headers },
        Ok(body) => Answered { status: 200, body: Some(body), headers },
        Err(refusal) => Answered { status: refusal.status, body: Some(refusal.body), headers },
    }
}

type Headers = Vec<(&'static str, String)>;

fn decide(
    world: &mut World,
    method: &str,
    target: &str,
    token: Option<&str>,
    body: Result<Body, Refusal>,
) -> (Headers, Result<Value, Refusal>) {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let Some(path) = path.strip_prefix("/api/v10/") else { return (Vec::new(), Err(Refusal::not_found())) };
    let path: Vec<String> = path.split('/').map(ToOwned::to_owned).collect();
    let query = query.split('&').filter_map(|pair| pair.split_once('='));
    let query = query.map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
    // An interaction's endpoints are known by its token, and outside the bot's global limit.
    let by_token = matches!(path[0].as_str(), "interactions" | "webhooks");
    let is_open = by_token || path == ["gateway"];
    if !is_open && token != Some(&format!("Bot {}", world.token)) {
        return (Vec::new(), Err(Refusal::unauthorized()));
    }
    let is_message = path.iter().any(|piece| piece == "messages") && matches!(method, "POST" | "PATCH");
    let (bucket, major) = routes::bucket(method, &path);
    let limits = world.limits;
    let verdict = world.buckets.count(limits, &format!("{bucket} {major}"), is_message, !by_token);
    if let Some(body) = verdict.refused {
        return (verdict.headers, Err(Refusal { status: 429, body }));
    }
    let body = match body {
        Ok(body) => body,
        Err(refusal) => return (verdict.headers, Err(refusal)),
    };
    if body.is_there && world.checks_openapi {
        match openapi::check(method, &path, &body.json) {
            openapi::Checked::Not => {}
            openapi::Checked::Well => world.checked += 1,
            openapi::Checked::Wrong(what) => {
                world.checked += 1;
                world.violations.extend(what);
            }
        }
    }
    let asking = Asking { method, path, query, body: &body };
    let result = routes::route(world, &asking);
    if world.checks_itself {
        check_itself(world, &asking, &result);
    }
    (verdict.headers, result)
}

fn check_itself(world: &mut World, asking: &Asking<'_>, result: &Result<Value, Refusal>) {
    let checked = match result {
        Ok(Value::Null) => return,
        Ok(body) => openapi::check_answer(asking.method, &asking.path, 200, body),
        Err(refusal) => openapi::check_answer(asking.method, &asking.path, refusal.status, &refusal.body),
    };
    if let openapi::Checked::Wrong(what) = checked {
        world.unfaithful.extend(what);
    }
}

fn write(answered: Answered, date: Option<Timestamp>, truncated: bool) -> Response {
    // What stands before Discord answers in HTML.
    let is_html = matches!(&answered.body, Some(Value::String(_)));
    let mut text = match answered.body {
        Some(Value::String(html)) => html,
        body => body.map(|body| body.to_string()).unwrap_or_default(),
    };
    if truncated {
        let half = (0..=text.len() / 2).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
        text.truncate(half);
    }
    let mut response = Response::new(Bytes::from(text));
    *response.status_mut() = StatusCode::from_u16(answered.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(if is_html { "text/html" } else { "application/json" }));
    // Without one, the server adds the machine's own date.
    let date = date.and_then(|date| DateTimePrinter::new().timestamp_to_rfc9110_string(&date).ok());
    headers.extend(date.and_then(|date| Some((DATE, HeaderValue::try_from(date).ok()?))));
    for (name, value) in answered.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            headers.insert(name, value);
        }
    }
    response
}

/// What `GET /gateway/bot` adds to the address.
pub fn session_start_limit(world: &World) -> Value {
    let (remaining, concurrency) = (world.gateway.starts_left, world.gateway.max_concurrency);
    json!({ "total": 1000, "remaining": remaining, "reset_after": 14_400_000, "max_concurrency": concurrency })
}
