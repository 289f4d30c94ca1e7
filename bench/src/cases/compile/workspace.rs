//! A workspace in a temporary folder, with a package for each library, and cargo on it.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use super::library::Library;
use super::plan::Profile;

/// The packages, empty until they are built. The folder goes with it.
pub(super) struct Workspace {
    folder: TempDir,
}

impl Workspace {
    /// A package for each library, with the versions of this folder's lock file.
    pub(super) fn new(libraries: &[Library]) -> Result<Self> {
        let folder = TempDir::new().context("cannot make a folder for crates")?;
        let workspace = Self { folder };
        let names: Vec<String> = libraries
            .iter()
            .map(|library| format!("\"{}\"", package(library)))
            .collect();
        workspace.write(
            "Cargo.toml",
            &format!(
                "[workspace]\nresolver = \"3\"\nmembers = [{}]\n",
                names.join(", ")
            ),
        )?;
        workspace.write("Cargo.lock", include_str!("../../../Cargo.lock"))?;
        for library in libraries {
            let package = package(library);
            let head = format!("[package]\nname = \"{package}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n");
            let manifest = format!("{head}[dependencies]\n{}\n", library.dependency);
            workspace.write(&format!("{package}/Cargo.toml"), &manifest)?;
            workspace.write(&format!("{package}/src/lib.rs"), "")?;
        }
        Ok(workspace)
    }

    /// Gives the library's package a program, built with it from then on: its `main.rs`, where the crate of generated
    /// code is called `generated`.
    pub(super) fn add_program(&self, library: &Library, main: &str) -> Result<()> {
        let package = package(library);
        let crate_name = package.replace('-', "_");
        let main = format!("use {crate_name} as generated;\n{main}");
        self.write(&format!("{package}/src/main.rs"), &main)
    }

    /// Where the program of the library is, once it was built.
    pub(super) fn program(&self, library: &Library, profile: Profile) -> PathBuf {
        self.target().join(profile.word()).join(package(library))
    }

    /// Runs `cargo build` on the library's package with this source.
    pub(super) fn build(&self, library: &Library, profile: Profile, source: &str) -> Result<()> {
        let package = package(library);
        self.write(&format!("{package}/src/lib.rs"), source)?;
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo
            .args(["build", "--quiet", "--offline", "--package", &package])
            .current_dir(self.folder.path());
        if profile == Profile::Release {
            cargo.arg("--release");
        }
        cargo
            .env("CARGO_INCREMENTAL", "0")
            .env("CARGO_TARGET_DIR", self.target());
        // What cargo told us is about this program, not about the crates.
        cargo
            .env_remove("RUSTFLAGS")
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        let status = cargo.status().context("cannot start cargo")?;
        ensure!(
            status.success(),
            "cargo build failed, {status} (its own words are above, on stderr)"
        );
        Ok(())
    }

    fn target(&self) -> PathBuf {
        self.folder.path().join("target")
    }

    fn write(&self, path: &str, text: &str) -> Result<()> {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap_or(self.folder.path()))
            .and_then(|()| fs::write(&path, text))
            .with_context(|| format!("cannot write {}", path.display()))
    }
}

fn package(library: &Library) -> String {
    format!("generated-{}", library.name)
}
