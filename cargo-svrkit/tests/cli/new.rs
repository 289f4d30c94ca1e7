//! `cargo svrkit new`: what it refuses, and that its code is as rustfmt writes it. That a project runs is in
//! `new_project.rs`.

use std::fs;
use std::process::Command;

use crate::support::{Folder, has_component};

#[test]
fn it_says_what_it_made_and_what_to_call() {
    let folder = Folder::new();
    folder.svrkit(["new", "shop-api"]).check(
        0,
        "made the project `shop-api` in shop-api: its service shop_api.ShopApi is defined in \
         shop-api/schemas/shop_api.xml\n\
         \n  cd shop-api\n  cargo run    # serves shop_api.ShopApi on 127.0.0.1:4310\n  cargo test   # calls it in tests\n\n\
         while it runs, `cargo run --example call` in another terminal calls it\n",
        "",
    );
    assert_eq!(folder.names(), ["shop-api"]);
    let manifest = folder.read("shop-api/Cargo.toml");
    assert!(manifest.contains("name = \"shop-api\""), "{manifest}");
}

#[test]
fn what_is_there_is_left_as_it_is() {
    let folder = Folder::new();
    folder.write("shop/notes.txt", "mine");
    folder.write("file", "mine");
    fs::create_dir(folder.path().join("empty")).unwrap();
    for (args, stderr) in [
        (
            &["new", "shop"][..],
            "error: the folder `shop` is not empty and is left as it is: choose another one by --path\n",
        ),
        (
            &["new", "shop", "--path", "file"],
            "error: `file` is a file and is left as it is: choose another folder by --path\n",
        ),
        (&["new", "shop", "--path", "away/shop"], "error: there is no folder `away`: make it first\n"),
    ] {
        folder.svrkit(args).check(2, "", stderr);
    }
    assert_eq!(folder.names(), ["empty", "file", "shop"]);
    assert_eq!((folder.read("shop/notes.txt"), folder.read("file")), ("mine".into(), "mine".into()));

    assert_eq!(folder.svrkit(["new", "shop", "--path", "empty"]).code, 0);
    assert!(folder.read("empty/schemas/shop.xml").contains("package=\"shop\""));
}

#[test]
fn a_bad_name_or_kit_makes_nothing() {
    let folder = Folder::new();
    for (args, part) in [
        (
            &["new", "fn"][..],
            "`fn` cannot be the name of a project: it is a keyword of Rust; take a longer one",
        ),
        (
            &["new", "test"],
            "`test` cannot be the name of a project: it is a crate of Rust itself; take another one",
        ),
        (&["new", "svrkit-gen"], "names that start with `svrkit` are the kit's own"),
        (&["new", "../shop"], "it has '.' in it"),
        (&["new", "shop", "--kit", "."], "`.` is no checkout of svrkit"),
    ] {
        let ended = folder.svrkit(args);
        assert_eq!((ended.code, &*ended.stdout), (2, ""), "{args:?}");
        assert!(ended.stderr.starts_with("error: ") && ended.stderr.contains(part), "{}", ended.stderr);
        assert!(folder.names().is_empty(), "{args:?} left {:?}", folder.names());
    }
}

#[test]
fn its_code_is_formatted_whatever_the_name() {
    let mut rustfmt = Command::new("rustfmt");
    if !has_component("rustfmt", &mut rustfmt, "that the code of a new project is formatted") {
        return;
    }
    let folder = Folder::new();
    // Its defaults, whatever the user of this machine prefers.
    folder.write("rustfmt.toml", "");
    // Names before and after all words of the templates, and lengths on both sides of where lines break.
    let mut names: Vec<String> = ["a", "greeter", "shop-api-2", "tokio2", "zoo"].map(String::from).into();
    names.extend((20..=32).map(|len| "z".repeat(len)));
    for name in &names {
        assert_eq!(folder.svrkit(["new", name]).code, 0, "{name}");
        let root = folder.path().join(name);
        let sources = ["build.rs", "examples/call.rs", "src/lib.rs", "src/main.rs", "tests/greet.rs"];
        let checked = Command::new("rustfmt")
            .args(["--check", "--edition", "2024"])
            .args(sources)
            .current_dir(&root)
            .output()
            .expect("rustfmt can be called");
        assert!(
            checked.status.success(),
            "{name}: {}{}",
            String::from_utf8_lossy(&checked.stdout),
            String::from_utf8_lossy(&checked.stderr)
        );
    }
}
