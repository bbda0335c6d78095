//! How much the engine could read of a module: it tries a bracket as one thing and then as another, and reads what is first in it anew each time.
//!
//! In: the text of a module. Out: a bound on the bytes that are read, told before the first is.

use super::dress::Code;

/// A bracket that is open: how often what is first in it may be read, and whether that is over.
struct Open {
    times: u32,
    over: bool,
}

/// Bytes that could be read, those read again counted again; `u64::MAX` where that is beyond counting.
pub(super) fn bytes(text: &str) -> u64 {
    let code = Code::of(text);
    let mut open: Vec<Open> = Vec::new();
    let (mut twos, mut threes) = (0_u32, 0_u32);
    let mut sum = 0_u64;
    let mut last = 0;
    let mut weigh = |upto: usize, twos: u32, threes: u32| {
        let weight = 2_u64
            .saturating_pow(twos)
            .saturating_mul(3_u64.saturating_pow(threes));
        let length = u64::try_from(upto - last).unwrap_or(u64::MAX);
        sum = sum.saturating_add(length.saturating_mul(weight));
        last = upto;
    };
    for (index, byte) in code.bytes() {
        let ended = match byte {
            b'(' | b'[' | b'{' => {
                weigh(index, twos, threes);
                let times = match byte {
                    b'(' => 1,
                    b'[' => 2,
                    _ => 3,
                };
                twos += u32::from(times == 2);
                threes += u32::from(times == 3);
                open.push(Open { times, over: false });
                continue;
            }
            b')' | b']' | b'}' => open.pop().filter(|open| !open.over),
            b',' | b':' | b'|' | b';' => match open.last_mut() {
                Some(now) if !now.over => {
                    now.over = true;
                    Some(Open {
                        times: now.times,
                        over: true,
                    })
                }
                _ => None,
            },
            _ => None,
        };
        if let Some(ended) = ended {
            weigh(index, twos, threes);
            twos = twos.saturating_sub(u32::from(ended.times == 2));
            threes = threes.saturating_sub(u32::from(ended.times == 3));
        }
    }
    weigh(text.len(), twos, threes);
    sum
}

#[cfg(test)]
mod tests {
    use super::bytes;
    use proptest::prelude::*;

    #[test]
    fn what_is_first_in_brackets_is_counted_again() {
        assert_eq!(bytes("abc"), 3);
        assert!(bytes(&"{".repeat(40)) > 1 << 60);
        assert!(bytes(&"{a[".repeat(30)) > 1 << 60);
    }

    #[test]
    fn what_follows_the_first_is_not() {
        let nested = "{\"a\": ".repeat(30);
        assert!(bytes(&nested) < 2_000, "{}", bytes(&nested));
        let manifest =
            "x := {\"spec\": {\"containers\": [{\"ports\": [{\"p\": 1}, {\"p\": 2}]}]}}\n".repeat(1_000);
        assert!(bytes(&manifest) < 1 << 20);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[\\]\\[(){},:|;\"#\\n a]{0,60}") {
            prop_assert!(bytes(&text) >= text.len() as u64);
        }
    }
}
