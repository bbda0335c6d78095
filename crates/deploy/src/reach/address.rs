//! Ranges of IPv4 addresses: blocks as policies write them, and the outside world cut along all of them.
//!
//! The notation is that of RFC 4632.

use std::fmt;
use std::net::Ipv4Addr;

/// A range of IPv4 addresses, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Range {
    /// The first address.
    pub(super) first: u32,
    /// The last address.
    pub(super) last: u32,
}

impl Range {
    /// Every address.
    #[cfg(test)]
    pub(super) const ALL: Self = Self {
        first: 0,
        last: u32::MAX,
    };

    /// Whether an address is in the range.
    pub(super) const fn contains(&self, address: Ipv4Addr) -> bool {
        let address = address.to_bits();
        self.first <= address && address <= self.last
    }

    /// Whether all of `other` is in the range.
    pub(super) const fn covers(&self, other: &Self) -> bool {
        self.first <= other.first && other.last <= self.last
    }
}

impl fmt::Display for Range {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, last) = (Ipv4Addr::from(self.first), Ipv4Addr::from(self.last));
        write!(out, "{first}-{last}")
    }
}

/// What a block of addresses in a manifest says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Block {
    /// IPv4 addresses.
    V4(Range),
    /// IPv6 addresses.
    V6,
}

/// Reads a block as `10.0.0.0/8`; none where it is no block.
pub(super) fn block(text: &str) -> Option<Block> {
    let (address, length) = text.split_once('/')?;
    let digits = !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit());
    let length: u32 = length.parse().ok().filter(|_| digits)?;
    if address.contains(':') {
        let _: std::net::Ipv6Addr = address.parse().ok()?;
        return (length <= 128).then_some(Block::V6);
    }
    let address = address.parse::<Ipv4Addr>().ok()?.to_bits();
    let host = match length {
        0 => u32::MAX,
        1..=31 => u32::MAX >> length,
        32 => 0,
        _ => return None,
    };
    Some(Block::V4(Range {
        first: address & !host,
        last: address | host,
    }))
}

/// A block less the blocks it excepts, as ranges in ascending order.
pub(super) fn except(block: Range, excepted: &[Range]) -> Vec<Range> {
    let mut cuts = excepted.to_vec();
    cuts.sort_unstable();
    let mut left = Vec::new();
    let mut next = Some(block.first);
    for cut in cuts {
        let Some(from) = next else { break };
        if cut.last < from {
            continue;
        }
        if cut.first > block.last {
            break;
        }
        if cut.first > from {
            left.push(Range {
                first: from,
                last: cut.first - 1,
            });
        }
        next = cut.last.checked_add(1).filter(|from| *from <= block.last);
    }
    if let Some(first) = next {
        left.push(Range {
            first,
            last: block.last,
        });
    }
    left
}

/// Every address, cut wherever one of the ranges begins or ends: within each piece, all addresses are in the same ranges.
pub(super) fn pieces<'a>(ranges: impl Iterator<Item = &'a Range>) -> Vec<Range> {
    let mut starts = vec![0];
    for range in ranges {
        starts.push(range.first);
        starts.extend(range.last.checked_add(1));
    }
    starts.sort_unstable();
    starts.dedup();
    let ends = starts.iter().skip(1).map(|start| start - 1);
    let ends: Vec<u32> = ends.chain([u32::MAX]).collect();
    starts
        .into_iter()
        .zip(ends)
        .map(|(first, last)| Range { first, last })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn v4(text: &str) -> Range {
        match block(text) {
            Some(Block::V4(range)) => range,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn blocks_are_ranges() {
        assert_eq!(v4("10.1.2.3/8").to_string(), "10.0.0.0-10.255.255.255");
        assert_eq!(v4("0.0.0.0/0"), Range::ALL);
        assert_eq!(v4("1.2.3.4/32").to_string(), "1.2.3.4-1.2.3.4");
        assert_eq!(block("2001:db8::/32"), Some(Block::V6));
    }

    #[test]
    fn what_is_no_block_is_none() {
        for text in [
            "",
            "/",
            "10.0.0.0",
            "10.0.0.0/33",
            "10.0.0/8",
            "10.0.0.0/+8",
            "::/129",
            "10.0.0.0/8/9",
        ] {
            assert_eq!(block(text), None, "{text}");
        }
    }

    fn range() -> impl Strategy<Value = Range> {
        (any::<u32>(), 0u32..=32)
            .prop_map(|(address, length)| v4(&format!("{}/{length}", Ipv4Addr::from(address))))
    }

    proptest! {
        #[test]
        fn an_excepted_block_holds_what_it_should(whole in range(), cuts in prop::collection::vec(range(), 0..5), at in any::<u32>()) {
            let address = Ipv4Addr::from(at);
            let left = except(whole, &cuts);
            let expected = whole.contains(address) && !cuts.iter().any(|cut| cut.contains(address));
            prop_assert_eq!(left.iter().filter(|one| one.contains(address)).count(), usize::from(expected));
        }

        #[test]
        fn pieces_cover_every_address_once_and_no_range_is_cut_within(ranges in prop::collection::vec(range(), 0..6), at in any::<u32>()) {
            let pieces = pieces(ranges.iter());
            let address = Ipv4Addr::from(at);
            prop_assert_eq!(pieces.iter().filter(|one| one.contains(address)).count(), 1);
            for (piece, range) in pieces.iter().flat_map(|piece| ranges.iter().map(move |range| (piece, range))) {
                prop_assert!(range.covers(piece) || range.last < piece.first || piece.last < range.first);
            }
        }
    }
}
