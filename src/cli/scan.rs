//! `rekindle scan`: what the safety scanner sees in each line, for whoever tests or tunes the lists.

use std::io::{self, BufRead, ErrorKind, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum};
use serde::Serialize;

use rekindle::app::load_prompts;
use rekindle::prompts::Prompts;
use rekindle::safety::{Certainty, Concern, TextContext};

#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  $ echo \"he says he'll kill me\" | rekindle scan
  {\"concerns\":[{\"kind\":\"threatened\",\"certainty\":\"sure\"}]}

Nothing that is read is kept, logged or sent.")]
pub(super) struct ScanArgs {
    /// The language of the lines; the lists of all languages are read together.
    #[arg(long, value_name = "TAG", default_value = "en")]
    locale: String,
    /// Where the words were typed.
    #[arg(long, value_enum, default_value_t = Typed::Own)]
    context: Typed,
    /// Lists from this directory, laid out like prompts/, instead of the built-in ones.
    #[arg(long, value_name = "DIR")]
    prompts: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Typed {
    /// The person tells about themselves and the other.
    Own,
    /// The person writes to the other, as in a letter: `you` is the other.
    Draft,
    /// A forward or a quotation: perhaps the other's words, so never sure.
    Forward,
}

impl From<Typed> for TextContext {
    fn from(typed: Typed) -> Self {
        match typed {
            Typed::Own => Self::Own,
            Typed::Draft => Self::Draft,
            Typed::Forward => Self::Forward,
        }
    }
}

/// One line of the output.
#[derive(Serialize)]
struct Scanned {
    concerns: Vec<Found>,
}

#[derive(Serialize)]
struct Found {
    kind: Concern,
    certainty: Certainty,
}

/// Scans standard input, line by line, until it ends or nobody reads the output any more.
pub(super) fn run(args: &ScanArgs) -> anyhow::Result<ExitCode> {
    let prompts = load_prompts(args.prompts.as_ref())?;
    if !prompts.has_locale(&args.locale) {
        bail!("--locale {}: there are no lists in this language; use `en`", args.locale);
    }
    match scan(&prompts, args.context.into(), io::stdin().lock(), io::stdout().lock()) {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
        Err(error) => Err(error).context("reading standard input or writing standard output"),
    }
}

fn scan(prompts: &Prompts, context: TextContext, mut input: impl BufRead, mut out: impl Write) -> io::Result<()> {
    let mut line = Vec::new();
    while input.read_until(b'\n', &mut line)? > 0 {
        let concerns = prompts.concerns(String::from_utf8_lossy(&line).trim_end(), context);
        let concerns = concerns.iter().map(|(kind, certainty)| Found { kind, certainty }).collect();
        serde_json::to_writer(&mut out, &Scanned { concerns })?;
        out.write_all(b"\n")?;
        out.flush()?;
        line.clear();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scanned(input: &[u8], context: TextContext) -> String {
        let (prompts, mut out) = (load_prompts(None).expect("the built-in texts"), Vec::new());
        scan(&prompts, context, input, &mut out).expect("memory takes everything");
        String::from_utf8(out).expect("JSON")
    }

    #[test]
    fn each_line_gets_one_object() {
        let threatened = "{\"concerns\":[{\"kind\":\"threatened\",\"certainty\":\"sure\"}]}\n";
        let none = "{\"concerns\":[]}\n";
        assert_eq!(
            scanned(b"he says he'll kill me\r\n\n\xff\nI miss him", TextContext::Own),
            [threatened, none, none, none].concat()
        );
        assert_eq!(scanned(b"", TextContext::Own), "");
    }

    #[test]
    fn the_context_says_who_you_is() {
        let harm = "{\"concerns\":[{\"kind\":\"harm_other\",\"certainty\":\"sure\"}]}\n";
        assert_eq!(scanned(b"I'll kill you", TextContext::Draft), harm);
        assert!(!scanned(b"I'll kill you", TextContext::Forward).contains("\"sure\""));
    }
}
