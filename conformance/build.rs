//! Generates our types for the schemas, exports the schemas, has protoc and prost make types of the export, and says
//! which of them belong together.
//!
//! Without protoc, which the variable `PROTOC` may name, only ours are made, `cfg(protoc)` is not set, and the tests say
//! that they were left out.

#[path = "build/pairs.rs"]
mod pairs;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

use prost::Message as _;
use prost_types::FileDescriptorSet;
use svrkit_gen::Config;

/// The tour of the dialect, and a schema made to be judged.
const SCHEMAS: [&str; 2] = ["../schemas/tour.xml", "schemas/every.xml"];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rustc-check-cfg=cfg(protoc)");
    println!("cargo::rerun-if-env-changed=PROTOC");
    let out_dir = PathBuf::from(env::var("OUT_DIR")?);
    let config = Config::new();
    let generated = config.generate(SCHEMAS).map_err(|report| report.render())?;
    for path in generated.files_read() {
        println!("cargo::rerun-if-changed={}", path.display());
    }
    fs::write(out_dir.join("svrkit.rs"), generated.source())?;
    let described = config.descriptors(SCHEMAS).map_err(|report| report.render())?;
    fs::write(out_dir.join("schemas.tlv"), described.bytes())?;
    let exported = config.export_proto(SCHEMAS).map_err(|report| report.render())?;
    let protos = out_dir.join("proto");
    for file in exported.files() {
        let path = protos.join(&file.path);
        fs::create_dir_all(path.parent().unwrap_or(&protos))?;
        fs::write(path, &file.text)?;
    }
    let Some(descriptors) = descriptors(&protos, exported.files().iter().map(|file| file.path.as_str()))?
    else {
        // Looked for again by the next build: a file that is not there counts as changed.
        println!("cargo::rerun-if-changed={}", out_dir.join("no-protoc").display());
        println!(
            "cargo::warning=protoc is missing: our bytes are compared with nobody's (scripts/test installs it)"
        );
        return Ok(());
    };
    println!("cargo::rustc-cfg=protoc");
    fs::write(out_dir.join("descriptors.binpb"), &descriptors)?;
    let descriptors = FileDescriptorSet::decode(&*descriptors)?;
    fs::write(out_dir.join("pairs.rs"), pairs::pairs(&descriptors))?;
    prost_build::Config::new()
        // Maps in the order of their keys, as ours are.
        .btree_map(["."])
        // As messages like any others, and not as `Option<String>` and the like.
        .compile_well_known_types()
        .disable_comments(["."])
        .include_file("prost.rs")
        .compile_fds(descriptors)?;
    Ok(())
}

/// What protoc makes of these files and their imports; `None` where there is no protoc.
fn descriptors<'a>(
    folder: &Path,
    files: impl Iterator<Item = &'a str>,
) -> Result<Option<Vec<u8>>, Box<dyn Error>> {
    let mut protoc = Command::new(env::var_os("PROTOC").unwrap_or("protoc".into()));
    protoc.arg("-I").arg(folder).args(["--include_imports", "-o", "/dev/stdout"]).args(files);
    match protoc.output() {
        Ok(output) if output.status.success() => Ok(Some(output.stdout)),
        Ok(output) => Err(String::from_utf8_lossy(&output.stderr).into()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}
