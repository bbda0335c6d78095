//! How many connections each address has.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

#[derive(Debug, Default)]
pub(super) struct Crowd(Mutex<HashMap<IpAddr, usize>>);

/// A place among the connections of an address, until it is dropped.
#[derive(Debug)]
pub(super) struct Seat<'c> {
    crowd: &'c Crowd,
    address: IpAddr,
}

impl Crowd {
    /// A place for one more; none where the address has `most` already.
    pub(super) fn join(&self, address: IpAddr, most: Option<usize>) -> Option<Seat<'_>> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.get(&address).copied().unwrap_or(0);
        if most.is_some_and(|most| count >= most) {
            return None;
        }
        counts.insert(address, count.saturating_add(1));
        Some(Seat { crowd: self, address })
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        let mut counts = self.crowd.0.lock().unwrap_or_else(PoisonError::into_inner);
        match counts.get(&self.address).copied() {
            Some(count) if count > 1 => counts.insert(self.address, count - 1),
            _ => counts.remove(&self.address),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_no_more_places_than_there_are_and_gets_them_back() {
        let crowd = Crowd::default();
        let (one, other) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        let first = crowd.join(one, Some(2)).unwrap();
        let second = crowd.join(one, Some(2));
        assert!(second.is_some());
        assert!(crowd.join(one, Some(2)).is_none());
        assert!(crowd.join(one, None).is_some());
        assert!(crowd.join(other, Some(2)).is_some());
        drop(first);
        assert!(crowd.join(one, Some(2)).is_some());
        drop(second);
        assert!(crowd.0.lock().unwrap().is_empty());
    }
}
