//! `cargo svrkit new`: a project that serves, calls and tests one service.

use std::error::Error;
use std::path::PathBuf;

use clap::Args;

use crate::outcome::Outcome;
use crate::project::{ADDRESS, Kit, Name, Project};

/// Makes a project with a schema, a server, a client and tests, which runs as it is.
///
/// The project depends on the crates of a checkout of svrkit by their paths.
#[derive(Args)]
#[command(
    after_help = "Example:\n  cargo svrkit new shop && cd shop && cargo run",
    after_long_help = "Example:\n  cargo svrkit new shop && cd shop && cargo run\n  \
                       cargo svrkit new stock --path services/stock --kit ../svrkit"
)]
pub(crate) struct New {
    /// Name of the package: lower case letters, digits, `-` and `_`
    name: String,
    /// Folder of the project, which must not exist or be empty [default: NAME]
    #[arg(long, value_name = "DIR")]
    path: Option<PathBuf>,
    /// Checkout of svrkit to depend on [default: the one this command was built from]
    #[arg(long, value_name = "PATH")]
    kit: Option<PathBuf>,
}

impl New {
    pub(super) fn run(&self) -> Result<Outcome, Box<dyn Error>> {
        let name = Name::parse(&self.name)?;
        let kit = Kit::find(self.kit.as_deref())?;
        let folder = self.path.clone().unwrap_or_else(|| name.package().into());
        let project = Project::new(name, kit);
        project.create(&folder)?;
        let (name, service) = (project.name().package(), project.name().service_full());
        let schema = folder.join(project.schema_path());
        Ok(Outcome::fine(format!(
            "made the project `{name}` in {folder}: its service {service} is defined in {schema}\n\
             \n  cd {folder}\n  cargo run    # serves {service} on {ADDRESS}\n  cargo test   # calls it in tests\n\n\
             while it runs, `cargo run --example call` in another terminal calls it\n",
            folder = folder.display(),
            schema = schema.display(),
        )))
    }
}
