//! rustc on generated code: a crate of ours and one of prost with the same messages, built in turn.
//!
//! Both are in one workspace with everything they depend on built before. Incremental compilation is off, as in a first
//! build; the CPU time is that of `cargo build` and all it starts.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;
use svrkit_gen::Config;
use tempfile::TempDir;

use super::corpus::{Corpus, MESSAGES, module};
use super::plan::{Code, Plan, Profile};
use super::row::{Row, Rustc, rounded};
use super::{prost, xml};
use crate::stats::median;

/// The two, ours first.
const LIBRARIES: [Library; 2] = [
    Library {
        name: "svrkit",
        dependency: concat!(
            "svrkit-runtime = { path = \"",
            env!("CARGO_MANIFEST_DIR"),
            "/../svrkit-runtime\" }"
        ),
        source: svrkit_source,
        again: "fn again<M: ::svrkit_runtime::Tlv>(bytes: &[u8]) -> Option<Vec<u8>> {
                M::decode(bytes).ok()?.encode().ok()
            }",
    },
    Library {
        name: "prost",
        dependency: "prost = { version = \"0.14\", features = [\"derive\"] }",
        source: prost_source,
        again: "fn again<M: ::prost::Message + Default>(bytes: &[u8]) -> Option<Vec<u8>> {
                Some(M::decode(bytes).ok()?.encode_to_vec())
            }",
    },
];

/// One of those compared.
struct Library {
    name: &'static str,
    /// The line of `Cargo.toml`.
    dependency: &'static str,
    source: fn(Corpus) -> Result<String>,
    /// A function that decodes and encodes any message.
    again: &'static str,
}

/// What one build took.
#[derive(Clone, Copy, Debug)]
struct Build {
    wall: Duration,
    cpu: Duration,
}

/// Builds both crates, so many rounds.
pub(super) fn compare(plan: &Plan, keep: &mut impl FnMut(Row) -> Result<()>) -> Result<()> {
    let folder = TempDir::new().context("cannot make a folder for crates")?;
    let folder = folder.path();
    write_workspace(folder)?;
    for library in &LIBRARIES {
        build(folder, library, plan.profile, "")
            .with_context(|| format!("the dependencies of {}", library.name))?;
    }
    for &code in &plan.code {
        let sources = LIBRARIES
            .iter()
            .map(|library| library.whole(plan.crates, code))
            .collect::<Result<Vec<_>>>()?;
        let mut builds = [const { Vec::new() }; LIBRARIES.len()];
        for _ in 0..plan.rounds {
            for ((library, source), builds) in LIBRARIES.iter().zip(&sources).zip(&mut builds) {
                let build = build(folder, library, plan.profile, source);
                builds.push(build.with_context(|| format!("the crate of {}", library.name))?);
            }
        }
        for ((library, source), own) in LIBRARIES.iter().zip(&sources).zip(&builds) {
            keep(Row::Rustc(row(
                plan,
                code,
                library,
                source,
                own,
                &builds[LIBRARIES.len() - 1],
            )?))?;
        }
    }
    Ok(())
}

fn row(
    plan: &Plan,
    code: Code,
    library: &Library,
    source: &str,
    own: &[Build],
    prost: &[Build],
) -> Result<Rustc> {
    let middle = |values: Vec<f64>| median(values).map(rounded).context("a row without rounds");
    let pairs = own.iter().zip(prost);
    Ok(Rustc {
        case: "compile",
        op: "rustc",
        lib: library.name,
        messages: plan.crates.messages(),
        code: code.word(),
        profile: plan.profile.word(),
        lines: source.lines().count(),
        seconds: middle(own.iter().map(|build| build.wall.as_secs_f64()).collect())?,
        cpu_seconds: middle(own.iter().map(|build| build.cpu.as_secs_f64()).collect())?,
        ratio: middle(
            pairs
                .map(|(own, prost)| own.cpu.as_secs_f64() / prost.cpu.as_secs_f64())
                .collect(),
        )?,
    })
}

impl Library {
    fn whole(&self, corpus: Corpus, code: Code) -> Result<String> {
        let mut source = (self.source)(corpus)?;
        if code == Code::Called {
            let messages = (0..corpus.files).flat_map(|file| (0..MESSAGES).map(move |it| (file, it)));
            let arms: String = messages
                .enumerate()
                .map(|(at, (file, message))| {
                    format!(
                        "{at} => again::<bench::{}::Record{message}>(bytes),\n",
                        module(file)
                    )
                })
                .collect();
            source.push_str("pub fn round_trip(message: usize, bytes: &[u8]) -> Option<Vec<u8>> {\n");
            source.push_str(&format!(
                "match message {{\n{arms}_ => None,\n}}\n}}\n{}\n",
                self.again
            ));
        }
        Ok(source)
    }
}

fn svrkit_source(corpus: Corpus) -> Result<String> {
    let folder = TempDir::new().context("cannot make a folder for schemas")?;
    xml::write(corpus, folder.path())?;
    let files = (0..corpus.files).map(|file| folder.path().join(format!("{}.xml", module(file))));
    let generated = Config::new()
        .generate(files)
        .map_err(|report| anyhow::anyhow!("{report}"))?;
    Ok(generated.source().to_owned())
}

fn prost_source(corpus: Corpus) -> Result<String> {
    Ok(prost::source(corpus)?)
}

/// A package for each library, with the versions of this folder's lock file.
fn write_workspace(folder: &Path) -> Result<()> {
    let write = |path: &str, text: &str| {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap_or(folder))
            .and_then(|()| fs::write(&path, text))
            .with_context(|| format!("cannot write {}", path.display()))
    };
    let names: Vec<String> = LIBRARIES
        .iter()
        .map(|library| format!("\"{}\"", package(library)))
        .collect();
    write(
        "Cargo.toml",
        &format!(
            "[workspace]\nresolver = \"3\"\nmembers = [{}]\n",
            names.join(", ")
        ),
    )?;
    write("Cargo.lock", include_str!("../../../Cargo.lock"))?;
    for library in &LIBRARIES {
        let package = package(library);
        let head = format!("[package]\nname = \"{package}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n");
        let manifest = format!("{head}[dependencies]\n{}\n", library.dependency);
        write(&format!("{package}/Cargo.toml"), &manifest)?;
        write(&format!("{package}/src/lib.rs"), "")?;
    }
    Ok(())
}

fn package(library: &Library) -> String {
    format!("generated-{}", library.name)
}

fn build(folder: &Path, library: &Library, profile: Profile, source: &str) -> Result<Build> {
    let package = package(library);
    let path = folder.join(&package).join("src/lib.rs");
    fs::write(&path, source).with_context(|| format!("cannot write {}", path.display()))?;
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .args(["build", "--quiet", "--offline", "--package", &package])
        .current_dir(folder);
    if profile == Profile::Release {
        cargo.arg("--release");
    }
    cargo
        .env("CARGO_INCREMENTAL", "0")
        .env("CARGO_TARGET_DIR", folder.join("target"));
    // What cargo told us is about this program, not about the crates.
    cargo
        .env_remove("RUSTFLAGS")
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    let (started, cpu_started) = (Instant::now(), children_cpu()?);
    let status = cargo.status().context("cannot start cargo")?;
    let build = Build {
        wall: started.elapsed(),
        cpu: children_cpu()? - cpu_started,
    };
    ensure!(
        status.success(),
        "cargo build failed, {status} (its own words are above, on stderr)"
    );
    Ok(build)
}

/// CPU time of all children that have ended, and of theirs.
fn children_cpu() -> Result<Duration> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).context("cannot read the CPU time of children")?;
    let time = |time: TimeVal| Duration::new(time.tv_sec() as u64, time.tv_usec() as u32 * 1000);
    Ok(time(usage.user_time()) + time(usage.system_time()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_libraries_get_the_same_messages() {
        let corpus = Corpus {
            files: 3,
            has_services: false,
        };
        let [ours, prosts] = LIBRARIES.map(|library| library.whole(corpus, Code::Called).unwrap());
        let count = |source: &str, what: &str| source.matches(what).count();
        for source in [&ours, &prosts] {
            assert_eq!(count(source, "pub struct Record"), corpus.messages());
            assert_eq!(count(source, "pub enum State"), corpus.files);
            assert_eq!(count(source, "=> again::<"), corpus.messages());
        }
        // Ours has one attribute more a message, and a field for it: the unknown.
        let fields = |source: &str, attribute: &str| count(source, attribute);
        assert_eq!(fields(&prosts, "#[prost("), corpus.fields());
        let tagged = (1..=20)
            .map(|tag| fields(&ours, &format!("#[tlv({tag})]\n")) + fields(&ours, &format!("#[tlv({tag}, ")));
        // The values of the enums have numbers in the same words.
        assert_eq!(tagged.sum::<usize>(), corpus.fields() + 3 * corpus.files);
    }
}
