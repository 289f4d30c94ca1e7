//! Messages in parts: together they are what encoding gives, and long fields are not copied.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use svrkit_runtime::Bytes;
use svrkit_runtime::wire::tlv::{
    DecodeError, Decoder, EncodeBuffer, EncodeError, EncodedPart, PART_LEN_MIN, Shape, Tlv, Unread,
};

#[derive(Clone, Debug, Default, PartialEq, Tlv)]
struct Album {
    #[tlv(1)]
    title: String,
    #[tlv(2)]
    cover: Bytes,
    #[tlv(3)]
    back: Option<Bytes>,
    #[tlv(4)]
    photos: Vec<Bytes>,
    #[tlv(5)]
    inner: Option<Box<Album>>,
    #[tlv(6)]
    named: BTreeMap<u32, Bytes>,
    #[tlv(7)]
    raw: Vec<u8>,
    #[tlv(8)]
    end: u32,
}

fn bytes(len: usize, fill: u8) -> Bytes {
    vec![fill; len].into()
}

fn joined(buffer: &mut EncodeBuffer, album: &Album) -> (Vec<u8>, usize) {
    let parts = buffer.encode_parts(album).unwrap();
    let mut whole = Vec::new();
    let mut shared = 0;
    for part in parts.iter() {
        match part {
            EncodedPart::Written(bytes) => whole.extend_from_slice(bytes),
            EncodedPart::Shared(bytes) => {
                shared += 1;
                whole.extend_from_slice(bytes);
            }
        }
    }
    assert_eq!(parts.len(), whole.len());
    (whole, shared)
}

#[test]
fn parts_together_are_the_message() {
    let short = PART_LEN_MIN - 1;
    let long = PART_LEN_MIN;
    let inner = Album {
        cover: bytes(long + 1, 8),
        photos: vec![bytes(long, 9), bytes(short, 10)],
        ..Album::default()
    };
    let all = Album {
        title: "all".to_owned(),
        cover: bytes(long, 1),
        back: Some(bytes(3 * long, 2)),
        photos: vec![bytes(long, 3), bytes(long, 4), Bytes::new()],
        inner: Some(Box::new(inner.clone())),
        named: BTreeMap::from([(1, bytes(long, 5)), (2, bytes(short, 6))]),
        raw: vec![7; 2 * long],
        end: 1,
    };
    let mut buffer = EncodeBuffer::default();
    for (album, expected) in [
        (Album::default(), 0),
        (Album { cover: bytes(short, 1), ..Album::default() }, 0),
        (Album { cover: bytes(long, 1), ..Album::default() }, 1),
        (inner, 2),
        (all, 7),
    ] {
        // Into a buffer that grows on the way, and into one that is large enough.
        for _ in 0..2 {
            let (whole, shared) = joined(&mut buffer, &album);
            assert_eq!(shared, expected);
            assert!(whole == album.encode().unwrap(), "{expected} shared parts");
        }
    }
}

#[test]
fn a_shared_part_is_the_field_itself() {
    let album = Album { cover: bytes(PART_LEN_MIN, 1), end: 1, ..Album::default() };
    let mut buffer = EncodeBuffer::default();
    let parts = buffer.encode_parts(&album).unwrap();
    let shared = parts.iter().find_map(|part| match part {
        EncodedPart::Shared(bytes) => Some(bytes.as_ptr()),
        EncodedPart::Written(_) => None,
    });
    assert_eq!(shared, Some(album.cover.as_ptr()));
    // The next message is wanted whole.
    assert_eq!(Album::decode(buffer.encode(&album).unwrap()).unwrap(), album);
}

#[test]
fn a_message_in_parts_may_be_as_long_as_any_other() {
    let album = Album { cover: bytes(2 * PART_LEN_MIN, 1), ..Album::default() };
    let len = album.encode().unwrap().len();
    assert!(EncodeBuffer::new(len).encode_parts(&album).is_ok());
    let error = EncodeBuffer::new(len - 1).encode_parts(&album).unwrap_err();
    assert_eq!(error, EncodeError::TooLong { limit: len - 1 });
}

/// Written by hand: packs what it holds into bytes of its own, as a message that holds any other does.
#[derive(Debug, Default)]
struct Packing(Album);

impl Tlv for Packing {
    const NAME: &'static str = "test.Packing";
    type View<'a> = Unread<'a, Self>;
    const SHAPE: &'static Shape = &Shape::new(Self::NAME, &[], &[]);

    fn encode_back<'b>(&self, free: &'b mut [u8]) -> Option<&'b mut [u8]> {
        let mut bytes = self.0.encode().unwrap();
        bytes.extend(b"\x40\x01\x40\x02");
        let rest_len = free.len().checked_sub(bytes.len())?;
        let (rest, place) = free.split_at_mut(rest_len);
        place.copy_from_slice(&bytes);
        Some(rest)
    }

    fn merge(&mut self, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        self.0.merge(decoder)
    }

    fn default_ref() -> &'static Self {
        unreachable!("nobody asks")
    }
}

#[test]
fn what_a_message_encodes_by_itself_meanwhile_is_whole() {
    let packing = Packing(Album { cover: bytes(PART_LEN_MIN, 1), ..Album::default() });
    let whole = packing.encode().unwrap();
    let mut buffer = EncodeBuffer::default();
    let parts = buffer.encode_parts(&packing).unwrap();
    assert_eq!(parts.iter().collect::<Vec<_>>(), [EncodedPart::Written(&whole)]);
}
