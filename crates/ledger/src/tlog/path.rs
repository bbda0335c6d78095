//! The paths under which tiles and bundles of entries are served: `tile/<L>/<N>[.p/<W>]` and `tile/entries/<N>[.p/<W>]`.
//!
//! In: a path; out: what it names, and the other way. Each resource has one path: other spellings of the same numbers are refused
//! (<https://c2sp.org/tlog-tiles#merkle-tree>).

use super::tile::{InvalidTile, MAX_LEVEL, TILE_WIDTH, Tile};
use std::fmt;
use std::str::FromStr;

/// No path of a tile or bundle is longer, in bytes: `u64::MAX` takes seven elements.
const MAX_PATH: usize = 64;

/// What a path names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TilePath {
    /// Hashes of the tree.
    Hashes(Tile),
    /// The entries whose leaf hashes are in this tile, which is of level 0.
    Entries(Tile),
}

/// A path that names neither a tile nor a bundle of entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPath {
    /// Longer than any path can be.
    #[error("the path of a tile is of at most {MAX_PATH} bytes")]
    TooLong,
    /// The path is not one of the two forms.
    #[error(
        "not the path of a tile: `tile/<level>/<index>` or `tile/entries/<index>`, with `.p/<width>` when it is partial"
    )]
    Form,
    /// The level is no number from 0 to 63 in its shortest form.
    #[error("the level of a tile is a number from 0 to 63 without leading zeros")]
    Level,
    /// The index is not in groups of three digits, or does not fit in 64 bits, or begins with a group that is not needed.
    #[error(
        "the index of a tile is in groups of three digits, all but the last with an `x` before them, as in `x001/x234/067`"
    )]
    Index,
    /// The width is no number from 1 to 255 in its shortest form.
    #[error("the width of a partial tile is a number from 1 to 255 without leading zeros")]
    Width,
}

impl TilePath {
    /// The path of the entries numbered `256·index` and on, `width` of them (1 to 256).
    ///
    /// # Errors
    /// When the width is out of range.
    pub const fn entries(index: u64, width: u16) -> Result<Self, InvalidTile> {
        match Tile::new(0, index, width) {
            Ok(tile) => Ok(Self::Entries(tile)),
            Err(error) => Err(error),
        }
    }
}

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tile = match self {
            Self::Hashes(tile) => {
                write!(f, "tile/{}/", tile.level())?;
                tile
            }
            Self::Entries(tile) => {
                f.write_str("tile/entries/")?;
                tile
            }
        };
        write_index(tile.index(), f)?;
        if tile.is_partial() {
            write!(f, ".p/{}", tile.width())?;
        }
        Ok(())
    }
}

fn write_index(index: u64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut groups = Vec::new();
    let mut rest = index / 1000;
    while rest > 0 {
        groups.push(rest % 1000);
        rest /= 1000;
    }
    for group in groups.iter().rev() {
        write!(f, "x{group:03}/")?;
    }
    write!(f, "{:03}", index % 1000)
}

impl FromStr for TilePath {
    type Err = InvalidPath;

    fn from_str(path: &str) -> Result<Self, Self::Err> {
        if path.len() > MAX_PATH {
            return Err(InvalidPath::TooLong);
        }
        let (kind, rest) = path
            .strip_prefix("tile/")
            .and_then(|rest| rest.split_once('/'))
            .ok_or(InvalidPath::Form)?;
        let (index, width) = match rest.split_once(".p/") {
            Some((index, width)) => (index, partial_width(width)?),
            None => (rest, TILE_WIDTH),
        };
        let index = parse_index(index)?;
        let tile = |level| Tile::new(level, index, width).map_err(|_| InvalidPath::Form);
        if kind == "entries" {
            return tile(0).map(Self::Entries);
        }
        let level = shortest_decimal(kind)
            .and_then(|level| u8::try_from(level).ok())
            .filter(|level| *level <= MAX_LEVEL)
            .ok_or(InvalidPath::Level)?;
        tile(level).map(Self::Hashes)
    }
}

fn partial_width(text: &str) -> Result<u16, InvalidPath> {
    shortest_decimal(text)
        .filter(|width| (1..TILE_WIDTH).contains(width))
        .ok_or(InvalidPath::Width)
}

/// A number of at most three digits, without a sign or leading zeros.
fn shortest_decimal(text: &str) -> Option<u16> {
    let short = (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let shortest = short && (text == "0" || !text.starts_with('0'));
    if shortest { text.parse().ok() } else { None }
}

fn parse_index(text: &str) -> Result<u64, InvalidPath> {
    let mut elements = text.split('/').rev();
    let last = elements.next().ok_or(InvalidPath::Index)?;
    let mut index = group(last)?;
    let mut unit = Some(1_u64);
    let mut first = None;
    for element in elements {
        let digits = element.strip_prefix('x').ok_or(InvalidPath::Index)?;
        let value = group(digits)?;
        unit = unit.and_then(|unit| unit.checked_mul(1000));
        index = unit
            .and_then(|unit| unit.checked_mul(value))
            .and_then(|more| index.checked_add(more))
            .ok_or(InvalidPath::Index)?;
        first = Some(value);
    }
    if first == Some(0) {
        Err(InvalidPath::Index)
    } else {
        Ok(index)
    }
}

fn group(digits: &str) -> Result<u64, InvalidPath> {
    if digits.len() == 3 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return digits.parse().map_err(|_| InvalidPath::Index);
    }
    Err(InvalidPath::Index)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(path: &str) -> Result<TilePath, InvalidPath> {
        path.parse()
    }

    #[test]
    fn the_index_of_the_specification_is_written_as_it_says() {
        let tile = Tile::new(0, 1_234_067, 256).unwrap();
        assert_eq!(TilePath::Hashes(tile).to_string(), "tile/0/x001/x234/067");
        let partial = Tile::new(63, 7, 112).unwrap();
        assert_eq!(TilePath::Hashes(partial).to_string(), "tile/63/007.p/112");
        assert_eq!(
            TilePath::entries(1000, 1).unwrap().to_string(),
            "tile/entries/x001/000.p/1"
        );
    }

    #[test]
    fn the_largest_index_goes_both_ways() {
        let path = TilePath::entries(u64::MAX, 255).unwrap();
        assert_eq!(
            path.to_string(),
            "tile/entries/x018/x446/x744/x073/x709/x551/615.p/255"
        );
        assert_eq!(parse(&path.to_string()), Ok(path));
        assert_eq!(
            parse("tile/0/x018/x446/x744/x073/x709/x551/616"),
            Err(InvalidPath::Index)
        );
        assert_eq!(
            parse("tile/0/x001/x000/x000/x000/x000/x000/x000/000"),
            Err(InvalidPath::Index)
        );
    }

    #[test]
    fn other_spellings_of_a_path_are_refused() {
        for (path, error) in [
            ("", InvalidPath::Form),
            ("tile", InvalidPath::Form),
            ("tile/0", InvalidPath::Form),
            ("/tile/0/000", InvalidPath::Form),
            ("tile/64/000", InvalidPath::Level),
            ("tile/00/000", InvalidPath::Level),
            ("tile/+1/000", InvalidPath::Level),
            ("tile/-1/000", InvalidPath::Level),
            ("tile//000", InvalidPath::Level),
            ("tile/Entries/000", InvalidPath::Level),
            ("tile/0/", InvalidPath::Index),
            ("tile/0/0", InvalidPath::Index),
            ("tile/0/0000", InvalidPath::Index),
            ("tile/0/x000", InvalidPath::Index),
            ("tile/0/x000/000", InvalidPath::Index),
            ("tile/0/001/000", InvalidPath::Index),
            ("tile/0/x001//000", InvalidPath::Index),
            ("tile/0/../000", InvalidPath::Index),
            ("tile/0/000/", InvalidPath::Index),
            ("tile/0/+00", InvalidPath::Index),
            ("tile/0/٠٠٠", InvalidPath::Index),
            ("tile/0/000.p", InvalidPath::Index),
            ("tile/0/000.p/", InvalidPath::Width),
            ("tile/0/000.p/0", InvalidPath::Width),
            ("tile/0/000.p/01", InvalidPath::Width),
            ("tile/0/000.p/256", InvalidPath::Width),
            ("tile/0/000.p/1.p/1", InvalidPath::Width),
        ] {
            assert_eq!(parse(path), Err(error), "{path}");
        }
        let long = format!("tile/0/{}000", "x000/".repeat(100_000));
        assert_eq!(parse(&long), Err(InvalidPath::TooLong));
    }

    proptest! {
        #[test]
        fn every_tile_has_one_path(level in 0_u8..=63, index: u64, width in 1_u16..=256, entries: bool) {
            let path = if entries {
                TilePath::entries(index, width).unwrap()
            } else {
                TilePath::Hashes(Tile::new(level, index, width).unwrap())
            };
            prop_assert_eq!(parse(&path.to_string()), Ok(path));
        }

        #[test]
        fn what_is_accepted_prints_as_it_was(path in "tile/(entries|[0-9]{1,2})/(x[0-9]{3}/){0,3}[0-9]{3}(\\.p/[0-9]{1,3})?") {
            if let Ok(read) = parse(&path) {
                prop_assert_eq!(read.to_string(), path);
            }
        }
    }
}
