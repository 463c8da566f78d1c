//! Short conversations in the terminal: a script in, what the person saw after each line out.

use super::console::played;

/// What the person saw after each line of a script.
pub struct Played(Vec<(String, String)>);

/// Plays lines one after the other; every line is a script's line.
pub fn play(parts: &[&[&str]]) -> Played {
    let lines: Vec<&str> = parts.iter().flat_map(|part| part.iter().copied()).collect();
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("case.script");
    std::fs::write(&script, lines.join("\n") + "\n").unwrap();
    let shown = played(&script, "Europe/Berlin", "2026-05-04 20:00");
    assert!(!shown.contains("No message here has offered"), "a script presses what was never offered:\n{shown}");
    let mut answers: Vec<(String, String)> = Vec::new();
    for line in shown.lines() {
        match line.strip_prefix("> ") {
            Some(typed) => answers.push((typed.to_owned(), String::new())),
            None => {
                if let Some((_, answer)) = answers.last_mut() {
                    answer.push_str(line.trim());
                    answer.push(' ');
                }
            }
        }
    }
    Played(answers)
}

impl Played {
    /// The answer to the last line.
    pub fn last(&self) -> &str {
        &self.0.last().expect("something was answered").1
    }

    /// The answer to the last line that was typed so.
    pub fn after(&self, typed: &str) -> &str {
        let answer = self.0.iter().rev().find(|(line, _)| line == typed);
        &answer.unwrap_or_else(|| panic!("{typed} was not typed: {:?}", self.0)).1
    }

    /// The whole conversation.
    pub fn all(&self) -> String {
        self.0.iter().fold(String::new(), |all, (typed, answer)| all + "> " + typed + "\n" + answer + "\n")
    }
}

#[track_caller]
pub fn says(answer: &str, parts: &[&str]) {
    for part in parts {
        assert!(answer.contains(part), "“{part}” is missing in:\n{answer}");
    }
}

#[track_caller]
pub fn says_nothing_of(answer: &str, parts: &[&str]) {
    for part in parts {
        assert!(!answer.contains(part), "“{part}” is in:\n{answer}");
    }
}
