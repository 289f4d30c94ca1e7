//! Small damage to bytes, the same for the same seed: what a test can do where there is no fuzzer.

/// Bytes that are often where something ends: varints of every length, large lengths, keys of every kind.
const INTERESTING: &[&[u8]] = &[
    b"\x00",
    b"\x01",
    b"\x7f",
    b"\x80\x01",
    b"\xff\x7f",
    b"\x80\x80\x00",
    b"\xff\xff\xff\xff\x0f",
    b"\x80\x80\x80\x80\x10",
    b"\x80\x80\x80\x80\x08",
    b"\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
    b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
    b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02",
    b"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00",
    b"\x08",
    b"\x0a",
    b"\x0d",
    b"\x12\x00",
    b"\x0b",
    b"\xc2\x80",
    b"\xed\xa0\x80",
    b"\xf4\x8f\xbf\xbf",
];

/// No input grows beyond that.
const LEN_MAX: usize = 4096;

/// Makes new inputs of old ones.
pub(crate) struct Mutator {
    state: u64,
}

impl Mutator {
    pub(crate) fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// One of `corpus`, damaged in one to six places. Some parts come from others of it.
    pub(crate) fn next(&mut self, corpus: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = corpus[self.below(corpus.len())].clone();
        for _ in 0..=self.below(6) {
            let at = self.below(bytes.len() + 1);
            let end = (at + self.below(40)).min(bytes.len());
            match self.below(8) {
                0 if at < bytes.len() => bytes[at] ^= 1 << self.below(8),
                1 if at < bytes.len() => bytes[at] = self.number() as u8,
                // One more or one less: lengths that no longer fit.
                2 if at < bytes.len() => {
                    bytes[at] = bytes[at].wrapping_add(if self.below(2) == 0 { 1 } else { 0xff })
                }
                3 => bytes.truncate(at),
                4 => drop(bytes.drain(at..end)),
                5 => {
                    let again = bytes[at..end].to_vec();
                    bytes.splice(at..at, again);
                }
                6 => {
                    let other = &corpus[self.below(corpus.len())];
                    let from = self.below(other.len() + 1);
                    let to = (from + self.below(80)).min(other.len());
                    bytes.splice(at..end, other[from..to].iter().copied());
                }
                _ => {
                    let word = INTERESTING[self.below(INTERESTING.len())];
                    bytes.splice(at..at, word.iter().copied());
                }
            }
        }
        bytes.truncate(LEN_MAX);
        bytes
    }

    fn below(&mut self, end: usize) -> usize {
        (self.number() % end.max(1) as u64) as usize
    }

    /// SplitMix64: small, and the same on every machine.
    fn number(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }
}
