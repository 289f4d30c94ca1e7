//! Configuration: who wins, what is refused and in which words, and what is printed.
//!
//! `SVRKIT_BLESS=1 cargo test -p svrkit-runtime --test config` writes the table of keys in `docs/configuration.md` anew.

#![allow(clippy::unwrap_used, reason = "a test ends where what it stands on fails")]

mod support;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use support::{ECHO, Note};
use svrkit_runtime::{
    CONFIG_FILE_LEN_MAX, Client, Config, ConfigBuilder, ConfigError, FAULTS_MAX, Key, Limits, MethodRules,
    Origin, Rate, ServeError, Server, TEXT_LEN_MAX,
};
use tempfile::TempDir;

/// A folder with a file `svrkit.toml`, gone with the test.
struct Folder(TempDir);

impl Folder {
    fn with(text: impl AsRef<[u8]>) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        fs::write(folder.path(), text).unwrap();
        folder
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("shop.toml")
    }

    /// The words of the error, the file's folder taken out.
    fn shortened(&self, error: &ConfigError) -> String {
        error.to_string().replace(&format!("{}/", self.0.path().display()), "")
    }
}

#[track_caller]
fn refused(builder: ConfigBuilder, expected: &str) {
    let error = builder.load().unwrap_err();
    assert_eq!(error.to_string(), format!("the configuration is wrong: {expected}"));
}

/// What a file of this text is refused with.
#[track_caller]
fn refused_file(text: impl AsRef<[u8]>, expected: &str) {
    let folder = Folder::with(text);
    let error = Config::builder().file(folder.path()).load().unwrap_err();
    assert_eq!(folder.shortened(&error), format!("the configuration is wrong: {expected}"));
}

fn variable(name: &str, value: &str) -> [(OsString, OsString); 1] {
    [(name.into(), value.into())]
}

fn origin(config: &Config, name: &str) -> Origin {
    config.settings().find(|setting| setting.key().name() == name).unwrap().origin().clone()
}

#[test]
fn without_sources_the_defaults_hold() {
    let config = Config::builder().load().unwrap();
    assert_eq!(config.limits(), Limits::default());
    assert_eq!((config.server_name(), config.listen(), config.client_name()), ("", "127.0.0.1:4310", ""));
    assert!(config.settings().all(|setting| *setting.origin() == Origin::Default));
}

#[test]
fn the_environment_wins_over_files_those_over_code_and_that_over_defaults() {
    let first = Folder::with("[message]\nin = '3MiB'\nout = '3MiB'\n[decode]\ndepth = 3\n");
    let second = Folder::with("[message]\nin = '4MiB'\nout = '4MiB'\n");
    let limits = Limits {
        message_in: 2 << 20,
        message_out: 2 << 20,
        decode_depth: 2,
        client_opening: 2,
        ..Limits::default()
    };
    // The order of the calls says nothing, but for that of the files.
    let config = Config::builder()
        .variables(variable("SVRKIT__MESSAGE__IN", "5MiB"))
        .file(first.path())
        .file(second.path())
        .limits(limits)
        .load()
        .unwrap();
    let expected = Limits {
        message_in: 5 << 20,
        message_out: 4 << 20,
        decode_depth: 3,
        client_opening: 2,
        ..Limits::default()
    };
    assert_eq!(config.limits(), expected);
    assert_eq!(origin(&config, "message.in"), Origin::Variable("SVRKIT__MESSAGE__IN".into()));
    assert_eq!(origin(&config, "message.out"), Origin::File { path: second.path().into(), line: 3 });
    assert_eq!(origin(&config, "decode.depth"), Origin::File { path: first.path().into(), line: 5 });
    assert_eq!(origin(&config, "client.opening"), Origin::Code);
    assert_eq!(origin(&config, "calls.in_flight"), Origin::Default);
}

#[test]
fn what_the_program_fixes_nobody_else_sets() {
    let fixed = || Config::builder().fix("message.in", "1MiB");
    let config = fixed().load().unwrap();
    assert_eq!((config.limits().message_in, origin(&config, "message.in")), (1 << 20, Origin::Fixed));
    refused(
        fixed().variables(variable("SVRKIT__MESSAGE__IN", "2MiB")),
        "SVRKIT__MESSAGE__IN: message.in is fixed by the program and cannot be set from outside: remove it here",
    );
    let folder = Folder::with("message.in = '2MiB'");
    let error = fixed().file(folder.path()).load().unwrap_err();
    assert!(error.to_string().contains("shop.toml:1: message.in is fixed by the program"), "{error}");
}

#[test]
fn a_file_says_sizes_durations_counts_and_texts() {
    let folder = Folder::with(
        "connections = 7
        drain.timeout = '0s'
        server = { name = 'shop', listen = '0.0.0.0:80' }
        [message]
        in = 4096
        out = '64KiB'
        [deadline]
        max = '10min'
        default = '1500ms'
        [calls]
        in_flight = 1_000
        ",
    );
    let config = Config::builder().file(folder.path()).load().unwrap();
    let expected = Limits {
        connections: 7,
        drain_timeout: Duration::ZERO,
        message_in: 4096,
        message_out: 64 << 10,
        deadline_max: Duration::from_secs(600),
        deadline_default: Duration::from_millis(1500),
        calls_in_flight: 1000,
        ..Limits::default()
    };
    assert_eq!(config.limits(), expected);
    assert_eq!((config.server_name(), config.listen()), ("shop", "0.0.0.0:80"));
}

#[test]
fn every_mistake_of_every_source_is_told_at_once() {
    let folder = Folder::with(
        "connections = { most = 1 }
deadline = '1s'
colour = 'red'
[mesage]
in = '4MiB'
[message]
in = '4MB'
inn = '4MiB'
out = '2TiB'
[hello]
timeout = 200
[drain]
timeout = 1.5
[client]
opening = 0
[server]
name = 7
[decode]
depth = 'deep'
memory = [1]
[metadata]
bytes = 0x10
entries = 99999999999999999999
",
    );
    let error = Config::builder()
        .set("message.in", "1B")
        .file(folder.path())
        .variables(variable("SVRKIT__MESSAGE__OT", "1MiB"))
        .load()
        .unwrap_err();
    assert_eq!(
        folder.shortened(&error),
        "the configuration is wrong in 17 places:
  code: message.in is \"1B\", which is out of range: it takes a size from 1KiB to 1GiB, as in 4MiB
  shop.toml:1: connections is a table: it takes a count from 1 to 10000000, as in 10000
  shop.toml:2: deadline is a table of keys: write [deadline]
  shop.toml:3: unknown key \"colour\": docs/configuration.md lists the known ones
  shop.toml:4: unknown key \"mesage\": did you mean message?
  shop.toml:7: message.in is \"4MB\", which has an unknown unit (known are B, KiB, MiB, GiB): it takes a size from 1KiB to 1GiB, as in 4MiB
  shop.toml:8: unknown key \"message.inn\": did you mean message.in?
  shop.toml:9: message.out is \"2TiB\", which has an unknown unit (known are B, KiB, MiB, GiB): it takes a size from 1KiB to 1GiB, as in 64MiB
  shop.toml:11: hello.timeout is 200, which has no unit (ns, us, ms, s, min, h): it takes a duration from 1ms to 1h, as in 5s
  shop.toml:13: drain.timeout is a floating-point number: it takes a duration from 0s to 1h, as in 10s
  shop.toml:15: client.opening is 0, which is out of range: it takes a count from 1 to 65535, as in 16
  shop.toml:17: server.name is 7, which is a text only within quotes: it takes a text of at most 4096 bytes, as in \"\"
  shop.toml:19: decode.depth is \"deep\", which is no count: it takes a count from 1 to 256, as in 64
  shop.toml:20: decode.memory is a list: it takes a size from 1KiB to 1GiB, as in 32MiB
  shop.toml:22: metadata.bytes is a number that is not decimal: it takes a size from 0B to 65535B, as in 16KiB
  shop.toml:23: metadata.entries is 99999999999999999999, which is more than any count can be: it takes a count from 0 to 65535, as in 64
  SVRKIT__MESSAGE__OT: this variable is not read: did you mean SVRKIT__MESSAGE__OUT?"
    );
}

#[test]
fn a_number_is_taken_up_to_the_ends_of_its_range() {
    for (name, from, below, to, above) in [
        ("message.in", "1KiB", "1023B", "1GiB", "1073741825"),
        ("client.opening", "1", "0", "65535", "65536"),
        ("hello.timeout", "1ms", "999us", "1h", "3601s"),
    ] {
        for within in [from, to] {
            assert!(Config::builder().set(name, within).load().is_ok(), "{name} {within}");
        }
        for beyond in [below, above] {
            let error = Config::builder().set(name, beyond).load().unwrap_err().to_string();
            assert!(
                error.contains(&format!("{name} is \"{beyond}\", which is out of range: it takes a ")),
                "{error}"
            );
            assert!(error.contains(&format!(" from {from} to {to}, as in ")), "{error}");
        }
    }
    let limits = Limits { calls_in_flight: 0, ..Limits::default() };
    refused(
        Config::builder().limits(limits),
        "code: calls.in_flight is \"0\", which is out of range: it takes a count from 1 to 65535, as in 1024",
    );
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let folder = Folder::with("");
    let missing = folder.path().with_file_name("missing.toml");
    let error = Config::builder().file(&missing).load().unwrap_err();
    assert_eq!(
        folder.shortened(&error),
        "the configuration is wrong: missing.toml: cannot read this file: No such file or directory (os error 2)"
    );
    let error = Config::builder().file(folder.0.path()).load().unwrap_err().to_string();
    assert!(error.contains("cannot read this file"), "{error}");
}

#[test]
fn a_file_that_is_no_utf_8_or_no_toml_is_refused_at_its_line() {
    refused_file(b"# one\nconnections = 1\n# \xff\n", "shop.toml:3: the value is not UTF-8");
    refused_file("connections = 1\nconnections = 2\n", "shop.toml:2: no TOML: duplicate key");
    refused_file(
        "connections = \n",
        "shop.toml:1: no TOML: string values must be quoted, expected literal string",
    );
    refused_file(
        "message.in = '1MiB'\n'message.in' = '2MiB'\n",
        "shop.toml:2: message.in is set on line 1 already: remove one of the two",
    );
}

#[test]
fn what_is_no_toml_hides_no_other_mistake() {
    let folder = Folder::with("connections = \nconections = 1\n");
    let error = folder.shortened(&Config::builder().file(folder.path()).load().unwrap_err());
    assert!(error.contains("shop.toml:1: no TOML: "), "{error}");
    assert!(error.contains("shop.toml:2: unknown key \"conections\": did you mean connections?"), "{error}");
    assert_eq!(error.lines().count(), 3, "{error}");
}

#[test]
fn one_byte_past_the_limit_of_a_file_is_refused() {
    let mut text = "#".repeat(CONFIG_FILE_LEN_MAX as usize);
    let folder = Folder::with(&text);
    assert!(Config::builder().file(folder.path()).load().is_ok());
    text.push('#');
    refused_file(text, "shop.toml: this file has more than 1048576 bytes (CONFIG_FILE_LEN_MAX)");
}

#[test]
fn one_byte_past_the_limit_of_a_text_is_refused() {
    let named = |len| Config::builder().set("server.name", "x".repeat(len)).load();
    assert_eq!(named(TEXT_LEN_MAX).unwrap().server_name().len(), TEXT_LEN_MAX);
    let error = named(TEXT_LEN_MAX + 1).unwrap_err().to_string();
    assert!(
        error.ends_with(
            "and more, which has more than 4096 bytes: it takes a text of at most 4096 bytes, as in \"\""
        ),
        "{error}"
    );
}

#[test]
fn mistakes_beyond_the_most_are_counted() {
    let wrong = |count| (0..count).fold(Config::builder(), |builder, _| builder.set("connections", "x"));
    let error = wrong(FAULTS_MAX).load().unwrap_err();
    assert_eq!((error.faults.len(), error.left_out), (FAULTS_MAX, 0));
    let error = wrong(FAULTS_MAX + 2).load().unwrap_err();
    assert_eq!((error.faults.len(), error.left_out), (FAULTS_MAX, 2));
    assert!(error.to_string().starts_with("the configuration is wrong in 102 places:\n"), "{error}");
    assert!(error.to_string().ends_with("\n  and 2 more"), "{error}");
}

#[test]
fn deeply_nested_tables_end_in_an_error() {
    let folder = Folder::with(format!("message = {}1{}", "{ a = ".repeat(100_000), " }".repeat(100_000)));
    assert!(Config::builder().file(folder.path()).load().is_err());
    let folder = Folder::with(format!("[{}x]\n", "message.".repeat(100_000)));
    assert!(Config::builder().file(folder.path()).load().is_err());
}

#[test]
fn variables_that_are_meant_for_us_are_known_or_refused() {
    let with = |name: &str| Config::builder().variables(variable(name, "1MiB"));
    // Those of the kit's tools, and those that a cluster makes of services called `svrkit` and `svrkit-connections`.
    for strange in [
        "PATH",
        "SVRKIT_BLESS",
        "SVRKIT_SERVICE_HOST",
        "SVRKIT_SERVICE_PORT",
        "SVRKIT_SERVICE_PORT_GRPC",
        "SVRKIT_PORT",
        "SVRKIT_PORT_4310_TCP_ADDR",
        "SVRKIT_CONNECTIONS_SERVICE_HOST",
        "SVRKIT_CONNECTIONS_PORT",
    ] {
        assert!(with(strange).load().is_ok(), "{strange}");
    }
    refused(
        with("SVRKIT__MESSAGE__INN"),
        "SVRKIT__MESSAGE__INN: this variable is not read: did you mean SVRKIT__MESSAGE__IN?",
    );
    refused(
        with("SVRKIT__COLOUR"),
        "SVRKIT__COLOUR: this variable is not read: docs/configuration.md lists those that are",
    );
    refused(
        with("SVRKIT_MESSAGE_IN"),
        "SVRKIT_MESSAGE_IN: this variable is not read: did you mean SVRKIT__MESSAGE__IN?",
    );
    refused(
        with("svrkit__message__in"),
        "svrkit__message__in: this variable is not read: did you mean SVRKIT__MESSAGE__IN?",
    );
    refused(
        Config::builder().variables(variable("SVRKIT__CALLS__IN_FLIGHT", "")),
        "SVRKIT__CALLS__IN_FLIGHT: calls.in_flight is \"\", which is no count: it takes a count from 1 to 65535, as in 1024",
    );
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_no_utf_8_is_refused_where_it_is_ours() {
    use std::os::unix::ffi::OsStringExt;
    let strange = || OsString::from_vec(vec![0xff]);
    let foreign = [(strange(), strange()), ("HOME".into(), strange())];
    assert!(Config::builder().variables(foreign).load().is_ok());
    let ours = [(OsString::from("SVRKIT__SERVER__NAME"), strange())];
    refused(Config::builder().variables(ours), "SVRKIT__SERVER__NAME: the value is not UTF-8");
}

#[test]
fn the_process_s_environment_is_read() {
    // Nothing of ours is set where tests run; a foreign variable is.
    assert!(std::env::vars_os().next().is_some());
    assert!(Config::builder().environment().load().is_ok());
}

#[test]
fn a_program_has_keys_of_its_own() {
    let builder = || {
        Config::builder()
            .key(Key::text("stock.endpoint", "where the stock service listens"))
            .key(Key::flag("stock.enabled", "whether stock is asked at all"))
            .key(Key::duration(
                "stock.patience",
                "how long it is waited for",
                Duration::ZERO..=Duration::from_secs(1),
            ))
            .key(Key::size("stock.cache", "what is kept of its answers", 0..=1 << 20))
            .key(Key::count("stock.tries", "how often it is asked", 1..=3))
    };
    let folder = Folder::with(
        "[stock]\nendpoint = 'stock:1'\nenabled = true\npatience = '20ms'\ncache = '1KiB'\ntries = 3",
    );
    let config = builder().file(folder.path()).load().unwrap();
    assert_eq!(config.text("stock.endpoint"), Some("stock:1"));
    assert_eq!(config.flag("stock.enabled"), Some(true));
    assert_eq!(config.duration("stock.patience"), Some(Duration::from_millis(20)));
    assert_eq!((config.number("stock.cache"), config.number("stock.tries")), (Some(1024), Some(3)));
    assert_eq!((config.text("stock.tries"), config.number("stock.none")), (None, None));
    for (size_or_count, time) in [("stock.cache", "stock.patience"), ("message.in", "hello.timeout")] {
        assert_eq!((config.duration(size_or_count), config.number(time)), (None, None));
    }
    assert_eq!(config.duration("stock.tries"), None);

    let error =
        builder().variables(variable("SVRKIT__STOCK__ENABLED", "yes")).load().unwrap_err().to_string();
    let expected = "SVRKIT__STOCK__ENABLED: stock.enabled is \"yes\", which is neither true nor false: it takes true or \
                    false, as in true";
    assert!(error.contains(expected), "{error}");
    let expected = "default: stock.endpoint (where the stock service listens) is not set: set SVRKIT__STOCK__ENDPOINT or its \
                    key in a file";
    assert!(error.contains(expected), "{error}");
    assert_eq!(error.lines().count(), 6, "{error}");
}

#[test]
fn a_program_s_key_must_be_told_apart() {
    let error = |name| Config::builder().key(Key::flag(name, "")).load().unwrap_err().to_string();
    for taken in ["message.in", "message", "connections.most"] {
        assert_eq!(
            error(taken),
            format!("the configuration is wrong: code: the key {taken} exists already: give it another name")
        );
    }
    for name in ["", "a..b", "A.b", "a__b", "a._b", "a_.b", "1a", "a-b", "a."] {
        assert_eq!(
            error(name),
            format!(
                "the configuration is wrong: code: the key {name:?} is not made of lower-case words with dots between them"
            )
        );
    }
}

#[test]
fn a_secret_is_nowhere_to_be_seen() {
    let builder = || Config::builder().key(Key::secret("stock.token", "what stock knows us by"));
    let config = builder().variables(variable("SVRKIT__STOCK__TOKEN", "hunter2")).load().unwrap();
    assert_eq!(config.secret("stock.token"), Some("hunter2"));
    assert_eq!(config.text("stock.token"), None);
    let shown = config.to_string();
    let mut columns = shown.lines().map(|line| line.split_whitespace().take(2).collect::<Vec<_>>());
    assert!(columns.any(|columns| columns == ["stock.token", "(secret)"]), "{config}");
    let long = "hunter2".repeat(1000);
    let error = builder().variables(variable("SVRKIT__STOCK__TOKEN", &long)).load().unwrap_err();
    for shown in [config.to_string(), format!("{config:?}"), error.to_string(), format!("{:?}", error.faults)]
    {
        assert!(!shown.contains("hunter2"), "{shown}");
    }
    let folder = Folder::with("stock.token = 123");
    let error = builder().file(folder.path()).load().unwrap_err();
    assert!(!error.to_string().contains("123"), "{error}");
}

#[test]
fn the_effective_values_are_printed_in_columns() {
    let folder = Folder::with("[message]\nin = '8MiB'\n[server]\nname = 'shop'\n");
    let config = Config::builder()
        .file(folder.path())
        .set("client.opening", "32")
        .fix("hello.timeout", "2s")
        .variables(variable("SVRKIT__DRAIN__TIMEOUT", "1500ms"))
        .load()
        .unwrap();
    let shown = config.to_string().replace(&format!("{}/", folder.0.path().display()), "");
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(lines.len(), config.settings().count());
    let columns = |line: &str| line.split_whitespace().map(String::from).collect::<Vec<_>>();
    for expected in [
        ["server.name", "\"shop\"", "shop.toml:4"],
        ["server.listen", "\"127.0.0.1:4310\"", "default"],
        ["message.in", "8MiB", "shop.toml:2"],
        ["client.opening", "32", "code"],
        ["drain.timeout", "1500ms", "SVRKIT__DRAIN__TIMEOUT"],
    ] {
        assert!(lines.iter().any(|line| columns(line) == expected), "{expected:?}:\n{shown}");
    }
    let fixed = lines.iter().find(|line| line.starts_with("hello.timeout")).unwrap();
    assert!(fixed.ends_with("  fixed by code"), "{fixed}");
    // Columns: values start at one place, origins at another.
    for column in [1, 2] {
        let start = |line: &&str| line.find(&format!("  {}", columns(line)[column])).unwrap();
        let starts: BTreeSet<_> = lines.iter().map(start).collect();
        assert_eq!(starts.len(), 1, "{shown}");
    }
}

#[tokio::test]
async fn servers_and_clients_take_their_part_of_it() {
    let config = Config::builder()
        .set("server.listen", "127.0.0.1:0")
        .set("server.name", "configured")
        .set("client.name", "caller")
        .set("message.in", "1KiB")
        .load()
        .unwrap();
    let bound =
        Server::new().config(&config).service(support::Test::default()).bind(config.listen()).await.unwrap();
    let address = bound.local_addr().to_string();
    let serving = tokio::spawn(bound.run_until(std::future::pending()));
    let large = Note { payload: vec![1; 1024].into(), ..Note::default() };
    let unlimited = Client::connect(&address).await.unwrap();
    let status = unlimited.request::<_, Note>(&ECHO, &large).await.unwrap_err();
    assert!(status.message().contains("over the server's limit of 1024 (its message.in)"), "{status}");
    let client = Client::builder(&address).config(&config).connect().await.unwrap();
    let status = client.request::<_, Note>(&support::GROW, &Note::number(1024)).await.unwrap_err();
    assert!(status.message().contains("over the caller's limit of 1024 (its message.in)"), "{status}");
    serving.abort();
}

#[test]
fn a_server_that_is_not_configured_says_why() {
    let error = ServeError::from(Config::builder().set("connections", "many").load().unwrap_err());
    assert_eq!(
        error.to_string(),
        "the configuration is wrong: code: connections is \"many\", which is no count: it takes a count from 1 to \
         10000000, as in 10000"
    );
}

/// `docs/configuration.md` with the table of keys as the runtime has them.
#[test]
fn the_documentation_lists_every_key() {
    let config = Config::builder().load().unwrap();
    let rows = config.settings().map(|setting| {
        let key = setting.key();
        let default = key.default().unwrap();
        format!(
            "| `{}` | `{}` | `{default}` | {} | {} |\n",
            key.name(),
            key.variable(),
            key.takes(),
            key.doc()
        )
    });
    let table = format!(
        "| key | variable | default | takes | |\n|---|---|---|---|---|\n{}",
        rows.collect::<String>()
    );
    support::check_table("../docs/configuration.md", "keys", &table);
}

#[test]
fn the_documentation_lists_what_is_set_of_methods() {
    let keys = MethodRules::keys();
    let rows = keys.iter().map(|key| format!("| `{}` | {} | {} |\n", key.name(), key.takes(), key.doc()));
    let table = format!("| key | takes | |\n|---|---|---|\n{}", rows.collect::<String>());
    support::check_table("../docs/configuration.md", "methods", &table);
}

#[test]
fn methods_are_held_to_what_a_file_says_of_them() {
    let folder = Folder::with(
        "[method.\"test.Test.Echo\"]\nrate = '100/s burst 7'\nrunning_max = 9\n\
         [method.test.Test.Wait]\ncaller_rate = '5/min'\nreserve = 3\n[server]\ncaller_rate = '60/s'\n",
    );
    let builder = || Config::builder().file(folder.path());
    let config = builder().set("method.test.Test.Fail.rate", "1/s").load().unwrap();
    assert_eq!(config.caller_rate(), Some(Rate::per_second(60)));
    let shown = folder.0.path().display().to_string();
    let line =
        config.to_string().lines().find(|line| line.contains("Echo.rate")).unwrap().replace(&shown, "");
    assert!(line.contains("\"100/s burst 7\"") && line.ends_with("/shop.toml:2"), "{line}");
    // A file wins over the program, as for all keys.
    let config = builder().set("method.test.Test.Echo.running_max", "1").load().unwrap();
    let setting =
        config.settings().find(|it| it.key().name() == "method.test.Test.Echo.running_max").unwrap();
    assert_eq!(setting.value(), "9");
}

#[test]
fn what_is_said_of_methods_in_words_that_are_none_is_refused() {
    refused_file(
        "[method.\"test.Test.Echo\"]\nrate = '100'\n",
        "shop.toml:2: method.test.Test.Echo.rate is \"100\", which is no rate: expected a rate of 1 to 1000000000 calls, as in \
         1000/s, 30/min or 1000/s burst 50, or none: it takes a rate, or none, as in \"none\"",
    );
    refused_file(
        "[method.\"test.Test.Echo\"]\nrefused_from = 'calm'\n",
        "shop.toml:2: method.test.Test.Echo.refused_from is \"calm\", which is not none, busy, high or critical: it takes none, \
         busy, high or critical, as in \"none\"",
    );
    refused_file(
        "[method.\"test.Test.Echo\"]\nrates = '100/s'\n",
        "shop.toml:2: unknown key \"method.test.Test.Echo.rates\": docs/configuration.md lists the known ones",
    );
    refused_file(
        "method = 7\n",
        "shop.toml:1: unknown key \"method\": docs/configuration.md lists the known ones",
    );
    let message = Config::builder()
        .variables(variable("SVRKIT__METHOD__TEST__TEST__ECHO__RATE", "1/s"))
        .load()
        .unwrap_err()
        .to_string();
    assert!(message.contains("SVRKIT__METHOD__TEST__TEST__ECHO__RATE"), "{message}");
}

#[tokio::test]
async fn a_configuration_of_methods_that_are_not_served_is_refused() {
    let config = Config::builder().set("method.test.Test.Ecko.rate", "1/s").load().unwrap();
    let server = Server::new().config(&config).service(support::Test::default());
    assert_eq!(
        server.bind("127.0.0.1:0").await.unwrap_err().to_string(),
        "the configuration is of another server: no method \"test.Test.Ecko\" is served here, only test.Test.Echo is similar"
    );
}

/// What an operator writes must lead to one key.
#[test]
fn every_key_has_a_variable_of_its_own_and_a_value_to_show() {
    let config = Config::builder().load().unwrap();
    let mut variables = BTreeSet::new();
    for setting in config.settings() {
        let key = setting.key();
        assert!(variables.insert(key.variable().replace("__", "_")), "{}", key.variable());
        // A cluster's own variables end so: a forgotten underscore could not be told from them.
        assert!(
            !key.variable().ends_with("_PORT") && !key.variable().ends_with("_HOST"),
            "{}",
            key.variable()
        );
        // The default is a value that it takes, as it is written.
        let text = key.default().unwrap();
        assert!(
            Config::builder().set(key.name(), text.trim_matches('"')).load().is_ok(),
            "{} {text}",
            key.name()
        );
        assert!(!key.doc().is_empty(), "{}", key.name());
    }
}
