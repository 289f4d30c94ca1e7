//! Random values of every type: mostly those on which codecs differ, and the same ones in each run.

use std::collections::BTreeMap;

use svrkit_runtime::{Bytes, TlvEnum};

/// How deep messages are put into one another.
const DEPTH_MAX: u32 = 5;

/// Most items of a list or entries of a map.
const ITEMS_MAX: u64 = 4;

/// Random numbers from a seed, by SplitMix64.
#[derive(Clone, Debug)]
pub struct Source {
    state: u64,
    depth: u32,
    has_negative_zero: bool,
    has_every_nan: bool,
}

impl Source {
    /// The same seed gives the same numbers.
    pub fn new(seed: u64) -> Self {
        Self { state: seed, depth: 0, has_negative_zero: true, has_every_nan: true }
    }

    /// The same without floats that are -0.0, of which some libraries make 0.0.
    pub fn without_negative_zero(mut self) -> Self {
        self.has_negative_zero = false;
        self
    }

    /// The same with one kind of NaN, where others keep no more of it than that it is one.
    pub fn with_one_nan(mut self) -> Self {
        self.has_every_nan = false;
        self
    }

    /// Any number.
    pub fn number(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which is not 0.
    pub fn below(&mut self, end: u64) -> u64 {
        self.number() % end
    }

    /// One of these.
    pub fn pick<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len() as u64) as usize].clone()
    }

    /// Text of letters that take one to four bytes each; one in a hundred is long.
    fn text(&mut self) -> String {
        let len = match self.below(100) {
            0 => 5_000,
            1..10 => 127 + self.below(3),
            10..40 => 0,
            _ => self.below(20),
        };
        (0..len)
            .map(|_| {
                self.pick(&['a', 'Z', '0', ' ', '"', '\\', '\n', '\0', 'é', '中', '\u{2028}', '🦀', '<'])
            })
            .collect()
    }

    /// Whether something that may be absent is there; less and less of it the deeper it stands.
    fn has(&mut self) -> bool {
        self.depth < DEPTH_MAX && self.below(3 + u64::from(self.depth)) < 2
    }

    fn inside<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> T {
        self.depth += 1;
        let made = make(self);
        self.depth -= 1;
        made
    }
}

/// What can be made at random.
pub trait Random {
    /// A value that `source` decides on.
    fn random(source: &mut Source) -> Self;
}

macro_rules! integers {
    ($($Integer:ident)+) => {$(
        impl Random for $Integer {
            fn random(source: &mut Source) -> Self {
                let any = source.number() as Self;
                let shift = source.below(u64::from(Self::BITS)) as u32;
                source.pick(&[0, 0, 1, any, any >> shift, Self::MIN, Self::MAX, (1 as Self) << shift, (0 as Self).wrapping_sub(1 as Self) << shift])
            }
        }
    )+};
}

integers!(i32 i64 u32 u64);

impl Random for bool {
    fn random(source: &mut Source) -> Self {
        source.below(2) == 1
    }
}

macro_rules! floats {
    ($($Float:ident $Bits:ident)+) => {$(
        impl Random for $Float {
            fn random(source: &mut Source) -> Self {
                let any = Self::from_bits(source.number() as $Bits);
                let least = Self::from_bits(1);
                let (nan, infinity) = (Self::NAN, Self::INFINITY);
                let float = source.pick(&[0.0, -0.0, 1.5, any, nan, -nan, infinity, -infinity, Self::MIN, least]);
match float {
                    _ if float == 0.0 && !source.has_negative_zero => 0.0,
                    _ if float.is_nan() && !source.has_every_nan => nan,
                    _ => float,
                }
            }
        }
    )+};
}

floats!(f32 u32 f64 u64);

impl Random for String {
    fn random(source: &mut Source) -> Self {
        source.text()
    }
}

impl Random for Bytes {
    fn random(source: &mut Source) -> Self {
        let mut bytes = source.text().into_bytes();
        bytes.iter_mut().for_each(|byte| *byte ^= (source.number() & 0x81) as u8);
        bytes.into()
    }
}

impl<T: Random> Random for Box<T> {
    fn random(source: &mut Source) -> Self {
        Self::new(T::random(source))
    }
}

impl<T: Random> Random for Option<T> {
    fn random(source: &mut Source) -> Self {
        source.has().then(|| source.inside(T::random))
    }
}

impl<T: Random> Random for Vec<T> {
    fn random(source: &mut Source) -> Self {
        let len = if source.has() { source.below(ITEMS_MAX + 1) } else { 0 };
        source.inside(|source| (0..len).map(|_| T::random(source)).collect())
    }
}

impl<K: Random + Ord, V: Random> Random for BTreeMap<K, V> {
    fn random(source: &mut Source) -> Self {
        let len = if source.has() { source.below(ITEMS_MAX + 1) } else { 0 };
        source.inside(|source| (0..len).map(|_| (K::random(source), V::random(source))).collect())
    }
}

/// Numbers with a name and without.
pub(crate) fn enumeration<E: TlvEnum>(source: &mut Source) -> E {
    let any = i32::random(source);
    E::from_number(source.pick(&[0, 1, 2, 5, 200, -1, any]))
}
