//! What is wrong with a tree of prompts: a file, a line, and how to mend it, in words a prompt author can use.

use std::fmt;

/// One thing to mend. Shown as `file:line: problem`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The file, as the person who runs the check can open it.
    pub file: String,
    /// The line, from 1; a missing file is reported at line 1.
    pub line: usize,
    /// What is wrong and what mends it.
    pub problem: String,
    /// Whether the program refuses to start with it.
    pub severity: Severity,
}

/// How much a finding matters. `rekindle check` fails on errors and warnings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// A person would be shown something broken: the tree does not load.
    Error,
    /// A rule of the house is not kept: the tree loads.
    Warning,
    /// A fact is old and should be looked up again: `rekindle check` lists it and succeeds.
    Notice,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.problem)
    }
}

/// Where the findings about one file are written down.
pub(super) struct Report<'a> {
    file: String,
    findings: &'a mut Vec<Finding>,
}

impl<'a> Report<'a> {
    /// Findings about `file`, a name that can be opened, go to `findings`.
    pub(super) fn new(file: impl Into<String>, findings: &'a mut Vec<Finding>) -> Self {
        Self { file: file.into(), findings }
    }

    /// Something a person would be shown broken.
    pub(super) fn error(&mut self, line: usize, problem: impl Into<String>) {
        self.add(line, problem.into(), Severity::Error);
    }

    /// Something against the rules of the house.
    pub(super) fn warning(&mut self, line: usize, problem: impl Into<String>) {
        self.add(line, problem.into(), Severity::Warning);
    }

    /// A fact that is old and should be looked up again.
    pub(super) fn notice(&mut self, line: usize, problem: impl Into<String>) {
        self.add(line, problem.into(), Severity::Notice);
    }

    fn add(&mut self, line: usize, problem: String, severity: Severity) {
        self.findings.push(Finding { file: self.file.clone(), line, problem, severity });
    }

    /// The name of the file.
    pub(super) fn file(&self) -> &str {
        &self.file
    }

    /// Reports what the house does not say in any text.
    pub(super) fn tone(&mut self, line: impl FnOnce() -> usize, text: &str) {
        if text.contains(['!', '！']) {
            self.warning(line(), "there is an exclamation mark; this voice is calm, end the sentence with a full stop");
        }
    }

    /// Reports `text` if it has more characters (Unicode scalar values) than `limit`.
    pub(super) fn size(&mut self, line: usize, what: &str, text: &str, limit: usize) {
        let count = text.chars().count();
        if count > limit {
            self.warning(line, format!("{what} has {count} characters, {limit} fit; cut {}", count - limit));
        }
    }
}

/// The line, from 1, in which the byte `offset` of `text` lies.
pub(super) fn line_at(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
}
