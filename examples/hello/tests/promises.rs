//! What the documentation promises of this example: few packages, few lines, no needless runs of the generator.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

const FOLDER: &str = env!("CARGO_MANIFEST_DIR");

#[test]
fn at_most_25_packages() {
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "-p", "hello", "-e", "normal,build", "--prefix", "none", "--format", "{p}"])
        .args(["--locked", "--offline"])
        .current_dir(FOLDER)
        .output()
        .unwrap();
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let tree = String::from_utf8(tree.stdout).unwrap();
    let packages: BTreeSet<_> =
        tree.lines().map(|line| line.split(' ').take(2).collect::<Vec<_>>()).collect();
    assert!(packages.iter().any(|package| package[0] == "tokio"), "{tree}");
    assert!(packages.len() <= 25, "{} packages: {packages:#?}", packages.len());
}

#[test]
fn at_most_40_hand_written_lines() {
    let lines: usize = ["build.rs", "src/server.rs", "src/client.rs"]
        .iter()
        .map(|file| std::fs::read_to_string(Path::new(FOLDER).join(file)).unwrap())
        .map(|source| source.lines().filter(|line| !line.trim().is_empty()).count())
        .sum();
    assert!(lines <= 40, "{lines} lines");
}

#[test]
fn at_most_250_generated_lines() {
    let generated = std::fs::read_to_string(Path::new(env!("OUT_DIR")).join("svrkit.rs")).unwrap();
    let lines = generated.lines().count();
    assert!(lines <= 250, "{lines} lines");
}

#[test]
fn the_build_script_watches_its_schema_alone() {
    // Cargo keeps what the script told it beside its output folder. That cargo heeds it is seen by real builds of a new
    // project, in the tests of `cargo-svrkit`.
    let told = std::fs::read_to_string(Path::new(env!("OUT_DIR")).join("../output")).unwrap();
    let watched: Vec<_> = told.lines().filter_map(|line| line.strip_prefix("cargo::rerun-if-")).collect();
    assert_eq!(watched, ["changed=schemas/hello.xml"]);
}
