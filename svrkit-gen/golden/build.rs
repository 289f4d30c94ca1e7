//! Generates every valid schema of the generator's tests, and the one-sided forms, for `src/lib.rs` to compile.
//!
//! One file and one module each: two schemas may have the same package.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

use svrkit_gen::Config;

/// Schemas that stand for each feature of the dialect.
const VALID: &str = "../tests/schemas/valid";

/// Three versions of one protocol, which talk to each other in `tests/compat`.
const VERSIONS: &str = "../tests/schemas/compat";

/// Every word of the dialect once.
const TOUR: &str = "../../schemas/tour.xml";

/// The schema of which one side is generated without the other.
const EVERYTHING: &str = "../tests/golden/everything.xml";

/// The schema that is generated without views too, and for little code.
const VIEWS: &str = "../tests/schemas/valid/views.xml";

fn main() -> Result<(), Box<dyn Error>> {
    let out_dir = PathBuf::from(env::var("OUT_DIR")?);
    let mut modules = String::new();
    let mut write = |name: &str, config: &Config, schema: &Path| -> Result<(), Box<dyn Error>> {
        let generated = config.generate([schema]).map_err(|report| report.render())?;
        for path in generated.files_read() {
            println!("cargo::rerun-if-changed={}", path.display());
        }
        fs::write(out_dir.join(format!("{name}.rs")), generated.source())?;
        modules.push_str(&format!(
            "/// The schema `{name}`.\npub mod {name} {{ include!(concat!(env!(\"OUT_DIR\"), \"/{name}.rs\")); }}\n"
        ));
        Ok(())
    };
    let mut schemas = Vec::new();
    for entry in fs::read_dir(VALID)? {
        schemas.push(entry?.path());
    }
    schemas.sort();
    for schema in schemas.iter().filter(|path| path.extension().is_some_and(|it| it == "xml")) {
        let name = schema.file_stem().unwrap_or_default().to_string_lossy();
        write(&name, &Config::new(), schema)?;
    }
    for version in ["oldest", "old", "new"] {
        write(
            &format!("compat_{version}"),
            &Config::new(),
            &Path::new(VERSIONS).join(version).with_extension("xml"),
        )?;
    }
    write("tour", &Config::new(), Path::new(TOUR))?;
    write("client_only", &Config::new().server(false), Path::new(EVERYTHING))?;
    write("server_only", &Config::new().client(false), Path::new(EVERYTHING))?;
    write("mocked", &Config::new().mocks(true), Path::new(EVERYTHING))?;
    write("mocked_streams", &Config::new().mocks(true), &Path::new(VALID).join("streams.xml"))?;
    write("unviewed", &Config::new().views(false), Path::new(VIEWS))?;
    write("small", &Config::new().small(true), Path::new(VIEWS))?;
    fs::write(out_dir.join("schemas.rs"), modules)?;
    // A new schema is a new module.
    println!("cargo::rerun-if-changed={VALID}");
    Ok(())
}
