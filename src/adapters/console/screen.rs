//! The one place that prints: answers from the loop in [`super`], messages from the [`super::ConsoleTransport`].
//!
//! Everything is printed whole, one after the other, also while someone types: then the line editor prints it above the
//! line, and the screen waits until it has. It remembers what has been shown: each person's choices, so that
//! one can be typed, and the deliveries it has shown, for as long as this process lives.

use std::collections::{HashMap, HashSet};
use std::io::{self, IsTerminal as _, Write};
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::choices::Choices;
use super::render::{self, Look, WIDEST};
use super::{files, texts};
use crate::chat::{DeliveryId, Reply};

/// The terminal, or the file or pipe that stands in its place. Clones print to the same.
#[derive(Clone)]
pub struct Screen(Arc<Inner>);

struct Inner {
    page: Mutex<Page>,
    /// Told whenever the phase changes to [`Phase::Free`].
    freed: Condvar,
}

struct Page {
    out: Box<dyn Write + Send>,
    look: Look,
    phase: Phase,
    /// Messages given to the line editor that it may not have printed yet.
    handed: usize,
    editor: Option<Arc<Mutex<Printer>>>,
    /// Deliveries that were shown.
    shown: HashSet<DeliveryId>,
    /// Where files go: the directory the program was started in.
    folder: PathBuf,
    /// Who types.
    person: String,
    /// The choices shown to each person.
    choices: HashMap<String, Choices>,
}

/// Whose the terminal is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Ours: what is printed goes straight to it.
    Free,
    /// The line editor's.
    Typing,
    /// Enter was pressed; the line editor is about to give it back.
    Ending,
}

/// A line editor's way to print above the line that is being typed: takes a text that ends with a line end. May wait, and
/// may return before it is printed.
pub(super) type Printer = Box<dyn FnMut(String) -> io::Result<()> + Send>;

/// Printed in the line editor, this changes nothing: a line up, a line down. It takes one text at a time and holds one
/// more; so, when it has accepted two of these after a message, it has printed the message.
const NOTHING: &str = "\x1b[1A\n";

impl Screen {
    /// Standard output. Colours only on a terminal, and not where `NO_COLOR` is set.
    #[must_use]
    pub fn stdout() -> Self {
        let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let colours = io::stdout().is_terminal() && !set("NO_COLOR") && !dumb;
        Self::over(Box::new(io::stdout()), colours)
    }

    /// Anything that can be written to, without colours: for tests.
    #[must_use]
    pub fn into_writer(out: Box<dyn Write + Send>) -> Self {
        Self::over(out, false)
    }

    /// The same screen, with the files of messages written into `folder` and not where the program was started.
    #[must_use]
    pub fn with_folder(self, folder: impl Into<PathBuf>) -> Self {
        self.page().folder = folder.into();
        self
    }

    fn over(out: Box<dyn Write + Send>, colours: bool) -> Self {
        let page = Page {
            out,
            look: Look::new(WIDEST, colours),
            phase: Phase::Free,
            handed: 0,
            editor: None,
            shown: HashSet::new(),
            folder: PathBuf::from("."),
            person: String::new(),
            choices: HashMap::new(),
        };
        Self(Arc::new(Inner { page: Mutex::new(page), freed: Condvar::new() }))
    }

    /// Shows an answer to the person who types.
    pub(super) fn answer(&self, reply: &Reply, delivery: Option<DeliveryId>) -> io::Result<()> {
        let mut page = self.page();
        let text = render::reply(reply, page.look) + "\n";
        page.write(&text)?;
        let saved = page.save(reply);
        page.write(&saved)?;
        let person = page.person.clone();
        page.remember(&person, reply);
        page.shown.extend(delivery);
        Ok(())
    }

    /// Shows a message that arrives for `person`, unless it was shown before. `time` is what the clock then says. Waits
    /// until it stands on the screen: call it where waiting is allowed.
    pub(super) fn arrive(&self, person: &str, time: &str, id: DeliveryId, reply: &Reply) -> io::Result<()> {
        let mut page = self.page();
        if page.shown.contains(&id) {
            return Ok(());
        }
        let whose = if page.person == person { String::new() } else { format!("[{person}] ") };
        let above = page.look.faint(&format!("{whose}— {time} —"));
        let text = format!("{above}\n{}\n{}", render::reply(reply, page.look), page.save(reply));
        page = self.print(page, &text)?;
        page.remember(person, reply);
        page.shown.insert(id);
        Ok(())
    }

    /// Takes off the screen what stands on it, where it is a terminal: also what has scrolled away.
    pub(super) fn clear(&self) -> io::Result<()> {
        let mut page = self.page();
        if page.editor.is_some() {
            page.write("\x1b[H\x1b[2J\x1b[3J")?;
        }
        Ok(())
    }

    /// Prints a few words of the terminal's own, with an empty line after them.
    pub(super) fn say(&self, text: &str) -> io::Result<()> {
        self.page().write(&format!("{}\n\n", render::clean(text)))
    }

    /// Prints one line and no empty line after it: a script's echo, a question of a form.
    pub(super) fn line(&self, line: impl FnOnce(Look) -> String) -> io::Result<()> {
        let mut page = self.page();
        let line = line(page.look);
        page.write(&format!("{line}\n"))
    }

    /// Who types from now on.
    pub(super) fn set_person(&self, name: &str) {
        name.clone_into(&mut self.page().person);
    }

    /// The choices that were shown to the person who types.
    pub(super) fn choices(&self) -> Choices {
        let page = self.page();
        page.choices.get(&page.person).cloned().unwrap_or_default()
    }

    /// From now on a line editor shares the terminal.
    pub(super) fn share(&self, editor: Printer) {
        self.page().editor = Some(Arc::new(Mutex::new(editor)));
    }

    /// How wide the terminal is now.
    pub(super) fn set_columns(&self, columns: usize) {
        let mut page = self.page();
        page.look = Look::new(columns, page.look.colours);
    }

    /// The line editor takes the terminal.
    pub(super) fn begin_typing(&self) {
        self.page().phase = Phase::Typing;
    }

    /// Whether the line editor has the terminal, and has to give it back before the program may end.
    pub(super) fn is_typing(&self) -> bool {
        self.page().phase != Phase::Free
    }

    /// Enter was pressed: whether the line editor may end now. Not while a message is on its way through it, which would
    /// then wait for the next line; the person presses Enter once more.
    pub(super) fn may_end_typing(&self) -> bool {
        let mut page = self.page();
        if page.phase == Phase::Typing && page.handed == 0 {
            page.phase = Phase::Ending;
        }
        page.phase != Phase::Typing
    }

    /// The terminal is free again.
    pub(super) fn end_typing(&self) {
        self.page().phase = Phase::Free;
        self.0.freed.notify_all();
    }

    /// Prints now, or through the line editor; returns when it is on the screen.
    fn print<'a>(&'a self, mut page: MutexGuard<'a, Page>, text: &str) -> io::Result<MutexGuard<'a, Page>> {
        page =
            self.0.freed.wait_while(page, |page| page.phase == Phase::Ending).unwrap_or_else(PoisonError::into_inner);
        let editor = page.editor.clone().filter(|_| page.phase == Phase::Typing);
        let Some(editor) = editor else {
            page.write(text)?;
            return Ok(page);
        };
        // The line editor asks this screen when Enter is pressed, so the page is not held while waiting for it.
        page.handed += 1;
        drop(page);
        let handed = {
            let mut hand_over = editor.lock().unwrap_or_else(PoisonError::into_inner);
            [text, NOTHING, NOTHING].into_iter().try_for_each(|text| hand_over(text.to_owned()))
        };
        let mut page = self.page();
        page.handed -= 1;
        if handed.is_err() || page.phase != Phase::Typing {
            // It left in the middle (Ctrl-D). Whether the message was printed is not known: better twice than never.
            page =
                self.0.freed.wait_while(page, |page| page.phase != Phase::Free).unwrap_or_else(PoisonError::into_inner);
            page.write(text)?;
        }
        Ok(page)
    }

    fn page(&self) -> MutexGuard<'_, Page> {
        // Every change to the page is whole by itself, so one that was left by a panic is still good.
        self.0.page.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Page {
    fn write(&mut self, text: &str) -> io::Result<()> {
        self.out.write_all(text.as_bytes())?;
        self.out.flush()
    }

    /// Writes the files of a message, and says where they are.
    fn save(&self, reply: &Reply) -> String {
        let said = reply.files.iter().map(|file| match files::save(&self.folder, file) {
            Ok(name) => texts::saved(&name),
            Err(error) => texts::not_saved(&file.name, &error),
        });
        let said: String = said.map(|line| render::clean(&line) + "\n").collect();
        if said.is_empty() { said } else { said + "\n" }
    }

    fn remember(&mut self, person: &str, reply: &Reply) {
        self.choices.entry(person.to_owned()).or_default().add(&reply.choices);
    }
}

impl std::fmt::Debug for Screen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Screen(…)")
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::mpsc;
    use std::thread;

    use super::*;
    use crate::chat::{Accent, Action, Choice, Style};

    /// What was printed so far.
    #[derive(Clone, Default)]
    pub struct Paper(Arc<Mutex<Vec<u8>>>);

    impl Paper {
        pub fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    impl Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    pub fn message(body: &str, labels: &[&str]) -> Reply {
        let choice = |label: &&str| Choice {
            action: Action::compose(1, label),
            label: (*label).to_owned(),
            style: Style::Plain,
        };
        let choices = labels.iter().map(choice).collect();
        Reply {
            heading: None,
            body: body.to_owned(),
            choices,
            accent: Accent::Shell,
            files: Vec::new(),
            deletes_pressed: false,
        }
    }

    fn open() -> (Paper, Screen) {
        let paper = Paper::default();
        let screen = Screen::into_writer(Box::new(paper.clone()));
        screen.set_person("you");
        (paper, screen)
    }

    #[test]
    fn a_delivery_is_shown_once() {
        let (paper, screen) = open();
        for _ in 0..2 {
            screen.arrive("you", "Tue 2026-03-03 09:00", DeliveryId(1), &message("A note.", &[])).unwrap();
        }
        screen.answer(&message("An answer.", &[]), Some(DeliveryId(2))).unwrap();
        screen.arrive("you", "Tue 2026-03-03 09:01", DeliveryId(2), &message("An answer.", &[])).unwrap();
        assert_eq!(paper.text(), "— Tue 2026-03-03 09:00 —\nA note.\n\nAn answer.\n\n");
    }

    #[test]
    fn each_person_has_the_latest_choices_shown_to_them() {
        let (paper, screen) = open();
        screen.answer(&message("Yours.", &["one", "two"]), None).unwrap();
        screen.arrive("ann", "then", DeliveryId(1), &message("Hers.", &["three"])).unwrap();
        screen.answer(&message("Nothing to choose.", &[]), None).unwrap();
        assert_eq!(screen.choices().len(), 2);
        screen.set_person("ann");
        assert_eq!(screen.choices().numbered(1), Some(&Action::compose(1, "three")));
        screen.set_person("bob");
        assert_eq!(screen.choices().len(), 0);
        assert!(paper.text().contains("\n[ann] — then —\nHers.\n"));
    }

    #[test]
    fn a_message_is_shown_only_when_the_line_editor_has_printed_it() {
        let (paper, screen) = open();
        // The editor's channel is like rustyline's: it holds one text, and takes the next when that was printed.
        let (hand, handed) = mpsc::sync_channel::<String>(1);
        screen.share(Box::new(move |text| hand.send(text).map_err(io::Error::other)));
        screen.begin_typing();
        let sender = thread::spawn({
            let screen = screen.clone();
            move || screen.arrive("you", "then", DeliveryId(1), &message("A note.", &[])).unwrap()
        });
        assert_eq!(handed.recv().unwrap(), "— then —\nA note.\n\n");
        assert!(!screen.page().shown.contains(&DeliveryId(1)), "taken, but not printed yet");
        assert!(!screen.may_end_typing(), "Enter has to wait for it");
        assert_eq!(handed.recv().unwrap(), NOTHING);
        sender.join().unwrap();
        assert!(screen.page().shown.contains(&DeliveryId(1)));
        assert_eq!(paper.text(), "", "the editor prints, and nobody else");
        assert!(screen.may_end_typing());
    }

    #[test]
    fn a_message_waits_while_the_line_editor_ends_and_is_then_printed() {
        let (paper, screen) = open();
        screen.share(Box::new(|_| Err(io::Error::other("nobody reads this"))));
        screen.begin_typing();
        assert!(screen.may_end_typing());
        let sender = thread::spawn({
            let screen = screen.clone();
            move || screen.arrive("you", "then", DeliveryId(1), &message("A note.", &[])).unwrap()
        });
        screen.end_typing();
        sender.join().unwrap();
        assert_eq!(paper.text(), "— then —\nA note.\n\n");
    }

    #[test]
    fn a_message_survives_a_line_editor_that_leaves_with_it() {
        let (paper, screen) = open();
        let (hand, handed) = mpsc::sync_channel::<String>(1);
        screen.share(Box::new(move |text| hand.send(text).map_err(io::Error::other)));
        screen.begin_typing();
        let sender = thread::spawn({
            let screen = screen.clone();
            move || screen.arrive("you", "then", DeliveryId(1), &message("A note.", &[])).unwrap()
        });
        assert_eq!(handed.recv().unwrap(), "— then —\nA note.\n\n");
        screen.end_typing();
        drop(handed);
        sender.join().unwrap();
        assert_eq!(paper.text(), "— then —\nA note.\n\n");
    }
}
