//! A new project builds, runs, is called, stops, passes its tests and its lints, as it is, whatever its name.
//!
//! It is built against this checkout by cargo, offline and with the versions this workspace is locked to.

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use processes::{Ended, ServerProcess, run_within};

use crate::kept_folder::KeptFolder;
use crate::support::has_component;

const CHECKOUT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// How long cargo may build on a slow and busy machine.
const BUILD_MAX: Duration = Duration::from_secs(540);

#[test]
fn a_new_project_serves_calls_stops_and_passes_its_tests() {
    let kept = KeptFolder::claim();
    let shop = new_project(&kept, "life", "shop");
    shop.succeed(&["build", "--examples", "--bins"]);

    let server = ServerProcess::start(&mut shop.cargo(&["run", "--quiet", "--"]));
    let call = |name: &str| shop.end(&["run", "--quiet", "--example", "call", "--", name, &server.address]);
    for (name, answer) in [("Ada", "Hello, Ada!\n"), ("you", "Hello, you!\n")] {
        assert_eq!(call(name).stdout, answer);
    }
    let refused = call("");
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        refused.stderr.contains("INVALID_ARGUMENT") && refused.stderr.contains("GreetRequest.name: "),
        "{}",
        refused.stderr
    );
    let address = server.address.clone();
    let stopped = server.terminate();
    assert_eq!(stopped.status.code(), Some(0), "{stopped:?}");
    let away = shop.end(&["run", "--quiet", "--example", "call", "--", "Ada", &address]);
    assert_eq!(away.status.code(), Some(1));
    assert!(away.stderr.contains("UNAVAILABLE") && away.stderr.contains(&address), "{}", away.stderr);

    let tested = shop.succeed(&["test"]).stdout;
    for test in ["a_client_is_greeted_by_name_over_a_socket", "a_greeting_without_a_name_is_refused"] {
        assert!(tested.contains(&format!("test {test} ... ok")), "{tested}");
    }
}

#[test]
fn the_generator_runs_again_for_its_schemas_alone() {
    let kept = KeptFolder::claim();
    let shop = new_project(&kept, "rerun", "shop");
    let ran = |built: &Ended, program: &str| {
        built.stderr.lines().any(|line| line.trim_start().starts_with("Running `") && line.contains(program))
    };
    // Cargo's own line for the script that was built of `build.rs`, and for the compiler of `src/main.rs`.
    let (generator, compiler) = ("/build-script-build`", " src/main.rs ");
    let first = shop.succeed(&["build", "-v"]);
    assert!(ran(&first, generator) && ran(&first, compiler), "{}", first.stderr);

    shop.touch("src/main.rs");
    let code_changed = shop.succeed(&["build", "-v"]);
    assert!(!ran(&code_changed, generator) && ran(&code_changed, compiler), "{}", code_changed.stderr);

    shop.touch("schemas/shop.xml");
    let schema_changed = shop.succeed(&["build", "-v"]);
    assert!(ran(&schema_changed, generator), "{}", schema_changed.stderr);

    fs::write(
        shop.path.join("schemas/stock.xml"),
        "<protocol package='stock'><message name='Item'/></protocol>",
    )
    .unwrap();
    let schema_added = shop.succeed(&["build", "-v"]);
    assert!(ran(&schema_added, generator) && ran(&schema_added, compiler), "{}", schema_added.stderr);
    let unchanged = shop.succeed(&["build", "-v"]);
    assert!(!ran(&unchanged, generator), "{}", unchanged.stderr);
}

#[test]
fn a_fault_of_the_schema_is_told_alike_by_a_build_and_by_cargo_svrkit_check() {
    let kept = KeptFolder::claim();
    let shop = new_project(&kept, "faults", "shop");
    let schema = shop.path.join("schemas/shop.xml");
    let sound = fs::read_to_string(&schema).unwrap();
    for (fault, parts) in [
        (("request=", "reqest="), &["error[SVK", "`reqest`", "`request`", "1 error in 1 file"][..]),
        (
            (
                "  <message name=\"GreetRequest\">",
                "  <import path=\"money.xml\"/>\n  <message name=\"GreetRequest\">",
            ),
            &[
                "error[SVK",
                "the imported file `money.xml` is not found",
                "schemas/money.xml",
                "1 error in 1 file",
            ],
        ),
    ] {
        let broken = sound.replacen(fault.0, fault.1, 1);
        assert_ne!(broken, sound);
        let line = sound[..sound.find(fault.0).unwrap()].matches('\n').count() + 1;
        let place = format!("--> schemas/shop.xml:{line}:");
        fs::write(&schema, broken).unwrap();
        let checked = shop.end(&["svrkit", "check", "schemas/shop.xml"]);
        assert_eq!((checked.status.code(), &*checked.stdout), (Some(1), ""));
        for part in parts.iter().chain(&[&*place]) {
            assert!(checked.stderr.contains(part), "no {part} in: {}", checked.stderr);
        }
        // Cargo shows what a build script says two columns to the right.
        let built = shop.end(&["build"]);
        assert_eq!(built.status.code(), Some(101));
        let said: Vec<_> = built.stderr.lines().map(|line| line.strip_prefix("  ").unwrap_or(line)).collect();
        assert!(
            said.join("\n").contains(checked.stderr.trim_end()),
            "no\n{}in: {}",
            checked.stderr,
            built.stderr
        );
    }
}

#[test]
fn a_project_compiles_without_a_warning_whatever_its_name() {
    let kept = KeptFolder::claim();
    let folder = kept.emptied("names");
    // What the code of a new project says in other meanings, and separators and digits.
    let names = ["call", "env", "greet", "handler", "main", "server", "shop-api-2", "status", "str"];
    for name in names {
        make(&folder, name);
        // As its `Cargo.toml` says how to: a member of this workspace, so that cargo checks all at once.
        let manifest = folder.join(name).join("Cargo.toml");
        let text = fs::read_to_string(&manifest).unwrap();
        let joined = text.replacen("\n[workspace]\n", "\n", 1);
        assert_ne!(joined, text);
        fs::write(&manifest, joined).unwrap();
    }
    fs::write(folder.join("Cargo.toml"), format!("[workspace]\nresolver = \"3\"\nmembers = {names:?}\n"))
        .unwrap();
    let projects = InFolder { path: folder, target: kept.target() };
    projects.lock();
    let mut clippy = projects.cargo(&["clippy"]);
    if has_component("clippy", &mut clippy, "clippy's lints on new projects, which are only compiled") {
        projects.succeed(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]);
    } else {
        let checked = projects.succeed(&["check", "--workspace", "--all-targets"]);
        assert!(!checked.stderr.contains("warning"), "{}", checked.stderr);
    }
}

/// The project `name` in an emptied folder of the kept one.
fn new_project(kept: &KeptFolder, folder: &str, name: &str) -> InFolder {
    let folder = kept.emptied(folder);
    // Another workspace: the project must not be taken for a part of it.
    fs::write(folder.join("Cargo.toml"), "[workspace]\nresolver = \"3\"\n").unwrap();
    make(&folder, name);
    let project = InFolder { path: folder.join(name), target: kept.target() };
    project.lock();
    project
}

fn make(folder: &Path, name: &str) {
    let kit = ["svrkit", "new", name, "--kit", CHECKOUT];
    let made = processes::run(Command::new(env!("CARGO_BIN_EXE_cargo-svrkit")).args(kit).current_dir(folder));
    assert!(made.status.success(), "{name}: {}", made.stderr);
}

/// A project, or a workspace of some, that cargo works on.
struct InFolder {
    path: PathBuf,
    target: PathBuf,
}

impl InFolder {
    /// Gives it the versions this workspace is locked to, and has cargo fetch them: a build of this crate alone needs
    /// fewer than a new project does.
    fn lock(&self) {
        fs::copy(Path::new(CHECKOUT).join("Cargo.lock"), self.path.join("Cargo.lock")).unwrap();
        let mut fetch = Command::new(env!("CARGO"));
        fetch.args(["fetch", "--locked", "--target", &host()]).current_dir(CHECKOUT);
        let fetched = run_within(&mut fetch, BUILD_MAX);
        assert!(fetched.status.success(), "{}", fetched.stderr);
    }

    /// `cargo …`, as one who has installed `cargo-svrkit` calls it.
    fn cargo(&self, args: &[&str]) -> Command {
        let installed = Path::new(env!("CARGO_BIN_EXE_cargo-svrkit")).parent().unwrap();
        let path = env::var_os("PATH").unwrap_or_default();
        let path =
            env::join_paths([installed.to_owned()].into_iter().chain(env::split_paths(&path))).unwrap();
        let mut command = Command::new(env!("CARGO"));
        command
            .args(args)
            .env("PATH", path)
            .env("CARGO_TARGET_DIR", &self.target)
            .env("CARGO_NET_OFFLINE", "true")
            .env("CARGO_INCREMENTAL", "0")
            .env("CARGO_TERM_COLOR", "never")
            .current_dir(&self.path);
        command
    }

    fn end(&self, args: &[&str]) -> Ended {
        run_within(&mut self.cargo(args), BUILD_MAX)
    }

    #[track_caller]
    fn succeed(&self, args: &[&str]) -> Ended {
        let ended = self.end(args);
        assert!(
            ended.status.success(),
            "cargo {args:?} {}\n{}\n{}",
            ended.status,
            ended.stdout,
            ended.stderr
        );
        ended
    }

    fn touch(&self, file: &str) {
        let file = File::options().write(true).open(self.path.join(file)).unwrap();
        file.set_modified(SystemTime::now()).unwrap();
    }
}

/// What the compiler calls this machine.
fn host() -> String {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = processes::run(Command::new(rustc).arg("-vV"));
    let host = version.stdout.lines().find_map(|line| line.strip_prefix("host: "));
    host.unwrap_or_else(|| panic!("rustc -vV names no host: {version:?}")).to_owned()
}
