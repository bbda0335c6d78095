//! Amounts as Kubernetes writes them: `100m`, `1.5Gi`, `2e3`.
//!
//! In: text. Out: an exact amount. The form: <https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/>.

const NANOS: i128 = 1_000_000_000;
/// Longer texts are of no amount that fits.
const LONGEST: usize = 64;

/// An amount, exact to a billionth; what is finer is rounded away from zero, as the API server does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quantity {
    nanos: i128,
}

impl Quantity {
    /// The amount that `text` says. `None` where it is of another form, or beyond about 10^29.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let (negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let end = rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(rest.len());
        let (number, suffix) = rest.split_at_checked(end)?;
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if fraction.contains('.') || (whole.is_empty() && fraction.is_empty()) {
            return None;
        }
        let digits = digits(whole, fraction)?;
        let (multiplier, decimal) = scale(suffix)?;
        let exponent = decimal
            .checked_sub(i32::try_from(fraction.len()).ok()?)?
            .checked_add(9)?;
        let nanos = scaled(digits.checked_mul(multiplier)?, exponent)?;
        Some(Self {
            nanos: if negative { -nanos } else { nanos },
        })
    }

    /// Whether it has no fraction and fits 64 bits.
    #[must_use]
    pub fn integer(self) -> Option<i64> {
        (self.nanos % NANOS == 0)
            .then(|| i64::try_from(self.nanos / NANOS).ok())
            .flatten()
    }

    /// The nearest number with a floating point.
    #[must_use]
    pub fn approximately(self) -> f64 {
        // Both are wider than a mantissa; the result is only ever called approximate.
        #[allow(clippy::cast_precision_loss)]
        let (value, unit) = (self.nanos as f64, NANOS as f64);
        value / unit
    }

    /// -1, 0 or 1.
    #[must_use]
    pub fn sign(self) -> i64 {
        match self.nanos.signum() {
            0 => 0,
            1 => 1,
            _ => -1,
        }
    }

    /// The sum; `None` where it does not fit.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        let nanos = self.nanos.checked_add(other.nanos)?;
        Some(Self { nanos })
    }

    /// The difference; `None` where it does not fit.
    #[must_use]
    pub fn minus(self, other: Self) -> Option<Self> {
        let nanos = self.nanos.checked_sub(other.nanos)?;
        Some(Self { nanos })
    }

    /// A whole amount.
    #[must_use]
    pub fn whole(value: i64) -> Self {
        Self {
            nanos: i128::from(value) * NANOS,
        }
    }
}

fn digits(whole: &str, fraction: &str) -> Option<i128> {
    whole
        .bytes()
        .chain(fraction.bytes())
        .try_fold(0_i128, |sum, digit| {
            sum.checked_mul(10)?
                .checked_add(i128::from(digit.checked_sub(b'0')?))
        })
}

/// What a suffix multiplies by: a power of two written out, and the exponent of ten.
fn scale(suffix: &str) -> Option<(i128, i32)> {
    Some(match suffix {
        "" => (1, 0),
        "n" => (1, -9),
        "u" => (1, -6),
        "m" => (1, -3),
        "k" => (1, 3),
        "M" => (1, 6),
        "G" => (1, 9),
        "T" => (1, 12),
        "P" => (1, 15),
        "E" => (1, 18),
        "Ki" => (1 << 10, 0),
        "Mi" => (1 << 20, 0),
        "Gi" => (1 << 30, 0),
        "Ti" => (1 << 40, 0),
        "Pi" => (1 << 50, 0),
        "Ei" => (1 << 60, 0),
        _ => {
            let exponent: i32 = suffix.strip_prefix(['e', 'E'])?.parse().ok()?;
            (1, exponent)
        }
    })
}

/// `digits` times ten to the `exponent`, rounded up where that is no whole number.
fn scaled(digits: i128, exponent: i32) -> Option<i128> {
    if digits == 0 {
        return Some(0);
    }
    let power = 10_i128.checked_pow(exponent.unsigned_abs());
    if exponent >= 0 {
        return digits.checked_mul(power?);
    }
    // A power that does not fit is larger than any digits that do.
    let Some(power) = power else { return Some(1) };
    Some(digits / power + i128::from(digits % power != 0))
}

#[cfg(test)]
mod tests {
    use super::Quantity;
    use proptest::prelude::*;

    #[test]
    fn the_same_amount_is_equal_however_it_is_written() {
        for (one, other) in [
            ("1Ki", "1024"),
            ("1500m", "1.5"),
            ("2e3", "2k"),
            ("+.5", "500m"),
            ("1E3", "1000"),
            ("1E", "1e18"),
            ("-1Gi", "-1073741824"),
            ("0", "0Ei"),
        ] {
            assert_eq!(Quantity::read(one), Quantity::read(other), "{one} {other}");
            assert!(Quantity::read(one).is_some(), "{one}");
        }
    }

    #[test]
    fn what_is_finer_than_a_billionth_is_rounded_away_from_zero() {
        assert_eq!(Quantity::read("0.1n"), Quantity::read("1n"));
        assert_eq!(Quantity::read("-0.1n"), Quantity::read("-1n"));
        assert_eq!(Quantity::read("1e-2000000000"), Quantity::read("1n"));
    }

    #[test]
    fn other_forms_are_refused() {
        for text in [
            "", ".", "-", "1.2.3", "1 Gi", "1gi", "1KI", "Gi", "1e", "1e99", "--1", "½", "1Gi\n",
        ] {
            assert_eq!(Quantity::read(text), None, "{text:?}");
        }
        assert_eq!(Quantity::read(&"9".repeat(100)), None);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC*") {
            let _ = Quantity::read(&text);
        }

        #[test]
        fn thousandths_keep_the_order_of_numbers(a in any::<i32>(), b in any::<i32>()) {
            let (x, y) = (Quantity::read(&format!("{a}m")), Quantity::read(&format!("{b}m")));
            prop_assert_eq!(x.cmp(&y), a.cmp(&b));
        }
    }
}
