//! Where typed lines come from: a line editor on a terminal, or a script. Each runs on a thread of its own, for both wait.
//!
//! The loop in [`super`] asks for one line at a time, so that nobody types while something is being done. What is typed is
//! kept for the arrow keys in memory alone: a person's words are never written to a history file.

use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;

use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::MemHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Config, Context, Editor, ExternalPrinter};
use tokio::sync::oneshot;

use super::screen::Screen;
use super::{ConsoleError, input, texts};

/// How many lines the arrow keys reach back.
const HISTORY: usize = 500;

/// Lines, one at a time.
pub(super) struct Lines {
    asks: mpsc::Sender<Ask>,
    /// What is read from, unless it is a terminal.
    script: Option<PathBuf>,
    screen: Screen,
}

struct Ask {
    prompt: String,
    remember: bool,
    line: oneshot::Sender<io::Result<Option<String>>>,
}

impl Lines {
    /// From the script, if there is one (`-` is standard input); else from the terminal, if standard input and output are
    /// one; else from standard input. `commands` are the names that Tab completes.
    pub(super) fn open(script: Option<&Path>, screen: &Screen, commands: Vec<String>) -> Result<Self, ConsoleError> {
        let terminal = io::stdin().is_terminal() && io::stdout().is_terminal();
        let script = script.map(Path::to_owned).or_else(|| (!terminal).then(|| "-".into()));
        let (asks, asked) = mpsc::channel();
        let started = match &script {
            Some(path) if path == Path::new("-") => read(asked, BufReader::new(io::stdin())),
            Some(path) => File::open(path).and_then(|file| read(asked, BufReader::new(file))),
            None => {
                let screen = screen.clone();
                thread::Builder::new().name("editor".into()).spawn(move || edit(&asked, &screen, commands)).map(drop)
            }
        };
        match started {
            Ok(()) => Ok(Self { asks, script, screen: screen.clone() }),
            Err(source) => Err(ConsoleError::Lines { script, source }),
        }
    }

    /// Whether the lines come from a script, where nobody sees what is typed unless it is echoed.
    pub(super) fn is_script(&self) -> bool {
        self.script.is_some()
    }

    /// The next line without its end, or `None` after the last. `remember` keeps it for the arrow keys.
    pub(super) async fn next(&self, prompt: &str, remember: bool) -> Result<Option<String>, ConsoleError> {
        let (line, answer) = oneshot::channel();
        if !self.is_script() {
            // Here already, so that there is no instant in which the editor has the terminal and nobody knows.
            self.screen.begin_typing();
        }
        if self.asks.send(Ask { prompt: prompt.to_owned(), remember, line }).is_err() {
            self.screen.end_typing();
            return Ok(None);
        }
        let line = answer.await.unwrap_or(Ok(None));
        line.map_err(|source| ConsoleError::Lines { script: self.script.clone(), source })
    }
}

/// The thread of a script.
fn read(asked: mpsc::Receiver<Ask>, mut source: impl BufRead + Send + 'static) -> io::Result<()> {
    let answer = move || {
        for ask in asked {
            // Whoever asked may be gone by now, at the end of the program; then there is no one to tell.
            drop(ask.line.send(next_line(&mut source)));
        }
    };
    thread::Builder::new().name("script".into()).spawn(answer).map(drop)
}

/// The next line of a script that is no comment.
fn next_line(source: &mut dyn BufRead) -> io::Result<Option<String>> {
    loop {
        let mut bytes = Vec::new();
        if source.read_until(b'\n', &mut bytes)? == 0 {
            return Ok(None);
        }
        let text = String::from_utf8_lossy(&bytes);
        let line = text.trim_end_matches(['\n', '\r']);
        if !line.starts_with('#') {
            return Ok(Some(line.to_owned()));
        }
    }
}

/// The editor's thread: ends with the last line, and gives the terminal back as it was.
fn edit(asked: &mpsc::Receiver<Ask>, screen: &Screen, commands: Vec<String>) {
    let mut editor = match open_editor(screen, commands) {
        Ok(editor) => editor,
        Err(error) => {
            if let Ok(ask) = asked.recv() {
                screen.end_typing();
                drop(ask.line.send(Err(io::Error::other(error))));
            }
            return;
        }
    };
    for ask in asked {
        screen.set_columns(editor.dimensions().map_or(super::render::WIDEST, |(columns, _)| columns.into()));
        let read = editor.readline(&ask.prompt);
        screen.end_typing();
        let line = match read {
            Ok(line) => {
                if ask.remember && editor.add_history_entry(line.as_str()).is_err() {
                    tracing::debug!("a line was not kept for the arrow keys");
                }
                Ok(Some(line))
            }
            Err(ReadlineError::Eof | ReadlineError::Interrupted) => Ok(None),
            Err(error) => Err(io::Error::other(error)),
        };
        let last = !matches!(line, Ok(Some(_)));
        drop(ask.line.send(line));
        if last {
            return;
        }
    }
}

fn open_editor(screen: &Screen, commands: Vec<String>) -> rustyline::Result<Editor<Typist, MemHistory>> {
    let config = Config::builder().max_history_size(HISTORY)?.completion_type(rustyline::CompletionType::List).build();
    let mut editor = Editor::with_history(config.clone(), MemHistory::with_config(&config))?;
    editor.set_helper(Some(Typist { commands, screen: screen.clone() }));
    // A terminal without escape sequences has no printer; messages are then printed straight onto it.
    if let Ok(mut printer) = editor.create_external_printer() {
        screen.share(Box::new(move |text| printer.print(text).map_err(io::Error::other)));
    }
    Ok(editor)
}

/// What the line editor asks us while someone types.
struct Typist {
    commands: Vec<String>,
    screen: Screen,
}

impl Completer for Typist {
    type Candidate = String;

    fn complete(&self, line: &str, pos: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<String>)> {
        let choices = self.screen.choices();
        Ok((0, completions(&self.commands, choices.tokens(), line.get(..pos).unwrap_or(line))))
    }
}

/// The names that begin with what was typed so far.
fn completions<'a>(commands: &[String], tokens: impl Iterator<Item = &'a str>, typed: &str) -> Vec<String> {
    let begins = |name: &String| typed.len() < name.len() && name.starts_with(typed);
    match typed.chars().next() {
        Some('/') => commands.iter().map(|name| format!("/{name}")).filter(begins).collect(),
        Some(':') => input::LOCAL.iter().map(|name| format!(":{name}")).filter(begins).collect(),
        Some('=') => tokens.map(|token| format!("={token}")).filter(begins).collect(),
        _ => Vec::new(),
    }
}

impl Validator for Typist {
    fn validate(&self, _: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        Ok(if self.screen.may_end_typing() {
            ValidationResult::Valid(None)
        } else {
            ValidationResult::Invalid(Some(texts::JUST_ARRIVED.into()))
        })
    }
}

impl Highlighter for Typist {}

impl Hinter for Typist {
    type Hint = String;
}

impl rustyline::Helper for Typist {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tab_completes_commands_of_the_bot_and_of_the_terminal_and_tokens() {
        let commands = ["start", "settings", "help"].map(str::to_owned);
        let completions = |typed| completions(&commands, ["length:14", "help"].into_iter(), typed);
        assert_eq!(completions("/s"), ["/start", "/settings"]);
        assert_eq!(completions(":re"), [":restart"]);
        assert_eq!(completions("=l"), ["=length:14"]);
        assert_eq!(completions(":").len(), input::LOCAL.len());
        for typed in ["", "s", "I said /s", "/start", ":help"] {
            assert_eq!(completions(typed), [""; 0], "{typed}");
        }
    }

    #[test]
    fn a_script_gives_its_lines_without_comments() {
        let mut script = "# who\n/start\r\n\n  # no comment\nlast".as_bytes();
        let mut lines = Vec::new();
        while let Some(line) = next_line(&mut script).unwrap() {
            lines.push(line);
        }
        assert_eq!(lines, ["/start", "", "  # no comment", "last"]);
    }

    #[test]
    fn a_script_that_is_not_text_is_read_all_the_same() {
        let mut script: &[u8] = b"caf\xe9\n";
        assert_eq!(next_line(&mut script).unwrap().as_deref(), Some("caf\u{fffd}"));
    }
}
