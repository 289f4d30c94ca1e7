//! The dialect by example: one situation a file, findings beside it.
//!
//! `SVRKIT_BLESS=1 cargo test -p svrkit-gen --test schemas` writes the texts anew.

mod support;

use std::collections::BTreeSet;

use svrkit_gen::{Code, Config, Level, Lint, Lints};

const INVALID: &str = "tests/schemas/invalid";
const LINT: &str = "tests/schemas/lint";

/// What no schema can cause; `config` has tests for it.
const NOT_OF_SCHEMAS: [Code; 2] = [Code::UnwritableOutput, Code::NoFiles];

#[test]
fn an_invalid_schema_gives_the_text_beside_it() {
    let schemas = support::schemas(INVALID);
    assert!(40 <= schemas.len(), "{}", schemas.len());
    for schema in schemas {
        let report = Config::new().check([&schema]);
        assert!(!report.findings().is_empty(), "{}", schema.display());
        support::check_file(&schema.with_extension("txt"), &report.render());
    }
}

#[test]
fn no_text_is_left_behind_by_its_schema() {
    let schemas = support::schemas(INVALID);
    let texts = support::files(INVALID, "txt").into_iter();
    let orphans: Vec<_> = texts.filter(|text| !schemas.contains(&text.with_extension("xml"))).collect();
    assert!(orphans.is_empty(), "{orphans:?}");
}

#[test]
fn every_code_has_an_example() {
    let mut seen = BTreeSet::from(NOT_OF_SCHEMAS);
    for schema in support::schemas(INVALID) {
        seen.extend(Config::new().check([&schema]).findings().iter().map(|finding| finding.code()));
    }
    for lint in Lint::ALL {
        let config = Config::new().lints(Lints::new().set(lint, Level::Warn));
        let report = config.check([format!("{LINT}/{}.xml", lint.name())]);
        seen.extend(report.findings().iter().map(|finding| finding.code()));
    }
    for schema in support::schemas(LINT) {
        let report = Config::new().lints(Lints::new()).check([schema]);
        seen.extend(report.findings().iter().map(|finding| finding.code()));
    }
    let missing: Vec<_> = Code::ALL.iter().filter(|code| !seen.contains(code)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn a_valid_schema_gives_no_findings_and_rust_that_parses() {
    let schemas = support::schemas("tests/schemas/valid");
    assert!(!schemas.is_empty());
    for schema in schemas {
        let generated = Config::new().generate([&schema]).unwrap_or_else(|report| panic!("{report}"));
        assert_eq!(generated.warnings().render(), "", "{}", schema.display());
        let rust = syn::parse_file(generated.source());
        assert!(rust.is_ok(), "{}: {:?}", schema.display(), rust.err());
    }
}

#[test]
fn ten_faults_are_found_in_one_run_and_shown_in_order() {
    let report = Config::new().check(["tests/schemas/invalid/ten_faults.xml"]);
    assert_eq!(report.error_count(), 10);
    let lines: Vec<_> = report.findings().iter().map(|finding| report.location(finding).line).collect();
    assert!(lines.is_sorted(), "{lines:?}");
    assert!(report.render().ends_with("\n10 errors in 1 file\n"), "{report}");
}

#[test]
fn a_finding_says_what_the_model_of_a_diagnostic_says() {
    let report = Config::new().check(["tests/schemas/invalid/tag_reused.xml"]);
    let expected = "\
error[SVK0104]: tag 3 is used twice in `PlaceOrder`
  --> tests/schemas/invalid/tag_reused.xml:13:26
   |
12 |     <field name=\"total\" tag=\"3\" type=\"u64\"/>
   |                         ------- first used here
13 |     <field name=\"coupon\" tag=\"3\" type=\"string\"/>
   |                          ^^^^^^^
   = help: the next free tag is 5

1 error in 1 file
";
    assert_eq!(report.render(), expected);
}
