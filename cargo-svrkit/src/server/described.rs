//! What is known of a server's services: what its schemas say, from files or from the server.

use std::error::Error;
use std::path::PathBuf;

use clap::Args;
use svrkit_gen::Report;
use svrkit_reflect::Pool;
use svrkit_reflect::descriptor::DescriptorSet;
use svrkit_runtime::reflection::{DescribeRequest, ListRequest, ReflectionClient, ReflectionError};
use svrkit_runtime::{Client, Code, ErrorCode, Status, Tlv};

use super::MethodName;
use crate::schemas::Schemas;
use crate::settings::Settings;

/// Where a subcommand that asks a server knows its messages from.
#[derive(Args)]
pub(crate) struct DescribedBy {
    /// Schema that says what the messages are, or folder of some; may be repeated [default: the server says it]
    #[arg(long = "schema", value_name = "FILE")]
    paths: Vec<PathBuf>,
    /// Folder in which imports are looked for, after that of the importing file; may be repeated
    #[arg(short = 'I', long = "include", value_name = "DIR", requires = "paths")]
    includes: Vec<PathBuf>,
}

/// Why nothing is known.
#[derive(Debug)]
pub(crate) enum Unknown {
    /// The schemas are at fault.
    Report(Report),
    /// The server was asked and did not answer so.
    Status(Status),
    /// Wrong usage, or a file that cannot be read.
    Usage(Box<dyn Error>),
}

/// What is known.
pub(crate) enum Knowledge<'c> {
    /// All that files say.
    Files(Box<Pool>),
    /// What the server says when it is asked.
    Server(&'c Client),
}

impl DescribedBy {
    /// What there is to be known of the server that `client` calls.
    pub(crate) fn knowledge<'c>(&self, client: &'c Client) -> Result<Knowledge<'c>, Unknown> {
        if self.paths.is_empty() {
            return Ok(Knowledge::Server(client));
        }
        Ok(Knowledge::Files(Box::new(pool_of_files(&self.paths, &self.includes)?)))
    }
}

/// What schemas say, and those they import.
pub(crate) fn pool_of_files(paths: &[PathBuf], includes: &[PathBuf]) -> Result<Pool, Unknown> {
    let schemas = Schemas { paths: paths.to_owned(), includes: includes.to_owned() };
    let files = schemas.files().map_err(Unknown::usage)?;
    let config = schemas.config(&files, &mut Settings::default()).map_err(Unknown::usage)?;
    let descriptors = config.descriptors(files).map_err(Unknown::Report)?;
    Pool::from_bytes(descriptors.bytes()).map_err(Unknown::usage)
}

impl Unknown {
    pub(crate) fn usage(error: impl Error + 'static) -> Self {
        Self::Usage(Box::new(error))
    }
}

impl Knowledge<'_> {
    /// The method that a name means, and what is said of its messages.
    pub(crate) async fn method(self, asked: &str) -> Result<(Pool, MethodName), Unknown> {
        let name = MethodName::find(asked, self.methods().await?).map_err(Unknown::usage)?;
        let pool = match self {
            Self::Files(pool) => *pool,
            Self::Server(client) => pool_of_server(client, vec![name.service.clone()]).await?,
        };
        Ok((pool, name))
    }

    /// All methods that there are.
    pub(crate) async fn methods(&self) -> Result<Vec<MethodName>, Unknown> {
        Ok(match self {
            Self::Files(pool) => {
                let services = pool.services();
                services.flat_map(|it| names(&it.name, it.methods.iter().map(|it| &*it.name))).collect()
            }
            Self::Server(client) => {
                let listed = list(client).await?;
                listed.iter().flat_map(|it| names(&it.name, it.methods.iter().map(|it| &*it.name))).collect()
            }
        })
    }
}

fn names<'s>(service: &str, methods: impl Iterator<Item = &'s str>) -> Vec<MethodName> {
    methods.map(|method| MethodName { service: service.into(), method: method.into() }).collect()
}

async fn list(client: &Client) -> Result<Vec<svrkit_runtime::reflection::Service>, Unknown> {
    let reply = ReflectionClient::new(client.clone()).list(&ListRequest::default()).await;
    Ok(reply.map_err(advised)?.services)
}

/// What a server says of these services; of none, all that it can.
pub(crate) async fn pool_of_server(client: &Client, services: Vec<String>) -> Result<Pool, Unknown> {
    let request = DescribeRequest { services, ..DescribeRequest::default() };
    let reply = ReflectionClient::new(client.clone()).describe(&request).await.map_err(advised)?;
    let sets = reply.descriptor_sets.iter().map(|set| DescriptorSet::decode(set));
    let sets = sets.collect::<Result<Vec<_>, _>>().map_err(Unknown::usage)?;
    Pool::new(sets).map_err(Unknown::usage)
}

/// Where the server will not say what its schemas say, there is another way.
fn advised(status: Status) -> Unknown {
    let is_silent = status.code() == Code::Unimplemented || status.code() == Code::PermissionDenied;
    let why = match ReflectionError::from_status(&status) {
        Some(ReflectionError::NotDescribed(subject)) => {
            format!("the server does not say what the messages of {} are", subject.service)
        }
        _ if is_silent => format!("the server says nothing of its schemas: {status}"),
        _ => return Unknown::Status(status),
    };
    Unknown::Usage(format!("{why}; name its schemas by --schema").into())
}
