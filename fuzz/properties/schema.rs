//! What must hold for any bytes at all that stand in a schema file.
//!
//! Each property is a function that panics where it does not hold. The targets of `fuzz/` call it with bytes of libFuzzer,
//! `svrkit-gen/tests/seeds.rs` with the kept seeds. The bytes go through a file, as those of users do.

use std::fs;
use std::path::PathBuf;

use svrkit_gen::limits::FINDINGS_MAX;
use svrkit_gen::{Config, Report, Severity};

/// All stages run: the result is Rust that parses, or findings that can be shown.
pub(crate) fn parse(bytes: &[u8]) {
    let file = File::of(bytes);
    match Config::new().generate([file.path()]) {
        Ok(generated) => {
            let rust = syn::parse_file(generated.source());
            assert!(rust.is_ok(), "generated code does not parse: {:?}\n{}", rust.err(), generated.source());
            check_places(generated.warnings());
        }
        Err(report) => {
            assert!(report.is_error(), "refused without a reason");
            check_places(&report);
        }
    }
}

/// A sound schema is laid out; laid out again it is the same; and it means what it meant.
pub(crate) fn format(bytes: &[u8]) {
    let before = outcome(bytes);
    let formatted = match svrkit_gen::format("schema.xml", bytes) {
        Ok(formatted) => formatted,
        Err(report) => {
            assert!(report.is_error() && before.is_err(), "a sound schema is refused: {report}");
            check_places(&report);
            return;
        }
    };
    let again = svrkit_gen::format("schema.xml", &formatted);
    assert_eq!(again.as_ref().map_err(Report::render), Ok(&formatted), "laying it out again changes it");
    // Beyond the bound the order of attributes decides which findings are kept.
    if before.as_ref().is_err_and(|found| FINDINGS_MAX <= found.len()) {
        return;
    }
    assert_eq!(outcome(formatted.as_bytes()), before, "the meaning changed:\n{formatted}");
}

/// The Rust, or the findings in the order of their texts: places change with the layout.
fn outcome(bytes: &[u8]) -> Result<String, Vec<String>> {
    let file = File::of(bytes);
    let generated = Config::new().generate([file.path()]);
    generated.map(|generated| generated.source().to_owned()).map_err(|report| {
        let errors = report.findings().iter().filter(|finding| finding.severity() == Severity::Error);
        let mut texts: Vec<_> =
            errors.map(|it| format!("{} {} {:?}", it.code(), it.message(), it.help_text())).collect();
        texts.sort();
        texts
    })
}

fn check_places(report: &Report) {
    let counts = report.error_count() + report.warning_count();
    assert_eq!(report.findings().is_empty(), counts == 0);
    for finding in report.findings() {
        let place = report.location(finding);
        assert!((place.line, place.column) <= (place.end_line, place.end_column), "{place:?}");
    }
    assert_eq!(report.render().is_empty(), counts == 0);
}

/// A schema file, alone in a folder that goes away with it.
struct File(PathBuf);

impl File {
    fn of(bytes: &[u8]) -> Self {
        let thread = std::thread::current().id();
        let folder = std::env::temp_dir().join(format!("svrkit-fuzz-{}-{thread:?}", std::process::id()));
        fs::create_dir_all(&folder).expect("there is a place for temporary files");
        let file = Self(folder);
        fs::write(file.path(), bytes).expect("there is room for temporary files");
        file
    }

    fn path(&self) -> PathBuf {
        self.0.join("schema.xml")
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _leftovers_harm_nobody = fs::remove_dir_all(&self.0);
    }
}
