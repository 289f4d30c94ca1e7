//! The judge, and what is told where there is none.

use std::io::Write as _;

/// Tells what was not tested and why, past what the test harness captures.
pub(crate) fn left_out(what: &str, why: &str) {
    let line = format!("LEFT OUT: {what}: {why}\n");
    std::io::stderr().write_all(line.as_bytes()).unwrap();
}

#[cfg(protoc)]
pub(crate) use self::with_protoc::*;

#[cfg(protoc)]
mod with_protoc {
    use std::path::Path;
    use std::sync::{Mutex, MutexGuard, OnceLock};

    use svrkit_conformance::google::{Google, Implementation};
    use svrkit_conformance::{Case, DESCRIPTORS, Source};

    /// Where `scripts/test` puts Google's protobuf, seen from where cargo lets tests write.
    const PYTHON: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/../google-protobuf/bin/python");

    /// Google's protobuf: one process of a kind for all tests. `None`, and a line that says so, where it is not there.
    pub(crate) fn google(implementation: Implementation, what: &str) -> Option<MutexGuard<'static, Google>> {
        static UPB: OnceLock<Option<Mutex<Google>>> = OnceLock::new();
        static PYTHON_ALONE: OnceLock<Option<Mutex<Google>>> = OnceLock::new();
        let (google, file) = match implementation {
            Implementation::Upb => (&UPB, "upb.binpb"),
            Implementation::Python => (&PYTHON_ALONE, "python.binpb"),
        };
        let google = google.get_or_init(|| {
            let python = Path::new(PYTHON);
            python.exists().then(|| {
                let descriptors = Path::new(env!("CARGO_TARGET_TMPDIR")).join(file);
                std::fs::write(&descriptors, DESCRIPTORS).unwrap();
                Mutex::new(Google::start(python, implementation, &descriptors).unwrap())
            })
        });
        if google.is_none() {
            super::left_out(
                what,
                "Google's protobuf for Python is absent; scripts/test brings it where pip can",
            );
        }
        // A test that failed is told of by itself.
        google.as_ref().map(|google| google.lock().unwrap_or_else(|poisoned| poisoned.into_inner()))
    }

    /// Random messages of one kind, as we encode them: always the same ones.
    pub(crate) fn messages(case: &Case, mut source: Source, count: usize) -> Vec<Vec<u8>> {
        let name =
            case.name.bytes().fold(0, |hash: u64, byte| hash.wrapping_mul(31).wrapping_add(byte.into()));
        // Another start for each kind of message.
        (0..name % 1_000).for_each(|_| _ = source.number());
        (0..count).map(|_| (case.random)(&mut source)).collect()
    }

    /// Bytes as `0a 03 …`, to be read in the text of a failed test.
    pub(crate) fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ")
    }
}
