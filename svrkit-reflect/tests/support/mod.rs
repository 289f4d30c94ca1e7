//! What the tests of this folder share: schemas made pools.

#![allow(dead_code, reason = "each test crate uses its part")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use svrkit_gen::Config;
use svrkit_reflect::Pool;

/// A file of this repository.
pub(crate) fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

/// The encoded descriptors of schema files.
#[track_caller]
pub(crate) fn descriptors(files: &[PathBuf]) -> Vec<u8> {
    Config::new().descriptors(files).unwrap_or_else(|report| panic!("{report}")).into_bytes()
}

/// The encoded descriptors of these definitions in package `p`; the kit's types are known.
#[track_caller]
pub(crate) fn descriptors_of(definitions: &str) -> Vec<u8> {
    static FILES: AtomicUsize = AtomicUsize::new(0);
    let number = FILES.fetch_add(1, Ordering::Relaxed);
    let file = std::env::temp_dir().join(format!("svrkit-reflect-{}-{number}.xml", std::process::id()));
    let text = format!("<protocol package='p'><import path='svrkit/types.xml'/>{definitions}</protocol>");
    std::fs::write(&file, text).unwrap();
    let bytes = descriptors(std::slice::from_ref(&file));
    std::fs::remove_file(file).unwrap();
    bytes
}

/// The pool of these definitions in package `p`; the kit's types are known.
#[track_caller]
pub(crate) fn pool_of(definitions: &str) -> Pool {
    Pool::from_bytes(&descriptors_of(definitions)).unwrap()
}
