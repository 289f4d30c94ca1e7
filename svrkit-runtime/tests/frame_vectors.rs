//! The frames of `vectors/frames.json`, which any other implementation can be held to: read as it says, and written so.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where what it stands on fails")]

use bytes::BytesMut;
use serde_json::{Value, json};
use svrkit_runtime::wire::frame::{
    FLAG_CHECKED, FLAG_IN_PARTS, FLAG_PACKED, Facts, Frame, FrameDecoder, FrameError, GoawayReason, Pack,
};

const VECTORS: &str = include_str!("vectors/frames.json");

/// The default limits, which the vectors stand for.
const DECODER: FrameDecoder = FrameDecoder { body_len_max: 4 << 20, metadata_len_max: 16 << 10 };

fn vectors() -> Vec<Value> {
    serde_json::from_str(VECTORS).unwrap()
}

fn hex(text: &str) -> Vec<u8> {
    let digit =
        |at: usize| text.as_bytes().get(at).and_then(|byte| char::from(*byte).to_digit(16)).unwrap() as u8;
    (0..text.len() / 2).map(|at| digit(2 * at) << 4 | digit(2 * at + 1)).collect()
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn read(bytes: &[u8]) -> Result<Option<Frame>, FrameError> {
    let frame = DECODER.decode(&mut BytesMut::from(bytes))?;
    if let Some(frame) = frame.as_ref().filter(|frame| is_packed(frame)) {
        Pack::read(frame.body.clone())?;
    }
    Ok(frame)
}

fn is_packed(frame: &Frame) -> bool {
    frame.header.flags & FLAG_PACKED != 0
}

/// What the vectors say of a frame, but for its name.
fn said(frame: &Frame, hex: &Value) -> Value {
    let header = &frame.header;
    let mut said = match &header.facts {
        Facts::Hello { version_min, version_max } => {
            json!({"kind": "hello", "version_min": version_min, "version_max": version_max})
        }
        Facts::Request(request) => json!({
            "kind": "request",
            "service_id": request.service_id,
            "method_id": request.method_id,
            "class": request.priority.class,
            "rank": request.priority.rank,
            "remaining_us": request.remaining_us,
            "route_hash": request.route_hash,
        }),
        Facts::Response(response) | Facts::End(response) => json!({
            "kind": if matches!(header.facts, Facts::End(_)) { "end" } else { "response" },
            "code": response.code,
            "cause": response.cause,
            "party": response.party,
            "retry": response.retry,
            "level_class": response.level.class,
            "level_rank": response.level.rank,
            "layer": response.layer,
            "degraded": response.degraded,
            "last_good": response.last_good,
            "retry_after_ms": response.retry_after_ms,
            "error_code": response.error_code,
        }),
        Facts::Cancel => json!({"kind": "cancel"}),
        Facts::Goaway { reason } => {
            let number = match reason {
                GoawayReason::Draining => 1,
                GoawayReason::Protocol => 2,
                GoawayReason::Version => 3,
                GoawayReason::Limit => 4,
                GoawayReason::Tls => 5,
                _ => 0,
            };
            json!({"kind": "goaway", "reason": number})
        }
        Facts::Ping(token) => json!({"kind": "ping", "token": format!("{token:016x}")}),
        Facts::Pong(token) => json!({"kind": "pong", "token": format!("{token:016x}")}),
        Facts::Message => json!({"kind": "message"}),
        Facts::Credit(bytes) => json!({"kind": "credit", "bytes": bytes}),
        Facts::Part => json!({"kind": "part"}),
        Facts::Skippable(number) => json!({"kind": "skippable", "number": number}),
        other => panic!("{other:?} has no vector"),
    };
    let common = json!({
        "hex": hex,
        "flags": header.flags,
        "call_id": header.call_id,
        "metadata": to_hex(&frame.metadata),
        "body": to_hex(&frame.body),
    });
    let said_of = said.as_object_mut().unwrap();
    said_of.extend(common.as_object().unwrap().clone());
    if header.flags & FLAG_CHECKED != 0 {
        let hex = hex.as_str().unwrap();
        said_of.insert("checksum".into(), hex[hex.len() - 8..].into());
    }
    if is_packed(frame) {
        let messages: Vec<_> = Pack::read(frame.body.clone()).unwrap().map(|body| to_hex(&body)).collect();
        said_of.insert("messages".into(), messages.into());
    }
    if header.flags & FLAG_IN_PARTS != 0 {
        said_of.insert("body_len".into(), header.body_len.into());
    }
    said
}

fn error_word(error: &FrameError) -> &'static str {
    match error {
        FrameError::NotSvrkit { .. } => "not-svrkit",
        FrameError::Version { .. } => "version",
        FrameError::UnknownKind { .. } => "unknown-kind",
        FrameError::UnknownFlags { .. } => "unknown-flags",
        FrameError::BodyTooLong { .. } => "body-too-long",
        FrameError::MetadataTooLong { .. } => "metadata-too-long",
        FrameError::ChecksumWrong => "checksum-wrong",
        FrameError::PackTooLong { .. } => "pack-too-long",
        FrameError::PackCutShort => "pack-cut-short",
        other => panic!("{other:?} has no word"),
    }
}

#[test]
fn frames_are_read_as_the_vectors_say() {
    for mut vector in vectors() {
        let name = vector.as_object_mut().unwrap().remove("name").unwrap();
        let bytes = hex(vector["hex"].as_str().unwrap());
        match (read(&bytes), vector.get("error")) {
            (Err(error), Some(expected)) => assert_eq!(*expected, error_word(&error), "{name}"),
            (Ok(Some(frame)), None) => assert_eq!(said(&frame, &vector["hex"]), vector, "{name}"),
            (read, expected) => panic!("{name}: {read:?}, expected {expected:?}"),
        }
    }
}

#[test]
fn frames_are_written_as_the_vectors_say() {
    for vector in vectors() {
        let bytes = hex(vector["hex"].as_str().unwrap());
        if let Ok(Some(frame)) = read(&bytes) {
            let checksum = hex(vector.get("checksum").map_or("", |sum| sum.as_str().unwrap()));
            let written = [&frame.header.to_bytes()[..], &frame.metadata, &frame.body, &checksum].concat();
            assert_eq!(to_hex(&written), to_hex(&bytes), "{}", vector["name"]);
        }
    }
}

#[test]
fn a_frame_cut_anywhere_is_waited_for() {
    for vector in vectors().iter().filter(|vector| vector.get("error").is_none()) {
        let bytes = hex(vector["hex"].as_str().unwrap());
        for len in 0..bytes.len() {
            assert_eq!(read(&bytes[..len]), Ok(None), "{} cut at {len}", vector["name"]);
        }
    }
}
