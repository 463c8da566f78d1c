//! Reads a whole tree of prompts once, for loading and for checking alike: what cannot be read is a finding.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use unic_langid::LanguageIdentifier;

use super::finding::{Finding, Report};
use super::input::Answers;
use super::lines::{Lines, MAX_LIST, worded};
use super::messages::sample;
use super::moment::Moment;
use super::plans::Section;
use super::render::{Draft, LIMIT};
use super::source::Source;
use super::ui::Ui;
use super::{FALLBACK, Prompts, Texts, manifest, plans};
use crate::chat::{EntryId, Words};
use crate::journey::{Arg, Catalogue, HelpLines, Key, LineNeed, Message, PlanId};
use crate::safety::{Classifier, EXAMPLES, ListKind, MODEL, PhraseLists, SPELLINGS};

/// The most characters of an ordinary moment, and of one that is read at leisure.
const MOMENT: usize = 600;
const ADVICE: usize = 1500;

/// Moments that are read at leisure, besides all whose name says advice.
const LEISURE: [&str; 5] = ["reasons/card-", "start/hello", "shell/privacy", "shell/help", "safety/support"];

/// Moments that stand above the answer to whatever was written, and leave room for it.
const ABOVE: &str = "safety/";

/// Reads a tree. Without findings of severity error, the prompts are whole. With `today`, facts that are old are found.
pub(super) fn read(source: &Source, today: Option<Date>) -> (Option<Prompts>, Vec<Finding>) {
    let mut reader = Reader {
        source,
        today,
        findings: Vec::new(),
        known: BTreeSet::new(),
        lists: Vec::new(),
        spellings: Vec::new(),
        tags: manifest::Tags::default(),
        answers: Answers::default(),
        classifiers: Vec::new(),
    };
    let prompts = reader.prompts();
    reader.unknown_files();
    let mut findings = reader.findings;
    findings.sort();
    findings.dedup();
    (prompts, findings)
}

struct Reader<'a> {
    source: &'a Source,
    today: Option<Date>,
    findings: Vec<Finding>,
    /// The files something reads.
    known: BTreeSet<String>,
    /// Phrase lists: kind, name of the file, text.
    lists: Vec<(ListKind, String, String)>,
    /// Spellings: name of the file, text.
    spellings: Vec<(String, String)>,
    /// The texts that are tagged, in any language.
    tags: manifest::Tags,
    /// The words for yes and no, of all languages.
    answers: Answers,
    /// The classifiers of all languages that have examples.
    classifiers: Vec<Classifier>,
}

/// A locale's texts and the sections of its plans in the order of the themes.
type Locale = (Texts, Vec<(String, usize, PlanId)>);

impl Reader<'_> {
    fn prompts(&mut self) -> Option<Prompts> {
        let lines = self.lines();
        let english = self.locale(FALLBACK);
        let ids: BTreeSet<PlanId> = english.as_ref().map(|it| it.0.plans.keys().cloned().collect()).unwrap_or_default();
        let plans =
            self.file("plans.toml", "a [[plan]] for each length", |text, report| plans::plans(text, &ids, report));
        let plans = plans.unwrap_or_default();
        let mut others = BTreeMap::new();
        for locale in self.source.locales().into_iter().filter(|locale| *locale != FALLBACK) {
            if let Some((texts, sections)) = self.locale(locale) {
                self.same_plans(locale, &ids, &sections);
                others.insert(locale.to_ascii_lowercase(), texts);
            }
        }
        let phrases = self.phrases();
        let (fallback, sections) = english?;
        for (file, line, id) in &sections {
            if !plans.iter().any(|(_, order)| order.contains(id)) {
                let problem = format!("no plan names `{}`; add it to one in plans.toml", id.0);
                Report::new(file, &mut self.findings).warning(*line, problem);
            }
        }
        let prompts = sections.into_iter().map(|(_, _, id)| id).collect();
        let lines = lines?;
        let countries = lines.countries().map(|(code, _)| code.to_owned()).collect();
        let manifest::Tags { contact, not_after_violence, not_after_hurting, apologies, weighs_return, brings_near } =
            std::mem::take(&mut self.tags);
        let catalogue = Catalogue {
            prompts,
            plans,
            countries,
            contact,
            not_after_violence,
            not_after_hurting,
            apologies,
            weighs_return,
            brings_near,
        };
        let prompts = Prompts {
            fallback,
            others,
            catalogue,
            phrases: phrases?,
            lines,
            answers: std::mem::take(&mut self.answers),
            classifiers: std::mem::take(&mut self.classifiers),
        };
        self.fits(&prompts);
        Some(prompts)
    }

    /// Reads one file with `read`, or reports that it is missing and what belongs into it.
    fn file<T>(&mut self, path: &str, holds: &str, read: impl FnOnce(&str, &mut Report<'_>) -> T) -> Option<T> {
        self.known.insert(path.to_owned());
        let name = self.source.name(path);
        let mut report = Report::new(name.clone(), &mut self.findings);
        if let Some(text) = self.source.text(path, &mut report) {
            return Some(read(&text, &mut report));
        }
        report.error(1, format!("this file is missing; add {name} with {holds}"));
        None
    }

    fn locale(&mut self, locale: &str) -> Option<Locale> {
        let tag: LanguageIdentifier = if let Ok(tag) = locale.parse() {
            tag
        } else {
            let problem = "the name of this folder is no language tag; name it like `en` or `pt-BR`";
            Report::new(self.source.name(locale), &mut self.findings).error(1, problem);
            return None;
        };
        let sections = self.themes(locale);
        let places = sections.iter().map(|(file, it)| (file.clone(), it.line, it.id.clone())).collect();
        let plans: BTreeMap<_, _> = sections.into_iter().map(|(_, section)| (section.id, section.moment)).collect();
        let ids = plans.keys().cloned().collect();
        let tags =
            self.file(&format!("{locale}/manifest.toml"), "`language = \"…\"` and its sources", |text, report| {
                manifest::check(text, &ids, report)
            });
        // A text that is tagged in one language is tagged in all.
        if let Some(tags) = tags {
            self.tags.contact.extend(tags.contact);
            self.tags.not_after_violence.extend(tags.not_after_violence);
            self.tags.not_after_hurting.extend(tags.not_after_hurting);
            self.tags.apologies.extend(tags.apologies);
            self.tags.weighs_return.extend(tags.weighs_return);
            self.tags.brings_near.extend(tags.brings_near);
        }
        for kind in ListKind::ALL {
            let path = format!("{locale}/lists/{}", kind.file_name());
            let name = self.source.name(&path);
            if let Some(text) = self.file(&path, "one phrase a line", |text, _| text.to_owned()) {
                self.lists.push((*kind, name, text));
            }
        }
        let path = format!("{locale}/lists/{SPELLINGS}");
        let name = self.source.name(&path);
        let holds = "`spelling = word` on each line, for what people write in a chat";
        let spellings = self.file(&path, holds, |text, _| (name, text.to_owned()));
        self.spellings.extend(spellings);
        self.classifier(locale);
        let mut answers = std::mem::take(&mut self.answers);
        self.file(&format!("{locale}/input.toml"), "`yes` and `no` below `[answers]`", |text, report| {
            answers.read(text, report);
        });
        self.answers = answers;
        let moments = self.moments(locale);
        let ui =
            self.file(&format!("{locale}/ui.ftl"), "the labels, forms and values of this language", |text, report| {
                Ui::parse(tag, text.to_owned(), report)
            });
        Some((Texts { moments, plans, ui: ui? }, places))
    }

    /// The classifier of a locale that has examples; without its model, or with one of other examples, phrases alone would
    /// find concerns.
    fn classifier(&mut self, locale: &str) {
        let (examples, model) = (format!("{locale}/lists/{EXAMPLES}"), format!("{locale}/lists/{MODEL}"));
        self.known.extend([examples.clone(), model.clone()]);
        let Some(bytes) = self.source.bytes(&examples) else { return };
        let classifier = self.source.bytes(&model).and_then(Classifier::read);
        let fits = |classifier: &Classifier| classifier.is_trained_on(&String::from_utf8_lossy(bytes));
        if let Some(classifier) = classifier.filter(fits) {
            self.classifiers.push(classifier);
        } else {
            let problem = format!("there is no model of {}; run `rekindle train`", self.source.name(&examples));
            Report::new(self.source.name(&model), &mut self.findings).error(1, problem);
        }
    }

    fn moments(&mut self, locale: &str) -> BTreeMap<Key, Moment> {
        let mut moments = BTreeMap::new();
        for key in Key::ALL {
            let path = format!("{locale}/{}.md", key.path());
            let moment = self.file(&path, "what is said at that moment", |text, report| {
                report.size(1, "this text", text.trim(), room(*key));
                Moment::parse(text, 1, key.args(), report)
            });
            moments.extend(moment.map(|moment| (*key, moment)));
        }
        moments
    }

    /// The sections of all themes, with the names of their files: first the known themes in their order.
    fn themes(&mut self, locale: &str) -> Vec<(String, Section)> {
        let folder = format!("{locale}/plans/");
        let theme = |path: &str| path.strip_prefix(&folder)?.strip_suffix(".md").map(str::to_owned);
        let mut themes: Vec<String> = plans::THEMES.iter().map(|(theme, _)| (*theme).to_owned()).collect();
        let more: Vec<_> = self.source.paths().filter_map(theme).filter(|theme| !themes.contains(theme)).collect();
        themes.extend(more.into_iter().filter(|theme| !theme.contains('/')));
        let mut sections = Vec::new();
        for theme in themes {
            let path = format!("{folder}{theme}.md");
            let name = self.source.name(&path);
            let holds = "a title `# …` and its prompts, each below its number `## 1`";
            let read = self.file(&path, holds, |text, report| plans::theme(&theme, text, report));
            sections.extend(read.into_iter().flatten().map(|section| (name.clone(), section)));
        }
        sections
    }

    /// Reports where the plan prompts of a locale are not those of English: ids are remembered, not words.
    fn same_plans(&mut self, locale: &str, ids: &BTreeSet<PlanId>, sections: &[(String, usize, PlanId)]) {
        for (file, line, id) in sections.iter().filter(|(_, _, id)| !ids.contains(id)) {
            let problem = format!("English has no prompt `{}`; add it there or remove it here", id.0);
            Report::new(file, &mut self.findings).warning(*line, problem);
        }
        for id in ids.iter().filter(|id| !sections.iter().any(|(_, _, own)| own == *id)) {
            let (theme, number) = id.0.split_once('/').unwrap_or((&id.0, ""));
            let file = self.source.name(&format!("{locale}/plans/{theme}.md"));
            let problem = format!("the prompt `{}` is missing; add it below `## {number}`", id.0);
            Report::new(file, &mut self.findings).error(1, problem);
        }
    }

    fn lines(&mut self) -> Option<Lines> {
        let holds = "the [[worldwide]] directories and the lines of each [[country]]";
        let today = self.today;
        let read = |text: &str, report: &mut Report<'_>| match Lines::parse(text) {
            Ok(lines) => {
                for old in today.into_iter().flat_map(|today| lines.stale(today)) {
                    report.notice(old.line, old.text);
                }
                Some(lines)
            }
            Err(problems) => {
                for problem in problems {
                    report.error(problem.line, problem.text);
                }
                None
            }
        };
        self.file("lines.toml", holds, read).flatten()
    }

    fn phrases(&mut self) -> Option<PhraseLists> {
        let lists = self.lists.iter().map(|(kind, file, text)| (*kind, file.as_str(), text.as_str()));
        let spellings = self.spellings.iter().map(|(file, text)| (file.as_str(), text.as_str()));
        match PhraseLists::parse(lists, spellings) {
            Ok(phrases) => Some(phrases),
            Err(problems) => {
                for problem in problems {
                    Report::new(problem.file, &mut self.findings).error(problem.line, problem.text);
                }
                None
            }
        }
    }

    /// Reports every list of help lines, and every moment with its values, that is too long to show.
    fn fits(&mut self, prompts: &Prompts) {
        let words = BTreeMap::from([(EntryId(1), Words::new("x"))]);
        let codes = prompts.lines.countries().map(|(code, _)| Some(code.to_owned()));
        let places = codes.chain([None]);
        let asked: Vec<HelpLines> = places
            .flat_map(|place| LineNeed::ALL.iter().map(move |need| HelpLines::new(place.clone(), *need)))
            .collect();
        let others = prompts.others.iter().map(|(locale, texts)| (locale.as_str(), texts));
        for (locale, texts) in others.chain([(FALLBACK, &prompts.fallback)]) {
            for asked in &asked {
                let length = worded(&prompts.lines, &texts.ui, asked).chars().count();
                if length > MAX_LIST {
                    let file = self.source.name(&format!("{locale}/ui.ftl"));
                    let problem = format!("{} have {length} characters, {MAX_LIST} fit; cut them", told(asked));
                    Report::new(file, &mut self.findings).error(1, problem);
                }
            }
            for key in Key::ALL {
                let lists = if key.args().contains(&"lines") { asked.as_slice() } else { &asked[..1] };
                for asked in lists {
                    self.moment_fits(prompts, (locale, texts), *key, asked, &words);
                }
            }
        }
    }

    fn moment_fits(
        &mut self,
        prompts: &Prompts,
        (locale, texts): (&str, &Texts),
        key: Key,
        asked: &HelpLines,
        words: &BTreeMap<EntryId, Words>,
    ) {
        let value = |name: &&str| match sample(name)? {
            Arg::Lines(_) => Some(Arg::Lines(asked.clone())),
            arg => Some(arg),
        };
        let message = Message::with(key, key.args().iter().filter_map(value).collect());
        let length = Draft::of(prompts, texts, &message, words).fixed();
        let file = self.source.name(&format!("{locale}/{}.md", key.path()));
        let mut report = Report::new(file, &mut self.findings);
        let lines = if key.args().contains(&"lines") { format!(" and {}", told(asked)) } else { String::new() };
        let with = format!("with its values{lines} this text has {length} characters");
        if length > LIMIT {
            report.error(1, format!("{with}, {LIMIT} fit; cut it"));
        } else if key.path().starts_with(ABOVE) && length > LIMIT - MOMENT {
            report.warning(1, format!("{with}; at {} an answer fits below, cut it", LIMIT - MOMENT));
        }
    }

    fn unknown_files(&mut self) {
        for path in self.source.paths().filter(|path| !self.known.contains(*path)) {
            let problem = "nothing reads this file; correct its name or remove it";
            Report::new(self.source.name(path), &mut self.findings).warning(1, problem);
        }
    }
}

/// Which help lines a finding is about.
fn told(asked: &HelpLines) -> String {
    let place = asked.place.as_deref().unwrap_or("anywhere");
    format!("the help lines for `{place}` and `{}`", asked.need)
}

fn room(key: Key) -> usize {
    let leisure = key.path().contains("advice-") || LEISURE.iter().any(|start| key.path().starts_with(start));
    if leisure { ADVICE } else { MOMENT }
}
