//! The dialect by example: one situation a file, findings beside it.
//!
//! `SVRKIT_BLESS=1 cargo test -p svrkit-gen --test schemas` writes the texts anew.

mod support;

use std::collections::BTreeSet;
use std::path::Path;

use svrkit_gen::{Code, Config, Level, Lint, Lints};

const INVALID: &str = "tests/schemas/invalid";
const LINT: &str = "tests/schemas/lint";

/// What no check of a schema finds; `config` and `proto` have tests for it.
const NOT_OF_SCHEMAS: [Code; 4] =
    [Code::UNWRITABLE_OUTPUT, Code::NO_FILES, Code::CONFIG_FAULT, Code::NOT_EXPORTABLE];

#[test]
fn an_invalid_schema_gives_the_text_beside_it() {
    let schemas = support::schemas(INVALID);
    assert!(200 <= schemas.len(), "{}", schemas.len());
    for schema in schemas {
        let report = Config::new().check([&schema]);
        assert!(!report.findings().is_empty(), "{}", schema.display());
        support::check_file(&schema.with_extension("txt"), &report.render());
    }
}

/// Schemas that give several findings on purpose; each finding is a mistake of its own.
const SEVERAL_FINDINGS: &[(&str, usize, &str)] = &[
    ("attribute_missing", 3, "three elements lack one each, so that none is reported because of another"),
    ("attribute_of_another_element", 7, "an element with a word of another one each"),
    ("attribute_unlike_any", 2, "an element with attributes and one without"),
    ("constraint_obeyed_by_all", 4, "each bound that is none"),
    ("definition_in_an_unknown_element", 3, "what was lost is forgiven, and what was not is not"),
    ("deprecated_as_a_flag", 2, "a flag is one in any case"),
    ("element_in_a_doc", 2, "one that is known and one that is not"),
    ("json_name_bad", 3, "nothing, and what no name has"),
    ("json_name_twice", 3, "made of names, given to a map, and the name of another field in the schema"),
    ("method_errors_unlike_any", 2, "a set and a detail"),
    ("name_bad", 4, "a name for each way to be none"),
    ("package_bad", 3, "each segment of a package has its place"),
    ("request_no_message", 2, "request and response"),
    ("required_recursion_by_lists_and_choices", 3, "a circle by a list, one by a map and one by a choice"),
    ("request_unknown", 2, "request and response"),
    ("reserved_with_a_sign", 4, "each word of a list is judged"),
    ("rust_collision_of_oneofs", 5, "a oneof is a field and an enum, its members and errors are variants"),
    ("rust_collision_of_types", 2, "two collisions beside each other"),
    ("tag_out_of_range", 4, "both sides of both edges"),
    ("tag_zero_twice", 2, "a tag that is none is not used twice as well"),
    ("ten_faults", 10, "ten faults in one run"),
    ("type_of_a_lost_name_only", 3, "a name that was lost forgives no other name"),
    ("type_unknown", 3, "a scalar, a message and something unlike any"),
    ("type_spelt_as_a_shape", 5, "a shape each"),
    ("value_bad_id", 2, "of a service and of a method"),
    ("value_bad_number", 2, "no digits, and a sign"),
    ("value_bad_units", 4, "a time each, of retries and of timeouts"),
];

#[test]
fn one_mistake_is_one_finding() {
    for schema in support::schemas(INVALID) {
        let name = schema.file_stem().unwrap().to_str().unwrap();
        let several = SEVERAL_FINDINGS.iter().find(|(several, ..)| *several == name);
        let expected = several.map_or(1, |(_, findings, _)| *findings);
        let report = Config::new().check([&schema]);
        assert_eq!(report.findings().len(), expected, "{name}: {report}");
    }
    for (name, findings, reason) in SEVERAL_FINDINGS {
        let schema = Path::new(INVALID).join(name).with_extension("xml");
        assert!(1 < *findings && !reason.is_empty() && schema.exists(), "{name}");
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
    let missing: Vec<_> = Code::all().into_iter().filter(|code| !seen.contains(code)).collect();
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
fn what_is_just_within_a_rule_is_no_fault() {
    let folder = support::Folder::new("within");
    for (what, definitions) in [
        (
            "defaults on the bounds",
            "<message name='M'>\
             <field tag='1' name='a' type='u32' optional='true' default='5' min='5' max='5'/>\
             <field tag='2' name='b' type='f32' optional='true' default='-0.5' min='-0.5' finite='true'/>\
             <field tag='3' name='c' type='string' optional='true' default='é' min-len='2' max-len='2'/>\
             <field tag='4' name='d' type='bool' optional='true' default='true' required='true'/></message>",
        ),
        (
            "bounds on the edges of a type",
            "<message name='M'><field tag='1' name='a' type='u64' min='1' max='18446744073709551614'/>\
             <field tag='2' name='b' type='s32' min='-2147483647' max='2147483646'/>\
             <field tag='5' name='e' type='string' min-len='1' repeated='true'/>\
             <field tag='3' name='c' type='f32' max='340282346638528859811704183484516925440'/>\
             <map tag='4' name='d' key='u32' value='bool' min-items='1' max-items='1'/></message>",
        ),
        (
            "what a member may say",
            "<message name='M'><oneof name='o' required='true'>\
             <field tag='1' name='a' type='u32' min='1' sensitive='true' since='2'/>\
             <field tag='2' name='b' type='M' deprecated='old' replaced-by='a'/></oneof></message>",
        ),
        (
            "histories that agree",
            "<message name='M' since='2'><field tag='1' name='a' type='u32' since='3' deprecated='old' replaced-by='o'/>\
             <oneof name='o' since='2'><field tag='2' name='b' type='u32'/></oneof>\
             <message name='A' deprecated='old' replaced-by='B'/><message name='B'/></message>\
             <errors name='E' deprecated='old' replaced-by='F'><error name='X' code='1'/></errors>\
             <errors name='F'><error name='X' code='1' deprecated='old' replaced-by='Y'/><error name='Y' code='2'/></errors>",
        ),
        (
            "circles that end",
            "<message name='M'><field tag='1' name='n' type='N' required='true'/></message>\
             <message name='N'><field tag='1' name='m' type='M'/>\
             <field tag='2' name='n' type='N' repeated='true'/></message>",
        ),
        (
            "keys to route by",
            "<message name='M'><field tag='1' name='a' type='u64'/><field tag='2' name='b' type='bytes' optional='true'/></message>\
             <service name='S'><method name='A' id='1' request='M' response='M' route-key='a' stream='server'/>\
             <method name='B' id='2' request='M' route-key='b' oneway='true' timeout='1s' idempotent='true'/></service>",
        ),
    ] {
        let file =
            folder.file("a.xml", format!("<protocol package='a' version='3'>{definitions}</protocol>"));
        let report = Config::new().check([file]);
        assert!(report.findings().is_empty(), "{what}: {report}");
    }
}

#[test]
fn ten_faults_are_found_in_one_run_and_shown_in_order() {
    let report = Config::new().check(["tests/schemas/invalid/ten_faults.xml"]);
    assert_eq!(report.error_count(), 10);
    let lines: Vec<_> = report.findings().iter().map(|finding| report.location(finding).line).collect();
    assert!(lines.is_sorted(), "{lines:?}");
    let kinds: BTreeSet<_> = report.findings().iter().map(|finding| finding.code()).collect();
    assert_eq!(kinds.len(), 10, "{kinds:?}");
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
