//! What a run reads, where it writes and which sides it generates; and the run itself.
//!
//! Everything here returns what it found, but for [`Config::compile_or_exit`], the entry of build scripts.

use std::path::{Path, PathBuf};

use crate::check;
use crate::diagnostic::{Diagnostics, Report};
use crate::emit::{self, Sides};
use crate::load;
use crate::model::{self, Schema};
use crate::output::{OUTPUT_FILE, write_if_changed};

/// How protocols are compiled.
///
/// ```no_run
/// svrkit_gen::Config::new()
///     .include("../common/schemas")
///     .client(false)
///     .compile_or_exit(["schemas/orders.xml", "schemas/stock.xml"]);
/// ```
#[derive(Clone, Debug)]
pub struct Config {
    includes: Vec<PathBuf>,
    out_dir: Option<PathBuf>,
    sides: Sides,
}

/// What a run without errors made.
#[derive(Debug)]
pub struct Generated {
    source: String,
    report: Report,
}

impl Generated {
    /// The Rust source. The same schemas give the same bytes on every machine, in whatever order they were named.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Every file that was read, imports included.
    pub fn files_read(&self) -> &[PathBuf] {
        self.report.files_read()
    }

    /// A report that holds warnings only, or nothing.
    pub fn warnings(&self) -> &Report {
        &self.report
    }
}

impl Default for Config {
    fn default() -> Self {
        Self::new()
    }
}

impl Config {
    /// No include paths, output to `OUT_DIR`, client and server.
    pub fn new() -> Self {
        Self {
            includes: Vec::new(),
            out_dir: None,
            sides: Sides {
                client: true,
                server: true,
            },
        }
    }

    /// Adds a folder in which imports are looked for, after the folder of the importing file and those added before.
    #[must_use]
    pub fn include(mut self, path: impl AsRef<Path>) -> Self {
        self.includes.push(path.as_ref().to_owned());
        self
    }

    /// Writes `svrkit.rs` into this folder, which is created if need be, instead of into `OUT_DIR`.
    #[must_use]
    pub fn out_dir(mut self, path: impl AsRef<Path>) -> Self {
        self.out_dir = Some(path.as_ref().to_owned());
        self
    }

    /// Whether clients are generated; they are unless told otherwise.
    #[must_use]
    pub fn client(mut self, wanted: bool) -> Self {
        self.sides.client = wanted;
        self
    }

    /// Whether service traits and servers are generated; they are unless told otherwise.
    #[must_use]
    pub fn server(mut self, wanted: bool) -> Self {
        self.sides.server = wanted;
        self
    }

    /// Checks files and what they import, and writes nothing.
    ///
    /// ```
    /// # fn main() -> std::io::Result<()> {
    /// # let folder = std::env::temp_dir().join(format!("svrkit-gen-doc-{}", std::process::id()));
    /// # std::fs::create_dir_all(&folder)?;
    /// let file = folder.join("shop.xml");
    /// std::fs::write(&file, "<protocol package='shop'><mesage name='Order'/></protocol>")?;
    /// let report = svrkit_gen::Config::new().check([&file]);
    /// assert_eq!(report.error_count(), 1);
    /// assert!(report.render().contains("did you mean `<message>`?"));
    /// # std::fs::remove_dir_all(folder)
    /// # }
    /// ```
    pub fn check(&self, files: impl IntoIterator<Item = impl AsRef<Path>>) -> Report {
        self.read(files).1
    }

    /// Generates Rust from files and what they import, and writes nothing.
    ///
    /// # Errors
    ///
    /// When a file cannot be read or a rule is broken: all findings of the run.
    pub fn generate(&self, files: impl IntoIterator<Item = impl AsRef<Path>>) -> Result<Generated, Report> {
        let (schema, report) = self.read(files);
        if report.is_error() {
            return Err(report);
        }
        Ok(Generated {
            source: emit::emit(&schema, self.sides),
            report,
        })
    }

    /// Generates Rust and writes it to the output folder, if it changed.
    ///
    /// Build scripts rather call [`Config::compile_or_exit`], which also tells cargo what to watch.
    ///
    /// # Errors
    ///
    /// As [`Config::generate`], and when the file cannot be written.
    pub fn compile(&self, files: impl IntoIterator<Item = impl AsRef<Path>>) -> Result<(), Report> {
        self.write(files, std::env::var_os("OUT_DIR").map(PathBuf::from))
            .map(drop)
    }

    /// [`Config::compile`] for build scripts: prints what cargo shall watch and what was found, and exits with 1 if
    /// that holds an error.
    ///
    /// Watched is every file that was read, and where missing ones were looked for.
    #[expect(
        clippy::print_stdout,
        clippy::print_stderr,
        reason = "the entry of build scripts talks to cargo"
    )]
    pub fn compile_or_exit(&self, files: impl IntoIterator<Item = impl AsRef<Path>>) {
        let script = self.script(files, std::env::var_os("OUT_DIR").map(PathBuf::from));
        print!("{}", script.for_cargo);
        eprint!("{}", script.for_people);
        if script.is_error {
            std::process::exit(1);
        }
    }

    fn script(
        &self,
        files: impl IntoIterator<Item = impl AsRef<Path>>,
        env_out_dir: Option<PathBuf>,
    ) -> Script {
        let report = self.write(files, env_out_dir).unwrap_or_else(|report| report);
        let mut for_cargo = String::new();
        for path in report.files_read().iter().chain(report.files_missing()) {
            for_cargo.push_str(&format!("cargo::rerun-if-changed={}\n", path.display()));
        }
        if !report.is_error() {
            // Cargo hides what a successful script says to people.
            for warning in report.warning_lines() {
                for_cargo.push_str(&format!("cargo::warning={warning}\n"));
            }
        }
        Script {
            for_cargo,
            for_people: report.render(),
            is_error: report.is_error(),
        }
    }

    /// The report of a run that wrote its output, or of one that did not.
    fn write(
        &self,
        files: impl IntoIterator<Item = impl AsRef<Path>>,
        env_out_dir: Option<PathBuf>,
    ) -> Result<Report, Report> {
        let Generated { source, report } = self.generate(files)?;
        let Some(folder) = self.out_dir.clone().or(env_out_dir) else {
            let help = "run it in a build script or name a folder by `Config::out_dir`";
            return Err(report.failed_output(Path::new(OUTPUT_FILE), "OUT_DIR is not set", help));
        };
        let path = folder.join(OUTPUT_FILE);
        match write_if_changed(&path, &source) {
            Ok(()) => Ok(report),
            Err(error) => {
                Err(report.failed_output(&path, &error.to_string(), "the folder must exist or be creatable"))
            }
        }
    }

    fn read(&self, files: impl IntoIterator<Item = impl AsRef<Path>>) -> (Schema, Report) {
        let files: Vec<PathBuf> = files.into_iter().map(|file| file.as_ref().to_owned()).collect();
        let mut found = Diagnostics::default();
        let loaded = load::load(&files, &self.includes, &mut found);
        let schema = model::resolve(&loaded, &mut found);
        check::check(&schema, &mut found);
        let load::Loaded {
            sources,
            files_read,
            files_missing,
            ..
        } = loaded;
        (schema, Report::new(found, sources, files_read, files_missing))
    }
}

/// What a build script says, and whether it fails.
#[derive(Debug)]
struct Script {
    for_cargo: String,
    for_people: String,
    is_error: bool,
}

/// Compiles one protocol and what it imports: the whole of a build script in the common case.
///
/// ```no_run
/// // In `main` of build.rs:
/// svrkit_gen::compile("schemas/orders.xml");
/// ```
///
/// Writes `$OUT_DIR/svrkit.rs`, which `svrkit_runtime::include_protocols!()` brings in. Cargo runs it again when a file
/// that was read changes and at no other time. Findings go to stderr; an error among them ends the process with 1.
/// For more than that see [`Config`].
pub fn compile(path: impl AsRef<Path>) {
    Config::new().compile_or_exit([path]);
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::diagnostic::Code;

    /// A folder of its own for each test, gone with it.
    struct Folder(PathBuf);

    impl Folder {
        fn new(test: &str) -> Self {
            let path = std::env::temp_dir().join(format!("svrkit-gen-{}-{test}", std::process::id()));
            fs::create_dir_all(&path).unwrap();
            Self(path)
        }

        fn file(&self, name: &str, text: &str) -> PathBuf {
            let path = self.0.join(name);
            fs::write(&path, text).unwrap();
            path
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _leftovers_harm_nobody = fs::remove_dir_all(&self.0);
        }
    }

    fn watched(script: &Script) -> Vec<PathBuf> {
        let lines = script.for_cargo.lines();
        lines
            .filter_map(|line| line.strip_prefix("cargo::rerun-if-changed="))
            .map(PathBuf::from)
            .collect()
    }

    #[test]
    fn a_script_watches_every_file_it_read_and_no_other() {
        let folder = Folder::new("watch");
        folder.file("unused.xml", "<protocol package='x'/>");
        let inner = folder.file("inner.xml", "<protocol package='i'/>");
        let root = folder.file(
            "root.xml",
            "<protocol package='r'><import path='inner.xml'/></protocol>",
        );
        let script = Config::new().script([&root], Some(folder.0.join("out")));
        assert!(!script.is_error);
        assert_eq!(script.for_people, "");
        assert_eq!(watched(&script), [root, inner]);
    }

    #[test]
    fn a_failed_script_watches_where_the_missing_import_would_be_and_says_what_check_says() {
        let folder = Folder::new("missing");
        let root = folder.file(
            "root.xml",
            "<protocol package='r'><import path='inner.xml'/></protocol>",
        );
        let script = Config::new().script([&root], Some(folder.0.join("out")));
        assert!(script.is_error);
        assert_eq!(watched(&script), [root.clone(), folder.0.join("inner.xml")]);
        assert_eq!(script.for_people, Config::new().check([&root]).render());
        assert!(!folder.0.join("out").exists());
    }

    #[test]
    fn a_warning_reaches_cargo_and_stops_nothing() {
        let folder = Folder::new("warning");
        let text = "<protocol package='r'><message name='M'>\
                    <field tag='1' name='m' type='M' optional='true'/></message></protocol>";
        let root = folder.file("root.xml", text);
        let script = Config::new().script([&root], Some(folder.0.clone()));
        assert!(!script.is_error);
        assert!(folder.0.join(OUTPUT_FILE).exists());
        let expected = format!(
            "cargo::warning={}:1:74: SVK0110: `optional` says nothing",
            root.display()
        );
        assert!(script.for_cargo.contains(&expected), "{}", script.for_cargo);
    }

    #[test]
    fn an_unchanged_output_is_not_touched() {
        let folder = Folder::new("unchanged");
        let root = folder.file("root.xml", "<protocol package='r'/>");
        let config = Config::new().out_dir(&folder.0);
        config.compile([&root]).unwrap();
        let output = folder.0.join(OUTPUT_FILE);
        let long_ago = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
        fs::File::options()
            .write(true)
            .open(&output)
            .unwrap()
            .set_modified(long_ago)
            .unwrap();
        config.compile([&root]).unwrap();
        assert_eq!(fs::metadata(&output).unwrap().modified().unwrap(), long_ago);
        fs::write(&root, "<protocol package='other'/>").unwrap();
        config.compile([&root]).unwrap();
        assert!(fs::read_to_string(&output).unwrap().contains("pub mod other"));
    }

    #[test]
    fn an_output_that_cannot_be_written_is_a_finding_that_names_it() {
        let folder = Folder::new("unwritable");
        let root = folder.file("root.xml", "<protocol package='r'/>");
        let report = Config::new().write([&root], None).unwrap_err();
        assert_eq!(report.findings()[0].code(), Code::UnwritableOutput);
        assert!(report.render().contains("OUT_DIR is not set"));
        let report = Config::new()
            .out_dir(root.join("below_a_file"))
            .compile([&root])
            .unwrap_err();
        assert_eq!(report.findings()[0].code(), Code::UnwritableOutput);
        assert_eq!(report.files_read(), [root]);
    }
}
