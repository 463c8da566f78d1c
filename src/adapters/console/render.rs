//! A reply as text for a terminal: pure. [`super::Screen`] calls it for everything that is shown.
//!
//! Control characters never pass, wherever they come from: a person's own words come back in messages, and a terminal
//! obeys what is printed on it.

use pulldown_cmark::{Event, LinkType, Options, Parser, Tag, TagEnd};
use textwrap::{Options as Wrap, WordSeparator};

use crate::chat::Reply;

/// How wide and how colourful.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Columns to fill.
    pub width: usize,
    /// Whether bold, italics and faint text are shown by escape sequences; otherwise they are plain.
    pub colours: bool,
}

/// Wider lines are hard to read.
pub const WIDEST: usize = 80;

/// Narrower than this, wrapping would not help.
const NARROWEST: usize = 20;

impl Look {
    /// A terminal of so many columns.
    #[must_use]
    pub fn new(columns: usize, colours: bool) -> Self {
        Self { width: columns.clamp(NARROWEST, WIDEST), colours }
    }

    /// Text that carries a style of its own from here to there.
    fn styled(self, style: Style, text: &str) -> String {
        if self.colours { format!("{}{text}{}", style.on(), style.off()) } else { text.to_owned() }
    }

    /// A heading, or whatever else stands out.
    #[must_use]
    pub fn strong(self, text: &str) -> String {
        self.styled(Style::Bold, &clean_line(text))
    }

    /// What may be overlooked.
    #[must_use]
    pub fn faint(self, text: &str) -> String {
        self.styled(Style::Faint, &clean_line(text))
    }

    fn wrapped(self, text: &str, first: &str, rest: &str) -> String {
        // Otherwise a command would be parted behind its slash.
        let options = Wrap::new(self.width).word_separator(WordSeparator::AsciiSpace);
        let options = options.initial_indent(first).subsequent_indent(rest).break_words(true);
        textwrap::fill(text, options)
    }
}

#[derive(Clone, Copy)]
enum Style {
    Bold,
    Italic,
    Faint,
}

impl Style {
    const fn on(self) -> &'static str {
        match self {
            Self::Bold => "\x1b[1m",
            Self::Italic => "\x1b[3m",
            Self::Faint => "\x1b[2m",
        }
    }

    const fn off(self) -> &'static str {
        match self {
            Self::Bold | Self::Faint => "\x1b[22m",
            Self::Italic => "\x1b[23m",
        }
    }
}

/// The whole message: heading, body, numbered choices, each part with an empty line between. Ends with a line end.
#[must_use]
pub fn reply(reply: &Reply, look: Look) -> String {
    let mut parts = Vec::new();
    if let Some(heading) = &reply.heading {
        parts.push(look.wrapped(&look.strong(heading), "", ""));
    }
    let body = markdown(&reply.body, look);
    if !body.is_empty() {
        parts.push(body);
    }
    let choices: Vec<_> = reply
        .choices
        .iter()
        .zip(1_usize..)
        .map(|(choice, number)| {
            let first = format!("  {number}) ");
            look.wrapped(&clean_line(&choice.label), &first, &" ".repeat(first.len()))
        })
        .collect();
    if !choices.is_empty() {
        parts.push(choices.join("\n"));
    }
    parts.join("\n\n") + "\n"
}

/// Text that cannot command a terminal: line ends stay, tabs become spaces, every other control character goes.
#[must_use]
pub fn clean(text: &str) -> String {
    text.chars()
        .filter_map(|c| match c {
            '\n' => Some('\n'),
            '\t' => Some(' '),
            c => (!c.is_control()).then_some(c),
        })
        .collect()
}

/// The same for what has to stay on one line.
fn clean_line(text: &str) -> String {
    clean(text).replace('\n', " ")
}

/// The small Markdown of our messages: paragraphs, lists, quotes, emphasis. Anything else shows as its plain text.
fn markdown(source: &str, look: Look) -> String {
    let mut page =
        Page { look, out: Vec::new(), text: String::new(), indents: Vec::new(), lists: Vec::new(), gap: None };
    for event in Parser::new_ext(source, Options::empty()) {
        page.take(event);
    }
    page.end_block();
    page.out.join("\n")
}

/// What has been laid out so far, and where in it we are.
struct Page {
    look: Look,
    /// Finished lines.
    out: Vec<String>,
    /// The paragraph that is being read.
    text: String,
    /// What stands before each line, from the outside in.
    indents: Vec<Indent>,
    /// The next number of each open list; `None` for a list of dashes.
    lists: Vec<Option<u64>>,
    /// Whether an empty line goes before the next block, and how deep inside quotes and lists the last one ended.
    gap: Option<usize>,
}

struct Indent {
    first: Option<String>,
    rest: String,
}

impl Page {
    fn take(&mut self, event: Event<'_>) {
        match event {
            // Cleaned here and not before: "&#27;" becomes the escape character only by being parsed.
            Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => {
                self.text.push_str(&clean(&text));
            }
            // A line end is one on every chat platform, and people's words are quoted line by line.
            Event::SoftBreak | Event::HardBreak => self.text.push('\n'),
            Event::Rule => {
                self.end_block();
                self.text.push('—');
                self.end_block();
            }
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::InlineMath(_) | Event::DisplayMath(_) | Event::FootnoteReference(_) | Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Strong => self.style(Style::Bold.on()),
            Tag::Emphasis => self.style(Style::Italic.on()),
            Tag::Heading { .. } => {
                self.end_block();
                self.style(Style::Bold.on());
            }
            Tag::BlockQuote(_) => {
                self.end_block();
                self.indents.push(Indent { first: None, rest: "> ".into() });
            }
            Tag::List(start) => {
                self.end_block();
                self.lists.push(start);
            }
            Tag::Item => {
                self.end_block();
                let mark = match self.lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{}. ", *number - 1)
                    }
                    _ => "- ".into(),
                };
                self.indents.push(Indent { rest: " ".repeat(mark.len()), first: Some(mark) });
            }
            Tag::Link { link_type, dest_url, .. } if link_type != LinkType::Autolink => {
                // Where it leads stands before it: nothing is hidden behind a text.
                self.text.push_str(&clean_line(&dest_url));
                self.text.push(' ');
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Strong => self.style(Style::Bold.off()),
            TagEnd::Emphasis => self.style(Style::Italic.off()),
            TagEnd::Heading(_) => {
                self.style(Style::Bold.off());
                self.end_block();
                self.gap = Some(self.indents.len());
            }
            TagEnd::Paragraph | TagEnd::CodeBlock | TagEnd::HtmlBlock => {
                self.end_block();
                self.gap = Some(self.indents.len());
            }
            TagEnd::BlockQuote(_) => {
                self.end_block();
                self.indents.pop();
                self.gap = Some(self.indents.len());
            }
            TagEnd::Item => {
                self.end_block();
                self.indents.pop();
            }
            TagEnd::List(_) => {
                self.end_block();
                self.lists.pop();
                self.gap = Some(self.indents.len());
            }
            _ => {}
        }
    }

    fn style(&mut self, sequence: &str) {
        if self.look.colours {
            self.text.push_str(sequence);
        }
    }

    /// Lays out the paragraph that was being read, if any.
    fn end_block(&mut self) {
        let text = std::mem::take(&mut self.text);
        let text = text.trim_matches(['\n', ' ']);
        if text.is_empty() {
            return;
        }
        if let Some(depth) = self.gap.take() {
            let blank: String = self.indents.iter().take(depth).map(|indent| indent.rest.as_str()).collect();
            self.out.push(blank.trim_end().to_owned());
        }
        let mut first: String =
            self.indents.iter_mut().map(|i| i.first.take().unwrap_or_else(|| i.rest.clone())).collect();
        let rest: String = self.indents.iter().map(|indent| indent.rest.as_str()).collect();
        for line in text.split('\n') {
            let filled = self.look.wrapped(line.trim(), &first, &rest);
            self.out.extend(filled.lines().map(|line| line.trim_end().to_owned()));
            first.clone_from(&rest);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::chat::{Accent, Action, Choice, Style as ChoiceStyle};

    const PLAIN: Look = Look { width: 40, colours: false };
    const COLOURED: Look = Look { width: 40, colours: true };

    fn message(heading: Option<&str>, body: &str, labels: &[&str]) -> Reply {
        let choice = |label: &&str| Choice {
            action: Action::compose(1, "help"),
            label: (*label).to_owned(),
            style: ChoiceStyle::Plain,
        };
        Reply {
            heading: heading.map(str::to_owned),
            body: body.to_owned(),
            choices: labels.iter().map(choice).collect(),
            accent: Accent::Shell,
            files: Vec::new(),
            deletes_pressed: false,
        }
    }

    #[test]
    fn a_message_reads_from_heading_to_choices() {
        let message = message(
            Some("Day 1 of 30"),
            "Nothing to do today **except** not to decide. If one *sentence* wants to be written, I'm here.\n\n\
             You wrote:\n\n> I miss them, and I do not know whether that is a reason\n> or only a habit\n\n\
             - a walk around the block before anything is answered\n- tea\n\nThat is all.",
            &["Write something", "I want to text them, and I want to do it right now"],
        );
        insta::assert_snapshot!(reply(&message, PLAIN), @r"
        Day 1 of 30

        Nothing to do today except not to
        decide. If one sentence wants to be
        written, I'm here.

        You wrote:

        > I miss them, and I do not know whether
        > that is a reason
        > or only a habit

        - a walk around the block before
          anything is answered
        - tea

        That is all.

          1) Write something
          2) I want to text them, and I want to
             do it right now
        ");
    }

    #[test]
    fn colours_do_not_change_where_lines_break() {
        let message = message(Some("Head"), "A **bold word and some more of them** and *one* at the end of it", &[]);
        let coloured = reply(&message, COLOURED);
        assert!(coloured.starts_with("\x1b[1mHead\x1b[22m\n\nA \x1b[1mbold"), "{coloured:?}");
        let stripped =
            ["\x1b[1m", "\x1b[22m", "\x1b[3m", "\x1b[23m"].iter().fold(coloured, |text, s| text.replace(s, ""));
        assert_eq!(stripped, reply(&message, PLAIN));
    }

    #[test]
    fn escaped_words_come_back_as_they_were_written() {
        let message = message(None, "> \\*not bold\\* \\<b\\> 5 \\> 3 &amp; \\_so on\\_", &[]);
        assert_eq!(reply(&message, COLOURED), "> *not bold* <b> 5 > 3 & _so on_\n");
    }

    #[test]
    fn markup_we_do_not_write_shows_as_text() {
        let message = message(None, "<b>hi</b> `code` [here](https://example.org) <https://example.com>", &[]);
        let wide = Look { width: 80, colours: true };
        assert_eq!(reply(&message, wide), "<b>hi</b> code https://example.org here https://example.com\n");
    }

    #[test]
    fn lists_inside_quotes_and_numbered_lists_keep_their_marks() {
        let message = message(None, "> - one\n>\n>   still one\n> - two\n\n3. three\n4. four", &[]);
        assert_eq!(reply(&message, PLAIN), "> - one\n>\n>   still one\n>\n> - two\n\n3. three\n4. four\n");
    }

    #[test]
    fn terminal_escapes_never_pass() {
        let attack = "\x1b]0;gone\x07 \u{9b}2J &#27;[2J &#x1b;[31m \x1b[1A\r\u{7f}\u{0}";
        let text = reply(&message(Some(attack), attack, &[attack]), PLAIN);
        assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text:?}");
    }

    proptest! {
        #[test]
        fn no_text_commands_the_terminal(heading in any::<String>(), body in any::<String>(), label in any::<String>()) {
            let text = reply(&message(Some(&heading), &body, &[&label]), PLAIN);
            prop_assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text:?}");
        }

        #[test]
        fn entities_do_not_either(code in 0_u32..0x200, body in "[&#;x0-9a-f>*_ \\[\\]()<-]{0,40}") {
            let text = reply(&message(None, &format!("{body}&#{code};[2J &#x{code:x};"), &[]), PLAIN);
            prop_assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text:?}");
        }
    }
}
