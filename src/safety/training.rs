//! Trains the classifier on labelled examples: `rekindle train`. One thread, no chance in it: the same examples give the
//! same bytes.

use super::classifier::{Classifier, ROWS, Row};
use super::concern::Concern;
use super::features::{BUCKETS, buckets, words};

/// The part of the harmless examples that may be called "any concern": a false alarm costs a button, a miss may cost far
/// more. The examples are near misses, of which ordinary
/// talk has few.
const FALSE_ALARMS: f64 = 0.25;
/// The part of the examples with a concern that may be called most unlikely to have one.
const DOUBTED: f64 = 0.01;
/// In how many parts the examples are split to find the threshold: each is scored by a model that hasn't seen it.
const FOLDS: usize = 4;
/// How often all examples are gone through.
const EPOCHS: usize = 12;
/// How far one example moves the weights (`AdaGrad`).
const RATE: f64 = 0.5;

/// One example.
struct Example {
    features: Vec<u32>,
    /// A bit a row: any concern, then each.
    labels: u32,
}

/// A line of the examples that can't be used: its number from 1, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExampleProblem {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, and what to do.
    pub text: String,
}

/// Trains a model.
///
/// # Errors
/// Every line that isn't `labels<TAB>sentence`.
pub fn train(examples: &str) -> Result<Classifier, Vec<ExampleProblem>> {
    let read = read(examples)?;
    let all: Vec<&Example> = read.iter().collect();
    let rows: Vec<Weights> = (0..ROWS).map(|row| Weights::fit(&all, row)).collect();
    let (mut harmless, mut concerned) = (Vec::new(), Vec::new());
    for fold in 0..FOLDS {
        let (seen, unseen): (Vec<_>, Vec<_>) = all.iter().enumerate().partition(|(place, _)| place % FOLDS != fold);
        let seen: Vec<&Example> = seen.into_iter().map(|(_, example)| *example).collect();
        let model = Weights::fit(&seen, 0).packed();
        for (_, example) in unseen {
            let scores = if example.labels == 0 { &mut harmless } else { &mut concerned };
            scores.push(model.score(&example.features));
        }
    }
    Ok(Classifier {
        examples: number_of(examples),
        threshold: at_share(harmless, 1.0 - FALSE_ALARMS).unwrap_or(f32::INFINITY),
        unlikely: at_share(concerned, DOUBTED).unwrap_or(f32::NEG_INFINITY),
        rows: rows.iter().map(Weights::packed).collect(),
    })
}

/// The score below which that share of the scores lies.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "thousands")]
fn at_share(mut scores: Vec<f32>, share: f64) -> Option<f32> {
    scores.sort_by(f32::total_cmp);
    scores.get((scores.len() as f64 * share) as usize).copied()
}

/// A number that tells examples apart, comments and blank lines not counted (FNV-1a).
pub(super) fn number_of(examples: &str) -> u64 {
    let bytes = lines(examples).flat_map(|(_, line)| line.bytes().chain([b'\n']));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

fn lines(examples: &str) -> impl Iterator<Item = (usize, &str)> {
    let numbered = examples.lines().enumerate().map(|(place, line)| (place + 1, line.trim_end()));
    numbered.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

fn read(examples: &str) -> Result<Vec<Example>, Vec<ExampleProblem>> {
    let mut problems = Vec::new();
    let mut read = Vec::new();
    for (line, text) in lines(examples) {
        let Some((labels, sentence)) = text.split_once('\t') else {
            problems.push(ExampleProblem { line, text: "there is no tab; write `labels<TAB>sentence`".into() });
            continue;
        };
        match labels_of(labels) {
            Ok(labels) => read.push(Example { features: buckets(&words(sentence)), labels }),
            Err(label) => {
                problems.push(ExampleProblem { line, text: format!("`{label}` is no concern; correct the label") });
            }
        }
    }
    if problems.is_empty() { Ok(read) } else { Err(problems) }
}

fn labels_of(labels: &str) -> Result<u32, &str> {
    if labels == "none" {
        return Ok(0);
    }
    labels.split(',').try_fold(1, |bits, label| {
        let concern = Concern::parse(label.trim_end_matches('?')).ok_or(label)?;
        Ok(bits | 2 << concern as u32)
    })
}

/// The weights of one row while it is trained.
struct Weights {
    bias: f64,
    weights: Vec<f64>,
}

impl Weights {
    /// Logistic regression by stochastic gradient descent, with a step of its own for each weight (`AdaGrad`).
    fn fit(examples: &[&Example], row: usize) -> Self {
        let mut it = Self { bias: 0.0, weights: vec![0.0; BUCKETS] };
        let (mut seen, mut seen_bias) = (vec![1e-3; BUCKETS], 1e-3);
        for epoch in 0..EPOCHS {
            for step in 0..examples.len() {
                // A stride without a common divisor visits each once, far from its neighbours in the file.
                let example = examples[stride(step, epoch, examples.len())];
                let value = 1.0 / (f64_of(example.features.len().max(1))).sqrt();
                let sum: f64 = example.features.iter().map(|bucket| it.weights[*bucket as usize]).sum();
                let target = f64::from(example.labels >> row & 1);
                let error = 1.0 / (1.0 + (-(it.bias + sum * value)).exp()) - target;
                seen_bias += error * error;
                it.bias -= RATE * error / f64::sqrt(seen_bias);
                let gradient = error * value;
                for bucket in &example.features {
                    let seen = &mut seen[*bucket as usize];
                    *seen += gradient * gradient;
                    it.weights[*bucket as usize] -= RATE * gradient / seen.sqrt();
                }
            }
        }
        it
    }

    /// The same in eight bits a weight.
    #[expect(clippy::cast_possible_truncation, reason = "rounded to what eight bits hold")]
    fn packed(&self) -> Row {
        let largest = self.weights.iter().fold(f64::MIN_POSITIVE, |largest, weight| largest.max(weight.abs()));
        let unit = largest / f64::from(i8::MAX);
        let weights = self.weights.iter().map(|weight| (weight / unit).round() as i8).collect();
        Row { bias: self.bias as f32, unit: unit as f32, weights }
    }
}

fn stride(step: usize, epoch: usize, count: usize) -> usize {
    const STRIDES: [usize; 3] = [7919, 104_729, 1_299_709];
    let stride = STRIDES.into_iter().find(|stride| !count.is_multiple_of(*stride)).unwrap_or(1);
    (step * stride + epoch * 31) % count
}

#[expect(clippy::cast_precision_loss, reason = "a text has few features")]
fn f64_of(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLES: &str = "# few\nself_harm\ti want to die\nself_harm?\ti want to end it all\nthreatened\the hit me\n\
                            none\ti want to sleep\nnone\the made dinner\nnone\twe ate pasta\nnone\tthe bus was late\n";

    #[test]
    fn a_model_reads_back_and_training_has_no_chance_in_it() {
        let model = train(EXAMPLES).unwrap();
        assert_eq!(train(EXAMPLES).unwrap().write(), model.write());
        assert_eq!(Classifier::read(&model.write()), Some(model.clone()));
        assert!(model.is_trained_on(EXAMPLES) && !model.is_trained_on("none\tsomething else"));
        for broken in [&b""[..], b"RKLIN 2\n", &model.write()[1..], &[model.write(), vec![0]].concat()] {
            assert_eq!(Classifier::read(broken), None);
        }
    }

    #[test]
    fn a_model_knows_what_it_has_seen() {
        let model = train(EXAMPLES).unwrap();
        let model = Classifier { threshold: 0.0, ..model };
        assert_eq!(model.concern("i want to die"), Some(Concern::SelfHarm));
        assert_eq!(model.concern("he hit me"), Some(Concern::Threatened));
        assert_eq!(model.concern("we ate pasta"), None);
        assert_eq!(model.concern(""), None);
        let hidden =
            format!("{} he hit me {}", "we ate pasta and the bus was late ".repeat(6), "we ate pasta ".repeat(8));
        let whole = model.rows[0].score(&buckets(&words(&hidden)));
        assert!(model.strongest(&hidden).is_some_and(|(part, _)| part > whole), "a part is read by itself");
    }

    #[test]
    fn lines_that_are_no_example_are_named() {
        let problems = train("none\tfine\nno tab\nharmful\tx\n").unwrap_err();
        let lines: Vec<usize> = problems.iter().map(|problem| problem.line).collect();
        assert_eq!(lines, [2, 3]);
    }
}
