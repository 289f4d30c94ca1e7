//! What a run reads, where it writes and which sides it generates; and the run itself.
//!
//! Everything here returns what it found; `build_script` is the front that prints.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use crate::check;
use crate::diagnostic::{Diagnostics, FileId, Report};
use crate::emit::{self, Codec, Sides};
use crate::export::{self, Exported};
use crate::externs::RustSettings;
use crate::folder;
use crate::lint::{self, Levels, Lints};
use crate::load;
use crate::model::{self, Schema};
use crate::output::{OUTPUT_FILE, write_if_changed};

/// How protocols are compiled.
///
/// Where files are wanted a folder stands for all `*.xml` in it and below it, as [`schemas_below`](crate::schemas_below)
/// finds them.
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
    codec: Codec,
    levels: Levels,
    pub(crate) rust: RustSettings,
}

/// What a run without errors made.
#[derive(Debug)]
pub struct Generated {
    source: String,
    report: Report,
    /// The packages that are in the source, sorted.
    packages: Vec<String>,
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

    pub(crate) fn into_report(self) -> Report {
        self.report
    }

    /// The packages that are in the source, sorted.
    pub(crate) fn packages(&self) -> &[String] {
        &self.packages
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
    /// No include paths, output to `OUT_DIR`, client and server, no lints.
    pub fn new() -> Self {
        let sides = Sides { client: true, server: true, mock: false, reflection: true };
        Self {
            includes: Vec::new(),
            out_dir: None,
            sides,
            codec: Codec { views: true, small: false },
            levels: Levels::default(),
            rust: RustSettings::default(),
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

    /// Whether each service has a mock, `OrdersMock` for `Orders`: the service in tests of those who call it. There is none unless
    /// told otherwise.
    ///
    /// A mock implements the service's trait, so it goes with [`server`](Self::server). `docs/testing.md` says what it can be told. To
    /// keep mocks out of what is delivered, make them depend on a feature that only tests name:
    ///
    /// ```no_run
    /// svrkit_gen::Config::new()
    ///     .mocks(std::env::var_os("CARGO_FEATURE_MOCKS").is_some())
    ///     .compile_or_exit(["schemas"]);
    /// ```
    #[must_use]
    pub fn mocks(mut self, wanted: bool) -> Self {
        self.sides.mock = wanted;
        self
    }

    /// Whether each service carries what its schema says of it, for the reflection of servers (`svrkit_runtime::reflection`): names, types,
    /// constraints and docs of the service and of every message, enum and error that its methods lead to, and of nothing else. It does
    /// unless told otherwise.
    ///
    /// They are bytes of the program that nobody reads but who asks for them; a service that is not linked leaves none. A program
    /// whose schemas are nobody's business leaves them out, and is described by its files alone.
    #[must_use]
    pub fn reflection(mut self, wanted: bool) -> Self {
        self.sides.reflection = wanted;
        self
    }

    /// Whether each message has a view, `OrderView` for `Order`, that borrows from the bytes; they have unless told
    /// otherwise.
    ///
    /// A view that nobody looks at makes no program larger, but it takes a compiler's time.
    #[must_use]
    pub fn views(mut self, wanted: bool) -> Self {
        self.codec.views = wanted;
        self
    }

    /// Whether messages get little machine code instead of the fastest; they do not unless told otherwise.
    ///
    /// For schemas of many messages that are seldom sent. `docs/performance.md` has the figures of both.
    #[must_use]
    pub fn small(mut self, wanted: bool) -> Self {
        self.codec.small = wanted;
        self
    }

    /// Has [`Config::check`] run the lints on the files it is given, at these levels.
    ///
    /// They run where the checks found no error, and judge no file that is only imported: that one has lints of its own.
    /// Nothing but `check` runs lints.
    #[must_use]
    pub fn lints(mut self, levels: Lints) -> Self {
        self.levels.all = Some(levels);
        self
    }

    /// The same for one file, whatever [`Config::lints`] says for the others. `file` is spelt as it is given to
    /// [`Config::check`].
    #[must_use]
    pub fn lints_of(mut self, file: impl AsRef<Path>, levels: Lints) -> Self {
        self.levels.by_file.insert(file.as_ref().to_owned(), levels);
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
        self.read(files, Some(&self.levels)).1
    }

    /// Generates Rust from files and what they import, and writes nothing.
    ///
    /// # Errors
    ///
    /// When a file cannot be read or a rule is broken: all findings of the run.
    pub fn generate(&self, files: impl IntoIterator<Item = impl AsRef<Path>>) -> Result<Generated, Report> {
        let (run, report) = self.read(files, None);
        if report.is_error() {
            return Err(report);
        }
        let externs = self.rust.externs(run.named_packages());
        let source = emit::emit(&run.schema, self.sides, self.codec, &externs, &self.rust.derives);
        let packages = run.schema.files.iter().map(|file| file.package.value.to_string());
        let packages: BTreeSet<_> = packages.filter(|package| !externs.has_package(package)).collect();
        Ok(Generated { source, report, packages: packages.into_iter().collect() })
    }

    /// The packages of files and of what they import as `.proto` files in proto3, for those who speak protobuf; writes
    /// nothing. Sides, derives and external types do not matter here.
    ///
    /// The bytes on the wire are the same. What differs, and what is done about it:
    ///
    /// - A package is one file: `shop.orders` is `shop/orders.proto`. The kit's own types are those that protobuf brings,
    ///   `google.protobuf.Timestamp` and so on; `svrkit.types.Decimal`, which it does not bring, is exported.
    /// - Values of enums are told apart by the name of their enum, as all values in one scope of protobuf need names of
    ///   their own: `PLACED` of `OrderStatus` is `ORDER_STATUS_PLACED`. A value that starts so already keeps its name.
    /// - Where a name is taken in protobuf's scopes (a field `size` beside a nested message `size`, or a value that has
    ///   the name of another enum's), a number is put behind; the name of a field in JSON stays as it was.
    /// - A method with `oneway` answers `google.protobuf.Empty`. `idempotent` is `idempotency_level = IDEMPOTENT`.
    /// - What protobuf has no word for stands in comments that start with `svrkit:`, in the words of the schema: ids,
    ///   constraints, defaults, `sensitive`, timeouts, errors, histories.
    ///
    /// # Errors
    ///
    /// When a file cannot be read or a rule is broken, and when protobuf cannot say it
    /// ([`Code::NOT_EXPORTABLE`](crate::Code::NOT_EXPORTABLE)): a definition with the name of a package, and packages that
    /// use one another.
    ///
    /// ```
    /// # fn main() -> std::io::Result<()> {
    /// # let folder = std::env::temp_dir().join(format!("svrkit-gen-export-doc-{}", std::process::id()));
    /// # std::fs::create_dir_all(&folder)?;
    /// let file = folder.join("shop.xml");
    /// std::fs::write(&file, "<protocol package='shop'><message name='Order'>\
    ///     <field tag='1' name='id' type='u64' min='1'/></message></protocol>")?;
    /// let exported = svrkit_gen::Config::new().export_proto([&file]).expect("the schema is sound");
    /// let [file] = exported.files() else { panic!("one package is one file") };
    /// assert_eq!(file.path, "shop.proto");
    /// assert!(file.text.contains("  // svrkit: min=\"1\"\n  uint64 id = 1;\n"));
    /// # std::fs::remove_dir_all(folder)
    /// # }
    /// ```
    pub fn export_proto(
        &self,
        files: impl IntoIterator<Item = impl AsRef<Path>>,
    ) -> Result<Exported, Report> {
        let (run, report) = self.read(files, None);
        if report.is_error() {
            return Err(report);
        }
        let mut found = Diagnostics::default();
        let files = export::proto(&run.schema, &mut found);
        let report = report.with(found);
        if report.is_error() { Err(report) } else { Ok(Exported::new(files, report)) }
    }

    /// Generates Rust and writes it to the output folder, if it changed.
    ///
    /// Build scripts rather call [`Config::compile_or_exit`], which also tells cargo what to watch.
    ///
    /// # Errors
    ///
    /// As [`Config::generate`], and when the file cannot be written.
    pub fn compile(&self, files: impl IntoIterator<Item = impl AsRef<Path>>) -> Result<(), Report> {
        self.write(files, std::env::var_os("OUT_DIR").map(PathBuf::from)).map(drop)
    }

    /// What is written, if [`Config::out_dir`] says where.
    pub(crate) fn output_of_choice(&self) -> Option<PathBuf> {
        self.out_dir.as_ref().map(|folder| folder.join(OUTPUT_FILE))
    }

    /// What was written, or the report of a run that wrote nothing.
    pub(crate) fn write(
        &self,
        files: impl IntoIterator<Item = impl AsRef<Path>>,
        env_out_dir: Option<PathBuf>,
    ) -> Result<Generated, Report> {
        let generated = self.generate(files)?;
        let Some(folder) = self.out_dir.clone().or(env_out_dir) else {
            let help = "run it in a build script or name a folder by `Config::out_dir`";
            return Err(generated.report.failed_output(Path::new(OUTPUT_FILE), "OUT_DIR is not set", help));
        };
        let path = folder.join(OUTPUT_FILE);
        match write_if_changed(&path, &generated.source) {
            Ok(()) => Ok(generated),
            Err(error) => {
                let help = "the folder must exist or be creatable";
                Err(generated.report.failed_output(&path, &error.to_string(), help))
            }
        }
    }

    /// Reads and checks files; what was found may be errors.
    pub(crate) fn read(
        &self,
        files: impl IntoIterator<Item = impl AsRef<Path>>,
        lints: Option<&Levels>,
    ) -> (Run, Report) {
        let paths: Vec<PathBuf> = files.into_iter().map(|path| path.as_ref().to_owned()).collect();
        let is_nothing_named = paths.is_empty();
        let (files, folder_faults) = folder::expand(paths);
        let mut found = Diagnostics::default();
        let mut loaded = load::load(&files, &self.rust.includes(&self.includes), &mut found);
        let schema = model::resolve(&mut loaded, &mut found);
        check::check(&schema, &mut found);
        self.rust.check(&schema, &mut loaded.sources, &mut found);
        // What a fault leaves of a schema is no sample of somebody's style.
        if let Some(levels) = lints
            && found.errors() == 0
        {
            lint::lint(&schema, &loaded, &files, levels, &mut found);
        }
        let files: HashSet<&PathBuf> = files.iter().collect();
        let named =
            loaded.files.iter().filter(|file| files.contains(&file.path)).map(|file| file.id).collect();
        let run = Run { schema, named };
        let load::Loaded { sources, files_read, files_missing, .. } = loaded;
        let report = Report::new(found, sources, files_read, files_missing);
        let report = folder_faults.iter().fold(report, Report::failed_folder);
        (run, if is_nothing_named { report.without_files() } else { report })
    }
}

/// What a run read.
pub(crate) struct Run {
    pub(crate) schema: Schema,
    /// The files that were named, apart from those they import.
    named: BTreeSet<FileId>,
}

impl Run {
    fn named_packages(&self) -> impl Iterator<Item = &str> {
        let named = self.schema.files.iter().filter(|file| self.named.contains(&file.id));
        named.map(|file| &*file.package.value)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::diagnostic::Code;
    use crate::test_folder::Folder;

    #[test]
    fn an_unchanged_output_is_not_touched() {
        let folder = Folder::new("unchanged");
        let root = folder.file("root.xml", "<protocol package='r'/>");
        let config = Config::new().out_dir(&folder.0);
        config.compile([&root]).unwrap();
        let output = folder.0.join(OUTPUT_FILE);
        let long_ago = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
        fs::File::options().write(true).open(&output).unwrap().set_modified(long_ago).unwrap();
        config.compile([&root]).unwrap();
        assert_eq!(fs::metadata(&output).unwrap().modified().unwrap(), long_ago);
        fs::write(&root, "<protocol package='other'/>").unwrap();
        config.compile([&root]).unwrap();
        assert!(fs::read_to_string(&output).unwrap().contains("pub mod other"));
    }

    #[test]
    fn a_run_without_files_is_an_error_that_says_so() {
        let none: [&str; 0] = [];
        let report = Config::new().generate(none).unwrap_err();
        let expected = "error[SVK0016]: no schema file is named\n = help: name at least one: \
                        nothing would be generated, and that is seldom meant\n\n1 error\n";
        assert_eq!(report.render(), expected);
        assert_eq!(report.location(&report.findings()[0]).path, Path::new(""));
    }

    #[test]
    fn a_folder_stands_for_its_schemas_and_one_without_any_is_a_finding() {
        let folder = Folder::new("of_schemas");
        let config = Config::new();
        let report = config.generate([&folder.0]).unwrap_err();
        let expected = format!(
            "error[SVK0016]: there is no *.xml in `{}` or below it\n--> {0}\n = help: name a folder that has \
             schemas\n\n1 error in 1 file\n",
            folder.0.display()
        );
        assert_eq!(report.render(), expected);
        let first = folder.file("b.xml", "<protocol package='first'/>");
        assert_eq!(config.generate([&folder.0]).unwrap().packages(), ["first"]);
        let second = folder.file("a.xml", "<protocol package='second'/>");
        let generated = config.generate([&folder.0]).unwrap();
        assert_eq!(generated.packages(), ["first", "second"]);
        assert_eq!(generated.files_read(), [second, first]);
    }

    #[test]
    fn an_output_that_cannot_be_written_is_a_finding_that_names_it() {
        let folder = Folder::new("unwritable");
        let root = folder.file("root.xml", "<protocol package='r'/>");
        let report = Config::new().write([&root], None).unwrap_err();
        assert_eq!(report.findings()[0].code(), Code::UNWRITABLE_OUTPUT);
        assert!(report.render().contains("OUT_DIR is not set"));
        let report = Config::new().out_dir(root.join("below_a_file")).compile([&root]).unwrap_err();
        assert_eq!(report.findings()[0].code(), Code::UNWRITABLE_OUTPUT);
        assert_eq!(report.files_read(), [root]);
    }
}
