//! The documented limits of forms.
//!
//! Limits: Discord's documentation, "Modal" in "Receiving and Responding", "Text Input", "Label".

use serde_json::Value;

use super::components::{ROW, Seen, TEXT, check_select, kind, list, text_length};
use super::refusal::Flaws;

/// A modal's title, id and inputs against their limits.
pub fn check(modal: &Value, flaws: &mut Flaws) {
    let mut seen = Seen::default();
    match modal["title"].as_str() {
        None | Some("") => flaws.required("data.title"),
        Some(title) => flaws.length("data.title", title, 1, 45),
    }
    match modal["custom_id"].as_str() {
        None | Some("") => flaws.required("data.custom_id"),
        Some(id) => flaws.length("data.custom_id", id, 1, 100),
    }
    let rows = list(&modal["components"]);
    flaws.count("data.components", rows.len(), 1, 5);
    for (at, row) in rows.iter().enumerate() {
        let path = format!("data.components.{at}");
        match kind(row) {
            ROW => {
                let inputs = list(&row["components"]);
                flaws.count(format!("{path}.components"), inputs.len(), 1, 1);
                for (at, input) in inputs.iter().enumerate() {
                    let path = format!("{path}.components.{at}");
                    match input["label"].as_str() {
                        None | Some("") => flaws.required(format!("{path}.label")),
                        Some(label) => flaws.length(format!("{path}.label"), label, 1, 45),
                    }
                    check_input(input, &path, &mut seen, flaws);
                }
            }
            18 => {
                match row["label"].as_str() {
                    None | Some("") => flaws.required(format!("{path}.label")),
                    Some(label) => flaws.length(format!("{path}.label"), label, 1, 45),
                }
                let description = row["description"].as_str().unwrap_or_default();
                flaws.length(format!("{path}.description"), description, 0, 100);
                let child = &row["component"];
                let path = format!("{path}.component");
                match kind(child) {
                    4 => check_input(child, &path, &mut seen, flaws),
                    3 | 5..=8 => check_select(child, &path, &mut seen, flaws),
                    19 | 21..=23 => seen.custom_id(child, &path, flaws),
                    _ => flaws.add(format!("{path}.type"), "UNION_TYPE_CHOICES", "Not a component of a Label."),
                }
            }
            TEXT => text_length(row, &path, 4000, flaws),
            _ => flaws.add(
                format!("{path}.type"),
                "UNION_TYPE_CHOICES",
                "Value of field \"type\" must be one of (1, 10, 18).",
            ),
        }
    }
}

fn check_input(input: &Value, path: &str, seen: &mut Seen, flaws: &mut Flaws) {
    if kind(input) != 4 {
        flaws.add(format!("{path}.type"), "UNION_TYPE_CHOICES", "Value of field \"type\" must be one of (4,).");
        return;
    }
    seen.custom_id(input, path, flaws);
    if !matches!(input["style"].as_u64(), Some(1 | 2)) {
        flaws.add(format!("{path}.style"), "BASE_TYPE_CHOICES", "Value must be one of (1, 2).");
    }
    for (key, most) in [("value", 4000), ("placeholder", 100)] {
        flaws.length(format!("{path}.{key}"), input[key].as_str().unwrap_or_default(), 0, most);
    }
    let least = input["min_length"].as_u64().unwrap_or_default();
    let most = input["max_length"].as_u64().unwrap_or(4000);
    if least > 4000 || !(1..=4000).contains(&most) || least > most {
        flaws.add(
            format!("{path}.max_length"),
            "NUMBER_TYPE_MAX",
            "min_length <= max_length <= 4000, max_length >= 1.",
        );
    }
}
