//! The members of a chunk as one value: numbers of components and of what each depends on, as variable-length integers
//! (LEB128, <https://en.wikipedia.org/wiki/LEB128>), members by their distance from the one before.

use crate::StoreError;

/// A component within a bill of materials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Number of the component.
    pub component: i64,
    /// When it is needed: 0 unknown, 1 development, 2 optional, 3 run time.
    pub scope: u8,
    /// Whether the project itself asks for it.
    pub direct: Option<bool>,
    /// Numbers of the components that it depends on.
    pub depends_on: Vec<i64>,
}

pub(crate) fn encode(members: &[Member]) -> Vec<u8> {
    let mut out = Vec::with_capacity(members.len() * 4);
    let mut last = 0;
    for member in members {
        signed(member.component - last, &mut out);
        last = member.component;
        let direct = match member.direct {
            None => 0,
            Some(false) => 1,
            Some(true) => 2,
        };
        out.push(member.scope.min(3) | (direct << 2));
        unsigned(member.depends_on.len() as u64, &mut out);
        for dependency in &member.depends_on {
            signed(dependency - member.component, &mut out);
        }
    }
    out
}

pub(crate) fn decode(bytes: &[u8]) -> Result<Vec<Member>, StoreError> {
    let mut rest = bytes;
    let mut members = Vec::new();
    let mut last = 0_i64;
    while !rest.is_empty() {
        let component = last.wrapping_add(read_signed(&mut rest)?);
        last = component;
        let (flags, after) = rest.split_first().ok_or_else(damaged)?;
        rest = after;
        let count = usize::try_from(read_unsigned(&mut rest)?).map_err(|_| damaged())?;
        // Every number takes a byte at least.
        if count > rest.len() {
            return Err(damaged());
        }
        let mut depends_on = Vec::with_capacity(count);
        for _ in 0..count {
            depends_on.push(component.wrapping_add(read_signed(&mut rest)?));
        }
        members.push(Member {
            component,
            scope: flags & 3,
            direct: match flags >> 2 {
                0 => None,
                1 => Some(false),
                2 => Some(true),
                _ => return Err(damaged()),
            },
            depends_on,
        });
    }
    Ok(members)
}

fn damaged() -> StoreError {
    StoreError::Corrupt("the members of a chunk cannot be read".to_owned())
}

pub(super) fn unsigned(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

#[allow(clippy::cast_sign_loss, reason = "zigzag")]
pub(super) fn signed(value: i64, out: &mut Vec<u8>) {
    unsigned(((value << 1) ^ (value >> 63)) as u64, out);
}

pub(super) fn read_unsigned(rest: &mut &[u8]) -> Result<u64, StoreError> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let (byte, after) = rest.split_first().ok_or_else(damaged)?;
        *rest = after;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(damaged())
}

#[allow(clippy::cast_possible_wrap, reason = "zigzag")]
pub(super) fn read_signed(rest: &mut &[u8]) -> Result<i64, StoreError> {
    let value = read_unsigned(rest)?;
    Ok((value >> 1) as i64 ^ -((value & 1) as i64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn members() -> impl Strategy<Value = Vec<Member>> {
        let id = 1_i64..1 << 40;
        let member = (
            id.clone(),
            0_u8..4,
            any::<Option<bool>>(),
            proptest::collection::vec(id, 0..6),
        )
            .prop_map(|(component, scope, direct, depends_on)| Member {
                component,
                scope,
                direct,
                depends_on,
            });
        proptest::collection::vec(member, 0..20)
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(members in members()) {
            prop_assert_eq!(decode(&encode(&members)).unwrap(), members);
        }

        #[test]
        fn nothing_that_is_read_breaks_anything(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode(&bytes);
        }
    }
}
