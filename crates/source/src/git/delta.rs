//! Applying the instructions of a delta to its base, see <https://git-scm.com/docs/gitformat-pack>.

use super::object::ObjectError;

/// Writes into `out` what `instructions` make of `base`; at most `limit` bytes.
pub(super) fn apply(
    base: &[u8],
    instructions: &[u8],
    limit: usize,
    out: &mut Vec<u8>,
) -> Result<(), ObjectError> {
    let mut rest = instructions;
    let base_size = size(&mut rest)?;
    let result_size = size(&mut rest)?;
    if base_size != base.len() {
        return Err(corrupt("a delta does not fit its base"));
    }
    if result_size > limit {
        return Err(ObjectError::TooLarge {
            size: result_size as u64,
            limit: limit as u64,
        });
    }
    out.clear();
    out.reserve_exact(result_size);
    while let Some((&code, tail)) = rest.split_first() {
        rest = tail;
        let piece = if code & 0x80 != 0 {
            let offset = number(code & 0x0f, &mut rest)?;
            let length = number((code >> 4) & 0x07, &mut rest)?;
            let length = if length == 0 { 0x1_0000 } else { length };
            base.get(offset..).and_then(|tail| tail.get(..length))
        } else if code == 0 {
            None
        } else {
            let (piece, tail) = rest
                .split_at_checked(usize::from(code))
                .ok_or_else(|| corrupt("a delta is truncated"))?;
            rest = tail;
            Some(piece)
        };
        let piece = piece.ok_or_else(|| corrupt("a delta copies from outside its base"))?;
        if piece.len() > result_size - out.len() {
            return Err(corrupt("a delta makes more than it says"));
        }
        out.extend_from_slice(piece);
    }
    if out.len() == result_size {
        Ok(())
    } else {
        Err(corrupt("a delta makes less than it says"))
    }
}

fn corrupt(what: &str) -> ObjectError {
    ObjectError::Corrupt(what.to_owned())
}

fn byte(rest: &mut &[u8]) -> Result<u8, ObjectError> {
    let (first, tail) = rest
        .split_first()
        .ok_or_else(|| corrupt("a delta is truncated"))?;
    *rest = tail;
    Ok(*first)
}

/// A size in groups of seven bits, the least significant first.
fn size(rest: &mut &[u8]) -> Result<usize, ObjectError> {
    let mut value = 0_usize;
    for shift in (0..usize::BITS).step_by(7) {
        let next = byte(rest)?;
        value |= usize::from(next & 0x7f).checked_shl(shift).unwrap_or(0);
        if next & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(corrupt("a delta says an impossible size"))
}

/// A number whose bytes are there where `mask` has a bit, the least significant first.
fn number(mask: u8, rest: &mut &[u8]) -> Result<usize, ObjectError> {
    let mut value = 0;
    for bit in 0..4 {
        if mask & (1 << bit) != 0 {
            value |= usize::from(byte(rest)?) << (8 * bit);
        }
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(base: &[u8], instructions: &[u8]) -> Result<Vec<u8>, ObjectError> {
        let mut out = Vec::new();
        apply(base, instructions, 1 << 20, &mut out).map(|()| out)
    }

    #[test]
    fn copies_and_insertions_make_the_result() {
        assert_eq!(
            made(b"abcdef", &[6, 7, 0x91, 1, 3, 3, b'x', b'y', b'z', 0x90, 1]).unwrap(),
            b"bcdxyza"
        );
    }

    #[test]
    fn broken_instructions_are_told() {
        for instructions in [
            &[][..],
            &[6],
            &[5, 1, 0x90, 1],
            &[6, 1, 0x90, 2],
            &[6, 3, 0x90, 2],
            &[6, 2, 0x91, 5, 2],
            &[6, 1, 0],
            &[6, 5, 5, b'x'],
            &[0xff; 12],
            &[6, 0xff, 0xff, 0xff, 0x7f, 0x90, 1],
        ] {
            assert!(made(b"abcdef", instructions).is_err(), "{instructions:?}");
        }
    }
}
