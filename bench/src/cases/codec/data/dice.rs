//! Numbers that look random and are the same in every run.

/// A generator of numbers: SplitMix64.
#[derive(Clone, Debug)]
pub(in super::super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn any(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From `from` up to but without `to`.
    pub(super) fn between(&mut self, from: u64, to: u64) -> u64 {
        from + self.any() % (to - from)
    }

    /// As many bits as chance says: a varint of any length.
    pub(super) fn long(&mut self) -> u64 {
        let bits = self.between(1, 65);
        self.any() >> (64 - bits)
    }

    /// As [`long`](Self::long), up to 32 bits.
    pub(super) fn short(&mut self) -> u32 {
        let bits = self.between(1, 33);
        (self.any() >> (64 - bits)) as u32
    }

    /// In `tenths` of ten cases.
    pub(super) fn chance(&mut self, tenths: u64) -> bool {
        self.between(0, 10) < tenths
    }

    /// Between 0 and 1.
    pub(super) fn share(&mut self) -> f64 {
        self.between(0, 1 << 53) as f64 / (1_u64 << 53) as f64
    }

    /// Small letters, `from` up to but without `to` of them.
    pub(super) fn word(&mut self, from: u64, to: u64) -> String {
        let len = self.between(from, to);
        (0..len)
            .map(|_| char::from(b'a' + self.between(0, 26) as u8))
            .collect()
    }

    /// Digits of base sixteen.
    pub(super) fn hex(&mut self, len: u64) -> String {
        let digit = |at| char::from(b"0123456789abcdef"[at as usize]);
        (0..len).map(|_| digit(self.between(0, 16))).collect()
    }

    /// A name as people have it: now and then in characters of three bytes.
    pub(super) fn name(&mut self, from: u64, to: u64) -> String {
        const CHARACTERS: [char; 8] = ['张', '伟', '芳', '娜', '敏', '静', '丽', '强'];
        if self.chance(8) {
            return self.word(from, to);
        }
        let len = self.between(2, 5);
        (0..len)
            .map(|_| CHARACTERS[self.between(0, 8) as usize])
            .collect()
    }

    pub(super) fn bytes(&mut self, from: u64, to: u64) -> Vec<u8> {
        let len = self.between(from, to);
        (0..len).map(|_| self.any() as u8).collect()
    }

    /// `from` up to but without `to` things.
    pub(super) fn some<T>(&mut self, from: u64, to: u64, mut make: impl FnMut(&mut Self) -> T) -> Vec<T> {
        let len = self.between(from, to);
        (0..len).map(|_| make(self)).collect()
    }

    /// The value, or in three of ten cases its type's default.
    pub(super) fn often<T: Default>(&mut self, make: impl FnOnce(&mut Self) -> T) -> T {
        if self.chance(7) { make(self) } else { T::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_numbers() {
        let draw = |seed| {
            let mut dice = Dice::new(seed);
            [dice.any(), dice.any(), dice.long()]
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
    }

    #[test]
    fn varints_of_every_length_come_up() {
        let mut dice = Dice::new(1);
        let mut seen = [false; 11];
        for _ in 0..10_000 {
            let bits = 64 - (dice.long() | 1).leading_zeros();
            seen[bits.div_ceil(7) as usize] = true;
        }
        assert_eq!(
            seen,
            [false, true, true, true, true, true, true, true, true, true, true]
        );
    }
}
