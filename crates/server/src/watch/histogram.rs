//! How long something took, in buckets (<https://prometheus.io/docs/concepts/metric_types/#histogram>).

/// Upper bounds of the buckets, in seconds.
pub(super) const BOUNDS: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];

/// Durations in buckets.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Histogram {
    /// How many fell into each bucket, and not into the one before.
    buckets: [u64; BOUNDS.len()],
    /// How many there were.
    pub(super) count: u64,
    /// Seconds of all together.
    pub(super) sum: f64,
}

impl Histogram {
    pub(super) fn add(&mut self, seconds: f64) {
        self.count = self.count.saturating_add(1);
        self.sum += seconds;
        let place = BOUNDS.iter().position(|bound| seconds <= *bound);
        if let Some(bucket) = place.and_then(|place| self.buckets.get_mut(place)) {
            *bucket = bucket.saturating_add(1);
        }
    }

    /// Each bound with how many were at most that long.
    pub(super) fn up_to(&self) -> impl Iterator<Item = (f64, u64)> {
        let mut total = 0_u64;
        BOUNDS.into_iter().zip(self.buckets).map(move |(bound, count)| {
            total = total.saturating_add(count);
            (bound, total)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_as_long_as_a_bound_is_in_its_bucket_and_what_is_longer_than_all_is_counted() {
        let mut histogram = Histogram::default();
        for seconds in [0.0, 0.001, 0.0011, 10.0, 11.0] {
            histogram.add(seconds);
        }
        let up_to: Vec<(f64, u64)> = histogram.up_to().collect();
        assert_eq!(
            (up_to[0], up_to[1], up_to[11]),
            ((0.001, 2), (0.0025, 3), (10.0, 4))
        );
        assert_eq!(histogram.count, 5);
    }
}
