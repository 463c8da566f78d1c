//! For tests alone: turns something valid into something nearly valid, as a list of edits says.
//!
//! The fuzz targets (tests that begin with `bolero::check!`) generate the edits. Random bytes would be refused at the first
//! character of a JSON or TOML text; what is nearly right gets further in. An edit is three numbers without a meaning of
//! their own, so that a fuzzer that watches the branches taken can learn them: where, what, and with what.

use serde_json::Value;

/// Which seed to start from, and what is done to it.
pub type Edits = (u16, Vec<(u16, u8, u16)>);

/// Pieces that have broken parsers before.
const PIECES: [&str; 26] = [
    "",
    "\0",
    "\u{202e}",
    "\u{feff}",
    "\u{200b}",
    "👩‍👩‍👧‍👦",
    "é́́",
    "{",
    "}",
    "{$",
    "[",
    "\"",
    "'",
    "\\",
    "#",
    ":",
    "|",
    "\n\n",
    "\r",
    "\t",
    "-1",
    "99999999999999999999",
    "1e999",
    "@everyone <@1> </start:1>",
    "'; DROP TABLE persons; --",
    "{{ 7*7 }} ${7*7} %s %n",
];

/// A text that began as one of the seeds.
pub fn text(seeds: &[&str], (seed, edits): &Edits) -> String {
    let pick = |number: u16, of: usize| usize::from(number) % of.max(1);
    let mut chars: Vec<char> = seeds[pick(*seed, seeds.len())].chars().collect();
    for (place, kind, with) in edits {
        // A u16 reaches all of a long text as well, in steps.
        let at = usize::from(*place) * (chars.len() + 1) / (usize::from(u16::MAX) + 1);
        let run = (at + usize::from(*with) % 24).min(chars.len());
        match kind % 6 {
            0 => drop(chars.drain(at..run)),
            1 => drop(chars.splice(at..at, PIECES[pick(*with, PIECES.len())].chars())),
            2 => {
                let copied = chars[at..run].to_vec();
                let to = pick(*with, chars.len() + 1);
                chars.splice(to..to, copied);
            }
            3 => drop(chars.splice(at..run, PIECES[pick(*with, PIECES.len())].chars())),
            4 => chars.extend(char::from_u32(u32::from(*with))),
            _ => chars.truncate(at.max(1)),
        }
    }
    chars.into_iter().collect()
}

/// A JSON value that began as one of the seeds: still JSON, but with parts missing, of another kind, doubled or moved.
pub fn json(seeds: &[Value], (seed, edits): &Edits) -> Value {
    let mut value = seeds[usize::from(*seed) % seeds.len()].clone();
    for (place, kind, with) in edits {
        let paths = paths(&value);
        let at = &paths[usize::from(*place) % paths.len()];
        let other = value.pointer(&paths[usize::from(*with) % paths.len()]).cloned().unwrap_or_default();
        match kind % 4 {
            0 => remove(&mut value, at),
            1 => put(&mut value, at, odd(*with)),
            2 => put(&mut value, at, other),
            _ => put(&mut value, at, Value::Array(vec![other; usize::from(*with) % 3])),
        }
    }
    value
}

/// Where every part of a value is, itself included, as JSON pointers (RFC 6901).
fn paths(value: &Value) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut next = 0;
    while next < found.len() {
        let path = found[next].clone();
        let below: Vec<String> = match value.pointer(&path) {
            Some(Value::Object(fields)) => fields.keys().map(|key| key.replace('~', "~0").replace('/', "~1")).collect(),
            Some(Value::Array(items)) => (0..items.len()).map(|index| index.to_string()).collect(),
            _ => Vec::new(),
        };
        found.extend(below.into_iter().map(|key| format!("{path}/{key}")));
        next += 1;
    }
    found
}

fn put(value: &mut Value, at: &str, new: Value) {
    if let Some(part) = value.pointer_mut(at) {
        *part = new;
    }
}

fn remove(value: &mut Value, at: &str) {
    let Some((parent, key)) = at.rsplit_once('/') else { return };
    match value.pointer_mut(parent) {
        Some(Value::Object(fields)) => drop(fields.remove(&key.replace("~1", "/").replace("~0", "~"))),
        Some(Value::Array(items)) => {
            if let Ok(index) = key.parse::<usize>() {
                drop(items.remove(index));
            }
        }
        _ => {}
    }
}

fn odd(with: u16) -> Value {
    match with % 12 {
        0 => Value::Null,
        1 => false.into(),
        2 => 0.into(),
        3 => (-1).into(),
        4 => u64::MAX.into(),
        5 => i64::MIN.into(),
        6 => 1e300.into(),
        7 => "9".repeat(usize::from(with)).into(),
        8 => u32::MAX.into(),
        9 => "9999-12-31T23:59:59Z".into(),
        10 => Value::Object(serde_json::Map::new()),
        _ => PIECES[usize::from(with) % PIECES.len()].into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_done_is_the_seed_and_something_done_is_not() {
        let seeds = [serde_json::json!({ "a": [1, { "b/~": 2 }] })];
        assert_eq!(text(&["seed"], &(3, vec![])), "seed");
        assert_eq!(json(&seeds, &(3, vec![])), seeds[0]);
        assert_eq!(paths(&seeds[0]), ["", "/a", "/a/0", "/a/1", "/a/1/b~1~0"]);
        assert_eq!(json(&seeds, &(0, vec![(4, 0, 0)])), serde_json::json!({ "a": [1, {}] }));
        assert_eq!(json(&seeds, &(0, vec![(2, 0, 0), (2, 1, 3)])), serde_json::json!({ "a": [-1] }));
        assert_eq!(text(&["seed"], &(0, vec![(0, 0, 2), (u16::MAX, 1, 7)])), "ed{");
    }

    #[test]
    fn any_edits_of_anything_leave_something() {
        bolero::check!().with_type::<Edits>().for_each(|edits| {
            let changed = text(&["", "x", "two\nlines"], edits);
            assert!(changed.chars().count() <= 9 + edits.1.len() * 64);
            json(&[serde_json::json!({ "a": [{}, []], "b": { "c": null } })], edits);
        });
    }
}
