//! `cargo svrkit describe`, of schemas and of a server. What it writes for programs is kept in files:
//! `SVRKIT_BLESS=1 cargo test -p cargo-svrkit --test cli describe` writes them anew.

use std::fs;

use crate::shop::{SCHEMA, ShopServer};
use crate::support::Folder;

const SERVICE: &str = "service shop.Orders (id 3001)  # Takes orders.\n  \
    Place (1): shop.Item -> shop.Item, timeout 30s, errors shop.ShopError  # Places an order.\n  \
    Watch (2): shop.Item -> stream shop.Item\n  \
    Sum (3): stream shop.Item -> shop.Item, timeout 30s\n  \
    Echo (4): stream shop.Item -> stream shop.Item, timeout 30s\n  \
    Forget (5): shop.Item, oneway\n  \
    Wait (6): shop.Item -> shop.Item, timeout 30s\n";

const ITEM: &str = "message shop.Item  # Something to sell.\n  \
    1 name: string, max-len 20  # What it is called.\n  \
    2 count: u64\n  3 color: shop.Color\n  4 parts: repeated shop.Item\n  \
    5 labels: map of string to string\n  6 cents: u32, of oneof price\n  7 gift: bool, of oneof price\n";

const ERRORS: &str = "errors shop.ShopError\n  \
    1001 SOLD_OUT: FAILED_PRECONDITION, retry never, detail shop.Left  # Nothing left to sell.\n";

#[test]
fn a_server_and_its_schema_say_the_same() {
    let server = ShopServer::start();
    let folder = Folder::new();
    folder.write("schemas/shop.xml", SCHEMA);
    for source in ["schemas", "schemas/shop.xml", &server.address] {
        let place = format!(
            "method shop.Orders.Place (1): shop.Item -> shop.Item, timeout 30s, errors shop.ShopError  # Places an order.\n\n\
             {ITEM}\n{ERRORS}"
        );
        for (name, page) in [
            ("shop.Orders", SERVICE),
            ("Orders", SERVICE),
            ("Item", ITEM),
            ("ShopError", ERRORS),
            ("shop.Color", "enum shop.Color\n  0 RED\n  1 BLUE\n"),
            ("Orders/Place", &place),
        ] {
            folder.svrkit(["describe", source, name]).check(0, page, "");
        }
        let all = folder.svrkit(["describe", source]);
        assert!(all.code == 0 && all.stdout.starts_with(SERVICE), "{}", all.stdout);
    }
    // The kit's own come last, and from the server alone.
    let all = folder.svrkit(["describe", &server.address]).stdout;
    assert!(all[SERVICE.len()..].starts_with("\nservice svrkit.health.Health (id 1)"), "{all}");
    folder.svrkit(["describe", "schemas"]).check(0, SERVICE, "");
}

#[test]
fn programs_are_told_the_same_of_a_server_and_of_its_schema() {
    let server = ShopServer::start();
    let folder = Folder::new();
    folder.write("schemas/shop.xml", SCHEMA);
    // What no service leads to is asked for by its name, of the schema.
    folder.write("schemas/other.xml", "<protocol package='other'><message name='Alone'/></protocol>");
    for (file, name) in [
        ("services", &[][..]),
        ("services", &["shop.Orders"]),
        ("place", &["Orders.Place"]),
        ("item", &["Item"]),
        ("color", &["Color"]),
        ("errors", &["ShopError"]),
    ] {
        for source in ["schemas", &server.address] {
            let ended = folder.svrkit([&["describe", source, "--json"], name].concat());
            assert_eq!((ended.code, &*ended.stderr), (0, ""));
            let path = format!("tests/descriptions/{file}.json");
            if std::env::var_os("SVRKIT_BLESS").is_some() {
                fs::write(&path, &ended.stdout).unwrap();
            }
            let expected = fs::read_to_string(&path).unwrap_or_default();
            assert!(
                expected == ended.stdout,
                "{path} should hold (SVRKIT_BLESS=1 writes it), of {source} {name:?}:\n{}\nbut holds:\n{expected}",
                ended.stdout
            );
        }
    }
    let kit = folder.svrkit(["describe", &server.address, "svrkit.health.Health.Check", "--json"]);
    let kit: serde_json::Value = serde_json::from_str(&kit.stdout).unwrap();
    assert_eq!(kit["services"][0]["methods"].as_array().unwrap().len(), 1, "{kit}");
    let alone = folder.svrkit(["describe", "schemas/other.xml", "--json"]);
    let by_name = folder.svrkit(["describe", "schemas", "Alone", "--json"]);
    assert!(alone.stdout.contains("\"other.Alone\"") && alone.stdout == by_name.stdout, "{}", alone.stdout);
    folder.svrkit(["describe", "schemas", "Unheard", "--json"]).check(
        2,
        "",
        "error: nothing is called `Unheard`\n",
    );
}

#[test]
fn what_is_not_there_is_told_with_what_was_meant() {
    let server = ShopServer::start();
    let folder = Folder::new();
    for (name, expected) in [
        ("Itme", "error: nothing is called `Itme`, did you mean `Item`?\n"),
        ("shop.Ordres", "error: nothing is called `shop.Ordres`, did you mean `shop.Orders`?\n"),
        ("Unheard", "error: nothing is called `Unheard`\n"),
    ] {
        folder.svrkit(["describe", &server.address, name]).check(2, "", expected);
    }
    let address = server.address.clone();
    drop(server);
    let away = folder.svrkit(["describe", &address]);
    assert_eq!(away.code, 1);
    assert!(away.stderr.starts_with("error: UNAVAILABLE: "), "{}", away.stderr);
    let silent =
        ShopServer::start_with(crate::shop::descriptors(), svrkit_runtime::Server::without_reflection);
    let silent = folder.svrkit(["describe", &silent.address]);
    assert_eq!(silent.code, 2);
    assert!(
        silent.stderr.starts_with("error: the server says nothing of its schemas: UNIMPLEMENTED"),
        "{}",
        silent.stderr
    );
    folder.write("broken.xml", "<protocol package='shop'><mesage/></protocol>");
    let broken = folder.svrkit(["describe", "broken.xml"]);
    assert!(broken.code == 1 && broken.stderr.contains("did you mean `<message>`?"), "{}", broken.stderr);
}
