//! `manifest.toml` of a locale: where our texts have their facts from, which of them invite contact, which are wrong after
//! violence, and which weigh going back.
//!
//! Nobody is shown it; it is read so that every claim keeps its source, and checked whenever a tree is.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use toml::Spanned;

use super::finding::{Report, line_at};
use crate::journey::{Key, PlanId, Tagged};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    language: Spanned<String>,
    #[serde(default)]
    sources: BTreeMap<Spanned<String>, Fields>,
    #[serde(default)]
    contact: Contact,
    #[serde(default)]
    not_after_violence: NotAfterViolence,
    #[serde(default)]
    not_after_hurting: NotAfterHurting,
    #[serde(default)]
    weighs_return: WeighsReturn,
    #[serde(default)]
    brings_near: BringsNear,
    #[serde(default)]
    cites: BTreeMap<Spanned<String>, Vec<Spanned<String>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    title: String,
    year: u16,
    r#where: String,
    doi: Option<String>,
    note: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Contact {
    /// Folders whose texts invite contact.
    folders: Vec<Spanned<String>>,
    /// Single moments elsewhere that do.
    moments: Vec<Spanned<String>>,
    /// Folders whose texts do not, the named moments aside; `plans` stands for the plan prompts.
    never: Vec<Spanned<String>>,
}

/// Which texts are wrong for a person who was hurt. Folders that invite contact are closed then and need no tag.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct NotAfterViolence {
    /// Folders of moments, and themes of the plans, that are wrong as a whole.
    folders: Vec<Spanned<String>>,
    /// Single moments and plan prompts elsewhere.
    texts: Vec<Spanned<String>>,
    /// Folders and themes that fit, the named texts aside.
    fits: Vec<Spanned<String>>,
    /// Apologies: wrong for the person who did the hurting as well.
    apology: Vec<Spanned<String>>,
}

/// Which texts are wrong for the person who did the hurting: what could be said to the other, winning back, the other's
/// share.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct NotAfterHurting {
    /// Folders of moments, and themes of the plans, that are wrong as a whole.
    folders: Vec<Spanned<String>>,
    /// Single moments and plan prompts elsewhere.
    texts: Vec<Spanned<String>>,
}

/// Moments and plan prompts that weigh going back.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct WeighsReturn {
    texts: Vec<Spanned<String>>,
}

/// Moments and plan prompts about meeting, giving things back or shared places.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct BringsNear {
    texts: Vec<Spanned<String>>,
}

/// The folder that stands for the plan prompts, none of which may invite contact.
const PLANS: &str = "plans";

/// What the manifest of a locale tags.
#[derive(Default)]
pub(super) struct Tags {
    /// Moments that invite contact.
    pub contact: BTreeSet<Key>,
    /// Texts that are wrong for a person who was hurt.
    pub not_after_violence: Tagged,
    /// Texts that are wrong for the person who did the hurting.
    pub not_after_hurting: Tagged,
    /// Apologies.
    pub apologies: Tagged,
    /// Texts that weigh going back.
    pub weighs_return: Tagged,
    /// Texts about meeting, giving things back or shared places.
    pub brings_near: Tagged,
}

/// Reports what a manifest says of texts and sources that do not exist, and what it leaves out. Returns what it tags.
pub(super) fn check(text: &str, plans: &BTreeSet<PlanId>, report: &mut Report<'_>) -> Tags {
    let manifest: Manifest = match toml::from_str(text) {
        Ok(manifest) => manifest,
        Err(error) => {
            let line = line_at(text, error.span().map_or(0, |span| span.start));
            report.error(line, format!("the manifest cannot be read: {}", one_line(error.message())));
            return Tags::default();
        }
    };
    let line = |spanned: &Spanned<String>| line_at(text, spanned.span().start);
    let moments: BTreeSet<&str> = Key::ALL.iter().map(|key| key.path()).collect();

    if manifest.language.get_ref().trim().is_empty() {
        report.warning(line(&manifest.language), "`language` is empty; write the language's own name for itself");
    }
    let contact = &manifest.contact;
    let mut folders: BTreeSet<&str> = Key::ALL.iter().map(|key| folder_of(*key)).collect();
    folders.insert(PLANS);
    let mut tagged = BTreeSet::new();
    for folder in contact.folders.iter().chain(&contact.never) {
        let name = folder.get_ref().as_str();
        if !folders.contains(name) {
            report.warning(line(folder), format!("there is no folder `{name}`; correct it or remove it"));
        } else if !tagged.insert(name) {
            report.error(line(folder), format!("`{name}` is tagged twice; keep one of the two"));
        }
    }
    for name in folders.iter().filter(|name| !tagged.contains(*name)) {
        report.error(1, format!("does `{name}` invite contact? add it to `folders` or to `never` under [contact]"));
    }
    for moment in &manifest.contact.moments {
        if !moments.contains(moment.get_ref().as_str()) {
            report.warning(line(moment), format!("there is no moment `{}`; correct it or remove it", moment.get_ref()));
        }
    }
    let mut cited = BTreeSet::new();
    for (text, sources) in &manifest.cites {
        let name = text.get_ref();
        if !moments.contains(name.as_str()) && !plans.contains(&PlanId(name.clone())) {
            report.warning(
                line(text),
                format!("`{name}` is neither a moment nor a plan prompt; correct it or remove it"),
            );
        }
        if sources.is_empty() {
            report.warning(line(text), format!("`{name}` cites nothing; name its sources or remove the line"));
        }
        for source in sources {
            if !manifest.sources.contains_key(source) {
                let name = source.get_ref();
                report.warning(
                    line(source),
                    format!("there is no source `{name}`; add [sources.{name}] or correct the id"),
                );
            }
            cited.insert(source.get_ref());
        }
    }
    for (id, source) in &manifest.sources {
        let name = id.get_ref();
        if !cited.contains(name) {
            report.warning(line(id), format!("nothing cites `{name}`; name it under [cites] or remove it"));
        }
        let texts = [Some(&source.title), Some(&source.r#where), source.doi.as_ref(), source.note.as_ref()];
        if source.year < 1800 || texts.into_iter().flatten().any(|text| text.trim().is_empty()) {
            report.warning(line(id), format!("the source `{name}` has an empty text or no real year; fill it in"));
        }
    }
    let invites = |key: &Key| named(&contact.folders, folder_of(*key)) || named(&contact.moments, key.path());
    let tags = Tags {
        contact: Key::ALL.iter().copied().filter(invites).collect(),
        not_after_violence: tagged_texts(
            &manifest.not_after_violence.folders,
            &manifest.not_after_violence.texts,
            plans,
        ),
        not_after_hurting: tagged_texts(&manifest.not_after_hurting.folders, &manifest.not_after_hurting.texts, plans),
        apologies: tagged_texts(&[], &manifest.not_after_violence.apology, plans),
        weighs_return: tagged_texts(&[], &manifest.weighs_return.texts, plans),
        brings_near: tagged_texts(&[], &manifest.brings_near.texts, plans),
    };
    after_violence(text, &manifest, plans, report);
    tags
}

/// Reports folders, themes and texts that the tags name and that do not exist, and folders and themes without a tag.
fn after_violence(text: &str, manifest: &Manifest, plans: &BTreeSet<PlanId>, report: &mut Report<'_>) {
    let line = |spanned: &Spanned<String>| line_at(text, spanned.span().start);
    let tag = &manifest.not_after_violence;
    let folders = Key::ALL.iter().map(|key| folder_of(*key)).filter(|name| !named(&manifest.contact.folders, name));
    let groups: BTreeSet<&str> = folders.chain(plans.iter().map(theme_of)).collect();
    let mut seen = BTreeSet::new();
    for group in tag.folders.iter().chain(&tag.fits) {
        let name = group.get_ref().as_str();
        if !groups.contains(name) {
            report.warning(line(group), format!("there is no folder or theme `{name}`; correct it or remove it"));
        } else if !seen.insert(name) {
            report.error(line(group), format!("`{name}` is tagged twice; keep one of the two"));
        }
    }
    for name in groups.iter().filter(|name| !seen.contains(*name)) {
        let problem = "fit after violence? add it to `folders` or to `fits` under [not_after_violence]";
        report.error(1, format!("does `{name}` {problem}"));
    }
    let hurting = &manifest.not_after_hurting;
    for group in hurting.folders.iter().filter(|group| !groups.contains(group.get_ref().as_str())) {
        let problem = "correct it or remove it";
        report.warning(line(group), format!("there is no folder or theme `{}`; {problem}", group.get_ref()));
    }
    let others = manifest.weighs_return.texts.iter().chain(&manifest.brings_near.texts).chain(&hurting.texts);
    for named in tag.texts.iter().chain(&tag.apology).chain(others) {
        let name = named.get_ref();
        if !Key::ALL.iter().any(|key| key.path() == name) && !plans.contains(&PlanId(name.clone())) {
            let problem = "is neither a moment nor a plan prompt; correct it or remove it";
            report.warning(line(named), format!("`{name}` {problem}"));
        }
    }
}

/// The texts of whole folders and themes, and single ones.
fn tagged_texts(groups: &[Spanned<String>], texts: &[Spanned<String>], plans: &BTreeSet<PlanId>) -> Tagged {
    let moment = |key: &Key| named(groups, folder_of(*key)) || named(texts, key.path());
    let prompt = |id: &&PlanId| named(groups, theme_of(id)) || named(texts, &id.0);
    Tagged {
        moments: Key::ALL.iter().copied().filter(moment).collect(),
        plans: plans.iter().filter(prompt).cloned().collect(),
    }
}

fn named(list: &[Spanned<String>], name: &str) -> bool {
    list.iter().any(|it| it.get_ref() == name)
}

fn theme_of(id: &PlanId) -> &str {
    id.0.split('/').next().unwrap_or_default()
}

fn folder_of(key: Key) -> &'static str {
    key.path().split('/').next().unwrap_or_default()
}

/// What a TOML parser says, on one line.
pub(super) fn one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(text: &str) -> Vec<String> {
        let mut findings = Vec::new();
        let plans = BTreeSet::from([PlanId("my-part/1".into())]);
        check(text, &plans, &mut Report::new("m.toml", &mut findings));
        // Which folders are tagged has a test of its own.
        findings.retain(|finding| !finding.problem.starts_with("does `"));
        findings.sort();
        findings.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_whole_manifest_has_no_findings() {
        let text = r#"
language = "English"
[sources.a2011]
title = "T"
year = 2011
where = "J"
[contact]
folders = ["trial"]
moments = ["safety/gate-clear"]
[cites]
"cooloff/advice-1" = ["a2011"]
"my-part/1" = ["a2011"]
"#;
        assert_eq!(findings(text), [""; 0]);
    }

    #[test]
    fn what_does_not_exist_is_found_on_its_line() {
        let text = r#"language = "English"
[sources.a2011]
title = "T"
year = 2011
where = ""
[contact]
folders = ["trial", "trail"]
moments = ["safety/nothing"]
[cites]
"cooloff/advice-9" = [
    "b2012"]
"my-part/1" = []
"#;
        assert_eq!(
            findings(text),
            [
                "m.toml:2: nothing cites `a2011`; name it under [cites] or remove it",
                "m.toml:2: the source `a2011` has an empty text or no real year; fill it in",
                "m.toml:7: there is no folder `trail`; correct it or remove it",
                "m.toml:8: there is no moment `safety/nothing`; correct it or remove it",
                "m.toml:10: `cooloff/advice-9` is neither a moment nor a plan prompt; correct it or remove it",
                "m.toml:11: there is no source `b2012`; add [sources.b2012] or correct the id",
                "m.toml:12: `my-part/1` cites nothing; name its sources or remove the line",
            ]
        );
    }

    #[test]
    fn every_folder_is_tagged_once_and_the_tags_reach_the_journey() {
        let mut findings = Vec::new();
        let text = "language = \"English\"\n[contact]\nfolders = [\"trial\", \"start\"]\nnever = [\"start\"]\n\
                    moments = [\"safety/gate-clear\"]\n";
        let contact = check(text, &BTreeSet::new(), &mut Report::new("m.toml", &mut findings)).contact;
        assert!(contact.contains(&Key::Trial1) && contact.contains(&Key::GateClear) && !contact.contains(&Key::Slip));
        let shown: Vec<_> = findings.iter().map(ToString::to_string).collect();
        assert!(shown.contains(&"m.toml:4: `start` is tagged twice; keep one of the two".to_owned()), "{shown:?}");
        let untagged = "m.toml:1: does `urge` invite contact? add it to `folders` or to `never` under [contact]";
        assert!(shown.contains(&untagged.to_owned()), "{shown:?}");
    }

    #[test]
    fn texts_that_are_wrong_after_violence_are_tagged_by_folder_theme_or_name() {
        let mut findings = Vec::new();
        let plans: BTreeSet<PlanId> = ["a/1", "a/2", "b/1", "b/2"].map(|id| PlanId(id.into())).into();
        let text = "language = \"English\"\n[not_after_violence]\nfolders = [\"a\", \"closing\", \"nowhere\"]\n\
                    texts = [\"b/2\", \"urge/menu\", \"b/9\"]\nfits = [\"closing\", \"urge\"]\napology = [\"b/1\"]\n\
                    [weighs_return]\ntexts = [\"reflect/decide\"]\n[brings_near]\ntexts = [\"letgo/advice-2\"]\n";
        let tags = check(text, &plans, &mut Report::new("m.toml", &mut findings));
        let ids: Vec<&str> = tags.not_after_violence.plans.iter().map(|id| id.0.as_str()).collect();
        assert_eq!(ids, ["a/1", "a/2", "b/2"]);
        let moments = &tags.not_after_violence.moments;
        assert!(
            moments.contains(&Key::UrgeMenu) && moments.contains(&Key::CloseLetgo) && !moments.contains(&Key::Slip)
        );
        assert_eq!(tags.apologies.plans, BTreeSet::from([PlanId("b/1".into())]));
        assert_eq!(tags.weighs_return.moments, BTreeSet::from([Key::DecideAsk]));
        assert_eq!(tags.brings_near.moments, BTreeSet::from([Key::Letgo2]));
        let shown: Vec<_> = findings.iter().map(ToString::to_string).collect();
        for expected in [
            "m.toml:3: there is no folder or theme `nowhere`; correct it or remove it",
            "m.toml:5: `closing` is tagged twice; keep one of the two",
            "m.toml:4: `b/9` is neither a moment nor a plan prompt; correct it or remove it",
            "m.toml:1: does `b` fit after violence? add it to `folders` or to `fits` under [not_after_violence]",
        ] {
            assert!(shown.contains(&expected.to_owned()), "{expected}: {shown:?}");
        }
    }

    #[test]
    fn unknown_keys_and_broken_toml_are_found() {
        let unknown = findings("language = \"English\"\nlangauge = \"x\"");
        assert!(
            unknown[0].starts_with("m.toml:2: the manifest cannot be read: unknown field `langauge`"),
            "{unknown:?}"
        );
        let broken = findings("language = \"English\"\n\n[sources");
        assert!(broken[0].starts_with("m.toml:3: the manifest cannot be read: "), "{broken:?}");
    }
}
