//! What must hold for any bytes at all that stand where a message is expected.
//!
//! Each property is a function that panics where it does not hold. The targets of `fuzz/` call it with bytes of libFuzzer,
//! `svrkit-runtime/tests/seeds.rs` with the kept seeds and with seeds it damages. Two of them compare with
//! [`reference`], which shares no code with the codec.

#![allow(clippy::panic, reason = "a property fails by panicking")]

pub(crate) mod full;
pub(crate) mod made;
pub(crate) mod messages;
pub(crate) mod reference;
pub(crate) mod seen;
pub(crate) mod shown;
pub(crate) mod wire;

use std::fmt::Debug;

use svrkit_runtime::wire::tlv::{
    Bytes, DecodeError, DecodeErrorKind, DecodeLimits, EncodeBuffer, EncodedPart, Records, Tlv, View,
};

use self::made::{Made, Source};
use self::messages::{Empty, Every, Forgetful, Known, Lists, Maps, Older, Optionals};
use self::reference::Refusal;
use crate::heap::taken;

/// Memory that a refusal may take beyond `decode.memory`: the path that it names, a step for each level.
pub(crate) const REFUSAL_LEN_MAX: usize = 16 * 1024;

/// Read without a panic, copied or shared; and what was read is written so that it reads the same.
pub(crate) fn decode(bytes: &[u8]) {
    let every = Every::decode(bytes);
    let shared = Every::decode_shared(&Bytes::copy_from_slice(bytes), &DecodeLimits::default());
    let every = match (every, shared) {
        (Ok(every), Ok(shared)) => {
            assert_eq!(every.tree(), shared.tree(), "copied, then shared");
            every
        }
        (Err(error), Err(shared)) => {
            assert_eq!(error, shared);
            assert!(error.offset() <= bytes.len(), "{error}");
            assert!(!error.to_string().contains('\n'), "{error}");
            return;
        }
        (every, shared) => panic!("copied {every:?}, shared {shared:?}"),
    };
    let written = encoded(&every);
    let again = Every::decode(&written).expect("what was written is read");
    assert_eq!(again.tree(), every.tree(), "written as {written:02x?}");
    // Not byte by byte: a table may be in another order.
    assert_eq!(encoded(&again).len(), written.len(), "written again, it is different");
}

/// Read in as much memory as the limit says, whatever it says.
pub(crate) fn memory(bytes: &[u8]) {
    for memory in [0, 100, 5_000, 100_000, DecodeLimits::default().memory] {
        let limits = DecodeLimits { memory, ..DecodeLimits::default() };
        check_memory(&limits, |limits| Every::decode_with(bytes, limits));
        let shared = Bytes::copy_from_slice(bytes);
        check_memory(&limits, |limits| Every::decode_shared(&shared, limits));
    }
}

fn check_memory<T>(limits: &DecodeLimits, decode: impl FnOnce(&DecodeLimits) -> Result<T, DecodeError>) {
    let (decoded, taken) = taken(|| decode(limits));
    let beyond = if decoded.is_ok() { SHARE_LEN } else { REFUSAL_LEN_MAX };
    assert!(taken.peak <= limits.memory + beyond, "{limits:?} was given, {taken:?}");
}

/// What `Bytes` allocates once for bytes that become shared.
pub(crate) const SHARE_LEN: usize = 24;

/// Through a hop that knows less, nothing is lost: not a value, and no byte where the bytes were ours.
pub(crate) fn unknown(bytes: &[u8]) {
    let Ok(direct) = Every::decode(bytes) else {
        return;
    };
    let canonical = encoded(&direct);
    check_hop::<Empty>(bytes, &direct);
    check_hop::<Older>(bytes, &direct);
    assert_eq!(encoded(&read::<Empty>(bytes)), bytes, "a hop that knows nothing changes bytes");
    assert_eq!(encoded(&read::<Older>(&canonical)), canonical, "an older hop changes our own bytes");
}

/// What `M` sends on is read as what came.
fn check_hop<M: Known>(bytes: &[u8], direct: &Every) {
    let sent_on = encoded(&read::<M>(bytes));
    assert_eq!(read::<Every>(&sent_on).tree(), direct.tree(), "{} sent on {sent_on:02x?}", M::NAME);
}

/// Records can be walked over whatever they are, and nothing is left out or doubled.
pub(crate) fn skip(bytes: &[u8]) {
    let mut end = 0;
    let mut refused = None;
    let mut records = Records::new(bytes);
    for record in records.by_ref() {
        match record {
            Ok(record) => {
                assert_eq!(record.offset, end, "records follow one another");
                assert!(refused.is_none(), "a record behind an error");
                end += record.bytes.len();
                assert_eq!(record.bytes, &bytes[record.offset..end]);
                assert!(record.bytes.ends_with(record.value));
                // Each record alone is a message.
                assert_eq!(encoded(&read::<Empty>(record.bytes)), record.bytes);
            }
            Err(error) => refused = Some(error),
        }
    }
    assert!(records.next().is_none());
    let kinds = |result: Result<(), DecodeError>| result.map_err(|error| error.kind());
    let walked = refused.map_or(Ok(()), Err);
    assert_eq!(kinds(Empty::decode(bytes).map(drop)), kinds(walked.clone()), "kept");
    assert_eq!(kinds(Forgetful::decode(bytes).map(drop)), kinds(walked.clone()), "dropped");
    let reference = reference::decode(Empty::table(), bytes, 0).map(drop);
    assert_eq!(kinds(walked).map_err(refusal), reference, "the reference decoder");
    assert!(reference.is_err() || end == bytes.len(), "{end} of {} bytes", bytes.len());
}

/// A message made of the bytes is written and read as it was, by the codec and by the reference decoder.
pub(crate) fn round_trip(bytes: &[u8]) {
    let every = Every::made(&mut Source::new(bytes));
    let tree = every.tree();
    let written = encoded(&every);
    assert_eq!(read::<Every>(&written).tree(), tree, "read from {written:02x?}");
    let shared = Every::decode_shared(&Bytes::from(written.clone()), &DecodeLimits::default());
    assert_eq!(shared.expect("what was written is read").tree(), tree, "shared");
    let reference = reference::decode(Every::table(), &written, DecodeLimits::default().depth);
    assert_eq!(reference, Ok(tree), "the reference decoder");
    assert_eq!(encoded(&every), written, "written twice");
    assert_eq!(in_parts(&every), written, "in parts");
    unknown(&written);
}

/// The codec and the reference decoder accept the same bytes, make the same of them and refuse the others for one reason.
pub(crate) fn differential(bytes: &[u8]) {
    check_agreement::<Every>(bytes);
    check_agreement::<Optionals>(bytes);
    check_agreement::<Lists>(bytes);
    check_agreement::<Maps>(bytes);
    check_agreement::<Older>(bytes);
}

fn check_agreement<M: Known + Debug>(bytes: &[u8]) {
    // The reference decoder knows no limit of memory.
    let limits = DecodeLimits { memory: usize::MAX / 2, ..DecodeLimits::default() };
    let decoded = M::decode_with(bytes, &limits);
    let reference = reference::decode(M::table(), bytes, limits.depth);
    let tree = decoded.map(|message| message.tree()).map_err(|error| refusal(error.kind()));
    assert_eq!(tree, reference, "{}: the codec, then the reference decoder", M::NAME);
}

/// A view of which everything is read shows what decoding gives, and refuses what decoding refuses; two things apart that
/// are said of views: what later records replace is not looked at, and parts that stand scattered are refused.
pub(crate) fn view(bytes: &[u8]) {
    check_view::<Every>(bytes);
    check_view::<Optionals>(bytes);
    check_view::<Lists>(bytes);
    check_view::<Maps>(bytes);
}

fn check_view<M: Known + Debug>(bytes: &[u8]) {
    let limits = DecodeLimits { memory: usize::MAX / 2, ..DecodeLimits::default() };
    let decoded = M::decode_with(bytes, &limits);
    let view = M::view_with(bytes, &limits);
    if let Ok(view) = &view {
        match (view.to_message(), &decoded) {
            (Ok(owned), Ok(decoded)) => {
                assert_eq!(owned.tree(), decoded.tree(), "{}: decoded from its view", M::NAME)
            }
            (owned, decoded) => assert_eq!(owned.as_ref().err(), decoded.as_ref().err(), "{}", M::NAME),
        }
    }
    match (decoded, view.and_then(M::seen)) {
        (Ok(decoded), Ok(seen)) => assert_eq!(seen, decoded.tree(), "{}: the view, then decoded", M::NAME),
        (_, Err(error)) if error.kind() == DecodeErrorKind::Scattered => {
            assert!(reference::replaces(M::table(), bytes), "{}: nothing is scattered", M::NAME);
        }
        (Err(error), Ok(_)) => {
            assert!(reference::replaces(M::table(), bytes), "{}: the view overlooks {error}", M::NAME);
        }
        (Err(_), Err(_)) => {}
        (Ok(_), Err(error)) => panic!("{}: the view refuses what decoding reads: {error}", M::NAME),
    }
}

fn refusal(kind: DecodeErrorKind) -> Refusal {
    match kind {
        DecodeErrorKind::Truncated => Refusal::Truncated,
        DecodeErrorKind::VarintTooLong => Refusal::VarintTooLong,
        DecodeErrorKind::TagZero => Refusal::TagZero,
        DecodeErrorKind::TagTooLarge { .. } => Refusal::TagTooLarge,
        DecodeErrorKind::KindRefused { .. } => Refusal::KindRefused,
        DecodeErrorKind::LengthPastEnd { .. } => Refusal::LengthPastEnd,
        DecodeErrorKind::NotUtf8 => Refusal::NotUtf8,
        DecodeErrorKind::DepthExceeded { .. } => Refusal::DepthExceeded,
        other => unreachable!("nothing is sensitive and memory is no limit here: {other}"),
    }
}

fn in_parts<M: Tlv>(message: &M) -> Vec<u8> {
    let mut buffer = EncodeBuffer::default();
    let parts = buffer.encode_parts(message).expect("a small message can be written");
    let mut bytes = Vec::new();
    for part in parts.iter() {
        match part {
            EncodedPart::Written(part) => bytes.extend_from_slice(part),
            EncodedPart::Shared(part) => bytes.extend_from_slice(part),
        }
    }
    assert_eq!(bytes.len(), parts.len());
    bytes
}

fn encoded<M: Tlv>(message: &M) -> Vec<u8> {
    message.encode().expect("a small message can be written")
}

fn read<M: Tlv>(bytes: &[u8]) -> M {
    M::decode(bytes).unwrap_or_else(|error| panic!("{} refuses {bytes:02x?}: {error}", M::NAME))
}
