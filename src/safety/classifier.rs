//! The classifier: whether a text is about any concern, where no phrase finds it. It learns from labelled examples
//! (`prompts/<locale>/lists/examples.tsv`), so it reaches sentences that the author of the lists didn't think of.
//!
//! A linear model over hashed features ([`features`](super::features)): one row of weights for "any concern" decides, one
//! row a concern says which is nearest. It is never more than unsure: it doesn't know who does what to whom.

use super::concern::Concern;
use super::features::{BUCKETS, buckets, words};

/// Rows of weights: any concern, then one a concern in the order of [`Concern::ALL`].
pub(super) const ROWS: usize = 1 + Concern::ALL.len();

/// What a model file begins with: its format.
const MAGIC: &[u8; 8] = b"RKLIN 2\n";

/// A text with fewer words says too little: single words are the lists' business.
const FEWEST: usize = 2;

/// A text with more words is read in parts as well, so that much ordinary talk doesn't cover one sentence.
const LONG: usize = 30;
/// The words of a part, and how far the next part begins behind it.
const PART: usize = 24;

/// A trained model.
#[derive(Clone, Debug, PartialEq)]
pub struct Classifier {
    /// A number of the examples it was trained on.
    pub(super) examples: u64,
    /// "Any concern" counts from this score.
    pub(super) threshold: f32,
    /// Below this score "any concern" is most unlikely.
    pub(super) unlikely: f32,
    pub(super) rows: Vec<Row>,
}

/// The weights of one question.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    pub(super) bias: f32,
    /// How much one unit of a weight is.
    pub(super) unit: f32,
    pub(super) weights: Vec<i8>,
}

impl Row {
    #[expect(clippy::cast_precision_loss, reason = "a text has far fewer features than a float counts")]
    pub(super) fn score(&self, features: &[u32]) -> f32 {
        let sum: i32 = features.iter().map(|bucket| i32::from(self.weights[*bucket as usize])).sum();
        self.bias + self.unit * sum as f32 / (features.len().max(1) as f32).sqrt()
    }
}

impl Classifier {
    /// Reads a model file. `None` for anything that is not one.
    #[must_use]
    pub fn read(file: &[u8]) -> Option<Self> {
        let mut rest = file.strip_prefix(MAGIC)?;
        let mut take = |length: usize| {
            let (head, tail) = rest.split_at_checked(length)?;
            rest = tail;
            Some(head)
        };
        let examples = u64::from_le_bytes(take(8)?.try_into().ok()?);
        let threshold = f32::from_le_bytes(take(4)?.try_into().ok()?);
        let unlikely = f32::from_le_bytes(take(4)?.try_into().ok()?);
        let mut rows = Vec::with_capacity(ROWS);
        for _ in 0..ROWS {
            let bias = f32::from_le_bytes(take(4)?.try_into().ok()?);
            let unit = f32::from_le_bytes(take(4)?.try_into().ok()?);
            let weights = take(BUCKETS)?.iter().map(|byte| byte.cast_signed()).collect();
            rows.push(Row { bias, unit, weights });
        }
        rest.is_empty().then_some(Self { examples, threshold, unlikely, rows })
    }

    /// The model file.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        let mut file = MAGIC.to_vec();
        file.extend(self.examples.to_le_bytes());
        file.extend(self.threshold.to_le_bytes());
        file.extend(self.unlikely.to_le_bytes());
        for row in &self.rows {
            file.extend(row.bias.to_le_bytes());
            file.extend(row.unit.to_le_bytes());
            file.extend(row.weights.iter().map(|weight| weight.cast_unsigned()));
        }
        file
    }

    /// Whether it was trained on these examples.
    #[must_use]
    pub fn is_trained_on(&self, examples: &str) -> bool {
        self.examples == super::training::number_of(examples)
    }

    /// Whether a text reads more like `other` than like `concern`. For who does what to whom.
    #[must_use]
    pub fn prefers(&self, text: &str, other: Concern, concern: Concern) -> bool {
        let features = buckets(&words(text));
        let score = |concern: Concern| self.rows[1 + concern as usize].score(&features);
        score(other) > score(concern) && score(other) > 0.0
    }

    /// The concern that a text is most likely about, if it is about any.
    #[must_use]
    pub fn concern(&self, text: &str) -> Option<Concern> {
        if words(text).len() < FEWEST {
            return None;
        }
        let (score, features) = self.strongest(text)?;
        if score < self.threshold {
            return None;
        }
        let nearest = |concern: &&Concern| self.rows[1 + **concern as usize].score(&features);
        Concern::ALL.iter().max_by(|one, other| nearest(one).total_cmp(&nearest(other))).copied()
    }

    /// Whether a text is most unlikely to be about any concern: what a phrase finds in it is unsure.
    #[must_use]
    pub fn doubts(&self, text: &str) -> bool {
        self.strongest(text).is_some_and(|(score, _)| score < self.unlikely)
    }

    /// The score of "any concern" of the whole text or of that part of it where it is highest, with the features there.
    pub(super) fn strongest(&self, text: &str) -> Option<(f32, Vec<u32>)> {
        let words = words(text);
        let parts = words.chunks(PART / 2).zip(0..).map(|(_, half)| {
            let from = half * PART / 2;
            &words[from..words.len().min(from + PART)]
        });
        let parts = std::iter::once(words.as_slice()).chain(parts.filter(|_| words.len() > LONG));
        let scored = parts.map(buckets).filter(|features| !features.is_empty());
        scored
            .map(|features| (self.rows[0].score(&features), features))
            .max_by(|(one, _), (other, _)| one.total_cmp(other))
    }
}
