//! `svrkit.toml`: what a project wants of the command: the levels of lints, and where imports are looked for.
//!
//! It is looked for from the folder of a schema upwards; the nearest counts and is not mixed with others. A folder with a
//! `.git` is the last one looked at: what lies above is no part of the project. Build scripts never read it: what a build
//! needs stands in `build.rs` as well, and nothing else that changes generated code may ever stand here.
//! `commands::check` and `commands::gen` ask here.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::env;
use std::error::Error;
use std::fmt;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use svrkit_gen::{Level, Lint, Lints};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

const SETTINGS_FILE: &str = "svrkit.toml";

/// Most bytes the file may hold.
const SETTINGS_LEN_MAX: u64 = 1024 * 1024;

/// Most folders that `include` may list: each import may be looked for in all of them.
const INCLUDES_MAX: usize = 64;

/// The settings that were read so far.
#[derive(Default)]
pub(crate) struct Settings {
    /// By folder of schemas.
    by_folder: HashMap<PathBuf, FileSettings>,
}

/// What one `svrkit.toml` says, or what holds without one.
#[derive(Debug, Default)]
pub(crate) struct FileSettings {
    /// The levels of lints.
    pub(crate) lints: Lints,
    /// The folders in which imports are looked for.
    pub(crate) includes: Vec<PathBuf>,
}

impl Settings {
    /// What holds for a schema that is there.
    pub(crate) fn of(&mut self, schema: &Path) -> Result<&FileSettings, SettingsError> {
        let folder = match schema.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        match self.by_folder.entry(folder.to_owned()) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(place) => {
                let whole =
                    folder.canonicalize().map_err(|error| SettingsError::unreadable(folder, error))?;
                Ok(place.insert(nearest(&whole)?))
            }
        }
    }
}

fn nearest(folder: &Path) -> Result<FileSettings, SettingsError> {
    for folder in folder.ancestors() {
        let path = folder.join(SETTINGS_FILE);
        match File::open(&path) {
            Ok(file) => return read(&path, file),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(SettingsError::unreadable(&path, error)),
        }
        if folder.join(".git").exists() {
            break;
        }
    }
    Ok(FileSettings::default())
}

fn read(path: &Path, file: File) -> Result<FileSettings, SettingsError> {
    let mut text = String::new();
    let len = file.take(SETTINGS_LEN_MAX + 1).read_to_string(&mut text);
    match len {
        Ok(len) if len as u64 <= SETTINGS_LEN_MAX => {}
        Ok(_) => return Err(SettingsError::TooLong(shown(path))),
        Err(error) => return Err(SettingsError::unreadable(path, error)),
    }
    let folder = shown(path.parent().unwrap_or(Path::new("")));
    parse(&text, &folder).map_err(|faults| {
        let placed = faults.into_iter().map(|fault| (line_column(&text, fault.at), fault.message));
        SettingsError::Faulty { path: shown(path), faults: placed.collect() }
    })
}

/// What is wrong at a byte of the file.
struct Fault {
    at: usize,
    message: String,
}

/// `folder` is where the file lies.
fn parse(text: &str, folder: &Path) -> Result<FileSettings, Vec<Fault>> {
    let root = DeTable::parse(text).map_err(|error| {
        // Its text may go over several lines.
        let message = error.message().split_whitespace().collect::<Vec<_>>().join(" ");
        vec![Fault { at: error.span().map_or(0, |span| span.start), message }]
    })?;
    let mut settings = FileSettings::default();
    let mut faults = Vec::new();
    for (key, value) in root.get_ref() {
        let at = key.span().start;
        match (&**key.get_ref(), value.get_ref()) {
            ("lints", DeValue::Table(table)) => {
                for (name, level) in table {
                    match level_of(name.get_ref(), level) {
                        Ok((lint, level)) => settings.lints = settings.lints.set(lint, level),
                        Err((is_value, message)) => {
                            let span = if is_value { level.span() } else { name.span() };
                            faults.push(Fault { at: span.start, message });
                        }
                    }
                }
            }
            ("lints", _) => {
                faults.push(Fault { at, message: "`lints` is no table: write `[lints]`".to_owned() })
            }
            ("include", DeValue::Array(listed)) => {
                if INCLUDES_MAX < listed.len() {
                    let message = format!("`include` lists more than {INCLUDES_MAX} folders (INCLUDES_MAX)");
                    faults.push(Fault { at, message });
                }
                for entry in listed.iter().take(INCLUDES_MAX) {
                    match include_of(entry, folder) {
                        Ok(include) => settings.includes.push(include),
                        Err(message) => faults.push(Fault { at: entry.span().start, message }),
                    }
                }
            }
            ("include", _) => {
                let message = "`include` is no list: write `include = [\"../common/schemas\"]`".to_owned();
                faults.push(Fault { at, message });
            }
            (other, _) => {
                let message = format!(
                    "unknown key `{}`: what may be set here is `include` and `[lints]`",
                    other.escape_debug()
                );
                faults.push(Fault { at, message });
            }
        }
    }
    faults.sort_by_key(|fault| fault.at);
    if faults.is_empty() { Ok(settings) } else { Err(faults) }
}

/// An entry of `[lints]`; or what is wrong with it, and whether that is the value.
fn level_of(name: &str, value: &Spanned<DeValue<'_>>) -> Result<(&'static Lint, Level), (bool, String)> {
    let lint = Lint::named(name).map_err(|unknown| (false, format!("{unknown}: {}", unknown.help())))?;
    match value.get_ref().as_str().and_then(Level::from_word) {
        Some(level) => Ok((lint, level)),
        None => {
            let words = Level::ALL.map(|level| format!("\"{level}\"")).join(", ");
            Err((true, format!("the level of `{name}` is one of {words}")))
        }
    }
}

/// An entry of `include`, relative to the folder of the file.
fn include_of(entry: &Spanned<DeValue<'_>>, folder: &Path) -> Result<PathBuf, String> {
    let Some(path) = entry.get_ref().as_str() else {
        return Err("what `include` lists are folders, each in quotes".to_owned());
    };
    let include = folder.join(path);
    if include.is_dir() {
        return Ok(include);
    }
    let include = include.display();
    Err(format!("there is no folder `{include}`: what `include` lists is relative to this file"))
}

/// Line and column of a byte, both from 1, the column in characters.
fn line_column(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |feed| feed + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

/// A path as the user would write it here.
fn shown(path: &Path) -> PathBuf {
    let here = env::current_dir().and_then(|folder| folder.canonicalize());
    let relative = here.ok().and_then(|here| path.strip_prefix(here).ok().map(Path::to_owned));
    relative.unwrap_or_else(|| path.to_owned())
}

/// Why the settings are not known. Who wrote the file corrects it.
#[derive(Debug)]
pub(crate) enum SettingsError {
    Unreadable {
        path: PathBuf,
        error: io::Error,
    },
    TooLong(PathBuf),
    /// Line and column of each fault, and what it is.
    Faulty {
        path: PathBuf,
        faults: Vec<((usize, usize), String)>,
    },
}

impl SettingsError {
    fn unreadable(path: &Path, error: io::Error) -> Self {
        Self::Unreadable { path: shown(path), error }
    }
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { path, error } => write!(f, "cannot read `{}`: {error}", path.display()),
            Self::TooLong(path) => {
                write!(f, "`{}` has more than {SETTINGS_LEN_MAX} bytes (SETTINGS_LEN_MAX)", path.display())
            }
            Self::Faulty { path, faults } => {
                let lines = faults.iter().map(|((line, column), message)| {
                    format!("{}:{line}:{column}: {message}", path.display())
                });
                f.write_str(&lines.collect::<Vec<_>>().join("\nerror: "))
            }
        }
    }
}

impl Error for SettingsError {}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn level(levels: Lints, name: &str) -> Level {
        levels.level(Lint::named(name).unwrap())
    }

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let faults = parse(text, Path::new(env!("CARGO_MANIFEST_DIR"))).err().unwrap_or_default();
        let faults = faults.iter().map(|fault| {
            let (line, column) = line_column(text, fault.at);
            format!("{line}:{column}: {}", fault.message)
        });
        let faults: Vec<_> = faults.collect();
        assert!(
            faults.len() == expected.len()
                && faults.iter().zip(expected).all(|(fault, it)| fault.starts_with(it)),
            "{text}: {faults:?}"
        );
    }

    #[test]
    fn every_fault_is_named_with_its_place() {
        for sound in ["", "# nothing", "[lints]", "[lints]\nhot-tag = 'deny'", "lints.hot-tag = \"off\""] {
            check(sound, &[]);
        }
        let levels = "the level of `hot-tag` is one of \"off\", \"warn\", \"deny\"";
        check("[lints]\nhot-tag = 'wran'", &[&format!("2:11: {levels}")]);
        check("[lints]\nhot-tag = 1", &[&format!("2:11: {levels}")]);
        check("[lints]\nhot_tag = 'off'", &["2:1: unknown lint `hot_tag`: did you mean `hot-tag`?"]);
        check("# é\n[lints]\n é", &["3:3: "]);
        check("lints = 'off'", &["1:1: `lints` is no table: write `[lints]`"]);
        check(
            "[lint]\nhot-tag = 'off'\n[lints]\nhot = 'off'\n",
            &[
                "1:2: unknown key `lint`: what may be set here is `include` and `[lints]`",
                "4:1: unknown lint `hot`",
            ],
        );
        for sound in ["include = []", "include = ['src', 'tests/cli']\n[lints]"] {
            check(sound, &[]);
        }
        check("include = 'src'", &["1:1: `include` is no list: write `include = ["]);
        check(
            "include = ['src', 1,\n 'gone']",
            &["1:19: what `include` lists are folders, each in quotes", "2:2: there is no folder `"],
        );
    }

    #[test]
    fn one_folder_past_the_limit_is_refused() {
        let listed = |count| format!("include = [{}]", "'src', ".repeat(count));
        check(&listed(INCLUDES_MAX), &[]);
        check(&listed(INCLUDES_MAX + 1), &["1:1: `include` lists more than 64 folders (INCLUDES_MAX)"]);
    }

    #[test]
    fn the_nearest_file_counts_and_nothing_above_a_repository() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        fs::create_dir_all(root.join("a/b")).unwrap();
        fs::create_dir_all(root.join("c/.git")).unwrap();
        fs::write(root.join("svrkit.toml"), "lints.hot-tag = 'warn'\nlints.no-timeout = 'warn'").unwrap();
        fs::write(root.join("a/svrkit.toml"), "lints.hot-tag = 'deny'").unwrap();
        let mut settings = Settings::default();
        for (schema, hot_tag, no_timeout) in [
            ("x.xml", Level::Warn, Level::Warn),
            ("a/x.xml", Level::Deny, Level::Off),
            ("a/b/x.xml", Level::Deny, Level::Off),
            ("c/x.xml", Level::Off, Level::Off),
        ] {
            let levels = settings.of(&root.join(schema)).unwrap().lints;
            assert_eq!(level(levels, "hot-tag"), hot_tag, "{schema}");
            assert_eq!(level(levels, "no-timeout"), no_timeout, "{schema}");
        }
    }

    #[test]
    fn one_byte_past_the_limit_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(SETTINGS_FILE);
        let mut text = "#".repeat(SETTINGS_LEN_MAX as usize);
        fs::write(&path, &text).unwrap();
        Settings::default().of(&folder.path().join("a.xml")).unwrap();
        text.push('#');
        fs::write(&path, &text).unwrap();
        let error = Settings::default().of(&folder.path().join("a.xml")).unwrap_err();
        assert!(matches!(error, SettingsError::TooLong(_)), "{error}");
    }
}
