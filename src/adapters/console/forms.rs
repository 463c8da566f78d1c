//! A form, asked question by question. The loop in [`super`] fills one whenever an answer is a form.

use std::io;

use super::editor::Lines;
use super::input::{self, Line, Local};
use super::screen::Screen;
use super::{ConsoleError, echo, texts};
use crate::chat::{Field, Form, Words};

/// What stands before each typed line of a form.
const PROMPT: &str = "… ";

/// How a form ended.
pub(super) enum Filled {
    /// With an answer to every question, in order.
    Sent(Vec<Words>),
    /// It was left.
    Left,
    /// There are no more lines; the person is gone.
    Gone,
}

/// How a question ended.
enum Asked {
    Answer(String),
    Left,
    Gone,
}

/// Asks every question of `form`. An answer over its limit ends the form as it is: the bot reads all that is written before
/// it refuses any of it.
pub(super) async fn fill(form: &Form, lines: &Lines, screen: &Screen) -> Result<Filled, ConsoleError> {
    screen.line(|look| format!("{} {}", look.strong(&form.title), look.faint(&format!("({})", texts::FORM_HINT))))?;
    let mut answers = Vec::with_capacity(form.fields.len());
    for field in &form.fields {
        match ask(field, lines, screen).await? {
            Asked::Answer(answer) => {
                let fits = answer.chars().count() <= field.max.into();
                answers.push(Words::new(answer));
                if !fits {
                    break;
                }
            }
            Asked::Left => {
                screen.say(texts::FORM_LEFT)?;
                return Ok(Filled::Left);
            }
            Asked::Gone => return Ok(Filled::Gone),
        }
    }
    screen.line(|_| String::new())?;
    Ok(Filled::Sent(answers))
}

/// Asks one question.
async fn ask(field: &Field, lines: &Lines, screen: &Screen) -> Result<Asked, ConsoleError> {
    question(field, screen)?;
    read(field.long, lines, screen).await
}

fn question(field: &Field, screen: &Screen) -> io::Result<()> {
    let hints: Vec<_> = [field.hint.as_str(), if field.long { texts::LONG_HINT } else { "" }]
        .into_iter()
        .filter(|hint| !hint.is_empty())
        .collect();
    screen.line(|look| {
        let label = look.strong(&field.label);
        if hints.is_empty() { label } else { format!("{label} {}", look.faint(&format!("({})", hints.join("; ")))) }
    })
}

/// One line, or for a long answer those up to an empty line or a dot alone.
async fn read(long: bool, lines: &Lines, screen: &Screen) -> Result<Asked, ConsoleError> {
    let mut answer = String::new();
    loop {
        // Not remembered for the arrow keys: a letter is nobody's business a minute later.
        let Some(line) = lines.next(PROMPT, false).await? else { return Ok(Asked::Gone) };
        echo(&line, lines, screen)?;
        match input::parse(&line) {
            Line::Local(Local::Cancel) => return Ok(Asked::Left),
            Line::Local(Local::Quit) => return Ok(Asked::Gone),
            Line::Local(_) => {
                screen.line(|look| look.faint(texts::IN_FORM))?;
                continue;
            }
            _ => {}
        }
        if !long {
            return Ok(Asked::Answer(line));
        }
        if line.trim().is_empty() || line.trim() == "." {
            return Ok(Asked::Answer(answer));
        }
        if !answer.is_empty() {
            answer.push('\n');
        }
        answer.push_str(&line);
    }
}
