//! A person's own words, made safe to show among ours: a quote in which nothing is markup and nobody is called.

/// What breaks a mention without being seen.
const ZERO_WIDTH: char = '\u{200b}';

/// How far back a cut looks for the end of a word, in characters.
const BACK: usize = 24;

/// `words` as a Markdown quote of at most `limit` characters; an ellipsis stands where it was cut.
/// Empty where nothing can be shown.
pub(super) fn quote(words: &str, limit: usize) -> String {
    let clean = clean(words);
    let units = units(clean.trim_matches('\n').trim_end());
    if units.is_empty() {
        return String::new();
    }
    let total: usize = 2 + units.iter().map(|unit| unit.chars().count()).sum::<usize>();
    if total <= limit {
        return format!("> {}", units.concat());
    }
    // Two characters for the mark of the quote, one for the ellipsis.
    let Some(room) = limit.checked_sub(3).filter(|room| *room > 0) else { return String::new() };
    let mut taken = 0;
    let fits = |unit: &&String| {
        taken += unit.chars().count();
        taken <= room
    };
    let mut kept = units.iter().take_while(fits).count();
    let blank = |unit: &String| unit.chars().all(|c| c.is_whitespace() || c == '>');
    if let Some(gap) = units[..kept].iter().rev().take(BACK).position(blank) {
        kept -= gap + 1;
    }
    format!("> {}…", units[..kept].concat().trim_end_matches(|c: char| c.is_whitespace() || c == '>'))
}

/// `words` as quotes of at most `limit` characters, one after the other, so that nothing of them is lost. At least one.
pub(super) fn pages(words: &str, limit: usize) -> Vec<String> {
    let clean = clean(words);
    let units = units(clean.trim_matches('\n').trim_end());
    let blank = |unit: &String| unit.chars().all(|c| c.is_whitespace() || c == '>');
    let room = limit.saturating_sub(2).max(1);
    let (mut pages, mut rest) = (Vec::new(), units.as_slice());
    while !rest.is_empty() {
        let mut taken = 0;
        let fits = |unit: &&String| {
            taken += unit.chars().count();
            taken <= room
        };
        // A single unit longer than the room is still taken: a page must move on.
        let mut kept = rest.iter().take_while(fits).count().max(1);
        if kept < rest.len()
            && let Some(gap) = rest[..kept].iter().rev().take(BACK).position(blank).filter(|gap| gap + 1 < kept)
        {
            kept -= gap;
        }
        let text = rest[..kept].concat();
        pages.push(format!("> {}", text.strip_prefix("\n> ").unwrap_or(&text).trim_end_matches(['\n', '>', ' '])));
        rest = &rest[kept..];
    }
    if pages.is_empty() { vec![String::new()] } else { pages }
}

/// The characters of the longest quote of `words`: what it takes to show all of them.
pub(super) fn quoted_len(words: &str) -> usize {
    quote(words, usize::MAX).chars().count()
}

/// One line of text that is not ours and not to be read as markup, such as the name of a time zone.
pub(super) fn inline(text: &str) -> String {
    units(&clean(text).replace('\n', " ")).concat()
}

/// Line ends as LF; control characters and those that turn the direction of writing round are gone.
fn clean(words: &str) -> String {
    let breaks = |c: char| if matches!(c, '\r' | '\u{85}' | '\u{2028}' | '\u{2029}') { '\n' } else { c };
    let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    words
        .replace("\r\n", "\n")
        .chars()
        .map(breaks)
        .filter(|c| matches!(c, '\n' | '\t') || !(c.is_control() || turns(*c)))
        .collect()
}

/// The text as pieces that must not be cut apart: a character with what escapes it, or a line end with the quote's mark.
fn units(text: &str) -> Vec<String> {
    let mut units = Vec::new();
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            units.push("\n> ".to_owned());
        }
        let mut before = Before::Nothing;
        for c in line.chars() {
            units.push(unit(c, before));
            before = match (before, c) {
                (Before::Nothing, ' ' | '\t') => Before::Nothing,
                (Before::Nothing | Before::Digits, '0'..='9') => Before::Digits,
                _ => Before::Text,
            };
        }
    }
    units
}

/// What stands before a character in its line.
#[derive(Clone, Copy, PartialEq)]
enum Before {
    /// Nothing but blanks.
    Nothing,
    /// Nothing but a number, which a dot would make a list.
    Digits,
    /// Anything else.
    Text,
}

fn unit(c: char, before: Before) -> String {
    let always = matches!(c, '\\' | '`' | '*' | '_' | '~' | '|' | '[' | ']' | '<' | '&');
    let first = before == Before::Nothing && matches!(c, '#' | '>' | '-' | '+' | '=');
    let counted = before == Before::Digits && matches!(c, '.' | ')');
    match c {
        _ if always || first || counted => format!("\\{c}"),
        '@' => format!("@{ZERO_WIDTH}"),
        // Four blanks at the start of a line would be code.
        ' ' if before == Before::Nothing => '\u{a0}'.into(),
        '\t' if before == Before::Nothing => "\u{a0}\u{a0}".into(),
        _ => c.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(words: &str) -> String {
        quote(words, usize::MAX)
    }

    #[test]
    fn every_line_is_a_line_of_the_quote() {
        assert_eq!(all("one\n\ntwo\r\nthree\u{2028}four"), "> one\n> \n> two\n> three\n> four");
        assert_eq!(all("\n\n  one \n\n"), "> \u{a0}\u{a0}one");
        assert_eq!(all(" \nx\n"), "> \u{a0}\n> x");
        assert_eq!(all("\n \t\n"), "");
    }

    #[test]
    fn markdown_of_theirs_is_shown_as_it_was_typed() {
        assert_eq!(all("*a* _b_ ~c~ ||d|| `e` [f](g) <h> \\"), r"> \*a\* \_b\_ \~c\~ \|\|d\|\| \`e\` \[f\](g) \<h> \\");
        assert_eq!(
            all("# a\n> b\n- c\n-# d\n1. e\n2) f\n==="),
            "> \\# a\n> \\> b\n> \\- c\n> \\-# d\n> 1\\. e\n> 2\\) f\n> \\==="
        );
        assert_eq!(all("a - b > c # d. 3. &amp;"), r"> a - b > c # d. 3. \&amp;");
        assert_eq!(all("    code\n\tcode"), "> \u{a0}\u{a0}\u{a0}\u{a0}code\n> \u{a0}\u{a0}code");
    }

    #[test]
    fn nobody_is_called() {
        assert_eq!(all("@everyone <@123> <#9>"), "> @\u{200b}everyone \\<@\u{200b}123> \\<#9>");
    }

    #[test]
    fn control_characters_and_turned_writing_are_gone_but_right_to_left_stays() {
        assert_eq!(all("a\u{0}b\u{1b}[31mc\td\u{7f}"), "> ab\\[31mc\td");
        assert_eq!(all("\u{202e}שלום\u{202c} \u{2066}x\u{2069}"), "> שלום x");
        assert_eq!(all("👩\u{200d}👧"), "> 👩\u{200d}👧");
    }

    #[test]
    fn a_cut_falls_between_words_and_never_inside_an_escape() {
        assert_eq!(quote("one two three", 12), "> one two…");
        assert_eq!(quote("one\ntwo", 9), "> one…");
        assert_eq!(quote(&"*".repeat(50), 10), format!("> {}…", r"\*".repeat(3)));
        assert_eq!(quote("anything", 3), "");
        for limit in 0..60 {
            let cut = quote("ab *c*\n\n@d 1. efg &hi\n- j", limit);
            assert!(cut.chars().count() <= limit, "{limit}: {cut}");
        }
    }

    proptest::proptest! {
            #[test]
            fn pages_fit_and_lose_nothing(words in "[a-z0-9 .*_@#\n>-]{0,4000}", limit in 40usize..1600) {
                let pages = pages(&words, limit);
                proptest::prop_assert!(pages.iter().all(|page| page.chars().count() <= limit), "{pages:?}");
                // What is left of a page once the marks and blanks are gone is what was written.
    let bare = |text: &str| text.replace(['\\', ZERO_WIDTH, ' ', '\u{a0}', '\n', '>'], "");
                let whole: String = pages.iter().map(|page| bare(page)).collect();
                proptest::prop_assert_eq!(whole, bare(&words));
            }
        }

    #[test]
    fn a_letter_as_long_as_can_be_has_pages_of_words() {
        let letter = "so many words ".repeat(285);
        let pages = pages(&letter, 1500);
        assert_eq!(pages.len(), 3);
        assert!(pages.iter().all(|page| page.starts_with("> ") && !page.contains('…')));
        assert!(
            pages[..2].iter().all(|page| page.ends_with("so") || page.ends_with("many") || page.ends_with("words"))
        );
        assert_eq!(super::pages("", 1500), [""]);
    }

    #[test]
    fn names_of_places_are_not_markup() {
        assert_eq!(inline("America/North_Dakota/New_Salem"), r"America/North\_Dakota/New\_Salem");
    }
}
