//! Records in any order, of any kind, with tags that are known or not: we read and refuse what Google reads and refuses.

use svrkit_conformance::google::{Google, Implementation, Operation};
use svrkit_conformance::{CASES, Case, Random, Source};

use crate::support::{google, hex, messages};

/// Messages in all; a third of that where there are maps, as the library in Python is slow.
const MESSAGES: usize = 10_000;

#[test]
fn records_in_any_order_are_read_as_google_reads_them() {
    let what = "the comparison of what is read with Google";
    let Some(mut upb) = google(Implementation::Upb, what) else { return };
    let Some(mut python) = google(Implementation::Python, what) else { return };
    let mut refused = 0;
    let mut differing = Vec::new();
    for case in CASES {
        let count = MESSAGES.div_ceil(CASES.len()) / if case.has_maps { 3 } else { 1 };
        let inputs = inputs(case, count);
        // upb keeps an entry whole, as unknown, that holds something unknown; the others read it.
        let google = if case.has_maps { &mut *python } else { &mut *upb };
        let verdicts = verdicts(case, google, &inputs);
        refused += verdicts.iter().filter(|verdict| matches!(verdict, Verdict::Refused)).count();
        let pairs =
            inputs.iter().zip(&verdicts).filter(|(_, verdict)| matches!(verdict, Verdict::Differs(_)));
        if let Some((input, _)) = pairs.min_by_key(|(input, _)| input.len()) {
            differing.push(smallest(case, google, input.clone()));
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
    assert!((MESSAGES / 50..MESSAGES / 2).contains(&refused), "{refused} were refused");
}

enum Verdict {
    Same,
    Refused,
    /// What each makes of it.
    Differs(String),
}

fn verdicts(case: &Case, google: &mut Google, inputs: &[Vec<u8>]) -> Vec<Verdict> {
    let theirs = google.ask(Operation::Rewrite, case.name, inputs).unwrap();
    let pairs = inputs.iter().zip(theirs).map(|(input, theirs)| match ((case.rewrite)(input), theirs) {
        (Ok(ours), Ok(theirs)) if ours == theirs => Verdict::Same,
        (Err(_), Err(_)) => Verdict::Refused,
        (ours, theirs) => {
            let ours = ours.map_or_else(|error| error.to_string(), |bytes| hex(&bytes));
            let theirs = theirs.map_or_else(|error| error, |bytes| hex(&bytes));
            Verdict::Differs(format!(
                "{}: of {}\n  we make: {ours}\n  Google: {theirs}",
                case.name,
                hex(input)
            ))
        }
    });
    pairs.collect()
}

/// The difference that is left when no more bytes can be taken out.
fn smallest(case: &Case, google: &mut Google, mut input: Vec<u8>) -> String {
    let differs = |google: &mut Google, inputs: &[Vec<u8>]| {
        verdicts(case, google, inputs).iter().position(|verdict| matches!(verdict, Verdict::Differs(_)))
    };
    for len in [256, 64, 16, 8, 5, 4, 3, 2, 1] {
        // Without each part of this length, as long as one of them is not needed.
        loop {
            let ends = len..=input.len();
            let shorter: Vec<_> = ends.map(|end| [&input[..end - len], &input[end..]].concat()).collect();
            match differs(google, &shorter) {
                Some(at) => input.clone_from(&shorter[at]),
                None => break,
            }
        }
    }
    match verdicts(case, google, &[input]).pop() {
        Some(Verdict::Differs(text)) => text,
        _ => unreachable!("it differed before"),
    }
}

/// Two messages one behind the other with random records between and behind.
fn inputs(case: &Case, count: usize) -> Vec<Vec<u8>> {
    let halves = messages(case, Source::new(4).with_one_nan(), 2 * count);
    let mut source = Source::new(5);
    // Google's library in Python takes a field with a padded key for an unknown one.
    let pads_keys = !case.has_maps;
    let pairs = halves.chunks(2).map(|pair| {
        let mut input = pair[0].clone();
        (0..source.below(4)).for_each(|_| record(&mut source, pads_keys, 0, &mut input));
        input.extend_from_slice(&pair[1]);
        (0..source.below(3)).for_each(|_| record(&mut source, pads_keys, 0, &mut input));
        if source.below(20) == 0 {
            input.truncate(input.len() - source.below(1 + input.len().min(9) as u64) as usize);
        }
        input
    });
    pairs.collect()
}

/// One record: a tag that most messages know, or none does, with a value of any kind.
fn record(source: &mut Source, pads_keys: bool, depth: u32, out: &mut Vec<u8>) {
    let tag = match source.below(5) {
        0 => source.pick(&[2_047, 2_048, 18_999, 20_000, 536_870_911]),
        1 => 22 + source.below(80),
        _ => 1 + source.below(22),
    };
    let kind = source.pick(&[0, 0, 1, 2, 2, 2, 5]);
    varint(tag << 3 | kind, pads_keys, source, out);
    match kind {
        0 => {
            let value = u64::random(source);
            varint(value, true, source, out);
        }
        // Never a NaN, of which Google's library in Python knows one only.
        1 => out.extend_from_slice(&(source.number() >> 2).to_le_bytes()),
        5 => out.extend_from_slice(&(source.number() as u32 >> 2).to_le_bytes()),
        _ => {
            let mut value = Vec::new();
            match source.below(4) {
                0 => value = String::random(source).into_bytes(),
                // Numbers in one record, of which eight bytes are a multiple of any.
                1 => (0..source.below(4))
                    .for_each(|_| value.extend_from_slice(&source.below(128).to_le_bytes())),
                2 => (0..source.below(4)).for_each(|_| {
                    let number = u64::random(source);
                    varint(number, true, source, &mut value);
                }),
                _ if depth < 4 => {
                    (0..source.below(3)).for_each(|_| record(source, pads_keys, depth + 1, &mut value))
                }
                _ => {}
            }
            varint(value.len() as u64, true, source, out);
            out.extend_from_slice(&value);
        }
    }
}

/// A varint, now and then with zeros that say nothing.
fn varint(mut value: u64, may_be_padded: bool, source: &mut Source, out: &mut Vec<u8>) {
    let start = out.len();
    while 0x80 <= value {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
    let is_padded = may_be_padded && source.below(30) == 0;
    while is_padded && out.len() - start < 3 {
        let last = out.len() - 1;
        out[last] |= 0x80;
        out.push(0);
    }
}
