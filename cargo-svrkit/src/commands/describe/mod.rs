//! `cargo svrkit describe`: what a schema, or a server, says of its services and types.
//!
//! `page` writes a definition down for people, `set` for programs.

mod page;
mod set;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use svrkit_reflect::Pool;
use svrkit_runtime::nearest::nearest;
use tokio::runtime;

use crate::outcome::Outcome;
use crate::server::{Tls, Unknown, pool_of_files, pool_of_server, refusal};

/// Says what services there are, or what one service, method, message, enum or set of errors is.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
                        cargo svrkit describe 127.0.0.1:4310\n  \
                        cargo svrkit describe 127.0.0.1:4310 Orders.Place\n  \
                        cargo svrkit describe schemas shop.Order\n  \
                        cargo svrkit describe 127.0.0.1:4310 --json\n\n\
                        Exit codes:\n  \
                        0  described\n  \
                        1  the server did not answer, or something is wrong with the schemas\n  \
                        2  wrong usage, nothing of that name, or a file that cannot be read")]
pub(crate) struct Describe {
    /// A schema, a folder of schemas, or where a server listens
    #[arg(value_name = "FILES|ADDR")]
    source: String,
    /// What to describe, as in shop.Orders or shop.Orders.Place; as short as nothing else ends so [default: list the services]
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// Folder in which imports are looked for, after that of the importing file; may be repeated
    #[arg(short = 'I', long = "include", value_name = "DIR")]
    includes: Vec<PathBuf>,
    /// Write JSON for programs: what is named and all that it leads to, as the message svrkit.descriptor.DescriptorSet [default: the services]
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    tls: Tls,
}

impl Describe {
    pub(in crate::commands) fn run(&self) -> Result<Outcome, Box<dyn Error>> {
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        let pool = match runtime.block_on(self.pool(None)) {
            Ok(pool) => pool,
            Err(Unknown::Usage(error)) => return Err(error),
            Err(Unknown::Report(report)) => return Ok(Outcome::findings(report.render())),
            Err(Unknown::Status(status)) => return Ok(Outcome::findings(refusal(&status))),
        };
        let name = self.name.as_ref().map(|asked| find(asked, page::names(&pool))).transpose()?;
        Ok(Outcome::fine(match (name, self.json) {
            (Some(name), false) => page::of(&pool, &name),
            (None, false) => page::services(&pool),
            (Some(name), true) => set::json(&pool.needed_by([&*name]))?,
            (None, true) => set::json(&set::of_services(&pool))?,
        }))
    }

    /// The names of all there is to be described, of a server if it answers by this `deadline`.
    pub(in crate::commands) async fn names(&self, deadline: Duration) -> Result<Vec<String>, Unknown> {
        Ok(page::names(&self.pool(Some(deadline)).await?))
    }

    /// What is there as a file is one; a server has an address that is none.
    async fn pool(&self, deadline: Option<Duration>) -> Result<Pool, Unknown> {
        if Path::new(&self.source).exists() {
            return pool_of_files(&[PathBuf::from(&self.source)], &self.includes);
        }
        let client = self.tls.client(&self.source, deadline).map_err(Unknown::Usage)?.lazy();
        pool_of_server(&client, Vec::new()).await
    }
}

/// The one of the names that is asked for, by all of it or by the end that no other has.
fn find(asked: &str, names: Vec<String>) -> Result<String, String> {
    let asked = asked.replace('/', ".");
    if names.contains(&asked) {
        return Ok(asked);
    }
    let end = format!(".{asked}");
    let meant: Vec<_> = names.iter().filter(|name| name.ends_with(&end)).collect();
    match meant.as_slice() {
        [one] => Ok((*one).clone()),
        [] => {
            let ends = names.iter().map(|name| name.rsplit('.').next().unwrap_or(name));
            let near = nearest(&asked, names.iter().map(String::as_str)).or_else(|| nearest(&asked, ends));
            let near = near.map(|near| format!(", did you mean `{near}`?")).unwrap_or_default();
            Err(format!("nothing is called `{asked}`{near}"))
        }
        several => {
            let several: Vec<_> = several.iter().take(10).map(|name| format!("`{name}`")).collect();
            Err(format!("`{asked}` may be any of {}: write more of its name", several.join(", ")))
        }
    }
}
