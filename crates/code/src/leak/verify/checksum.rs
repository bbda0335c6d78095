//! Checksums that providers build into their tokens.

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// CRC-32 (ISO-HDLC, the one of zlib and PNG). <https://www.rfc-editor.org/rfc/rfc1952#section-8>
pub(crate) fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for &byte in bytes {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
        }
    }
    !crc
}

/// A number as six base-62 digits, digits before capitals before small letters, padded with `0`.
pub(crate) fn base62_six(mut number: u32) -> [u8; 6] {
    let mut digits = [b'0'; 6];
    for digit in digits.iter_mut().rev() {
        *digit = BASE62.get(number as usize % 62).copied().unwrap_or(b'0');
        number /= 62;
    }
    digits
}

/// Whether the last six characters are the base-62 CRC-32 of what stands between the last `_` and them: the form of
/// GitHub's and npm's tokens.
/// <https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/>
pub(crate) fn github_crc32_holds(token: &[u8]) -> bool {
    split_github(token).is_some_and(|(body, sum)| base62_six(crc32(body)) == *sum)
}

/// The token with the checksum that its body demands.
pub(crate) fn github_crc32_seal(token: &[u8]) -> Option<Vec<u8>> {
    let (body, _) = split_github(token)?;
    let mut sealed = token.get(..token.len() - 6)?.to_vec();
    sealed.extend_from_slice(&base62_six(crc32(body)));
    Some(sealed)
}

fn split_github(token: &[u8]) -> Option<(&[u8], &[u8; 6])> {
    let start = memchr::memrchr(b'_', token)? + 1;
    token
        .get(start..)?
        .split_last_chunk::<6>()
        .filter(|(body, _)| !body.is_empty())
}

/// Whether the last eight characters are the CRC-32 of what stands before the last `_`, in hexadecimal with the lowest
/// byte first: the form of the tokens of Grafana's service accounts.
/// <https://github.com/grafana/grafana/blob/main/pkg/components/satokengen/tokengen.go>
pub(crate) fn grafana_crc32_holds(token: &[u8]) -> bool {
    split_grafana(token).is_some_and(|(body, sum)| grafana_sum(body).as_bytes() == sum)
}

/// The token with the checksum that its body demands.
pub(crate) fn grafana_crc32_seal(token: &[u8]) -> Option<Vec<u8>> {
    let (body, _) = split_grafana(token)?;
    Some([body, b"_", grafana_sum(body).as_bytes()].concat())
}

fn grafana_sum(body: &[u8]) -> String {
    format!("{:08x}", crc32(body).swap_bytes())
}

fn split_grafana(token: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = memchr::memrchr(b'_', token)?;
    let sum = token.get(at + 1..)?;
    (sum.len() == 8).then(|| token.get(..at).map(|body| (body, sum)))?
}

/// Whether the last digit is the Luhn check digit of the others (ISO/IEC 7812-1).
pub(crate) fn luhn_holds(text: &[u8]) -> bool {
    let digits: Vec<u32> = text
        .iter()
        .filter(|b| b.is_ascii_digit())
        .map(|b| u32::from(b - b'0'))
        .collect();
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, &digit)| {
            if place.is_multiple_of(2) {
                digit
            } else {
                digit * 2 / 10 + digit * 2 % 10
            }
        })
        .sum();
    digits.len() > 1 && sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_crc_of_the_standard_check_string_is_right() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn a_sealed_token_holds_and_a_changed_one_does_not() {
        let sealed = github_crc32_seal(format!("ghp_{}", "aB3".repeat(12)).as_bytes()).unwrap();
        assert!(github_crc32_holds(&sealed));
        let mut changed = sealed;
        changed[8] ^= 1;
        assert!(!github_crc32_holds(&changed));
        assert!(!github_crc32_holds(b"ghp_abc"));
    }

    #[test]
    fn the_checksum_of_grafana_has_its_lowest_byte_first() {
        // The check string of CRC-32 gives cbf43926.
        assert_eq!(grafana_sum(b"123456789"), "2639f4cb");
        let sealed = grafana_crc32_seal(format!("glsa_{}_00000000", "aB3x".repeat(8)).as_bytes()).unwrap();
        assert!(grafana_crc32_holds(&sealed));
        let mut changed = sealed;
        changed[7] ^= 1;
        assert!(!grafana_crc32_holds(&changed));
        assert!(!grafana_crc32_holds(b"glsa_abc_12"));
    }

    #[test]
    fn luhn_accepts_the_documented_example_and_refuses_its_neighbour() {
        assert!(luhn_holds(b"79927398713"));
        assert!(!luhn_holds(b"79927398714"));
    }
}
