//! `cargo svrkit call`, against a server in this process.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

use svrkit_runtime::AllowList;

use crate::shop::{SCHEMA, ShopServer, descriptors};
use crate::support::{Ended, Folder};

fn call(server: &ShopServer, words: &[&str]) -> Ended {
    call_with(server, words, b"")
}

fn call_with(server: &ShopServer, words: &[&str], stdin: &[u8]) -> Ended {
    let words = [&["call", &server.address], words].concat();
    Folder::new().svrkit_with(words, stdin)
}

#[test]
fn a_method_is_called_by_what_the_server_says_of_it() {
    let server = ShopServer::start();
    for (words, answer) in [
        (&["Place", r#"{"name": "tea", "count": 2}"#][..], "{\"name\":\"tea\",\"count\":\"2\"}\n"),
        (&["Orders.Place", r#"{"count": 1}"#], "{\"count\":\"1\"}\n"),
        (&["shop.Orders/Place"], "{}\n"),
        (
            &["Place", "--defaults"],
            "{\"name\":\"\",\"count\":\"0\",\"color\":\"RED\",\"parts\":[],\"labels\":{}}\n",
        ),
        (&["Forget", r#"{"count": 1}"#], ""),
        (&["Place", r#"{"name": "tenant"}"#, "--meta", "tenant=blue"], "{\"name\":\"blue\"}\n"),
        (
            &["Place", r#"{"name": "priority"}"#, "--priority", "lossy"],
            "{\"name\":\"priority\",\"count\":\"192\"}\n",
        ),
        (
            &["Place", r#"{"name": "priority"}"#, "--priority", "7"],
            "{\"name\":\"priority\",\"count\":\"7\"}\n",
        ),
        (&["svrkit.health.Health.Check"], "{\"state\":\"SERVING\"}\n"),
    ] {
        call(&server, words).check(0, answer, "");
    }
    call_with(&server, &["Place", "-"], b"{\"name\": \"ink\"}").check(0, "{\"name\":\"ink\"}\n", "");
}

#[test]
fn a_request_may_stand_in_a_file() {
    let server = ShopServer::start();
    let folder = Folder::new();
    folder.write("item.json", "{\n  \"name\": \"tea\"\n}\n");
    folder.svrkit(["call", &server.address, "Place", "@item.json"]).check(0, "{\"name\":\"tea\"}\n", "");
    let absent = folder.svrkit(["call", &server.address, "Place", "@absent.json"]);
    absent.check(2, "", "error: cannot read `absent.json`: No such file or directory (os error 2)\n");
}

#[test]
fn streams_go_by_lines_both_ways() {
    let server = ShopServer::start();
    let lines = b"{\"name\": \"a\", \"count\": 1}\n\n{\"name\": \"b\", \"count\": 2}\n";
    let watched = "{\"count\":\"1\"}\n{\"count\":\"2\"}\n{\"count\":\"3\"}\n";
    call(&server, &["Watch", r#"{"count": 3}"#]).check(0, watched, "");
    call_with(&server, &["Sum"], lines).check(0, "{\"name\":\"ab\",\"count\":\"3\"}\n", "");
    call_with(&server, &["Echo", "-"], lines).check(
        0,
        "{\"name\":\"a\",\"count\":\"1\"}\n{\"name\":\"b\",\"count\":\"2\"}\n",
        "",
    );
    call(&server, &["Sum", "{\"count\": 4}\n{\"count\": 5}"]).check(0, "{\"count\":\"9\"}\n", "");
    // What came before the end is printed.
    let failed = call(&server, &["Watch", r#"{"name": "fails", "count": 1}"#]);
    assert_eq!((failed.code, &*failed.stdout), (1, "{\"name\":\"fails\",\"count\":\"1\"}\n"));
    assert!(
        failed.stderr.starts_with("error: UNAVAILABLE: shop.Orders.Watch at 127.0.0.1:"),
        "{}",
        failed.stderr
    );
    assert!(failed.stderr.contains("the watch has ended"), "{}", failed.stderr);
    let broken = call_with(&server, &["Echo"], b"{}\n{\"nmae\": 1}\n");
    assert_eq!(broken.code, 2);
    let expected = "error: request in line 2: Item at line 1, column 2: there is no field `nmae`, did you mean `name`?\n";
    assert_eq!(broken.stderr, expected);
}

#[test]
fn an_answer_of_a_stream_is_printed_while_the_next_request_is_awaited() {
    let server = ShopServer::start();
    let mut child = Command::new(env!("CARGO_BIN_EXE_cargo-svrkit"))
        .args(["call", &server.address, "Echo"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut requests = child.stdin.take().unwrap();
    let mut answers = BufReader::new(child.stdout.take().unwrap()).lines();
    for count in 1..=3 {
        writeln!(requests, "{{\"count\": {count}}}").unwrap();
        assert_eq!(answers.next().unwrap().unwrap(), format!("{{\"count\":\"{count}\"}}"));
    }
    drop(requests);
    assert!(answers.next().is_none());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[cfg(unix)]
#[test]
fn ctrl_c_cancels() {
    let server = ShopServer::start();
    let mut child = Command::new(env!("CARGO_BIN_EXE_cargo-svrkit"))
        .args(["call", &server.address, "Watch", r#"{"name": "forever", "count": 1}"#])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut answers = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(answers.next().unwrap().unwrap().contains("forever"));
    // As a shell does it.
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let ended = child.wait_with_output().unwrap();
    assert_eq!(
        (ended.status.code(), &*String::from_utf8_lossy(&ended.stderr)),
        (Some(1), "error: cancelled\n")
    );
}

#[test]
fn an_error_of_the_service_is_told_with_its_name_and_detail() {
    let server = ShopServer::start();
    let ended = call(&server, &["Place", r#"{"name": "gone", "count": 7}"#]);
    let address = &server.address;
    let expected = format!(
        "error: FAILED_PRECONDITION: shop.Orders.Place at {address}: nothing left \
         (layer handler, at fault: caller, error 1001, retry: never)\n  \
         shop.ShopError.SOLD_OUT (1001): Nothing left to sell.\n  shop.Left: {{\"count\":\"7\"}}\n"
    );
    ended.check(1, "", &expected);
    let plain = call(&server, &["Place", r#"{"name": "nameless"}"#]);
    let expected = format!(
        "error: NOT_FOUND: shop.Orders.Place at {address}: there is no such item (layer handler, at fault: caller)\n"
    );
    plain.check(1, "", &expected);
    let late = call(&server, &["Wait", "--deadline", "50ms"]);
    assert_eq!(late.code, 1);
    assert!(late.stderr.starts_with("error: DEADLINE_EXCEEDED: "), "{}", late.stderr);
}

#[test]
fn what_cannot_be_called_is_told_and_nothing_is() {
    let server = ShopServer::start();
    for (words, expected) in [
        (&["Plaec"][..], "error: there is no method `Plaec`, did you mean `shop.Orders.Place`?\n"),
        (
            &["Orders"],
            "error: `Orders` is a service: name one of its methods, `shop.Orders.Echo`, `shop.Orders.Forget`, \
             `shop.Orders.Place`, `shop.Orders.Sum`, `shop.Orders.Wait`, `shop.Orders.Watch`\n",
        ),
        (
            &["Place", "{\"cuont\": 1}"],
            "error: Item at line 1, column 2: there is no field `cuont`, did you mean `count`?\n",
        ),
    ] {
        call(&server, words).check(2, "", expected);
    }
    for words in
        [&["Place", "--deadline", "soon"][..], &["Place", "--priority", "vip"], &["Place", "--meta", "x"]]
    {
        let ended = call(&server, words);
        assert_eq!((ended.code, &*ended.stdout), (2, ""));
        assert!(ended.stderr.contains(" wanted, ") || ended.stderr.contains(" wanted: "), "{}", ended.stderr);
    }
    let address = server.address.clone();
    drop(server);
    let away = Folder::new().svrkit(["call", &address, "Place"]);
    assert_eq!(away.code, 1);
    assert!(
        away.stderr.starts_with("error: UNAVAILABLE: ") && away.stderr.contains(&address),
        "{}",
        away.stderr
    );
}

#[test]
fn schemas_stand_in_where_the_server_says_nothing() {
    let folder = Folder::new();
    folder.write("schemas/shop.xml", SCHEMA);
    let silent = ShopServer::start_with(descriptors(), svrkit_runtime::Server::without_reflection);
    let refusing = ShopServer::start_with(descriptors(), |server| {
        server.interceptor(AllowList::new().allow_all(&svrkit_runtime::health::HEALTH_CHECK))
    });
    let undescribed = ShopServer::start_with(b"", |server| server);
    for (server, why) in [
        (&silent, "error: the server says nothing of its schemas: UNIMPLEMENTED: "),
        (&refusing, "error: the server says nothing of its schemas: PERMISSION_DENIED: "),
        (
            &undescribed,
            "error: the server does not say what the messages of shop.Orders are; name its schemas by --schema\n",
        ),
    ] {
        let ended = folder.svrkit(["call", &server.address, "Place"]);
        assert_eq!((ended.code, &*ended.stdout), (2, ""));
        assert!(
            ended.stderr.starts_with(why) && ended.stderr.ends_with("name its schemas by --schema\n"),
            "{}",
            ended.stderr
        );
    }
    for server in [&silent, &undescribed] {
        for schema in ["schemas", "schemas/shop.xml"] {
            let words = ["call", &server.address, "--schema", schema, "Place", "{\"count\": 1}"];
            folder.svrkit(words).check(0, "{\"count\":\"1\"}\n", "");
        }
    }
    folder.write("schemas/shop.xml", "<protocol package='shop'><mesage/></protocol>");
    let broken = folder.svrkit(["call", &silent.address, "--schema", "schemas", "Place"]);
    assert_eq!(broken.code, 1);
    assert!(broken.stderr.contains("did you mean `<message>`?"), "{}", broken.stderr);
}

#[test]
fn a_template_is_a_request_that_can_be_sent() {
    let server = ShopServer::start();
    let template = call(&server, &["Place", "--template"]);
    let json = "{\n  \"name\": \"\",\n  \"count\": \"0\",\n  \"color\": \"RED\",\n  \"parts\": null,\n  \
                \"labels\": {\"key\": \"\"},\n  \"cents\": 0\n}\n";
    let notes = "name: string, max-len 20  # What it is called.\ncount: u64\ncolor: shop.Color\n\
                 parts: repeated shop.Item\nlabels: map of string to string\ncents: u32, one of cents, gift\n";
    template.check(0, json, notes);
    let folder = Folder::new();
    fs::write(folder.path().join("filled.json"), template.stdout.replace("\"0\"", "\"3\"")).unwrap();
    let sent = folder.svrkit(["call", &server.address, "Place", "@filled.json"]);
    sent.check(0, "{\"count\":\"3\"}\n", "");
}

#[test]
fn stages_are_told_to_who_asks() {
    let server = ShopServer::start();
    let ended = call(&server, &["Place", r#"{"name": "tea"}"#, "-v"]);
    assert_eq!((ended.code, &*ended.stdout), (0, "{\"name\":\"tea\"}\n"));
    let lines: Vec<Vec<&str>> = ended.stderr.lines().map(|line| line.split_whitespace().collect()).collect();
    let stages: Vec<_> = lines.iter().map(|words| words[0]).collect();
    assert_eq!(stages, ["connected", "described", "sent", "ended", "trace"], "{}", ended.stderr);
    assert_eq!(lines[0][3], server.address);
    assert_eq!(
        (lines[1][3], &lines[2][3..], &lines[3][3..]),
        ("shop.Orders.Place", &["5", "bytes"][..], &["5", "bytes"][..])
    );
    assert_eq!(lines[4][1].len(), 32);
    let times: Vec<f64> = lines[..4].iter().map(|words| words[1].parse().unwrap()).collect();
    assert!(times.is_sorted(), "{}", ended.stderr);
    let failed = call(&server, &["Watch", r#"{"name": "fails", "count": 2}"#, "-v"]);
    assert!(failed.stderr.contains("ms  UNAVAILABLE\n"), "{}", failed.stderr);
}
