//! The HTML page: self-contained, readable, printable, in the person's language. It loads nothing, runs nothing, and
//! escapes every word that is not ours.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use zeroize::Zeroizing;

use super::data;
use crate::journey::{Arg, Circle, GateQuestion, GateState, How, Journey, Monthly, Press, Weekly};
use crate::prompts::Prompts;
use crate::store::{Dossier, KeptJourney, Shelved};

/// Serif and narrow, because it is read like letters; on paper without colours and without a break inside a note.
const STYLE: &str = "\
:root{color-scheme:light dark}\
body{max-width:42rem;margin:3rem auto;padding:0 1.2rem;font:1.05rem/1.6 Georgia,'Times New Roman',serif;\
color:#2b2730;background:#fbf9f6}\
h1{font-size:1.9rem;line-height:1.2;margin:0 0 .3rem}\
h2{font-size:1.3rem;margin:3rem 0 .8rem;padding-bottom:.3rem;border-bottom:1px solid #cfc6bb}\
h3{font-size:1.05rem;margin:1.8rem 0 .5rem}\
p.lead{color:#6b6470;margin-top:0}\
dl{display:grid;grid-template-columns:minmax(8rem,14rem) 1fr;gap:.25rem 1.2rem;margin:0}\
dt{color:#6b6470}dd{margin:0;grid-column:2}\
article{margin:1.2rem 0;padding:.2rem 0 .2rem 1rem;border-left:3px solid #c9a58a}\
article header{font-size:.85rem;color:#6b6470}\
article p{white-space:pre-wrap;overflow-wrap:anywhere;margin:.2rem 0}\
footer{margin-top:4rem;font-size:.85rem;color:#6b6470}\
@media(max-width:34rem){dl{grid-template-columns:1fr}dd{grid-column:1;margin-bottom:.4rem}}\
@media(prefers-color-scheme:dark){body{color:#e8e3dc;background:#1d1b1f}h2{border-color:#4a444d}\
dt,p.lead,footer,article header{color:#a9a1ab}article{border-color:#8a6a54}}\
@media print{body{margin:0;max-width:none;color:#000;background:#fff;font-size:11pt}article{break-inside:avoid}\
h2,h3{break-after:avoid}dt,p.lead,footer,article header{color:#444}}";

/// The page being written.
struct Page<'a> {
    prompts: &'a Prompts,
    locale: &'a str,
    zone: TimeZone,
    /// Today where the person is.
    today: Date,
    html: String,
}

/// Writes the page.
pub fn write(dossier: &Dossier, prompts: &Prompts, locale: &str, now: Timestamp) -> Zeroizing<Vec<u8>> {
    let words: usize = dossier.entries.iter().map(|entry| entry.words.expose().len() + 200).sum();
    let html = String::with_capacity(16_000 + 2 * words);
    let zone = data::zone(dossier);
    let today = zone.to_datetime(now).date();
    let mut page = Page { prompts, locale, zone, today, html };
    page.open(now);
    for kept in &dossier.journeys {
        page.journey(kept, dossier.journeys.len() > 1);
    }
    page.words(&dossier.entries);
    page.raw("<footer>");
    page.element("p", &page.text("footer"));
    page.raw("</footer></main></body></html>\n");
    Zeroizing::new(page.html.into_bytes())
}

impl Page<'_> {
    fn open(&mut self, now: Timestamp) {
        let lang: String = self.locale.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
        let title = self.text("title");
        self.raw(&format!("<!DOCTYPE html><html lang=\"{lang}\"><head><meta charset=\"utf-8\">"));
        self.raw(
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        );
        self.raw("<meta name=\"viewport\" content=\"width=device-width\"><meta name=\"robots\" content=\"noindex\">");
        self.element("title", &title);
        self.raw(&format!("<style>{STYLE}</style></head><body><main>"));
        self.element("h1", &title);
        let made = self.moment(now);
        self.raw("<p class=\"lead\">");
        self.escaped(&made);
        self.raw("</p>");
        self.element("p", &self.text("intro"));
    }

    fn journey(&mut self, kept: &KeptJourney, several: bool) {
        let journey = &kept.journey;
        let name = self.text("journey");
        self.element("h2", &if several { format!("{name} {}", kept.number) } else { name });
        let mut rows = Vec::new();
        if let Some(closed) = &journey.closed {
            rows.push((self.text("closed"), self.moment(closed.at)));
        }
        let settings = &journey.settings;
        rows.extend(settings.zone.as_ref().map(|zone| (self.label(&Press::ZoneForm), zone.clone())));
        rows.push((self.label(&Press::TimeForm), self.value(&Arg::Time(settings.reminder))));
        let quiet = settings.quiet.map(|quiet| {
            let (from, until) = (self.value(&Arg::From(quiet.from)), self.value(&Arg::Until(quiet.until)));
            (self.label(&Press::QuietForm), format!("{from}–{until}"))
        });
        rows.extend(quiet);
        self.rows(&rows);
        self.reasons(journey);
        self.safety(journey);
        self.time_apart(journey);
        self.toward_them(journey);
        self.trial(journey);
        self.ease(journey);
        self.letgo(journey);
    }

    fn reasons(&mut self, journey: &Journey) {
        let state = &journey.reasons;
        let mut rows = Vec::new();
        rows.extend(state.ended_by.map(|who| (self.text("ended"), self.label(&Press::EndedBy { who }))));
        rows.extend(state.ended_when.map(|when| (self.text("when"), self.label(&Press::EndedWhen { when }))));
        for (card, answer) in &state.answers {
            let (card, answer) = (*card, *answer);
            rows.push((self.label(&Press::ShowCard { card }), self.label(&Press::AnswerCard { card, answer })));
        }
        self.section(&self.label(&Press::Reasons), &rows);
    }

    fn safety(&mut self, journey: &Journey) {
        let mut rows: Vec<(String, String)> = Vec::new();
        for question in GateQuestion::ALL {
            let yes = match journey.gate.questions.get(question).map(|question| question.state) {
                Some(GateState::Yes | GateState::Correcting { .. }) => true,
                Some(GateState::No { .. }) => false,
                Some(GateState::Unanswered | GateState::Asked { .. }) | None => continue,
            };
            let (name, answer) = match question {
                GateQuestion::Contact => ("gate-contact", yes),
                GateQuestion::Violence => ("gate-violence", yes),
                GateQuestion::Order => ("gate-order", yes),
            };
            rows.push((self.text(name), self.text(if answer { "yes" } else { "no" })));
        }
        rows.extend(journey.said_no.map(|at| (self.label(&Press::SaidNo), self.moment(at))));
        self.folded(&self.label(&Press::GateReview), &rows);
    }

    fn time_apart(&mut self, journey: &Journey) {
        let state = &journey.cooloff;
        let mut rows = Vec::new();
        if let Some(run) = state.run.as_ref().or(state.over.as_ref()) {
            let length = self.value(&Arg::Left(run.days.length));
            rows.push((self.text("began"), self.day(run.days.start)));
            rows.push((self.text("length"), length));
        }
        let days = journey.days_without_contact(self.today);
        if days > 0 {
            rows.push((self.text("days"), days.to_string()));
        }
        if state.resisted > 0 {
            rows.push((self.text("passed"), state.resisted.to_string()));
        }
        if state.slips > 0 {
            rows.push((self.label(&Press::Slip), state.slips.to_string()));
        }
        self.section(&self.label(&Press::Cooloff), &rows);
        let moods: Vec<_> = state
            .moods
            .iter()
            .map(|(date, mood)| (self.day(*date), self.label(&Press::Mood { day: 0, mood: *mood })))
            .collect();
        self.section(&self.text("moods"), &moods);
    }

    /// What was decided after reflecting, what came of reaching out, and of bringing it up.
    fn toward_them(&mut self, journey: &Journey) {
        let mut rows = Vec::new();
        let decided = journey.reflect.decision;
        rows.extend(decided.map(|decision| (self.label(&Press::Reflect), self.label(&Press::Decide { decision }))));
        let attempt = journey.reachout.attempt();
        let told = journey.reachout.told.map(|told| self.label(&Press::Talked { attempt, outcome: told.outcome }));
        rows.extend(told.map(|told| (self.label(&Press::Reachout), told)));
        let state = &journey.bringup;
        let name = self.label(&Press::Bringup);
        if state.talks > 0 {
            rows.push((name.clone(), format!("{}: {}", self.label(&Press::FriendTalk), state.talks)));
        }
        rows.extend(state.warmth.map(|warmth| (name.clone(), self.label(&Press::Way { warmth }))));
        if state.said_yes {
            rows.push((name, self.label(&Press::BroughtUpYes)));
        }
        self.section(&self.text("toward"), &rows);
    }

    fn trial(&mut self, journey: &Journey) {
        let state = &journey.trial;
        for run in state.last.iter().chain(state.run.iter()) {
            let mut rows = vec![
                (self.text("began"), self.day(run.start)),
                (self.text("length"), self.value(&Arg::Weeks(run.weeks))),
            ];
            for (week, of) in &run.answers {
                let name = format!("{} {week}", self.text("week"));
                for (question, how) in &of.answers {
                    let (week, question, how) = (*week, *question, *how);
                    let what = self.text(match question {
                        Weekly::Arguments => "arguments",
                        Weekly::Changes => "changes",
                        Weekly::Calm => "calm",
                    });
                    let answer = self.label(&Press::TrialAnswer { week, question, how });
                    rows.push((name.clone(), format!("{what}: {answer}")));
                }
                for (slot, answer) in &of.kept {
                    let (week, slot, answer) = (*week, *slot, *answer);
                    let kept = self.label(&Press::Kept { week, slot, answer });
                    rows.push((name.clone(), format!("{} {slot}: {kept}", self.text("agreement"))));
                }
            }
            self.section(&self.label(&Press::Trial), &rows);
        }
    }

    fn ease(&mut self, journey: &Journey) {
        let state = &journey.ease;
        let mut rows = Vec::new();
        for circle in Circle::ALL.iter().filter(|circle| state.told.contains(circle)) {
            rows.push((self.label(&Press::GoingPublic), self.value(&Arg::Circle(*circle))));
        }
        for run in state.last.iter().chain(state.run.iter()) {
            rows.push((self.text("began"), self.day(run.start)));
            for (month, answers) in &run.answers {
                let name = format!("{} {month}", self.text("month"));
                for (question, how) in answers {
                    rows.push((name.clone(), self.monthly(*month, *question, *how)));
                }
            }
        }
        self.section(&self.label(&Press::Ease), &rows);
    }

    fn monthly(&self, month: u8, question: Monthly, how: How) -> String {
        let what = self.text(match question {
            Monthly::Feelings => "feelings",
            Monthly::Disagreements => "disagreements",
            Monthly::Compromises => "compromises",
        });
        format!("{what}: {}", self.label(&Press::EaseAnswer { month, question, how }))
    }

    fn letgo(&mut self, journey: &Journey) {
        let state = &journey.letgo;
        let mut rows = Vec::new();
        rows.extend(state.since.map(|since| (self.text("counted"), self.day(since))));
        self.section(&self.label(&Press::Letgo), &rows);
    }

    /// The person's own words, oldest first.
    fn words(&mut self, entries: &[Shelved]) {
        self.element("h2", &self.text("words"));
        if entries.is_empty() {
            self.element("p", &self.text("none"));
        }
        for entry in entries {
            let head = format!("{} · {}", self.value(&Arg::Kind(entry.kind)), self.moment(entry.at));
            self.raw("<article>");
            self.element("header", &head);
            self.element("p", entry.words.expose());
            self.raw("</article>");
        }
    }

    /// A heading and its rows; nothing where there are none.
    fn section(&mut self, heading: &str, rows: &[(String, String)]) {
        if rows.is_empty() {
            return;
        }
        self.element("h3", heading);
        self.rows(rows);
    }

    /// A section that shows its heading alone until it is opened, on paper as well.
    fn folded(&mut self, heading: &str, rows: &[(String, String)]) {
        if rows.is_empty() {
            return;
        }
        self.raw("<details>");
        self.element("summary", heading);
        self.rows(rows);
        self.raw("</details>");
    }

    fn rows(&mut self, rows: &[(String, String)]) {
        self.raw("<dl>");
        let mut last = None;
        for (name, value) in rows {
            // What has several values is named once.
            if last.replace(name) != Some(name) {
                self.element("dt", name);
            }
            self.element("dd", value);
        }
        self.raw("</dl>");
    }

    fn text(&self, name: &str) -> String {
        self.prompts.page(self.locale, name)
    }

    fn label(&self, press: &Press) -> String {
        self.prompts.label(self.locale, press)
    }

    fn value(&self, arg: &Arg) -> String {
        self.prompts.value(self.locale, arg)
    }

    /// A date with its year: this is read years later.
    fn day(&self, date: Date) -> String {
        format!("{} {}", self.value(&Arg::Date(date)), date.year())
    }

    /// A date and a time, where the person is.
    fn moment(&self, at: Timestamp) -> String {
        let local = self.zone.to_datetime(at);
        format!("{}, {}", self.day(local.date()), self.value(&Arg::Time(local.time())))
    }

    fn element(&mut self, name: &str, text: &str) {
        self.raw(&format!("<{name}>"));
        self.escaped(text);
        self.raw(&format!("</{name}>"));
    }

    fn raw(&mut self, html: &str) {
        self.html.push_str(html);
    }

    /// What is not ours can hold anything: it is text, never markup.
    fn escaped(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '&' => self.html.push_str("&amp;"),
                '<' => self.html.push_str("&lt;"),
                '>' => self.html.push_str("&gt;"),
                '"' => self.html.push_str("&quot;"),
                '\'' => self.html.push_str("&#39;"),
                c if c.is_control() && c != '\n' && c != '\t' => {}
                c => self.html.push(c),
            }
        }
    }
}
