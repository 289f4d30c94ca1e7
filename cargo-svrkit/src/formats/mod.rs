//! How findings are written down, one format a file. A new one is a file here, its `mod` and its line in the table.
//!
//! A format is a function from a report to what is printed. None prints, and none decides how the process ends.

mod github;
mod json;
mod sarif;
mod text;

use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use svrkit_gen::{Report, Severity};

/// Name and function; the first is what nobody needs to ask for.
static FORMATS: &[Format] = &[
    Format { name: "text", print: text::print },
    Format { name: "json", print: json::print },
    Format { name: "github", print: github::print },
    Format { name: "sarif", print: sarif::print },
];

/// A row of the table.
pub(crate) struct Format {
    name: &'static str,
    /// What to print of a report.
    pub(crate) print: fn(&Report) -> Printed,
}

/// What goes where.
pub(crate) struct Printed {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Printed {
    /// Only what a program reads.
    fn to_stdout(stdout: String) -> Self {
        Self { stdout, stderr: String::new() }
    }
}

/// The value of `--format`.
pub(crate) fn parser() -> impl clap::builder::TypedValueParser<Value = &'static Format> {
    let names = PossibleValuesParser::new(FORMATS.iter().map(|format| format.name));
    names.map(|name| FORMATS.iter().find(|format| format.name == name).unwrap_or(&FORMATS[0]))
}

/// `error` or `warning`, as all formats have it.
fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Warning => "warning",
        // A severity that is not known yet is better taken for one that matters.
        _ => "error",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_about_no_file_has_no_place_in_any_format() {
        let none: [&str; 0] = [];
        let report = svrkit_gen::Config::new().check(none);
        for (name, expected) in [
            ("text", "error[SVK0016]: no schema file is named\n = help: "),
            (
                "json",
                r#"{"code":"SVK0016","severity":"error","lint":null,"message":"no schema file is named","#,
            ),
            ("github", "::error title=SVK0016::no schema file is named%0Ahelp: "),
            ("sarif", "{\n"),
        ] {
            let format = FORMATS.iter().find(|format| format.name == name).unwrap();
            let Printed { stdout, stderr } = (format.print)(&report);
            let printed = stdout + &stderr;
            assert!(printed.starts_with(expected), "{printed}");
            let place = match name {
                "json" => r#""place":null,"also":[]"#,
                "sarif" => r#""locations": []"#,
                _ => "",
            };
            assert!(printed.contains(place), "{printed}");
        }
    }
}
