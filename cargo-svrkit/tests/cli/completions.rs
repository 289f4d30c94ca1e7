//! What shells complete: a real bash, zsh and fish, each by the script that it is given once.

use std::env;
use std::ffi::OsString;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};

use portable_pty::CommandBuilder;
use svrkit_runtime::Server;

use crate::shop::{SCHEMA, ShopServer, descriptors};
use crate::support::{Folder, answers};
use crate::terminal::Terminal;

const METHODS: [&str; 6] = ["Echo", "Forget", "Place", "Sum", "Wait", "Watch"];

/// The program of these tests comes first.
fn path() -> OsString {
    let own = Path::new(env!("CARGO_BIN_EXE_cargo-svrkit")).parent().unwrap().to_owned();
    let others = env::var_os("PATH").unwrap_or_default();
    env::join_paths([own].into_iter().chain(env::split_paths(&others))).unwrap()
}

fn is_there(shell: &str) -> bool {
    let why = format!("{shell} is absent; `apt-get install {shell}` brings it");
    answers(&mut Command::new(shell), &format!("completion in {shell}"), &why)
}

/// What a shell says to this script in `folder`, line by line. It has nothing to complain of.
#[track_caller]
fn said(mut shell: Command, folder: &Folder, script: &str) -> Vec<String> {
    let output =
        shell.arg("-c").arg(script).env("PATH", path()).current_dir(folder.path()).stdin(Stdio::null());
    let output = output.output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{script}");
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

/// What bash has for a Tab at the end of `line`: it is called as bash calls it, with words broken at `:` and `=`.
#[track_caller]
fn in_bash(folder: &Folder, before: &str, line: &str) -> Vec<String> {
    let script = format!(
        r#"{before}
        source <(cargo-svrkit completions bash)
        COMP_LINE=$1 COMP_POINT=${{#1}} COMP_WORDS=() word=
        for ((at = 0; at < ${{#1}}; at++)); do
            c=${{1:at:1}}
            case $c in
            ' ') [[ -n $word ]] && COMP_WORDS+=("$word"); word= ;;
            [:=]) [[ -n $word ]] && COMP_WORDS+=("$word"); COMP_WORDS+=("$c"); word= ;;
            *) word+=$c ;;
            esac
        done
        COMP_WORDS+=("$word") COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
        [[ $(complete -p "${{COMP_WORDS[0]}}") =~ -F\ ([^ ]+) ]]
        # Nobody is at a prompt, so that there are no options of one.
        compopt() {{ [[ $* != '-o nospace' ]] || echo '(goes on)'; }}
        "${{BASH_REMATCH[1]}}" "${{COMP_WORDS[0]}}" "$word" "${{COMP_WORDS[COMP_CWORD - 1]}}"
        [[ ${{#COMPREPLY[@]}} -eq 0 ]] || printf '%s\n' "${{COMPREPLY[@]}}""#
    );
    let mut bash = Command::new("bash");
    bash.args(["--norc", "--noprofile"]);
    let script = format!("set -- {}\n{script}", quoted(line));
    said(bash, folder, &script)
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[test]
fn bash_completes_what_cargo_runs_and_the_program_by_its_name() {
    let folder = Folder::new();
    folder.write("schemas/shop.xml", SCHEMA);
    folder.write("my item.json", "{}");
    for (line, expected) in [
        ("cargo svrkit des", &["describe"][..]),
        ("cargo-svrkit des", &["describe"]),
        ("cargo +stable -q svrkit des", &["describe"]),
        ("cargo svrkit comp", &["completions"]),
        ("cargo svrkit check --format j", &["json"]),
        ("cargo svrkit check --format=j", &["json"]),
        ("cargo svrkit call a b --prio", &["--priority"]),
        ("cargo svrkit call a b --priority l", &["lossy"]),
        ("cargo svrkit check sch", &["(goes on)", "schemas/"]),
        // At `@` and `:` bash begins a word.
        ("cargo svrkit call a b @my", &["my\\ item.json"]),
        ("cargo svrkit call unix:my", &["my\\ item.json"]),
        ("cargo svrkit completions ", &["bash", "zsh", "fish"]),
        ("cargo svrkit call a b --template=", &[]),
        ("cargo svrkit top a --ce", &["--cert"]),
        ("cargo svrkit top a ", &[]),
        ("cargo svrkit unheard", &[]),
        ("cargo svrkit xsd > ", &[]),
        ("cargo build", &[]),
    ] {
        assert_eq!(in_bash(&folder, "", line), expected, "{line}");
    }
}

#[test]
fn bash_keeps_what_completes_the_rest_of_cargo() {
    let folder = Folder::new();
    let own = "_cargo() { COMPREPLY=(\"own:$2\"); }; complete -o nosort -F _cargo cargo\n";
    let lazy = "_completion_loader() { _cargo() { COMPREPLY=(\"own:$2\"); }; complete -F _cargo cargo; return 124; }\n";
    let twice = format!("{own} source <(cargo-svrkit completions bash)");
    for before in [own, lazy, &twice] {
        assert_eq!(in_bash(&folder, before, "cargo bui"), ["own:bui"], "{before}");
        assert_eq!(in_bash(&folder, before, "cargo new svrkit"), ["own:svrkit"], "{before}");
        assert_eq!(in_bash(&folder, before, "cargo svrkit des"), ["describe"], "{before}");
    }
    let options = "source <(cargo-svrkit completions bash); complete -p cargo";
    let spec = said(Command::new("bash"), &folder, &format!("{own}{options}"));
    assert_eq!(spec, ["complete -o nosort -F _cargo_with_svrkit cargo"]);
}

#[test]
fn bash_completes_the_methods_and_types_of_a_server_and_of_schemas() {
    let server = ShopServer::start();
    let folder = Folder::new();
    folder.write("shop.xml", SCHEMA);
    let address = &server.address;
    let whole = METHODS.map(|method| format!("shop.Orders.{method}"));
    for call in [
        format!("cargo svrkit call {address}"),
        format!("cargo-svrkit call --deadline 2s {address}"),
        // Nobody is asked where schemas are named.
        "cargo svrkit call --schema shop.xml 127.0.0.1:1".to_owned(),
    ] {
        let mut all = in_bash(&folder, "", &format!("{call} "));
        all.sort();
        assert_eq!(all, whole, "{call}");
        assert_eq!(in_bash(&folder, "", &format!("{call} Orders.Pl")), ["Orders.Place"], "{call}");
        assert_eq!(in_bash(&folder, "", &format!("{call} Wa")), ["Watch", "Wait"], "{call}");
        assert_eq!(in_bash(&folder, "", &format!("{call} 'Orders/Su")), ["Orders/Sum"], "{call}");
    }
    let health = in_bash(&folder, "", &format!("cargo svrkit call {address} svrkit.health.Health.Ch"));
    assert_eq!(health, ["svrkit.health.Health.Check"]);
    for source in [address, "shop.xml"] {
        for (name, expected) in [
            ("It", &["Item"][..]),
            ("shop.Sh", &["shop.ShopError"]),
            (
                "Orders",
                &[
                    "Orders",
                    "Orders.Place",
                    "Orders.Watch",
                    "Orders.Sum",
                    "Orders.Echo",
                    "Orders.Forget",
                    "Orders.Wait",
                ],
            ),
        ] {
            let line = format!("cargo svrkit describe {source} {name}");
            assert_eq!(in_bash(&folder, "", &line), expected, "{line}");
        }
    }
}

#[test]
fn where_nobody_answers_there_is_nothing_and_no_word_of_it() {
    let folder = Folder::new();
    folder.write("broken.xml", "<protocol");
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let refusing = ShopServer::start_with(descriptors(), Server::without_reflection);
    for rest in [
        format!("call {} ", silent.local_addr().unwrap()),
        format!("describe {} ", silent.local_addr().unwrap()),
        format!("call {closed} "),
        format!("call {} ", refusing.address),
        "call --schema broken.xml 127.0.0.1:1 ".into(),
        "describe broken.xml ".into(),
        "call --ca absent.pem 127.0.0.1:1 ".into(),
        "call :::: ".into(),
        "describe absent.xml It".into(),
        "call --deadline soon ".into(),
    ] {
        assert_eq!(in_bash(&folder, "", &format!("cargo svrkit {rest}")), [""; 0], "{rest}");
        let words = ["complete", "fish", "--", "cargo-svrkit"].into_iter().chain(rest.trim_end().split(' '));
        folder.svrkit(words.chain([""])).check(0, "", "");
    }
}

#[test]
fn fish_completes_cargo_and_the_program() {
    if !is_there("fish") {
        return;
    }
    let server = ShopServer::start();
    let folder = Folder::new();
    folder.write("my item.json", "{}");
    let fish = |line: &str| {
        let script = format!("cargo-svrkit completions fish | source; complete -C {}", quoted(line));
        let mut fish = Command::new("fish");
        fish.arg("--no-config").env("HOME", folder.path());
        said(fish, &folder, &script)
    };
    for (line, expected) in [
        (format!("cargo-svrkit call {} Pla", server.address), &["Place"][..]),
        (format!("cargo svrkit call {} Pla", server.address), &["Place"]),
        ("cargo +stable svrkit check --format j".into(), &["json"]),
        ("cargo svrkit call a b @my".into(), &["@my item.json"]),
    ] {
        assert_eq!(fish(&line), expected, "{line}");
    }
    let described = fish("cargo svrkit des");
    assert_eq!(described.len(), 1);
    assert!(described[0].starts_with("describe\tSays what services there are"), "{}", described[0]);
    assert!(!fish("cargo new svrkit des").iter().any(|it| it.starts_with("describe")));
}

#[test]
fn zsh_completes_cargo_and_the_program() {
    if !is_there("zsh") {
        return;
    }
    let server = ShopServer::start();
    let folder = Folder::new();
    // As rustup's completion for cargo does it.
    let of_cargo = "_cargo() { local ret=1; shift words; ((CURRENT--)); _call_function ret _cargo-$words[1]; }; compdef _cargo cargo";
    for before in ["", of_cargo] {
        folder.write(
            ".zshrc",
            &format!(
                "PROMPT='> '; \nautoload -U compinit; compinit -u -D\n{before}\n\
             source <(cargo-svrkit completions zsh)\n"
            ),
        );
        let mut zsh = CommandBuilder::new("zsh");
        zsh.arg("-i");
        zsh.env("ZDOTDIR", folder.path());
        zsh.env("HOME", folder.path());
        zsh.env("PATH", path());
        zsh.cwd(folder.path());
        let mut terminal = Terminal::of(zsh, 120);
        terminal.until(|screen| screen.starts_with('>'));
        // What is completed is written and the next word begun.
        for (typed, completed) in [
            ("cargo svrkit des\t".to_owned(), "cargo svrkit describe ".to_owned()),
            (format!("{} It\t", server.address), format!("{} Item", server.address)),
            ("\x15cargo-svrkit call --prio\t".into(), "cargo-svrkit call --priority ".into()),
            (format!("lo\t{} Orders.Pl\t", server.address), format!("lossy {} Orders.Place", server.address)),
        ] {
            terminal.press(&typed);
            terminal.until(|screen| screen.contains(completed.trim_end()));
        }
        terminal.press("\x15cargo svrkit completions \t");
        let list = terminal.until(|screen| ["bash", "zsh", "fish"].iter().all(|it| screen.contains(it)));
        assert!(!list.contains("--help"), "{list}");
    }
}
