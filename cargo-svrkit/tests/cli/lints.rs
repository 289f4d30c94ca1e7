//! `cargo svrkit check` and lints: levels in `svrkit.toml`, `--deny warnings`, allowances.

use std::ffi::OsStr;
use std::path::Path;

use crate::support::Folder;

const LOW: &str = "<protocol package='shop'><message name='low'/></protocol>";

fn folder_with_low() -> Folder {
    let folder = Folder::new();
    // What lies above the folder of a test is no part of it.
    folder.write(".git", "");
    folder.write("schemas/shop.xml", LOW);
    folder
}

#[test]
fn the_exit_code_says_whether_anything_is_of_error_level() {
    let folder = folder_with_low();
    for (level, args, code) in [
        ("off", &["check"][..], 0),
        ("warn", &["check"], 0),
        ("deny", &["check"], 1),
        ("off", &["check", "--deny", "warnings"], 0),
        ("warn", &["check", "--deny", "warnings"], 1),
        ("warn", &["check", "--deny", "warnings", "--format", "json"], 1),
        ("deny", &["check", "--deny", "warnings"], 1),
        ("loud", &["check"], 2),
        ("warn", &["check", "--deny", "errors"], 2),
    ] {
        folder.write("svrkit.toml", &format!("[lints]\ntype-case = \"{level}\"\n"));
        let ended = folder.svrkit(args);
        assert_eq!(ended.code, code, "{level} {args:?}: {}", ended.stderr);
    }
}

#[test]
fn a_denied_warning_of_a_check_is_an_error_too() {
    let folder = Folder::new();
    folder.write(
        "shop.xml",
        "<protocol package='shop'><message name='M'><field tag='1' name='m' type='M' optional='true'/></message></protocol>",
    );
    let ended = folder.svrkit(["check", "shop.xml", "--deny", "warnings"]);
    assert_eq!((ended.code, &*ended.stdout), (1, ""));
    assert!(ended.stderr.starts_with("error[SVK0110]"), "{}", ended.stderr);
}

#[test]
fn each_schema_has_the_settings_nearest_to_it() {
    let folder = folder_with_low();
    folder.write("old/schemas/old.xml", &LOW.replace("shop", "old"));
    folder.write("old/svrkit.toml", "[lints]\ntype-case = \"off\"\n");
    folder.write("svrkit.toml", "[lints]\ntype-case = \"deny\"\n");
    folder.svrkit(["check", "old"]).check(0, "1 file checked: fine\n", "");
    let ended = folder.svrkit(["check", "old", "schemas"]);
    assert_eq!(ended.code, 1);
    assert!(
        ended.stderr.contains("schemas/shop.xml:1:") && !ended.stderr.contains("old.xml"),
        "{}",
        ended.stderr
    );
}

#[test]
fn faulty_settings_are_shown_with_their_places_and_nothing_is_checked() {
    let folder = folder_with_low();
    for (text, stderr) in [
        (
            "[lints]\nmising-doc = \"warn\"\nhot-tag = 1\n",
            "error: svrkit.toml:2:1: unknown lint `mising-doc`: did you mean `missing-doc`?\n\
             error: svrkit.toml:3:11: the level of `hot-tag` is one of \"off\", \"warn\", \"deny\"\n",
        ),
        (
            "lint.hot-tag = \"off\"\n",
            "error: svrkit.toml:1:1: unknown key `lint`: what may be set here is `include` and `[lints]`\n",
        ),
    ] {
        folder.write("svrkit.toml", text);
        folder.svrkit(["check"]).check(2, "", stderr);
    }
    folder.write("svrkit.toml", "[lints\n");
    let ended = folder.svrkit(["check"]);
    assert_eq!((ended.code, &*ended.stdout), (2, ""));
    assert!(ended.stderr.starts_with("error: svrkit.toml:1:7: "), "{}", ended.stderr);
}

#[test]
fn generating_runs_no_lint_whatever_the_settings() {
    let folder = folder_with_low();
    folder.write("svrkit.toml", "[lints]\ntype-case = \"deny\"\n");
    let ended = folder.svrkit(["gen", "schemas", "-o", "shop.rs"]);
    assert_eq!((ended.code, &*ended.stderr), (0, ""));
}

#[test]
fn an_allowance_silences_a_denied_lint() {
    let folder = folder_with_low();
    folder.write("svrkit.toml", "[lints]\ntype-case = \"deny\"\n");
    folder.write(
        "schemas/shop.xml",
        &format!("<!-- svrkit:allow type-case: as the old system has it -->{LOW}"),
    );
    folder.svrkit(["check", "--deny", "warnings"]).check(0, "1 file checked: fine\n", "");
}

#[test]
fn what_the_kit_hands_out_is_free_of_warnings() {
    let folder = Folder::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    assert_eq!(folder.svrkit(["new", "shop"]).code, 0);
    for schemas in [folder.path().join("shop/schemas"), root.join("schemas"), root.join("examples")] {
        let ended = folder.svrkit([OsStr::new("check"), schemas.as_os_str(), OsStr::new("--deny=warnings")]);
        assert_eq!((ended.code, &*ended.stderr), (0, ""), "{}", schemas.display());
    }
}
