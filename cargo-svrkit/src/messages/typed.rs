//! The message that a schema and a name mean.

use std::error::Error;
use std::fmt;
use std::path::PathBuf;

use clap::Args;
use svrkit_gen::Report;
use svrkit_reflect::{MessageDescriptor, Pool, PoolError};

use crate::schemas::{Schemas, SchemasError};
use crate::settings::{Settings, SettingsError};

/// So many names are told where one is unknown.
const NAMES_TOLD_MAX: usize = 10;

/// What every subcommand takes that reads messages.
#[derive(Args)]
pub(crate) struct Typed {
    /// Schemas that define the message, or folders: all *.xml below them [default: the folder `schemas`]
    #[arg(long = "schema", value_name = "FILES", num_args = 1.., requires = "message")]
    paths: Vec<PathBuf>,
    /// Folder in which imports are looked for, after that of the importing file; may be repeated, and set for good:
    /// `include = ["DIR"]` in svrkit.toml
    #[arg(short = 'I', long = "include", value_name = "DIR", requires = "message")]
    includes: Vec<PathBuf>,
    /// Full name of the message, such as shop.Order
    #[arg(short, long, value_name = "NAME")]
    pub(crate) message: Option<String>,
}

/// Why it is not known what the bytes are.
#[derive(Debug)]
pub(crate) enum TypedError {
    Schemas(SchemasError),
    Settings(SettingsError),
    /// The schemas are at fault.
    Report(Report),
    Pool(PoolError),
    UnknownMessage {
        name: String,
        known: Vec<String>,
    },
}

impl Typed {
    /// What the schemas say; `None` if no message is named.
    pub(crate) fn pool(&self) -> Result<Option<Pool>, TypedError> {
        if self.message.is_none() {
            return Ok(None);
        }
        let schemas = Schemas { paths: self.paths.clone(), includes: self.includes.clone() };
        let files = schemas.files().map_err(TypedError::Schemas)?;
        let config = schemas.config(&files, &mut Settings::default()).map_err(TypedError::Settings)?;
        let descriptors = config.descriptors(files).map_err(TypedError::Report)?;
        Pool::from_bytes(descriptors.bytes()).map(Some).map_err(TypedError::Pool)
    }

    /// The message that is named, if one is.
    pub(crate) fn message_of<'p>(
        &self,
        pool: Option<&'p Pool>,
    ) -> Result<Option<MessageDescriptor<'p>>, TypedError> {
        let Some((name, pool)) = self.message.as_deref().zip(pool) else { return Ok(None) };
        let message = pool.message(name).ok_or_else(|| {
            let mut known: Vec<_> = pool.messages().map(|message| message.full_name().to_owned()).collect();
            // Those that differ in their package alone come first, then one's own before those that come with the kit.
            let last = |name: &str| name.rsplit('.').next().unwrap_or_default().to_owned();
            known.sort_by_key(|other| {
                (last(other) != last(name), other.starts_with("svrkit."), other.clone())
            });
            TypedError::UnknownMessage { name: name.to_owned(), known }
        })?;
        Ok(Some(message))
    }
}

impl fmt::Display for TypedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Schemas(error) => error.fmt(f),
            Self::Settings(error) => error.fmt(f),
            Self::Report(report) => f.write_str(&report.render()),
            Self::Pool(error) => error.fmt(f),
            Self::UnknownMessage { name, known } => {
                let told = known.iter().take(NAMES_TOLD_MAX).map(|name| format!("`{name}`"));
                write!(f, "no message `{name}` is in the schemas: they have ")?;
                match known.len() {
                    0 => f.write_str("none"),
                    count => {
                        f.write_str(&told.collect::<Vec<_>>().join(", "))?;
                        match count.saturating_sub(NAMES_TOLD_MAX) {
                            0 => Ok(()),
                            more => write!(f, " and {more} more"),
                        }
                    }
                }
            }
        }
    }
}

impl Error for TypedError {}
