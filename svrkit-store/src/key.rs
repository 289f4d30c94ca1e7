//! Keys as bytes whose order is the order of the keys.

/// What records are found by. Bytes of keys are in the order of the keys, so that a scan goes through them in order.
///
/// Numbers are written with their most significant byte first, signed ones with the sign bit turned over. Texts and bytes end with `00 00`, and a
/// zero byte within them is `00 FF`: by this a longer one stands behind its beginning, and tuples are in the order of their parts.
pub trait Key: Sized {
    /// Appends the bytes.
    fn write(&self, bytes: &mut Vec<u8>);

    /// Takes a key from the beginning of `bytes`. `None`: there is none.
    fn read(bytes: &mut &[u8]) -> Option<Self>;
}

/// The bytes of a key.
pub(crate) fn bytes_of(key: &impl Key) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(24);
    key.write(&mut bytes);
    bytes
}

/// The key of these bytes. `None`: they are those of no key, or have something behind it.
pub(crate) fn key_of<K: Key>(mut bytes: &[u8]) -> Option<K> {
    K::read(&mut bytes).filter(|_| bytes.is_empty())
}

macro_rules! unsigned {
    ($($number:ty),*) => {$(
        impl Key for $number {
            fn write(&self, bytes: &mut Vec<u8>) {
                bytes.extend(self.to_be_bytes());
            }

            fn read(bytes: &mut &[u8]) -> Option<Self> {
                let (number, rest) = bytes.split_first_chunk()?;
                *bytes = rest;
                Some(Self::from_be_bytes(*number))
            }
        }
    )*};
}

macro_rules! signed {
    ($($number:ty as $bits:ty),*) => {$(
        impl Key for $number {
            fn write(&self, bytes: &mut Vec<u8>) {
                (self.cast_unsigned() ^ (1 << (<$bits>::BITS - 1))).write(bytes);
            }

            fn read(bytes: &mut &[u8]) -> Option<Self> {
                <$bits>::read(bytes).map(|bits| (bits ^ (1 << (<$bits>::BITS - 1))).cast_signed())
            }
        }
    )*};
}

unsigned!(u8, u16, u32, u64, u128);
signed!(i32 as u32, i64 as u64);

impl Key for bool {
    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.push((*self).into());
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        match u8::read(bytes)? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

impl Key for Vec<u8> {
    fn write(&self, bytes: &mut Vec<u8>) {
        write_bytes(self, bytes);
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        let mut read = Self::new();
        loop {
            let zero = bytes.iter().position(|byte| *byte == 0)?;
            read.extend(&bytes[..zero]);
            let after = *bytes.get(zero + 1)?;
            *bytes = &bytes[zero + 2..];
            match after {
                0 => return Some(read),
                0xff => read.push(0),
                _ => return None,
            }
        }
    }
}

impl Key for String {
    fn write(&self, bytes: &mut Vec<u8>) {
        write_bytes(self.as_bytes(), bytes);
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        Self::from_utf8(Vec::read(bytes)?).ok()
    }
}

fn write_bytes(of: &[u8], bytes: &mut Vec<u8>) {
    for byte in of {
        bytes.push(*byte);
        if *byte == 0 {
            bytes.push(0xff);
        }
    }
    bytes.extend([0, 0]);
}

macro_rules! tuple {
    ($($part:ident $index:tt),*) => {
        impl<$($part: Key),*> Key for ($($part,)*) {
            fn write(&self, bytes: &mut Vec<u8>) {
                $(self.$index.write(bytes);)*
            }

            fn read(bytes: &mut &[u8]) -> Option<Self> {
                Some(($($part::read(bytes)?,)*))
            }
        }
    };
}

tuple!(A 0, B 1);
tuple!(A 0, B 1, C 2);
tuple!(A 0, B 1, C 2, D 3);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_bytes_are_those_of_the_format() {
        assert_eq!(bytes_of(&0x0102_u16), [1, 2]);
        assert_eq!(bytes_of(&-1_i32), [0x7f, 0xff, 0xff, 0xff]);
        assert_eq!(bytes_of(&0_i32), [0x80, 0, 0, 0]);
        assert_eq!(bytes_of(&"a\0b".to_owned()), [b'a', 0, 0xff, b'b', 0, 0]);
        assert_eq!(bytes_of(&(true, String::new())), [1, 0, 0]);
    }

    #[test]
    fn what_is_no_key_is_none() {
        assert_eq!(key_of::<u32>(&[1, 2, 3]), None, "too short");
        assert_eq!(key_of::<u32>(&[1, 2, 3, 4, 5]), None, "something behind it");
        assert_eq!(key_of::<bool>(&[2]), None);
        assert_eq!(key_of::<String>(b"a"), None, "no end");
        assert_eq!(key_of::<String>(b"a\0"), None, "half an end");
        assert_eq!(key_of::<String>(b"a\0\x07"), None, "neither end nor zero");
        assert_eq!(key_of::<String>(&[0xc0, 0, 0]), None, "no UTF-8");
    }

    type Parts = (i64, String, Vec<u8>, u16);

    proptest! {
        #[test]
        fn keys_come_back_and_their_bytes_are_in_their_order(one: Parts, other: Parts) {
            let read = key_of::<Parts>(&bytes_of(&one));
            prop_assert_eq!(read.as_ref(), Some(&one));
            prop_assert_eq!(bytes_of(&one).cmp(&bytes_of(&other)), one.cmp(&other));
        }

        #[test]
        fn texts_are_in_order_whatever_follows(one in "[\0ab]{0,4}", other in "[\0ab]{0,4}", numbers: (u32, u32)) {
            let (one, other) = ((one, numbers.0), (other, numbers.1));
            prop_assert_eq!(bytes_of(&one).cmp(&bytes_of(&other)), one.cmp(&other));
        }

        #[test]
        fn no_bytes_are_a_fault(bytes: Vec<u8>) {
            if let Some(key) = key_of::<Parts>(&bytes) {
                prop_assert_eq!(bytes_of(&key), bytes);
            }
        }
    }
}
