//! What strangers may make us spend: each limit at its edge, and the bombs that it is there for.

use std::sync::atomic::{AtomicUsize, Ordering};

use svrkit_runtime::wire::tlv::{
    BUFFER_KEPT_MAX, Bytes, DECODE_DEPTH_DEFAULT, DECODE_MEMORY_DEFAULT, DecodeError, DecodeErrorKind,
    DecodeLimits, Decoder, EncodeBuffer, EncodeError, Key, Kind, MessageRef, Place, Plain, Run, Shape,
    Source, Tlv, UnknownFields, Unread, Value, ValueForm,
};

#[derive(Clone, Debug, Default, PartialEq, Tlv)]
struct Chain {
    #[tlv(1)]
    next: Option<Box<Chain>>,
    #[tlv(2)]
    items: Vec<Chain>,
    #[tlv(3)]
    numbers: Vec<u64>,
    #[tlv(4)]
    text: String,
    #[tlv(5)]
    bytes: Bytes,
    #[tlv(6)]
    texts: Vec<String>,
    #[tlv(7)]
    #[expect(clippy::vec_box, reason = "what a box holds is charged as well")]
    boxes: Vec<Box<Chain>>,
    #[tlv(unknown)]
    unknown: UnknownFields,
}

/// `levels` messages of `tag` inside one another, written without recursion.
fn nested(tag: u8, levels: usize) -> Vec<u8> {
    let mut reversed: Vec<u8> = Vec::new();
    for _ in 0..levels {
        let mut len = reversed.len();
        let mut prefix = Vec::new();
        while len >= 0x80 {
            prefix.push(len as u8 | 0x80);
            len >>= 7;
        }
        prefix.push(len as u8);
        reversed.extend(prefix.iter().rev());
        reversed.push(tag << 3 | 2);
    }
    reversed.reverse();
    reversed
}

fn kind<T>(result: Result<T, DecodeError>) -> Result<(), DecodeErrorKind> {
    result.map(drop).map_err(|error| error.kind())
}

const MEMORY_EXCEEDED: Result<(), DecodeErrorKind> =
    Err(DecodeErrorKind::MemoryExceeded { limit: DECODE_MEMORY_DEFAULT });

#[test]
fn sixty_four_levels_are_read_and_one_more_is_refused() {
    assert_eq!(DECODE_DEPTH_DEFAULT, 64);
    for tag in [1, 2] {
        assert_eq!(kind(Chain::decode(&nested(tag, 64))), Ok(()), "tag {tag}");
        let too_deep = Err(DecodeErrorKind::DepthExceeded { limit: 64 });
        assert_eq!(kind(Chain::decode(&nested(tag, 65))), too_deep, "tag {tag}");
    }
    let flat = DecodeLimits { depth: 0, ..DecodeLimits::default() };
    assert_eq!(kind(Chain::decode_with(&nested(1, 0), &flat)), Ok(()));
    let too_deep = Err(DecodeErrorKind::DepthExceeded { limit: 0 });
    assert_eq!(kind(Chain::decode_with(&nested(1, 1), &flat)), too_deep);
}

#[test]
fn leaving_a_message_gives_its_level_back() {
    let limits = DecodeLimits { depth: 1, ..DecodeLimits::default() };
    let side_by_side = [nested(2, 1), nested(2, 1), nested(1, 1)].concat();
    assert_eq!(Chain::decode_with(&side_by_side, &limits).unwrap().items.len(), 2);
}

#[test]
fn a_million_levels_of_a_known_tag_are_refused() {
    let error = Chain::decode(&nested(1, 1_000_000)).unwrap_err();
    assert_eq!(error.kind(), DecodeErrorKind::DepthExceeded { limit: 64 });
    assert_eq!(error.path(), format!("Chain{}", ".next".repeat(65)));
}

#[test]
fn a_million_levels_of_an_unknown_tag_are_bytes_like_any_other() {
    let bytes = nested(9, 1_000_000);
    let chain = Chain::decode(&bytes).unwrap();
    assert_eq!(chain.unknown.len(), bytes.len());
    assert_eq!(chain.encode().unwrap(), bytes);
}

/// The least memory that `bytes` can be read with is `memory`.
#[track_caller]
fn check_memory(bytes: &[u8], memory: usize) {
    let limits = |memory| DecodeLimits { memory, ..DecodeLimits::default() };
    assert_eq!(kind(Chain::decode_with(bytes, &limits(memory))), Ok(()), "with {memory}");
    let too_much = Err(DecodeErrorKind::MemoryExceeded { limit: memory - 1 });
    assert_eq!(kind(Chain::decode_with(bytes, &limits(memory - 1))), too_much, "with one byte less");
}

#[test]
fn memory_is_counted_to_the_byte() {
    let chain = size_of::<Chain>();
    check_memory(b"\x22\x05hello", 5);
    check_memory(b"\x2a\x05hello", 5);
    check_memory(b"\x1a\x03\x01\x02\x03", 3 * size_of::<u64>());
    check_memory(b"\x18\x01\x18\x02", 2 * size_of::<u64>());
    check_memory(b"\x0a\x00", chain);
    check_memory(b"\x0a\x00\x0a\x00", chain);
    check_memory(b"\x0a\x02\x0a\x00", 2 * chain);
    check_memory(b"\x12\x00\x12\x00\x12\x00", 3 * chain);
    check_memory(b"\x3a\x00", size_of::<Box<Chain>>() + chain);
    check_memory(b"\x32\x01a\x32\x02bc", 2 * size_of::<String>() + 3);
    check_memory(b"\x48\x01", 2);
    // Kept bytes double when more arrive: for a moment both are held.
    check_memory(b"\x48\x01\x48\x02\x48\x03", 4 + 8);
}

#[test]
fn memory_is_asked_for_before_it_is_taken() {
    let error = Chain::decode(&b"\x12\x00".repeat(2_000_000)).unwrap_err();
    assert_eq!(error.kind(), DecodeErrorKind::MemoryExceeded { limit: DECODE_MEMORY_DEFAULT });
    // At the first item: the room for all of them was refused at once.
    assert_eq!((error.path().as_str(), error.offset()), ("Chain.items", 1));
}

#[test]
fn bombs_of_four_mebibytes_are_refused() {
    let empty_items = b"\x12\x00".repeat(2 << 20);
    assert_eq!(kind(Chain::decode(&empty_items)), MEMORY_EXCEEDED, "empty items");

    let empty_texts = b"\x32\x00".repeat(2 << 20);
    assert_eq!(kind(Chain::decode(&empty_texts)), MEMORY_EXCEEDED, "empty texts");

    let alternating = b"\x12\x00\x48\x00".repeat(1 << 20);
    assert_eq!(kind(Chain::decode(&alternating)), MEMORY_EXCEEDED, "items in runs of one");

    let mut packed = vec![0x1a, 0x80, 0x80, 0x80, 0x04];
    packed.resize(5 + (8 << 20), 0);
    assert_eq!(kind(Chain::decode(&packed)), MEMORY_EXCEEDED, "eight bytes for one");

    let boxes = b"\x12\x02\x0a\x00".repeat(1 << 20);
    assert_eq!(kind(Chain::decode(&boxes)), MEMORY_EXCEEDED, "items that box an empty one");
}

#[test]
fn kept_unknown_records_count() {
    let unknown = b"\x48\x00".repeat(2 << 20);
    assert_eq!(Chain::decode(&unknown).unwrap().unknown.len(), unknown.len(), "4 MiB are within the limit");
    let limits = DecodeLimits { memory: 1 << 20, ..DecodeLimits::default() };
    let too_much = Err(DecodeErrorKind::MemoryExceeded { limit: 1 << 20 });
    assert_eq!(kind(Chain::decode_with(&unknown, &limits)), too_much);
}

#[test]
fn shared_bytes_are_not_counted() {
    let bytes = Bytes::from(vec![7; 4096]);
    let whole = Bytes::from(Chain { bytes, ..Chain::default() }.encode().unwrap());
    let limits = DecodeLimits { memory: 0, ..DecodeLimits::default() };
    assert_eq!(kind(Chain::decode_shared(&whole, &limits)), Ok(()));
    assert_eq!(kind(Chain::decode_with(&whole, &limits)), Err(DecodeErrorKind::MemoryExceeded { limit: 0 }));
}

#[test]
fn a_length_allocates_nothing_that_did_not_arrive() {
    // 2 GiB announced in each, 1 byte sent: were the length believed, `decode.memory` would be the error.
    for tag in [1_u8, 2, 3, 4, 5, 6, 7, 9] {
        let bytes = [tag << 3 | 2, 0x80, 0x80, 0x80, 0x80, 0x08, 0x00];
        let past_end = Err(DecodeErrorKind::LengthPastEnd { len: 1 << 31, left: 1 });
        assert_eq!(kind(Chain::decode(&bytes)), past_end, "tag {tag}");
    }
}

static MADE: AtomicUsize = AtomicUsize::new(0);
static MERGED: AtomicUsize = AtomicUsize::new(0);

/// Written by hand: counts what is done with it.
#[derive(Debug)]
struct Counted;

impl Default for Counted {
    fn default() -> Self {
        MADE.fetch_add(1, Ordering::Relaxed);
        Self
    }
}

impl Tlv for Counted {
    type View<'a> = Unread<'a, Self>;

    const NAME: &'static str = "test.Counted";
    const SHAPE: &'static Shape = &Shape::new(Self::NAME, &[], &[]);

    fn encode_back<'b>(&self, free: &'b mut [u8]) -> Option<&'b mut [u8]> {
        Some(free)
    }

    fn merge(&mut self, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        MERGED.fetch_add(1, Ordering::Relaxed);
        while let Some(key) = decoder.key()? {
            decoder.skip(key)?;
        }
        Ok(())
    }

    fn default_ref() -> &'static Self {
        &Self
    }
}

impl Value<Plain> for Counted {
    type Inside = Self;
    const FORM: ValueForm = ValueForm::Message(MessageRef::to::<Self>());
    const KIND: Kind = Kind::Prefixed;

    fn encode_value<'b>(&self, free: &'b mut [u8]) -> Option<&'b mut [u8]> {
        svrkit_runtime::wire::tlv::encode_message(self, free)
    }

    fn merge_value(&mut self, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        decoder.message(self)
    }

    type Kept<'a> = Run<'a>;
    type Seen<'a> = Unread<'a, Self>;
    type SeenOption<'a> = Result<Option<Unread<'a, Self>>, DecodeError>;

    fn keep<'a>(kept: &mut Run<'a>, key: Key, decoder: &mut Decoder<'a>) -> Result<(), DecodeError> {
        kept.keep(key, decoder)
    }

    fn see<'a>(kept: Run<'a>, source: &Source<'a>) -> Result<Self::Seen<'a>, DecodeError> {
        kept.see::<Self>(source)
    }

    fn see_option<'a>(
        kept: Option<Run<'a>>,
        source: &Source<'a>,
        place: &'static Place,
    ) -> Self::SeenOption<'a> {
        Run::see_option::<Self>(kept, source, place)
    }
}

#[derive(Debug, Default, Tlv)]
struct Merging {
    #[tlv(1)]
    counted: Option<Counted>,
    #[tlv(2)]
    chain: Option<Chain>,
}

#[test]
fn a_message_repeated_a_million_times_is_merged_in_as_many_steps() {
    let merging = Merging::decode(&b"\x0a\x02\x08\x01".repeat(1_000_000)).unwrap();
    assert!(merging.counted.is_some());
    assert_eq!(MADE.load(Ordering::Relaxed), 1, "made once");
    assert_eq!(MERGED.load(Ordering::Relaxed), 1_000_000, "each record is read once");
}

#[test]
fn merged_items_are_moved_a_bounded_number_of_times() {
    let merging = Merging::decode(&b"\x12\x03\x1a\x01\x07".repeat(1_000_000)).unwrap();
    let numbers = merging.chain.unwrap().numbers;
    assert_eq!(numbers.len(), 1_000_000);
    // Room that doubled: were it made for one item at a time, it would fit exactly.
    assert_eq!(numbers.capacity(), 1 << 20);
}

#[test]
fn a_message_out_may_be_as_long_as_the_limit_and_no_longer() {
    for text_len in [0, 1, 13, 14, 1021, 1022, 1023, 5000, 100_000] {
        let message = Chain { text: "x".repeat(text_len), ..Chain::default() };
        let len = message.encode().unwrap().len();
        let mut buffer = EncodeBuffer::new(len);
        assert_eq!(buffer.encode(&message).map(<[u8]>::len), Ok(len), "{len} bytes of {len}");

        let longer = Chain { text: "x".repeat(text_len + 1), ..Chain::default() };
        assert_eq!(buffer.encode(&longer), Err(EncodeError::TooLong { limit: len }), "beyond {len}");
        assert_eq!(buffer.encode(&message).map(<[u8]>::len), Ok(len), "the buffer is of use afterwards");
    }
}

#[test]
fn headroom_is_zero_directly_in_front_of_the_message_and_does_not_count() {
    let message = Chain { text: "hello".to_owned(), ..Chain::default() };
    for mut buffer in [EncodeBuffer::new(7), EncodeBuffer::default()] {
        for headroom in [0, 1, 32, 32, 5000, 5000] {
            let bytes = buffer.encode_with_headroom(&message, headroom).unwrap();
            assert!(bytes[..headroom].iter().all(|byte| *byte == 0), "{headroom}");
            assert_eq!(&bytes[headroom..], b"\x22\x05hello", "{headroom}");
            // What is left here must not be seen in the next headroom.
            bytes.fill(0xff);
        }
    }
}

#[test]
fn a_buffer_forgets_a_large_message_after_a_small_one() {
    let large = Chain { text: "x".repeat(3 * BUFFER_KEPT_MAX), ..Chain::default() };
    let small = Chain::default();
    let mut buffer = EncodeBuffer::default();
    assert_eq!(buffer.capacity(), 0, "nothing is taken before it is needed");
    buffer.encode(&large).unwrap();
    let grown = buffer.capacity();
    assert!(grown > 3 * BUFFER_KEPT_MAX);
    buffer.encode(&large).unwrap();
    assert_eq!(buffer.capacity(), grown, "large messages that follow each other share the room");
    buffer.encode(&small).unwrap();
    buffer.encode(&small).unwrap();
    assert!(buffer.capacity() <= BUFFER_KEPT_MAX, "{} bytes are kept", buffer.capacity());
    buffer.release();
    assert_eq!(buffer.capacity(), 0);
}
