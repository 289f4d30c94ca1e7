//! The entry of build scripts: the only place that prints and exits.
//!
//! What is said is worked out first ([`Script`]), so that it can be tested; [`Config`] does the work.

use std::path::{Path, PathBuf};

use crate::config::Config;

/// Compiles one protocol, or all in a folder, and what they import: the whole of a build script in the common case.
///
/// ```no_run
/// // In `main` of build.rs:
/// svrkit_gen::compile("schemas");
/// ```
///
/// Writes `$OUT_DIR/svrkit.rs`, which `svrkit_runtime::include_protocols!()` brings in. Cargo runs it again when a file
/// that was read changes, or anything in the folder, and at no other time. Findings go to stderr; an error among them ends the process with 1.
/// For more than that see [`Config`].
pub fn compile(path: impl AsRef<Path>) {
    Config::new().compile_or_exit([path]);
}

impl Config {
    /// [`Config::compile`] for build scripts: prints what cargo shall watch and what was found, and exits with 1 if
    /// that holds an error.
    ///
    /// Watched is every file that was read, every folder that was named, where missing ones were looked for, and what was written by
    /// [`Config::out_dir`].
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
        let mut for_cargo = String::new();
        let paths: Vec<PathBuf> = files.into_iter().map(|path| path.as_ref().to_owned()).collect();
        let written = self.write(&paths, env_out_dir).and_then(|generated| {
            match self.told_to_dependents(&generated, |variable| std::env::var_os(variable)) {
                Ok(lines) => for_cargo.push_str(&lines),
                Err(fault) => return Err(generated.into_report().failed_setting(fault.message, &fault.help)),
            }
            Ok(generated.into_report())
        });
        let report = written.unwrap_or_else(|report| report);
        // Nobody else writes to `OUT_DIR`, but a folder of the user's choice may be cleaned.
        let output = self.output_of_choice();
        // Cargo looks at everything below a folder.
        let folders = paths.iter().filter(|path| path.is_dir());
        let looked_at = report.files_read().iter().chain(report.files_missing()).chain(folders);
        for path in looked_at.chain(&output) {
            for_cargo.push_str(&format!("cargo::rerun-if-changed={}\n", path.display()));
        }
        if !report.is_error() {
            // Cargo hides what a successful script says to people.
            for warning in report.warning_lines() {
                for_cargo.push_str(&format!("cargo::warning={warning}\n"));
            }
        }
        Script { for_cargo, for_people: report.render(), is_error: report.is_error() }
    }
}

/// What a build script says, and whether it fails.
#[derive(Debug)]
struct Script {
    for_cargo: String,
    for_people: String,
    is_error: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::OUTPUT_FILE;
    use crate::test_folder::Folder;

    fn watched(script: &Script) -> Vec<PathBuf> {
        let lines = script.for_cargo.lines();
        lines.filter_map(|line| line.strip_prefix("cargo::rerun-if-changed=")).map(PathBuf::from).collect()
    }

    #[test]
    fn a_script_watches_every_file_it_read_and_no_other() {
        let folder = Folder::new("watch");
        folder.file("unused.xml", "<protocol package='x'/>");
        let inner = folder.file("inner.xml", "<protocol package='i'/>");
        let root = folder.file("root.xml", "<protocol package='r'><import path='inner.xml'/></protocol>");
        let script = Config::new().script([&root], Some(folder.0.join("out")));
        assert!(!script.is_error);
        assert_eq!(script.for_people, "");
        assert_eq!(watched(&script), [root, inner]);
    }

    #[test]
    fn a_folder_that_is_named_is_watched_for_new_files() {
        let folder = Folder::new("watch_folder");
        let output = Folder::new("watch_folder_output");
        let script = || Config::new().script([&folder.0], Some(output.0.clone()));
        let empty = script();
        assert!(empty.is_error);
        assert_eq!(watched(&empty), [folder.0.as_path()]);
        let root = folder.file("root.xml", "<protocol package='r'/>");
        let script = script();
        assert!(!script.is_error);
        assert_eq!(watched(&script), [root, folder.0.clone()]);
    }

    #[test]
    fn what_is_written_to_a_folder_of_choice_is_watched() {
        let folder = Folder::new("watch_output");
        let root = folder.file("root.xml", "<protocol package='r'/>");
        let script = Config::new().out_dir(folder.0.join("src")).script([&root], Some(folder.0.join("out")));
        assert_eq!(watched(&script), [root, folder.0.join("src").join(OUTPUT_FILE)]);
    }

    #[test]
    fn a_failed_script_watches_where_the_missing_import_would_be_and_says_what_check_says() {
        let folder = Folder::new("missing");
        let root = folder.file("root.xml", "<protocol package='r'><import path='inner.xml'/></protocol>");
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
        let expected = format!("cargo::warning={}:1:74: SVK0110: `optional` says nothing", root.display());
        assert!(script.for_cargo.contains(&expected), "{}", script.for_cargo);
    }
}
