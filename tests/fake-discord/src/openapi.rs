//! Every body the bot sends against Discord's own `OpenAPI` description, where that file lies beside the project.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use jsonschema::error::ValidationErrorKind;
use jsonschema::{ValidationError, Validator};
use serde_json::{Map, Value, json};

use super::components::list;

/// What came of a check.
pub enum Checked {
    /// The file is not there, or does not know the operation.
    Not,
    Well,
    /// Each line names the operation, the place in the body and the reason.
    Wrong(Vec<String>),
}

struct Spec {
    document: Value,
    /// Compiled schemas by the place of the schema in the document.
    validators: Mutex<HashMap<String, Option<Arc<Validator>>>>,
}

fn spec() -> Option<&'static Spec> {
    static SPEC: OnceLock<Option<Spec>> = OnceLock::new();
    let load = || {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/discord/openapi.json");
        let document = std::fs::read(path).ok().and_then(|text| serde_json::from_slice(&text).ok());
        if document.is_none() {
            eprintln!(
                "fake Discord: no ../shared/discord/openapi.json; bodies are checked against the hand-written limits alone"
            );
        }
        document.map(|document| Spec { document, validators: Mutex::default() })
    };
    SPEC.get_or_init(load).as_ref()
}

/// Whether there is a description to check against.
pub fn is_there() -> bool {
    spec().is_some()
}

/// Checks the body of a request; `path` is below `/api/v10`.
pub fn check(method: &str, path: &[String], body: &Value) -> Checked {
    let Some(spec) = spec() else { return Checked::Not };
    let Some((operation, place)) = spec.operation(method, path) else { return Checked::Not };
    let place = place + "/requestBody/content/application~1json/schema";
    let place = spec.narrow(&place, body);
    spec.hold(&operation, &place, body)
}

/// Checks an answer of the fake itself: what it sends is what Discord says it sends.
pub fn check_answer(method: &str, path: &[String], status: u16, body: &Value) -> Checked {
    let Some(spec) = spec() else { return Checked::Not };
    let Some((operation, place)) = spec.operation(method, path) else { return Checked::Not };
    let place = match status {
        200 => place + "/responses/200/content/application~1json/schema",
        // The tree of `ErrorResponse` is left out: it asks for numbers where the documentation, under "Error Messages",
        // and Discord itself have words, as `BASE_TYPE_REQUIRED`.
        _ => "/components/schemas/Error".to_owned(),
    };
    spec.hold(&operation, &place, body)
}

impl Spec {
    /// Holds a body against the schema at a place of the document.
    fn hold(&self, operation: &str, place: &str, body: &Value) -> Checked {
        let Some(validator) = self.validator(place) else { return Checked::Not };
        let mut wrong = Vec::new();
        for error in validator.iter_errors(body).filter(|error| !is_exempt(error)) {
            explain(&error, &mut wrong);
        }
        if wrong.is_empty() {
            return Checked::Well;
        }
        Checked::Wrong(wrong.into_iter().map(|why| format!("OpenAPI {operation}: {why}")).collect())
    }

    /// The operation's id, and the JSON pointer to it.
    fn operation(&self, method: &str, path: &[String]) -> Option<(String, String)> {
        let method = method.to_lowercase();
        let fits = |template: &str| {
            let pieces: Vec<&str> = template.split('/').skip(1).collect();
            let one = |(piece, given): (&&str, &String)| piece.starts_with('{') || piece == given;
            pieces.len() == path.len() && pieces.iter().zip(path).all(one)
        };
        let paths = self.document["paths"].as_object()?;
        let mut fitting: Vec<&String> = paths.keys().filter(|template| fits(template)).collect();
        // `@original` is more exact than `{message_id}`.
        fitting.sort_by_key(|template| template.matches('{').count());
        let template = fitting.into_iter().find(|template| paths[*template].get(&method).is_some())?;
        let operation = &paths[template][&method];
        let escaped = template.replace('~', "~0").replace('/', "~1");
        let name = operation["operationId"].as_str().unwrap_or(template).to_owned();
        Some((name, format!("/paths/{escaped}/{method}")))
    }

    /// Of a choice between bodies with a `type`, the one this body says it is: its errors say more than "none fits".
    fn narrow(&self, place: &str, body: &Value) -> String {
        let schema = self.document.pointer(place).unwrap_or(&Value::Null);
        let branches = list(&schema["anyOf"]).iter().filter_map(|branch| branch["$ref"].as_str()?.strip_prefix('#'));
        let says = |place: &&str| {
            let kinds = self.document.pointer(place).map(|schema| &schema["properties"]["type"]["enum"]);
            kinds.is_some_and(|kinds| list(kinds).contains(&body["type"]))
        };
        branches.into_iter().find(says).unwrap_or(place).to_owned()
    }

    fn validator(&self, place: &str) -> Option<Arc<Validator>> {
        let mut validators = self.validators.lock().unwrap_or_else(PoisonError::into_inner);
        let compile = || {
            let mut schema = self.document.pointer(place)?.clone();
            let mut needed = BTreeSet::new();
            self.references(&schema, &mut needed);
            let schemas = needed.into_iter().map(|name| {
                let schema = self.document["components"]["schemas"][&name].clone();
                (name, schema)
            });
            schema["components"] = json!({ "schemas": schemas.collect::<Map<_, _>>() });
            let compiled = jsonschema::draft202012::options().build(&schema);
            Some(Arc::new(compiled.unwrap_or_else(|error| panic!("Discord's schema at {place}: {error}"))))
        };
        validators.entry(place.to_owned()).or_insert_with(compile).clone()
    }

    /// The names of all schemas one leads to: only they are compiled with it.
    fn references(&self, schema: &Value, found: &mut BTreeSet<String>) {
        match schema {
            Value::Object(fields) => {
                let name = schema["$ref"].as_str().and_then(|name| name.strip_prefix("#/components/schemas/"));
                if let Some(name) = name
                    && found.insert(name.to_owned())
                {
                    self.references(&self.document["components"]["schemas"][name], found);
                }
                fields.values().for_each(|value| self.references(value, found));
            }
            Value::Array(values) => values.iter().for_each(|value| self.references(value, found)),
            _ => {}
        }
    }
}

/// What the description refuses though Discord's documentation shows it.
fn is_exempt(error: &ValidationError<'_>) -> bool {
    let path = error.instance_path().to_string();
    let steps: Vec<&str> = path.split('/').collect();
    // "Uploading Files" numbers the files of a form with integers: `"attachments": [{"id": 0, …}]`.
    matches!(steps[..], [.., "attachments", _, "id"]) && error.instance().is_u64()
}

/// One line an error. "None of the alternatives" is answered with what is wrong with the one that was meant: the one
/// whose `type` fits.
fn explain(error: &ValidationError<'_>, wrong: &mut Vec<String>) {
    if let ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } = error.kind() {
        let here = format!("{}/type", error.instance_path());
        let meant = context.iter().find(|branch| branch.iter().all(|error| error.instance_path().to_string() != here));
        if let Some(meant) = meant.filter(|_| error.instance()["type"].is_number()) {
            for error in meant {
                explain(error, wrong);
            }
            return;
        }
    }
    let mut why = error.to_string();
    if why.len() > 300 {
        let end = (0..=300).rev().find(|at| why.is_char_boundary(*at)).unwrap_or_default();
        why.truncate(end);
        why.push('…');
    }
    wrong.push(format!("{}: {why}", error.instance_path()));
}
