//! The files of a new project, rendered from `templates/` of this crate.
//!
//! Each template is a file of the project with `.tera` behind its name; the words in it are listed in [`context`].

use tera::{Context, Tera};

use super::imports::use_declaration;
use super::{ADDRESS, Project};

/// The path in the project and the template. Only the schema's differs: see [`SCHEMA`].
macro_rules! template {
    ($name:literal) => {
        ($name, include_str!(concat!("../../templates/", $name, ".tera")))
    };
}

const TEMPLATES: [(&str, &str); 9] = [
    template!(".gitignore"),
    template!("Cargo.toml"),
    template!("README.md"),
    template!("build.rs"),
    template!("examples/call.rs"),
    template!("schemas/service.xml"),
    template!("src/lib.rs"),
    template!("src/main.rs"),
    template!("tests/greet.rs"),
];

/// The template whose file is called like the project.
const SCHEMA: &str = "schemas/service.xml";

/// Each file of the project: its path in it, its text.
pub(super) fn render(project: &Project) -> Vec<(String, String)> {
    let mut tera = Tera::new();
    // Nothing here is HTML.
    tera.autoescape_on(Vec::<&str>::new());
    tera.add_raw_templates(TEMPLATES).expect("a test parses every template");
    let context = context(project);
    TEMPLATES
        .iter()
        .map(|(name, _)| {
            let path = if *name == SCHEMA { project.schema_path() } else { (*name).to_owned() };
            let text = tera.render(name, &context).expect("a test renders every template");
            (path, text)
        })
        .collect()
}

fn context(project: &Project) -> Context {
    let name = project.name();
    let (module, service) = (name.module(), name.service());
    let protocol = format!("{module}::{module}");
    let (client, server) = (format!("{service}Client"), format!("{service}Server"));
    let mut context = Context::new();
    context.insert("package", name.package());
    context.insert("module", module);
    context.insert("service", service);
    context.insert("service_full", &name.service_full());
    context.insert("schema", &project.schema_path());
    context.insert("address", ADDRESS);
    context.insert("rust_version", env!("CARGO_PKG_RUST_VERSION"));
    context.insert("runtime_path", &toml_string(&project.kit.runtime()));
    context.insert("gen_path", &toml_string(&project.kit.generator()));
    context.insert("use_in_call", &use_declaration(&protocol, &["GreetRequest", &client]));
    context.insert("use_in_tests", &use_declaration(&protocol, &["GreetRequest", &client, &server]));
    context
}

/// `text` as a basic string of TOML, quotes included.
fn toml_string(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            control if control.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(control))),
            plain => quoted.push(plain),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::{Kit, Name};

    #[test]
    fn every_template_is_rendered_and_nothing_of_its_syntax_remains() {
        let project = Project::new(Name::parse("shop-api").unwrap(), Kit::find(None).unwrap());
        let files = render(&project);
        assert_eq!(files.len(), TEMPLATES.len());
        for (path, text) in files {
            assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{path}");
            for mark in ["{{", "}}", "{%", "&quot;"] {
                assert!(!text.contains(mark), "{path} has {mark}");
            }
        }
    }

    #[test]
    fn a_path_is_quoted_for_toml() {
        for (text, expected) in [
            ("/home/a b/kit", r#""/home/a b/kit""#),
            (r"C:\kit", r#""C:\\kit""#),
            ("a\"b\nc", r#""a\"b\u000Ac""#),
        ] {
            assert_eq!(toml_string(text), expected);
        }
    }
}
