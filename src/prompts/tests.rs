//! The room as its callers see it: a tree in memory goes in, findings and replies come out.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::chat::{Accent, Action, EntryId, Style, Words};
use crate::journey::{Arg, HelpLines, LineNeed, Stage};
use crate::mutate::{self, Edits};
use crate::safety::Concern;
use crate::safety::ListKind;
use finding::Report;

const LINES: &str = r#"
[[worldwide]]
kinds = ["crisis", "violence", "stop_violence", "youth"]
name = "Find a line"
contact = "https://find.example"
source = "https://find.example"
verified = 2026-11-23
[[country]]
code = "de"
name = "Germany"
zones = ["Europe/Berlin"]
[[country.line]]
kinds = ["crisis"]
name = "Seelsorge"
call = { to = "0800 111", hours = "24/7" }
chat = { to = "https://seelsorge.example", hours = "mon-fri 09:00-17:00, sat 10:00-12:00" }
languages = ["de"]
source = "https://seelsorge.example"
verified = 2026-11-23
[[country.line]]
kinds = ["violence"]
name = "Hilfe"
call = { to = "116", hours = "11:00-21:00" }
text = { to = "117", word = "START", hours = "11:00-21:00" }
chat = { to = "https://www.hilfe.example", hours = "hilfe.example" }
languages = ["de", "en", "fr", "many"]
source = "https://hilfe.example"
verified = 2025-11-23
[[country.line]]
kinds = ["emergency"]
name = "Notruf"
call = { to = "112", hours = "24/7" }
languages = ["de"]
source = "https://notruf.example"
verified = 2026-11-23
"#;

/// No fact of [`LINES`] is old on this day.
const TODAY: Date = Date::constant(2026, 11, 1);

const HELP_LINES: &str = r"
lines-country = **{ $name }**
lines-missing = No line for { $need } in { $country }.
lines-line = - { $name }: { $ways } ({ $languages })
lines-call = call { $to }
lines-text = text { $to }
lines-text-word = text { $word } to { $to }
lines-chat = chat on { $to }
lines-hours-always = any time
lines-hours-daily = { $from } to { $until }
lines-hours-day = { $day } { $from } to { $until }
lines-hours-days = { $first } to { $last } { $from } to { $until }
lines-hours-page = hours on { $page }
lines-hours-there = hours there
lines-day = { $day }
lines-language = { $code }
lines-languages-more = { $languages } and more
lines-emergency = - Danger: { $number } ({ $name })
lines-emergency-anywhere = - Danger: your emergency number
lines-worldwide = - { $name }: { $contact }
";

const MANIFEST: &str = "language = \"English\"\n[sources.a2011]\ntitle = \"T\"\nyear = 2011\nwhere = \"J\"\n\
                        [cites]\n\"cooloff/advice-1\" = [\"a2011\"]\n";

/// The tags that say which folders invite contact and which fit after violence.
fn contact() -> String {
    let mut folders: Vec<&str> = Key::ALL.iter().filter_map(|key| key.path().split('/').next()).collect();
    folders.push("plans");
    folders.sort_unstable();
    folders.dedup();
    folders.retain(|folder| *folder != "reachout");
    let contact = format!("[contact]\nfolders = [\"reachout\"]\nnever = {folders:?}\n");
    folders.retain(|folder| *folder != "plans");
    folders.extend(plans::THEMES.iter().map(|(theme, _)| *theme));
    format!("{contact}[not_after_violence]\nfits = {folders:?}\n")
}

/// A small tree without findings in one locale; `mark` shows in every text which locale it is.
fn locale(locale: &str, mark: &str) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let mut add = |path: String, text: String| files.insert(format!("{locale}/{path}"), text);
    for key in Key::ALL {
        let values: Vec<_> = key.args().iter().map(|name| format!("{{ ${name} }}\n\n")).collect();
        add(format!("{}.md", key.path()), format!("{mark} {}\n\n{}", key.path(), values.concat()));
    }
    for (theme, count) in plans::THEMES {
        let sections = (1..=count).map(|number| format!("\n## {number}\n\n{mark} {theme} {number}.\n"));
        add(format!("plans/{theme}.md"), format!("# {theme}\n{}", sections.collect::<String>()));
    }
    add("manifest.toml".into(), format!("{MANIFEST}{}", contact()));
    for list in ListKind::ALL {
        let text = match list {
            ListKind::SelfHarm => "end my life\n",
            ListKind::ContactRefused => "blocked me\n",
            _ => "# none yet\n",
        };
        add(format!("lists/{}", list.file_name()), text.into());
    }
    add("lists/spellings.txt".into(), "# none yet\n".into());
    add("input.toml".into(), "[answers]\nyes = [\"yes\"]\nno = [\"no\"]\n".into());
    let mut ui = String::new();
    for press in Press::samples() {
        let values: Vec<_> = press.fields().iter().map(|(name, _)| format!(" {{ ${name} }}")).collect();
        writeln!(ui, "press-{} = {mark} {}{}", press.name(), press.name(), values.concat()).unwrap();
        if let Some(form) = press.form() {
            writeln!(ui, "form-{} = {mark} {}", press.name(), press.name()).unwrap();
            form.fields()
                .iter()
                .for_each(|field| writeln!(ui, "    .{field} = {field}\n    .{field}-hint = h").unwrap());
        }
    }
    for (name, _) in Press::COMMANDS {
        writeln!(ui, "command-{name} = {mark} Does {name}").unwrap();
        let options = Press::OPTIONS.iter().filter(|(command, ..)| command == name);
        options.for_each(|(_, option, _)| writeln!(ui, "    .{option} = {option}").unwrap());
    }
    for name in Arg::NAMES.iter().filter(|name| !["words", "part", "lines", "commands", "clocks"].contains(name)) {
        let value = match *name {
            "date" => "{ $weekday } { $day }/{ $month }/{ $year }",
            "since" => "{ $date }, { $time }",
            _ => "{ $value }",
        };
        writeln!(ui, "arg-{name} = {value}").unwrap();
    }
    for name in PAGE {
        writeln!(ui, "page-{name} = {name}").unwrap();
    }
    ui.push_str(HELP_LINES);
    add("ui.ftl".into(), ui);
    files
}

fn tree() -> BTreeMap<String, String> {
    let mut files = locale("en", "en");
    let ids: Vec<_> = plans::THEMES
        .iter()
        .flat_map(|(theme, count)| (1..=*count).map(move |number| format!("\"{theme}/{number}\"")))
        .collect();
    let plan = |days: u16| format!("[[plan]]\ndays = {days}\norder = [{}]\n", ids.join(", "));
    files.insert("plans.toml".into(), [7, 14, 30, 60, 90].map(plan).concat());
    files.insert("lines.toml".into(), LINES.into());
    files
}

fn prompts(files: BTreeMap<String, String>) -> Prompts {
    Prompts::load(&Source::from_files(files)).unwrap_or_else(|findings| panic!("{findings:#?}"))
}

fn shown(files: BTreeMap<String, String>) -> Vec<String> {
    check(&Source::from_files(files), TODAY).iter().map(ToString::to_string).collect()
}

/// Renders in English, with these words of the person's.
fn reply(files: &[(&str, &str)], message: &Message, words: &[(i64, &str)]) -> Reply {
    let mut tree = tree();
    tree.extend(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())));
    let words = words.iter().map(|(id, text)| (EntryId(*id), Words::new(*text))).collect();
    prompts(tree).render("en", message, &Frame { journey: 3, words: &words })
}

#[test]
fn the_built_in_prompts_have_no_findings() {
    let mut findings = check(&Source::built_in(), TODAY);
    findings.retain(|finding| finding.severity != Severity::Notice);
    let findings: Vec<_> = findings.iter().map(ToString::to_string).collect();
    assert_eq!(findings, [""; 0], "\n{}", findings.join("\n"));
}

/// After a yes at the gate or a "no" nothing so tagged is said, so a tag that is forgotten would be a hole.
#[test]
fn every_text_of_a_stage_behind_the_gate_is_tagged_as_inviting_contact() {
    let prompts = Prompts::built_in().unwrap();
    let contact = &prompts.catalogue().contact;
    let gated: Vec<&str> = Stage::ALL.iter().filter(|stage| stage.is_gated()).map(|stage| stage.as_str()).collect();
    for key in Key::ALL {
        let folder = key.path().split('/').next().unwrap();
        assert!(!gated.contains(&folder) || contact.contains(key), "{}", key.path());
    }
    let leads = ["/reachout", "/bringup", "/trial", "/ease"];
    // These two list everything there is, and are no invitation; `closed` says what is closed.
    let lists = ["shell/help", "journey/closed"];
    for (key, moment) in prompts.fallback.moments.iter().filter(|(key, _)| !contact.contains(key)) {
        let text = format!("{moment:?}");
        let named = leads.iter().any(|command| text.contains(command)) && !lists.contains(&key.path());
        assert!(!named, "{} names a command of a gated stage and is not tagged", key.path());
    }
}

#[test]
fn a_whole_tree_has_no_findings() {
    assert_eq!(shown(tree()), [""; 0]);
}

#[test]
fn each_fault_of_a_tree_is_found_where_it_is() {
    let long = "x".repeat(601);
    let cases: [(&str, Option<&str>, &str); 18] = [
        (
            "en/start/welcome.md",
            None,
            "en/start/welcome.md:1: this file is missing; add prompts/en/start/welcome.md with",
        ),
        ("en/ui.ftl", None, "en/ui.ftl:1: this file is missing"),
        ("en/manifest.toml", None, "en/manifest.toml:1: this file is missing"),
        ("en/lists/order.txt", None, "en/lists/order.txt:1: this file is missing"),
        ("lines.toml", None, "lines.toml:1: this file is missing"),
        ("plans.toml", None, "plans.toml:1: this file is missing"),
        ("en/start/welcom.md", Some("Hi."), "en/start/welcom.md:1: nothing reads this file"),
        ("notes.txt", Some("x"), "notes.txt:1: nothing reads this file"),
        ("en/start/welcome.md", Some(&long), "en/start/welcome.md:1: this text has 601 characters, 600 fit; cut 1"),
        ("en/start/welcome.md", Some("Hi.\n\n{ $day }"), "en/start/welcome.md:3: nothing fills { $day }"),
        ("en/start/welcome.md", Some("Hi!"), "en/start/welcome.md:1: there is an exclamation mark"),
        ("en/start/welcome.md", Some("\u{feff}Hi."), "en/start/welcome.md:1: the file begins with a byte order mark"),
        ("en/plans/more.md", Some("# More\n\n## 1\nOne."), "en/plans/more.md:3: no plan names `more/1`"),
        ("en/lists/order.txt", Some("\n# none\n\n?!\n"), "en/lists/order.txt:4: "),
        ("en/lists/spellings.txt", None, "en/lists/spellings.txt:1: this file is missing; add prompts/en/lists/spell"),
        ("en/lists/spellings.txt", Some("# chat\nmi = my\nmii ="), "en/lists/spellings.txt:3: a side of the `=`"),
        ("not a tag/x.md", Some("x"), "not a tag:1: the name of this folder is no language tag"),
        (
            "lines.toml",
            Some(&LINES.replace("source = \"https://seelsorge.example\"\n", "")),
            "lines.toml:12: no `source`",
        ),
    ];
    for (path, text, expected) in cases {
        let mut files = tree();
        files.remove(path);
        files.extend(text.map(|text| (path.to_owned(), text.to_owned())));
        let findings = shown(files);
        let expected = format!("prompts/{expected}");
        assert!(findings.iter().any(|finding| finding.starts_with(&expected)), "{path}: {findings:#?}");
    }
}

#[test]
fn errors_refuse_a_tree_and_warnings_do_not() {
    let with = |text: &str| {
        let mut files = tree();
        files.insert("en/start/welcome.md".into(), text.into());
        Prompts::load(&Source::from_files(files))
    };
    assert!(with("Hi!").is_ok());
    let findings = with("Hi! { $day }").err().unwrap();
    assert_eq!(findings.len(), 1);
    assert_eq!((findings[0].line, findings[0].severity), (1, Severity::Error));
    assert!(Prompts::load(&Source::from_files([("de/ui.ftl", "")])).is_err());
}

#[test]
fn another_locale_must_be_whole_and_have_the_same_plan_prompts() {
    let mut files = tree();
    files.extend(locale("de", "de"));
    let path = "de/plans/their-space.md";
    let text = files[path].replace("## 4", "## 5");
    files.insert(path.into(), text);
    files.remove("de/start/hello.md");
    assert_eq!(
        shown(files),
        [
            "prompts/de/plans/their-space.md:1: the prompt `their-space/4` is missing; add it below `## 4`",
            "prompts/de/plans/their-space.md:15: English has no prompt `their-space/5`; add it there or remove it here",
            "prompts/de/start/hello.md:1: this file is missing; add prompts/de/start/hello.md with what is said at that moment",
        ]
    );
}

#[test]
fn the_locale_is_the_nearest_there_is() {
    let mut files = tree();
    files.extend(locale("de", "de"));
    files.extend(locale("pt-BR", "br"));
    let prompts = prompts(files);
    for (asked, got) in [
        ("de", "de"),
        ("de-AT", "de"),
        ("de_DE", "de"),
        ("PT-br", "br"),
        ("pt", "en"),
        ("en-GB", "en"),
        ("", "en"),
        ("x", "en"),
    ] {
        assert_eq!(prompts.label(asked, &Press::Help), format!("{got} help"), "{asked}");
    }
}

#[test]
fn the_catalogue_has_every_prompt_in_the_order_of_the_themes() {
    let prompts = prompts(tree());
    let catalogue = prompts.catalogue();
    assert_eq!(catalogue.prompts.len(), 48);
    assert_eq!(catalogue.prompts[..1], [PlanId("what-i-want/1".into())]);
    assert_eq!(catalogue.plans.iter().map(|(days, _)| *days).collect::<Vec<_>>(), [7, 14, 30, 60, 90]);
    assert_eq!(catalogue.countries, ["de"]);
}

#[test]
fn texts_are_joined_and_only_the_first_heading_stands_above() {
    let files = [
        ("en/cooloff/day.md", "# Day { $day }\n\nOf { $length }.\n"),
        ("en/cooloff/checkin.md", "# How is it\n\nToday?\n"),
    ];
    let message = Message::with(Key::DayHead, vec![Arg::Day(3), Arg::Length(14)])
        .and_plan(PlanId("my-part/2".into()))
        .and_plan(PlanId("gone/1".into()))
        .and(Key::Checkin, vec![])
        .choices([Press::Mood { day: 3, mood: 1 }, Press::Pause, Press::Resume, Press::UrgePassed, Press::ForgetAll]);
    let reply = reply(&files, &message, &[]);
    assert_eq!(reply.heading.as_deref(), Some("Day 3"));
    assert_eq!(reply.body, "Of 14.\n\nen my-part 2.\n\n**How is it**\n\nToday?");
    assert_eq!(reply.accent, Accent::Cooloff);
    let choices: Vec<_> = reply.choices.iter().map(|choice| (choice.label.as_str(), choice.style)).collect();
    assert_eq!(
        choices,
        [
            ("en mood 3 1", Style::Plain),
            ("en pause", Style::Plain),
            ("en resume", Style::Primary),
            ("en urge-passed", Style::Plain),
            ("en forget-all", Style::Danger),
        ]
    );
    assert_eq!(reply.choices[0].action, Action::compose(3, "mood:3:1"));
}

#[test]
fn a_persons_words_are_quoted_and_lost_ones_leave_no_gap() {
    let files = [("en/urge/my-reasons-note.md", "You wrote:\n\n{ $words }\n\nStill true?\n")];
    let note = |id| Message::with(Key::MyReasonsNote, vec![Arg::Words(EntryId(id))]);
    assert_eq!(
        reply(&files, &note(1), &[(1, "*we*\n@here laughed")]).body,
        "You wrote:\n\n> \\*we\\*\n> @\u{200b}here laughed\n\nStill true?"
    );
    assert_eq!(reply(&files, &note(2), &[(1, "we")]).body, "You wrote:\n\nStill true?");
    assert_eq!(reply(&files, &note(1), &[(1, " \n ")]).body, "You wrote:\n\nStill true?");
}

#[test]
fn a_long_letter_is_cut_to_the_limit_and_our_words_never() {
    let files = [("en/urge/letter-back.md", "# Your letter\n\nHere it is:\n\n{ $words }\n\nAnd now?\n")];
    let message = Message::with(Key::LetterBack, vec![Arg::Words(EntryId(1))]);
    let reply = reply(&files, &message, &[(1, &"dear _you_ ".repeat(400)[..4000])]);
    let heading = reply.heading.unwrap();
    assert!(reply.body.starts_with("Here it is:\n\n> dear \\_you\\_ dear"), "{}", reply.body);
    assert!(reply.body.ends_with("…\n\nAnd now?"), "{}", reply.body);
    let length = heading.chars().count() + reply.body.chars().count();
    assert!((1950..=2000).contains(&length), "{length}");
}

#[test]
fn several_notes_share_the_room() {
    let note = |message: Message, id| message.and(Key::MyReasonsNote, vec![Arg::Words(EntryId(id))]);
    let message = (1..=4).fold(Message::new(Key::MyReasons), note);
    let long = "word ".repeat(300);
    let body = reply(&[], &message, &[(1, &long), (2, "short"), (3, &long), (4, &long)]).body;
    assert!(body.chars().count() <= 2000);
    assert!(body.contains("> short\n"), "{body}");
    assert_eq!(body.matches('…').count(), 3);
}

#[test]
fn help_lines_are_worded_with_their_ways_hours_and_languages() {
    let support = |place: Option<&str>, need| {
        let lines = Arg::Lines(HelpLines::new(place.map(Into::into), need));
        reply(&[("en/safety/support.md", "{ $lines }\n")], &Message::with(Key::Support, vec![lines]), &[]).body
    };
    let seelsorge = "- Seelsorge: call 0800 111, any time · chat on https://seelsorge.example, mon to fri 09:00 to 17:00, \
                     sat 10:00 to 12:00 (de)";
    let crisis = format!("**Germany**\n{seelsorge}\n- Danger: 112 (Notruf)");
    assert_eq!(support(Some("de"), LineNeed::Crisis), crisis);
    assert_eq!(support(Some("Europe/Berlin"), LineNeed::Crisis), crisis);
    assert_eq!(
        support(Some("de"), LineNeed::Violence),
        "**Germany**\n- Hilfe: call 116, text START to 117, 11:00 to 21:00 · chat on https://www.hilfe.example, hours \
         there (de, en, fr and more)\n- Danger: 112 (Notruf)"
    );
    assert_eq!(
        support(Some("de"), LineNeed::StopViolence),
        format!(
            "**Germany**\n\nNo line for stop_violence in Germany.\n{seelsorge}\n- Danger: 112 (Notruf)\n\
             - Find a line: https://find.example"
        )
    );
    assert_eq!(support(None, LineNeed::Youth), "- Find a line: https://find.example\n- Danger: your emergency number");
}

#[test]
fn a_fact_seen_more_than_a_year_ago_is_a_notice_with_its_row() {
    let findings = check(&Source::from_files(tree()), Date::constant(2026, 11, 29));
    let [finding] = &findings[..] else { panic!("{findings:#?}") };
    assert_eq!(finding.severity, Severity::Notice);
    assert!(finding.to_string().starts_with("prompts/lines.toml:20: `Hilfe` was last seen"), "{finding}");
    assert!(Prompts::load(&Source::from_files(tree())).is_ok());
}

#[test]
fn commands_stand_as_a_list() {
    let help = reply(&[], &Message::with(Key::Help, vec![Arg::Commands(())]), &[]).body;
    assert!(help.contains("\n- /start – en Does start\n- /reasons – en Does reasons\n"), "{help}");
}

#[test]
fn prompts_are_shared_by_all_who_speak() {
    fn shared<T: Send + Sync + 'static>(_: &T) {}
    shared(&prompts(tree()));
}

#[test]
fn forms_and_commands_come_in_the_persons_language() {
    let prompts = prompts(tree());
    let form = prompts.form("en", &Press::QuietForm, 2).unwrap();
    assert_eq!(form.action, Action::compose(2, "quiet-form"));
    assert_eq!(form.fields.iter().map(|field| field.label.as_str()).collect::<Vec<_>>(), ["from", "until"]);
    assert_eq!(prompts.form("en", &Press::Help, 2), None);
    let commands = prompts.commands("en");
    assert_eq!(commands.len(), Press::COMMANDS.len());
    assert_eq!((commands[0].name.as_str(), commands[0].description.as_str()), ("start", "en Does start"));
}

#[test]
fn free_text_is_scanned_with_the_lists_of_all_locales() {
    let mut files = tree();
    files.extend(locale("de", "de"));
    files.insert("de/lists/contact-refused.txt".into(), "blockiert\n".into());
    let prompts = prompts(files);
    let own = TextContext::Own;
    assert!(prompts.concerns("I want to end my life", own).is_sure(Concern::SelfHarm));
    assert!(prompts.concerns("she blocked me", own).is_sure(Concern::ContactRefused));
    assert!(prompts.concerns("er hat mich blockiert", own).is_sure(Concern::ContactRefused));
    assert!(prompts.concerns("a quiet day", own).is_empty());
}

#[test]
fn moments_that_cannot_be_shown_whole_are_found() {
    let mut files = tree();
    files.insert("en/safety/support.md".into(), format!("{}\n\n{{ $lines }}", "x".repeat(1400)));
    let lines = LINES.replace("\"Seelsorge\"", &format!("\"{}\"", "S".repeat(600)));
    files.insert("lines.toml".into(), lines);
    let findings = shown(files);
    for expected in [
        "prompts/en/safety/support.md:1: with its values and the help lines for `de` and `crisis` this text has 2",
        "prompts/en/ui.ftl:1: the help lines for `de` and `crisis` have 7",
    ] {
        assert!(findings.iter().any(|finding| finding.starts_with(expected)), "{expected}: {findings:#?}");
    }
}

/// A fuzz target: whatever stands in a file of a prompts directory, the check says where it is wrong, in lines that exist,
/// and what it lets pass can be shown.
#[test]
fn any_prompt_file_is_taken_or_named_with_a_line_of_it() {
    let source = Source::built_in();
    let mut findings = Vec::new();
    let files: Vec<(&str, String)> = source
        .paths()
        .filter_map(|path| Some((path, source.text(path, &mut Report::new(path, &mut findings))?)))
        .collect();
    // What all the others would be missing for is not asked: one file, and what is said of it.
    let passed = AtomicUsize::new(0);
    bolero::check!().with_iterations(400).with_type::<(u16, Edits)>().for_each(|(which, edits)| {
        let (path, text) = &files[usize::from(*which) % files.len()];
        let text = mutate::text(&[text], edits);
        let alone = check(&Source::from_files([(*path, text.as_str())]), TODAY);
        let name = format!("prompts/{path}");
        let of_it: Vec<&Finding> = alone.iter().filter(|finding| finding.file == name).collect();
        let lines = text.replace("\r\n", "\n").split(['\n', '\r']).count();
        for finding in &of_it {
            assert!((1..=lines).contains(&finding.line), "{finding} of {lines} lines: {text:?}");
        }
        if of_it.iter().all(|finding| finding.severity != Severity::Error) && passed.fetch_add(1, Ordering::Relaxed) < 3
        {
            let tree = files.iter().map(|(other, whole)| (*other, if other == path { &text } else { whole }));
            let Ok(prompts) = Prompts::load(&Source::from_files(tree.map(|(path, text)| (path, text.as_str())))) else {
                return;
            };
            for key in Key::ALL {
                let frame = Frame { journey: 1, words: &BTreeMap::new() };
                let reply = prompts.render("en", &Message::new(*key), &frame);
                assert!(!reply.body.contains("{$"), "{key:?} shows a name in place of its value");
            }
        }
    });
    assert!(passed.into_inner() > 0, "some files pass");
}
