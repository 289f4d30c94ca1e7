//! The command line as such: both ways to call it, help, usage errors.

use crate::support::Folder;

const SOUND: &str = "<protocol package='shop'><message name='Order'/></protocol>";

#[test]
fn it_works_as_cargo_calls_it_and_by_its_own_name() {
    let folder = Folder::new();
    folder.write("shop.xml", SOUND);
    for args in [&["check", "shop.xml"][..], &["svrkit", "check", "shop.xml"]] {
        folder.svrkit(args).check(0, "1 file checked: fine\n", "");
    }
}

#[test]
fn usage_errors_name_the_command_as_it_was_called_and_exit_with_2() {
    let folder = Folder::new();
    for (args, usage) in [
        (&["check", "--deny"][..], "For more information, try '--help'"),
        (&["check", "--fromat", "json"], "Usage: cargo-svrkit check --format <FORMAT> [FILES]..."),
        (&["svrkit", "check", "--fromat", "json"], "Usage: cargo svrkit check --format <FORMAT> [FILES]..."),
        (&["svrkit"], "Usage: cargo svrkit <COMMAND>"),
        (&["svrkit", "chekc"], "a similar subcommand exists: 'check'"),
    ] {
        let ended = folder.svrkit(args);
        assert_eq!((ended.code, &*ended.stdout), (2, ""), "{args:?}");
        assert!(ended.stderr.contains(usage), "{args:?}: {}", ended.stderr);
    }
}

#[test]
fn every_help_has_an_example_that_is_understood() {
    let folder = Folder::new();
    for command in [
        "call",
        "check",
        "completions",
        "convert",
        "describe",
        "export",
        "gen",
        "inspect",
        "new",
        "top",
        "xsd",
    ] {
        let help = folder.svrkit(["svrkit", command, "--help"]);
        assert_eq!((help.code, &*help.stderr), (0, ""), "{command}");
        let examples: Vec<_> =
            help.stdout.lines().filter_map(|line| line.trim().strip_prefix("cargo svrkit ")).collect();
        assert!(!examples.is_empty(), "{}", help.stdout);
        for example in examples {
            // Up to what the shell takes for itself; files of these names are not there, but the usage is right.
            let words = example.split(" && ").next().unwrap().split(' ');
            let ended = folder.svrkit(words);
            assert!(!ended.stderr.contains("Usage:"), "{example}: {}", ended.stderr);
        }
    }
    let help = folder.svrkit(["--help"]);
    assert!(help.stdout.contains("Exit codes:\n  0  fine\n"), "{}", help.stdout);
}
