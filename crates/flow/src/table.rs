//! Numbers for things: an interner, and the hash that its maps use.
//!
//! States are compared and joined all the time, so whatever they hold is a number whose equality is that of the thing.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hash, Hasher};
use std::rc::Rc;

/// A fast hash for keys that nobody outside chooses to collide: numbers, and texts that are bounded in count elsewhere.
#[derive(Default, Clone, Copy)]
pub(crate) struct Mix(u64);

const FACTOR: u64 = 0x517c_c1b7_2722_0a95;

impl Mix {
    fn add(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(FACTOR);
    }
}

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            for (to, from) in word.iter_mut().zip(chunk) {
                *to = *from;
            }
            self.add(u64::from_le_bytes(word) ^ ((chunk.len() as u64) << 56));
        }
    }

    fn write_u8(&mut self, value: u8) {
        self.add(u64::from(value));
    }

    fn write_u16(&mut self, value: u16) {
        self.add(u64::from(value));
    }

    fn write_u32(&mut self, value: u32) {
        self.add(u64::from(value));
    }

    fn write_u64(&mut self, value: u64) {
        self.add(value);
    }

    fn write_usize(&mut self, value: usize) {
        self.add(value as u64);
    }
}

/// A map that nobody iterates over: its order would not be the same from run to run of different programs.
pub(crate) type Map<K, V> = HashMap<K, V, BuildHasherDefault<Mix>>;

/// A set of such keys.
pub(crate) type Set<K> = HashSet<K, BuildHasherDefault<Mix>>;

/// Gives equal things equal numbers, from zero in the order in which they came.
#[derive(Debug)]
pub(crate) struct Interner<T: ?Sized> {
    numbers: Map<Rc<T>, u32>,
    things: Vec<Rc<T>>,
}

impl<T: ?Sized> Default for Interner<T> {
    fn default() -> Self {
        Self {
            numbers: Map::default(),
            things: Vec::new(),
        }
    }
}

impl<T: ?Sized + Hash + Eq> Interner<T> {
    pub(crate) fn number<B>(&mut self, thing: &B) -> u32
    where
        B: ?Sized + AsRef<T>,
        Rc<T>: for<'a> From<&'a T>,
    {
        let thing = thing.as_ref();
        if let Some(&number) = self.numbers.get(thing) {
            return number;
        }
        let shared: Rc<T> = Rc::from(thing);
        self.insert(shared)
    }

    pub(crate) fn number_of(&mut self, thing: T) -> u32
    where
        T: Sized,
    {
        if let Some(&number) = self.numbers.get(&thing) {
            return number;
        }
        self.insert(Rc::new(thing))
    }

    pub(crate) fn known(&self, thing: &T) -> Option<u32> {
        self.numbers.get(thing).copied()
    }

    pub(crate) fn get(&self, number: u32) -> Option<&T> {
        self.things.get(number as usize).map(AsRef::as_ref)
    }

    pub(crate) fn shared(&self, number: u32) -> Option<Rc<T>> {
        self.things.get(number as usize).cloned()
    }

    fn insert(&mut self, shared: Rc<T>) -> u32 {
        let number = small(self.things.len());
        self.things.push(Rc::clone(&shared));
        self.numbers.insert(shared, number);
        number
    }
}

/// The same for things that are small and copied: they lie in the map itself.
#[derive(Debug)]
pub(crate) struct Numbers<T> {
    numbers: Map<T, u32>,
    things: Vec<T>,
}

impl<T> Default for Numbers<T> {
    fn default() -> Self {
        Self {
            numbers: Map::default(),
            things: Vec::new(),
        }
    }
}

impl<T: Copy + Hash + Eq> Numbers<T> {
    pub(crate) fn number_of(&mut self, thing: T) -> u32 {
        let next = small(self.things.len());
        let number = *self.numbers.entry(thing).or_insert(next);
        if number == next {
            self.things.push(thing);
        }
        number
    }

    pub(crate) fn known(&self, thing: &T) -> Option<u32> {
        self.numbers.get(thing).copied()
    }

    pub(crate) fn get(&self, number: u32) -> Option<&T> {
        self.things.get(number as usize)
    }
}

/// A count as a number of 32 bits; beyond them everything is the last, which bounds make unreachable.
pub(crate) fn small(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// A type of numbers that are not to be confused with others.
macro_rules! number {
    ($(#[$doc:meta])* $visibility:vis $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        $visibility struct $name(pub(crate) u32);

        impl $name {
            #[allow(dead_code, reason = "every kind of number gets both ways")]
            pub(crate) const fn index(self) -> usize {
                self.0 as usize
            }

            #[allow(dead_code, reason = "every kind of number gets both ways")]
            pub(crate) fn at(index: usize) -> Self {
                Self($crate::table::small(index))
            }
        }
    };
}
pub(crate) use number;
