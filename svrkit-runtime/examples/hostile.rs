//! What hostile bytes cost a decoder, attack by attack: the figures of `docs/reliability.md`, rows A9 to A13.
//!
//! ```text
//! cargo run --release -p svrkit-runtime --example hostile
//! ```
//!
//! The bytes are those of `tests/codec_hostile`, which holds the same figures to their limits. With two arguments, a merge
//! of row A12 and a length, it decodes that alone: for counting instructions, which repeat exactly where time does not.
//!
//! ```text
//! valgrind --tool=callgrind target/release/examples/hostile "a list in it grows" 1000000
//! ```

#![allow(clippy::print_stdout, reason = "printing is what it is for")]

#[path = "../tests/codec_hostile/bombs.rs"]
mod bombs;
#[path = "../../fuzz/properties/codec/mod.rs"]
#[allow(dead_code, reason = "what messages must hold is for tests")]
mod codec;
#[path = "../../fuzz/properties/heap.rs"]
#[allow(dead_code, reason = "what else is counted is for other tests")]
mod heap;
#[path = "../tests/codec_hostile/target.rs"]
mod target;

use svrkit_runtime::wire::tlv::{
    DECODE_DEPTH_DEFAULT, DECODE_MEMORY_DEFAULT, DecodeError, DecodeErrorKind, DecodeLimits, Tlv,
};

use bombs::{BOMBS, DEPTH_UNKNOWN, DEPTHS, MERGES, deep};
use codec::messages::Every;
use codec::wire::{key, number, prefixed};
use heap::taken;
use target::Target;

#[global_allocator]
static HEAP: heap::Counting = heap::Counting;

/// The longest message there is by default.
const MESSAGE_LEN: usize = 4 << 20;

const LEVELS: usize = 1_000_000;

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    if let [name, len] = &arguments[..] {
        one(name, len);
        return;
    }
    depths();
    memory();
    malformed();
    merges();
    text();
}

/// Decodes one merge and says how it ended.
fn one(name: &str, len: &str) {
    let merge = MERGES.iter().find(|merge| merge.name == name);
    match (merge, len.parse()) {
        (Some(merge), Ok(len)) => println!("{}", outcome(&decode_unlimited(&(merge.bytes)(len)))),
        _ => {
            let names: Vec<_> = MERGES.iter().map(|merge| merge.name).collect();
            println!("a merge and a length are wanted; the merges are {names:?}");
        }
    }
}

fn depths() {
    println!("\nA9: messages inside one another, {LEVELS} levels, decode.depth {DECODE_DEPTH_DEFAULT}\n");
    println!("| what | bytes in | stack, bytes | heap, bytes | outcome |\n|---|---|---|---|---|");
    for (name, tags) in DEPTHS.iter().chain([&DEPTH_UNKNOWN]) {
        let bytes = deep(tags, LEVELS);
        let (decoded, taken) = taken(|| Target::decode(&bytes));
        println!("| {name} | {} | {} | {} | {} |", bytes.len(), taken.stack, taken.peak, outcome(&decoded));
    }
}

fn memory() {
    println!("\nA10: heap held by one decode of 4 MiB, decode.memory {DECODE_MEMORY_DEFAULT} and 1 MiB\n");
    println!(
        "| what | bytes in | heap, bytes | outcome | heap under 1 MiB | outcome |\n|---|---|---|---|---|---|"
    );
    for bomb in BOMBS {
        let bytes = (bomb.bytes)(MESSAGE_LEN);
        let (decoded, whole) = taken(|| Target::decode(&bytes));
        let limits = DecodeLimits { memory: 1 << 20, ..DecodeLimits::default() };
        let (limited, less) = taken(|| Target::decode_with(&bytes, &limits));
        let (name, len) = (bomb.name, bytes.len());
        let (decoded, limited) = (outcome(&decoded), outcome(&limited));
        println!("| {name} | {len} | {} | {decoded} | {} | {limited} |", whole.peak, less.peak);
    }
}

fn malformed() {
    println!("\nA11: bytes that are no message\n\n| what | bytes in | outcome |\n|---|---|---|");
    for (name, bytes) in [
        ("a varint of eleven bytes", [key(1, 0), vec![0x80; 10], vec![0]].concat()),
        ("a varint of 65 bits", [key(1, 0), vec![0xff; 9], vec![2]].concat()),
        ("tag 0", vec![0x00, 0x00]),
        ("tag 2^29", number(1 << 29, 0)),
        ("a group", [key(1, 3), key(1, 4)].concat()),
        ("kind 6", key(1, 6)),
        ("kind 7", key(1, 7)),
        ("a text that is cut", prefixed(7, b"hello")[..5].to_vec()),
        (
            "a number of ten bytes, padded with zeros",
            [key(1, 0), vec![0x81], vec![0x80; 8], vec![0]].concat(),
        ),
        ("a field a thousand times", number(1, 7).repeat(1000)),
    ] {
        println!("| {name} | {} | {} |", bytes.len(), outcome(&Every::decode(&bytes)));
    }
}

fn merges() {
    println!("\nA12: one message again and again, as if there were no limit of memory\n");
    println!(
        "| what | bytes in | allocations | bytes moved | heap, bytes | for 8 times the bytes: allocations | bytes moved | heap |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for merge in MERGES {
        let work = |len| {
            let bytes = (merge.bytes)(len);
            let (_, taken) = taken(|| decode_unlimited(&bytes));
            (bytes.len(), taken)
        };
        let ((len, once), (_, eight_times)) = (work(500_000), work(4_000_000));
        print!("| {} | {len} ", merge.name);
        for taken in [once, eight_times] {
            print!("| {} | {} | {} ", taken.allocations, taken.moved, taken.peak);
        }
        println!("|");
    }
}

fn text() {
    println!("\nA13: text\n\n| what | outcome |\n|---|---|");
    for (name, text) in [
        ("overlong NUL", &b"\xc0\x80"[..]),
        ("a surrogate", b"\xed\xa0\x80"),
        ("above U+10FFFF", b"\xf4\x90\x80\x80"),
        ("two of three bytes", b"\xe2\x82"),
        ("NUL", b"\0"),
        ("right to left override", "\u{202e}".as_bytes()),
        ("the last character there is", "\u{10ffff}".as_bytes()),
    ] {
        println!("| {name} | {} |", outcome(&Every::decode(&prefixed(7, text))));
    }
}

fn decode_unlimited(bytes: &[u8]) -> Result<Target, DecodeError> {
    Target::decode_with(bytes, &DecodeLimits { memory: usize::MAX / 2, ..DecodeLimits::default() })
}

fn outcome<T>(decoded: &Result<T, DecodeError>) -> String {
    match decoded.as_ref().map_err(DecodeError::kind) {
        Ok(_) => "read".to_owned(),
        Err(DecodeErrorKind::MemoryExceeded { .. }) => "refused: `decode.memory`".to_owned(),
        Err(DecodeErrorKind::DepthExceeded { .. }) => "refused: `decode.depth`".to_owned(),
        Err(kind) => format!("refused: {kind}"),
    }
}
