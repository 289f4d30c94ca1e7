//! Schemas that mean harm: each is a folder, and each must end in an error soon and without much memory.
//!
//! `svrkit-gen/tests/hostile.rs` holds the same inputs to their findings and their memory; here they are timed.

use std::fs::{self, File};
use std::path::Path;

use anyhow::{Context, Result};
use svrkit_gen::limits::{ELEMENTS_MAX, FILE_LEN_MAX};

/// All of them.
pub(super) const INPUTS: &[Input] = &[
    Input {
        name: "billion laughs",
        files: billion_laughs,
    },
    Input {
        name: "external entity",
        files: external_entity,
    },
    Input {
        name: "80,000 attributes",
        files: attributes,
    },
    Input {
        name: "depth 100,000",
        files: depth,
    },
    Input {
        name: "300 xmlns",
        files: namespaces,
    },
    Input {
        name: "1 GiB file",
        files: gibibyte,
    },
    Input {
        name: "import cycle of 50",
        files: import_cycle,
    },
    Input {
        name: "8 MiB of comment",
        files: comment,
    },
    Input {
        name: "largest file, all unknown types",
        files: unknown_types,
    },
    Input {
        name: "largest file, one message, fault at its end",
        files: constraints,
    },
    Input {
        name: "largest file, fault at its end",
        files: fault_at_the_end,
    },
];

/// A folder of schemas.
pub(super) struct Input {
    /// What the row is called.
    pub name: &'static str,
    files: fn(&Path) -> std::io::Result<()>,
}

impl Input {
    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        (self.files)(folder).with_context(|| format!("cannot write `{}`", self.name))
    }
}

fn billion_laughs(folder: &Path) -> std::io::Result<()> {
    let entities: String = (1..10)
        .map(|at| format!("<!ENTITY l{at} '{}'>\n", format!("&l{};", at - 1).repeat(10)))
        .collect();
    let head = format!("<!DOCTYPE protocol [<!ENTITY l0 'ha'>\n{entities}]>\n");
    one(
        folder,
        &format!("{head}<protocol package='a'><doc>&l9;</doc></protocol>"),
    )
}

fn external_entity(folder: &Path) -> std::io::Result<()> {
    let head = "<!DOCTYPE protocol [<!ENTITY file SYSTEM 'file:///etc/passwd'>]>";
    one(
        folder,
        &format!("{head}<protocol package='a'><doc>&file;</doc></protocol>"),
    )
}

fn attributes(folder: &Path) -> std::io::Result<()> {
    let attributes: String = (0..80_000).map(|at| format!(" a{at}='1'")).collect();
    one(folder, &format!("<protocol package='a'{attributes}/>"))
}

fn depth(folder: &Path) -> std::io::Result<()> {
    one(
        folder,
        &format!("<protocol package='a'>{}", "<message name='M'>".repeat(100_000)),
    )
}

fn namespaces(folder: &Path) -> std::io::Result<()> {
    let attributes: String = (0..300).map(|at| format!(" xmlns:n{at}='urn:n{at}'")).collect();
    one(folder, &format!("<protocol package='a'{attributes}/>"))
}

/// A sparse file: it costs no disk.
fn gibibyte(folder: &Path) -> std::io::Result<()> {
    File::create(folder.join("a.xml"))?.set_len(1 << 30)
}

fn import_cycle(folder: &Path) -> std::io::Result<()> {
    for at in 0..50 {
        let next = (at + 1) % 50;
        let text = format!("<protocol package='p{at}'><import path='{next:02}.xml'/></protocol>");
        fs::write(folder.join(format!("{at:02}.xml")), text)?;
    }
    Ok(())
}

/// As long as a file may be, and never closed.
fn comment(folder: &Path) -> std::io::Result<()> {
    one(folder, &format!("<!--{}", "-".repeat(FILE_LEN_MAX as usize - 4)))
}

/// As many elements as a file may hold, each a field of a type that is near a name but is none.
fn unknown_types(folder: &Path) -> std::io::Result<()> {
    let fields: String = (1..ELEMENTS_MAX - 1)
        .map(|at| format!("<field tag='{at}' name='f{at}' type='strinq{at}'/>"))
        .collect();
    one(
        folder,
        &format!("<protocol package='a'><message name='M'>{fields}</message></protocol>"),
    )
}

/// As many elements as a file may hold, in one message, each with as much to remember as fits into the file.
fn constraints(folder: &Path) -> std::io::Result<()> {
    // Tags that protobuf keeps for itself are left out.
    let tag = |at: usize| if at < 19_000 { at } else { at + 1_000 };
    let fields: String = (1..ELEMENTS_MAX - 2)
        .map(|at| {
            format!(
                "<field tag='{}' name='f{at}' type='i32' min='1' max='9' since='1'/>",
                tag(at)
            )
        })
        .collect();
    let fault = "<field tag='0' name='f' type='u32'/>";
    one(
        folder,
        &format!("<protocol package='a' version='1'><message name='M'>{fields}{fault}</message></protocol>"),
    )
}

/// As many elements as a file may hold, all in order but the last: nothing tells it early from a good one.
fn fault_at_the_end(folder: &Path) -> std::io::Result<()> {
    const FIELDS: usize = 20;
    let message = |at: usize| {
        let fields: String = (1..=FIELDS)
            .map(|tag| format!("<field tag='{tag}' name='f{tag}' type='string'/>"))
            .collect();
        format!("<message name='M{at}'>{fields}</message>")
    };
    let messages: String = (0..(ELEMENTS_MAX - 3) / (FIELDS + 1)).map(message).collect();
    let fault = "<message name='Last'><field tag='0' name='f' type='u32'/></message>";
    one(
        folder,
        &format!("<protocol package='a'>{messages}{fault}</protocol>"),
    )
}

fn one(folder: &Path, text: &str) -> std::io::Result<()> {
    fs::write(folder.join("a.xml"), text)
}
