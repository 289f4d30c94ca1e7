//! `svrkit.toml`: what a project wants of the command, so far the levels of lints.
//!
//! It is looked for from the folder of a schema upwards; the nearest counts and is not mixed with others. A folder with a
//! `.git` is the last one looked at: what lies above is no part of the project. Build scripts never read it, so nothing
//! that changes generated code may ever stand in it. `commands::check` asks here.

use std::collections::HashMap;
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

/// The settings that were read so far.
#[derive(Default)]
pub(crate) struct Settings {
    /// By folder of schemas.
    levels: HashMap<PathBuf, Lints>,
}

impl Settings {
    /// The levels for a schema that is there.
    pub(crate) fn lints_for(&mut self, schema: &Path) -> Result<Lints, SettingsError> {
        let folder = match schema.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        if let Some(levels) = self.levels.get(folder) {
            return Ok(*levels);
        }
        let whole = folder.canonicalize().map_err(|error| SettingsError::unreadable(folder, error))?;
        let levels = nearest(&whole)?;
        self.levels.insert(folder.to_owned(), levels);
        Ok(levels)
    }
}

fn nearest(folder: &Path) -> Result<Lints, SettingsError> {
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
    Ok(Lints::new())
}

fn read(path: &Path, file: File) -> Result<Lints, SettingsError> {
    let mut text = String::new();
    let len = file.take(SETTINGS_LEN_MAX + 1).read_to_string(&mut text);
    match len {
        Ok(len) if len as u64 <= SETTINGS_LEN_MAX => {}
        Ok(_) => return Err(SettingsError::TooLong(shown(path))),
        Err(error) => return Err(SettingsError::unreadable(path, error)),
    }
    parse(&text).map_err(|faults| {
        let placed = faults.into_iter().map(|fault| (line_column(&text, fault.at), fault.message));
        SettingsError::Faulty { path: shown(path), faults: placed.collect() }
    })
}

/// What is wrong at a byte of the file.
struct Fault {
    at: usize,
    message: String,
}

fn parse(text: &str) -> Result<Lints, Vec<Fault>> {
    let root = DeTable::parse(text).map_err(|error| {
        // Its text may go over several lines.
        let message = error.message().split_whitespace().collect::<Vec<_>>().join(" ");
        vec![Fault { at: error.span().map_or(0, |span| span.start), message }]
    })?;
    let mut levels = Lints::new();
    let mut faults = Vec::new();
    for (key, value) in root.get_ref() {
        let at = key.span().start;
        match (&**key.get_ref(), value.get_ref()) {
            ("lints", DeValue::Table(table)) => {
                for (name, level) in table {
                    match level_of(name.get_ref(), level) {
                        Ok((lint, level)) => levels = levels.set(lint, level),
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
            (other, _) => {
                let message =
                    format!("unknown key `{}`: what may be set here is `[lints]`", other.escape_debug());
                faults.push(Fault { at, message });
            }
        }
    }
    faults.sort_by_key(|fault| fault.at);
    if faults.is_empty() { Ok(levels) } else { Err(faults) }
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
        let faults = parse(text).err().unwrap_or_default();
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
            &["1:2: unknown key `lint`: what may be set here is `[lints]`", "4:1: unknown lint `hot`"],
        );
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
            let levels = settings.lints_for(&root.join(schema)).unwrap();
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
        Settings::default().lints_for(&folder.path().join("a.xml")).unwrap();
        text.push('#');
        fs::write(&path, &text).unwrap();
        let error = Settings::default().lints_for(&folder.path().join("a.xml")).unwrap_err();
        assert!(matches!(error, SettingsError::TooLong(_)), "{error}");
    }
}
