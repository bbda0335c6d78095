//! UUIDs that depend on content alone, for formats that accept no other than versions 4 and 5.
//!
//! In: parts. Out: a UUID of version 5 in a namespace of our own, <https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-5>. Version 5 is
//! defined over SHA-1 (<https://www.rfc-editor.org/rfc/rfc3174>); nothing here relies on SHA-1 being hard to collide.

/// `6ba7b811-9dad-11d1-80b4-00c04fd430c8`, the namespace of addresses.
const ADDRESSES: [u8; 16] = [
    0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8,
];

/// The UUID of these parts: 36 characters, lower case. No two lists of parts are alike by concatenation.
#[must_use]
pub fn uuid_of(parts: &[&str]) -> String {
    let mut name = Vec::new();
    for part in parts {
        name.extend_from_slice(&(part.len() as u64).to_be_bytes());
        name.extend_from_slice(part.as_bytes());
    }
    written(version_5(
        version_5(ADDRESSES, b"https://bartizan.dev/ns/uuid"),
        &name,
    ))
}

fn version_5(namespace: [u8; 16], name: &[u8]) -> [u8; 16] {
    let mut bytes = namespace.to_vec();
    bytes.extend_from_slice(name);
    let words = sha1(&bytes);
    let mut uuid = [0; 16];
    let digest = words.iter().flat_map(|word| word.to_be_bytes());
    for (at, (to, from)) in uuid.iter_mut().zip(digest).enumerate() {
        *to = match at {
            6 => from & 0x0f | 0x50,
            8 => from & 0x3f | 0x80,
            _ => from,
        };
    }
    uuid
}

fn written(uuid: [u8; 16]) -> String {
    let mut text = String::with_capacity(36);
    for (at, byte) in uuid.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
        }
    }
    text
}

fn sha1(message: &[u8]) -> [u32; 5] {
    let mut padded = message.to_vec();
    padded.push(0x80);
    while padded.len() % 64 != 56 {
        padded.push(0);
    }
    padded.extend_from_slice(&((message.len() as u64) << 3).to_be_bytes());
    let mut state = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];
    for block in padded.chunks_exact(64) {
        let mut words = [0_u32; 16];
        for (word, bytes) in words.iter_mut().zip(block.as_chunks::<4>().0) {
            *word = u32::from_be_bytes(*bytes);
        }
        state = compressed(state, words);
    }
    state
}

fn compressed(state: [u32; 5], mut words: [u32; 16]) -> [u32; 5] {
    let [mut a, mut b, mut c, mut d, mut e] = state;
    for round in 0..80 {
        let (choice, constant) = match round {
            0..20 => (b & c | !b & d, 0x5a82_7999),
            20..40 => (b ^ c ^ d, 0x6ed9_eba1),
            40..60 => (b & c | b & d | c & d, 0x8f1b_bcdc),
            _ => (b ^ c ^ d, 0xca62_c1d6_u32),
        };
        let [
            word,
            w1,
            w2,
            w3,
            w4,
            w5,
            w6,
            w7,
            w8,
            w9,
            w10,
            w11,
            w12,
            w13,
            w14,
            w15,
        ] = words;
        let next = a
            .rotate_left(5)
            .wrapping_add(choice)
            .wrapping_add(e)
            .wrapping_add(constant)
            .wrapping_add(word);
        (e, d, c, b, a) = (d, c, b.rotate_left(30), a, next);
        let scheduled = (w13 ^ w8 ^ w2 ^ word).rotate_left(1);
        words = [
            w1, w2, w3, w4, w5, w6, w7, w8, w9, w10, w11, w12, w13, w14, w15, scheduled,
        ];
    }
    let [h0, h1, h2, h3, h4] = state;
    [
        h0.wrapping_add(a),
        h1.wrapping_add(b),
        h2.wrapping_add(c),
        h3.wrapping_add(d),
        h4.wrapping_add(e),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `6ba7b810-9dad-11d1-80b4-00c04fd430c8`, the namespace of domain names.
    const DOMAINS: [u8; 16] = [
        0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8,
    ];

    fn hex(words: [u32; 5]) -> String {
        words.iter().map(|word| format!("{word:08x}")).collect()
    }

    #[test]
    fn the_examples_of_the_specifications_come_out() {
        assert_eq!(hex(sha1(b"abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(
            hex(sha1(&b"0123456701234567".repeat(40))),
            "dea356a2cddd90c7a7ecedc5ebb563934f460452"
        );
        assert_eq!(hex(sha1(b"")), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
        assert_eq!(
            written(version_5(DOMAINS, b"www.example.com")),
            "2ed6657d-e927-568b-95e1-2665a8aea6a2"
        );
    }

    #[test]
    fn parts_do_not_collide_by_concatenation() {
        assert_ne!(uuid_of(&["ab", "c"]), uuid_of(&["a", "bc"]));
        assert_eq!(uuid_of(&["ab", "c"]), uuid_of(&["ab", "c"]));
    }
}
