//! Lints: advice on style and foresight, apart from the rules in `check`.
//!
//! What a check finds would not work; what a lint finds works, and somebody may regret it. So a lint has a name, a level
//! that `svrkit.toml` sets, and can be allowed in the schema by a comment with a reason. Build scripts never run lints:
//! [`Config::check`](crate::Config::check) does, where the checks found no error. A new lint is a file with
//! `pub(super) fn lint(&Subject<'_>, &mut Findings<'_>)`, its code in `diagnostic::code`, a line in [`LINTS`], and two
//! examples in `tests/schemas/lint`.

mod allowances;
mod case;
mod core_refused;
mod deprecated_use;
mod enum_prefix;
mod field_case;
mod findings;
mod hot_tag;
mod implicit_id;
mod large_message;
mod level;
mod missing_doc;
mod no_timeout;
mod reserved_without_name;
mod shared_request;
mod type_case;
mod unbounded;
mod unused_allow;
mod unused_import;
mod value_case;
mod zero_value;

pub(crate) use level::Levels;
pub use level::{Level, Lints};

use std::fmt;
use std::path::PathBuf;

use self::allowances::Allowances;
use self::findings::Findings;
use crate::diagnostic::{Code, Diagnostics};
use crate::load::{self, Loaded};
use crate::model::Schema;
use crate::parse::nearest;

/// In the order in which they run.
const LINTS: &[Lint] = &[
    field_case::LINT,
    type_case::LINT,
    value_case::LINT,
    zero_value::LINT,
    enum_prefix::LINT,
    missing_doc::LINT,
    unused_import::LINT,
    hot_tag::LINT,
    large_message::LINT,
    shared_request::LINT,
    no_timeout::LINT,
    implicit_id::LINT,
    unbounded::LINT,
    deprecated_use::LINT,
    reserved_without_name::LINT,
    core_refused::LINT,
    // The last: it asks what the others would have said.
    unused_allow::LINT,
];

/// One lint: a row of the table.
#[derive(Clone, Copy)]
pub struct Lint {
    name: &'static str,
    code: Code,
    level: Level,
    run: fn(&Subject<'_>, &mut Findings<'_>),
}

impl Lint {
    /// Every lint.
    pub const ALL: &'static [Self] = LINTS;

    /// The lint of this name.
    ///
    /// # Errors
    ///
    /// If there is none: with the name that was meant, as far as that can be told.
    pub fn named(name: &str) -> Result<&'static Self, UnknownLint> {
        let lint = Self::ALL.iter().find(|lint| lint.name == name);
        lint.ok_or_else(|| UnknownLint {
            name: name.to_owned(),
            nearest: nearest(name, Self::ALL.iter().map(|lint| lint.name)),
        })
    }

    /// The lint whose findings have this code; `None` for the code of a check.
    pub fn of(code: Code) -> Option<&'static Self> {
        Self::ALL.iter().find(|lint| lint.code == code)
    }

    /// What it is called in `svrkit.toml` and in schemas: `missing-doc`.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The code of what it finds.
    pub const fn code(&self) -> Code {
        self.code
    }

    /// Its level where nobody says another.
    pub const fn level(&self) -> Level {
        self.level
    }

    /// Its place in [`Lint::ALL`].
    fn position(&self) -> usize {
        Self::ALL.iter().position(|lint| lint.code == self.code).unwrap_or_default()
    }
}

impl PartialEq for Lint {
    fn eq(&self, other: &Self) -> bool {
        self.code == other.code
    }
}

impl Eq for Lint {}

impl fmt::Debug for Lint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Lint").field(&self.name).finish()
    }
}

/// No lint has this name. Who wrote it corrects it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownLint {
    name: String,
    nearest: Option<&'static str>,
}

impl UnknownLint {
    /// What to do: the name that was meant, or all there are.
    pub fn help(&self) -> String {
        match self.nearest {
            Some(name) => format!("did you mean `{name}`?"),
            None => {
                let names: Vec<_> = Lint::ALL.iter().map(|lint| format!("`{}`", lint.name)).collect();
                format!("the lints are {}", names.join(" "))
            }
        }
    }
}

impl fmt::Display for UnknownLint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown lint {}", crate::diagnostic::quoted(&self.name))
    }
}

impl std::error::Error for UnknownLint {}

/// What a lint looks at: a schema in which no check found an error.
struct Subject<'a> {
    schema: &'a Schema,
    /// By `FileId`, the files it comes from.
    files: &'a [load::File],
}

/// Runs every lint on the files that were `named`.
pub(crate) fn lint(
    schema: &Schema,
    loaded: &Loaded,
    named: &[PathBuf],
    levels: &Levels,
    found: &mut Diagnostics,
) {
    let levels = levels.by_id(&loaded.files, named);
    if levels.iter().all(Option::is_none) {
        return;
    }
    let linted = loaded.files.iter().filter(|file| levels[file.id.index()].is_some());
    let texts = linted.filter_map(|file| Some((file.id, loaded.sources.file(file.id).text()?)));
    let Some(allowances) = Allowances::read(texts, found) else { return };
    let subject = Subject { schema, files: &loaded.files };
    let mut findings = Findings::new(levels, allowances, found);
    for lint in LINTS {
        if findings.turn_to(lint) {
            (lint.run)(&subject, &mut findings);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_codes_are_of_one_lint_each() {
        for (at, lint) in Lint::ALL.iter().enumerate() {
            assert_eq!(Lint::named(lint.name), Ok(lint));
            assert_eq!(Lint::of(lint.code).map(Lint::position), Some(at));
        }
    }

    #[test]
    fn a_name_that_no_lint_has_is_told_the_nearest() {
        for (name, help) in
            [("mising-doc", "did you mean `missing-doc`?"), ("xyz", "the lints are `field-case` ")]
        {
            let error = Lint::named(name).unwrap_err();
            assert_eq!(error.to_string(), format!("unknown lint `{name}`"));
            assert!(error.help().starts_with(help), "{}", error.help());
        }
    }

    #[test]
    fn the_table_for_users_is_the_one_here() {
        let mut by_code: Vec<_> = Lint::ALL.iter().collect();
        by_code.sort_by_key(|lint| lint.code);
        let mut table = String::new();
        for lint in by_code {
            let Lint { name, code, level, .. } = lint;
            table.push_str(&format!("| {code} | `{name}` | {level} | {} |\n", code.summary()));
        }
        assert!(include_str!("../../CODES.md").contains(&table), "CODES.md should hold:\n{table}");
    }
}
