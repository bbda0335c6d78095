//! The classifier: hashed word weights, whose sum is one more feature of small boosted trees.
//!
//! In: the text file `content/models/leak-context/model.txt`, written by `training/train.py`. Out: a logit in 1/10000
//! and the probability it stands for. Integers until the last step, so that every machine gives the same score.
//!
//! ```text
//! bartizan-leak-context 1
//! report <logit>                 # advisory from here
//! sure <logit>                   # precision of at least 0.95 from here
//! curve <logit>:<probability> …  # rising; straight lines between
//! trigrams <hex>                 # 30³ bytes: surprise in 1/16 bits
//! words <scale> <hex>            # 2¹⁴ signed bytes
//! tree <nodes>                   # preorder: `f<feature>,<threshold>` goes left when feature <= threshold; `<leaf>`
//! ```

use super::features::{BUCKETS, DENSE, Features};
use super::shape::SYMBOLS;

static EMBEDDED: &[u8] = include_bytes!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../content/models/leak-context/model.txt"
));

/// Depth at which a tree is refused.
const DEEPEST: usize = 24;

/// A trained model, ready to score.
#[derive(Debug, Clone)]
pub struct Classifier {
    pub(super) trigrams: Vec<u8>,
    words: Vec<i8>,
    scale: i32,
    nodes: Vec<Node>,
    roots: Vec<u32>,
    curve: Vec<(i32, f32)>,
    report: i32,
    sure: i32,
}

#[derive(Debug, Clone, Copy)]
struct Node {
    /// Threshold of a branch, value of a leaf.
    value: i32,
    /// Index of the right child (the left one follows its parent); 0 for a leaf.
    right: u32,
    feature: u8,
}

/// Why a model file could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelError {
    line: usize,
    cause: &'static str,
}

impl std::fmt::Display for ModelError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {} of the context model: {}", self.line, self.cause)
    }
}

impl std::error::Error for ModelError {}

impl Classifier {
    /// The bytes of the model that comes with Bartizan: part of what findings depend on.
    #[must_use]
    pub const fn embedded_bytes() -> &'static [u8] {
        EMBEDDED
    }

    /// The model that comes with Bartizan.
    ///
    /// # Errors
    /// When the embedded file is damaged.
    pub fn embedded() -> Result<Self, ModelError> {
        Self::parse(EMBEDDED)
    }

    /// Reads a model file.
    ///
    /// # Errors
    /// Names the line that could not be understood.
    pub fn parse(text: &[u8]) -> Result<Self, ModelError> {
        let mut model = Self {
            trigrams: Vec::new(),
            words: Vec::new(),
            scale: 1,
            nodes: Vec::new(),
            roots: Vec::new(),
            curve: Vec::new(),
            report: i32::MAX,
            sure: i32::MAX,
        };
        for (i, line) in text.split(|b| *b == b'\n').enumerate() {
            let known = if i == 0 {
                (line == b"bartizan-leak-context 1")
                    .then_some(())
                    .ok_or("not a model file of version 1")
            } else {
                model.line(line)
            };
            known.map_err(|cause| ModelError { line: i + 1, cause })?;
        }
        let whole =
            model.trigrams.len() == SYMBOLS.pow(3) && model.words.len() == BUCKETS && model.curve.len() > 1;
        if whole {
            Ok(model)
        } else {
            Err(ModelError {
                line: 0,
                cause: "a part is missing",
            })
        }
    }

    fn line(&mut self, line: &[u8]) -> Result<(), &'static str> {
        let line = std::str::from_utf8(line).map_err(|_| "not text")?;
        let (key, rest) = line.split_once(' ').unwrap_or((line, ""));
        match key {
            "" => {}
            "report" => self.report = number(rest)?,
            "sure" => self.sure = number(rest)?,
            "trigrams" => self.trigrams = hex(rest)?,
            "words" => {
                let (scale, data) = rest.split_once(' ').ok_or("no scale")?;
                self.scale = number(scale)?;
                self.words = hex(data)?.into_iter().map(u8::cast_signed).collect();
            }
            "curve" => {
                for knot in rest.split(' ') {
                    let (logit, probability) = knot.split_once(':').ok_or("no probability")?;
                    self.curve.push((
                        number(logit)?,
                        probability.parse().map_err(|_| "not a probability")?,
                    ));
                }
                if !self.curve.is_sorted_by(|a, b| a.0 < b.0 && a.1 <= b.1) {
                    return Err("the curve does not rise");
                }
            }
            "tree" => {
                let root = u32::try_from(self.nodes.len()).map_err(|_| "too many nodes")?;
                let mut tokens = rest.split(' ');
                self.node(&mut tokens, 0)?;
                self.roots.push(root);
                if tokens.next().is_some() {
                    return Err("nodes after the end of a tree");
                }
            }
            _ => return Err("unknown key"),
        }
        Ok(())
    }

    fn node<'a>(
        &mut self,
        tokens: &mut impl Iterator<Item = &'a str>,
        depth: usize,
    ) -> Result<(), &'static str> {
        let token = tokens.next().ok_or("a tree ends early")?;
        let Some(branch) = token.strip_prefix('f') else {
            self.nodes.push(Node {
                value: number(token)?,
                right: 0,
                feature: 0,
            });
            return Ok(());
        };
        let (feature, threshold) = branch.split_once(',').ok_or("no threshold")?;
        let feature: u8 = feature.parse().map_err(|_| "not a feature")?;
        if usize::from(feature) > DENSE || depth > DEEPEST {
            return Err("unknown feature or too deep a tree");
        }
        let at = self.nodes.len();
        self.nodes.push(Node {
            value: number(threshold)?,
            right: 0,
            feature,
        });
        self.node(tokens, depth + 1)?;
        let right = u32::try_from(self.nodes.len()).map_err(|_| "too many nodes")?;
        if let Some(node) = self.nodes.get_mut(at) {
            node.right = right;
        }
        self.node(tokens, depth + 1)
    }

    /// The logit from which a finding is worth reporting as advice.
    #[must_use]
    pub const fn report(&self) -> i32 {
        self.report
    }

    /// The logit from which at least 95 of 100 findings were right on the training data.
    #[must_use]
    pub const fn sure(&self) -> i32 {
        self.sure
    }

    /// Sum of the weights of the words, one of the features of the trees.
    #[must_use]
    pub fn words(&self, features: &Features) -> i32 {
        features
            .sparse()
            .iter()
            .map(|bucket| self.words.get(usize::from(*bucket)).copied().map_or(0, i32::from) * self.scale)
            .sum()
    }

    /// The logit, in 1/10000.
    #[must_use]
    pub fn logit(&self, features: &Features) -> i32 {
        let words = self.words(features);
        self.roots
            .iter()
            .map(|root| self.leaf(*root, features, words))
            .sum()
    }

    fn leaf(&self, root: u32, features: &Features, words: i32) -> i32 {
        let mut at = root as usize;
        loop {
            let Some(node) = self.nodes.get(at) else { return 0 };
            if node.right == 0 {
                return node.value;
            }
            let feature = features
                .dense
                .get(usize::from(node.feature))
                .copied()
                .unwrap_or(words);
            at = if feature <= node.value {
                at + 1
            } else {
                node.right as usize
            };
        }
    }

    /// The probability a logit stands for.
    #[must_use]
    pub fn probability(&self, logit: i32) -> f32 {
        let after = self.curve.partition_point(|knot| knot.0 < logit);
        match (
            after.checked_sub(1).and_then(|i| self.curve.get(i)),
            self.curve.get(after),
        ) {
            (Some((x0, y0)), Some((x1, y1))) => {
                let part = (logit - x0) as f32 / (x1 - x0) as f32;
                y0 + (y1 - y0) * part
            }
            (Some((_, y)), None) | (None, Some((_, y))) => *y,
            (None, None) => 0.0,
        }
    }
}

fn number(text: &str) -> Result<i32, &'static str> {
    text.parse().map_err(|_| "not a number")
}

fn hex(text: &str) -> Result<Vec<u8>, &'static str> {
    let digit = |b: u8| {
        char::from(b)
            .to_digit(16)
            .and_then(|d| u8::try_from(d).ok())
            .ok_or("not hexadecimal")
    };
    text.as_bytes()
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => Ok(digit(*high)? << 4 | digit(*low)?),
            _ => Err("half a byte"),
        })
        .collect()
}
