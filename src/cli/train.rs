//! `rekindle train`: trains the classifier of the safety scanner on the labelled examples of each language.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::Args;

use super::output::out;
use rekindle::safety::{EXAMPLES, MODEL, train};

#[derive(Debug, Args)]
#[command(after_help = "\
Reads DIR/<language>/lists/examples.tsv and writes model.bin beside it. The same examples always give the same file.")]
pub(super) struct TrainArgs {
    /// The directory with the texts.
    #[arg(value_name = "DIR", default_value = "prompts")]
    dir: PathBuf,
}

pub(super) fn run(args: &TrainArgs) -> anyhow::Result<ExitCode> {
    let named = || format!("cannot read {}", args.dir.display());
    let mut trained = 0;
    for folder in fs::read_dir(&args.dir).with_context(named)? {
        let lists = folder.with_context(named)?.path().join("lists");
        if lists.join(EXAMPLES).is_file() {
            train_one(&lists)?;
            trained += 1;
        }
    }
    if trained == 0 {
        bail!("there is no <language>/lists/{EXAMPLES} in {}; add one", args.dir.display());
    }
    Ok(ExitCode::SUCCESS)
}

fn train_one(lists: &Path) -> anyhow::Result<()> {
    let (examples, model) = (lists.join(EXAMPLES), lists.join(MODEL));
    let text = fs::read_to_string(&examples).with_context(|| format!("cannot read {}", examples.display()))?;
    let classifier = match train(&text) {
        Ok(classifier) => classifier,
        Err(problems) => {
            let shown: Vec<String> = problems
                .iter()
                .map(|problem| format!("{}:{}: {}", examples.display(), problem.line, problem.text))
                .collect();
            bail!("{}", shown.join("\n"));
        }
    };
    fs::write(&model, classifier.write()).with_context(|| format!("cannot write {}", model.display()))?;
    out!("wrote {}", model.display());
    Ok(())
}
