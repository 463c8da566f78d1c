//! The body of a request: JSON, or a form with `payload_json` and `files[n]`.

use axum::body::{Body as Bytes, to_bytes};
use axum::extract::{FromRequest as _, Multipart, Request};
use axum::http::header::CONTENT_TYPE;
use serde_json::Value;

use super::refusal::Refusal;

/// A file that came with a body.
#[derive(Clone, Debug)]
pub struct File {
    /// The n of `files[n]`.
    pub number: u64,
    pub name: String,
    pub content_type: Option<String>,
    pub bytes: Vec<u8>,
}

/// What came.
#[derive(Clone, Debug, Default)]
pub struct Body {
    pub json: Value,
    pub files: Vec<File>,
    pub is_there: bool,
}

/// Discord takes more than this in no request of a bot.
const MOST: usize = 32 * 1024 * 1024;

impl Body {
    /// Reads it; the refusal is what Discord says to what it cannot read.
    pub async fn read(request: Request) -> Result<Self, Refusal> {
        let kind =
            request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default().to_owned();
        if kind.starts_with("multipart/form-data") {
            return Self::form(request).await;
        }
        let bytes: Bytes = request.into_body();
        let bytes = to_bytes(bytes, MOST).await.map_err(|_| unreadable())?;
        if bytes.is_empty() {
            return Ok(Self::default());
        }
        if !kind.starts_with("application/json") {
            let message =
                format!("Expected \"Content-Type\" header to be one of {{'application/json'}}, not {kind:?}.");
            return Err(Refusal::new(400, 50035, &message));
        }
        let json = serde_json::from_slice(&bytes).map_err(|_| unreadable())?;
        Ok(Self { json, files: Vec::new(), is_there: true })
    }

    async fn form(request: Request) -> Result<Self, Refusal> {
        let mut form = Multipart::from_request(request, &()).await.map_err(|_| unreadable())?;
        let mut body = Self { is_there: true, ..Self::default() };
        while let Some(field) = form.next_field().await.map_err(|_| unreadable())? {
            let key = field.name().unwrap_or_default().to_owned();
            let name = field.file_name().unwrap_or("unknown").to_owned();
            let content_type = field.content_type().map(ToOwned::to_owned);
            let bytes = field.bytes().await.map_err(|_| unreadable())?.to_vec();
            if key == "payload_json" {
                body.json = serde_json::from_slice(&bytes).map_err(|_| unreadable())?;
            } else if let Some(number) =
                key.strip_prefix("files[").and_then(|rest| rest.strip_suffix(']')?.parse().ok())
            {
                body.files.push(File { number, name, content_type, bytes });
            } else {
                body.json[&key] = Value::String(String::from_utf8_lossy(&bytes).into_owned());
            }
        }
        Ok(body)
    }
}

fn unreadable() -> Refusal {
    Refusal::new(400, 50109, "The request body contains invalid JSON.")
}
