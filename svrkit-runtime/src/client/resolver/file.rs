//! Endpoints that stand in a file.
//!
//! One a line: an address, then labels as `key=value`; `#` begins a comment. A file that was changed is read again; one with
//! a fault is refused as a whole, so that half a list never counts.

use std::fs::{File as FsFile, Metadata};
use std::io::{self, Read};
use std::path::PathBuf;
use std::pin::Pin;
use std::time::{Duration, SystemTime};

use tokio::task::spawn_blocking;

use super::{Endpoint, Resolution, Resolver};
use crate::status::Status;
use crate::status::catalogue::connecting;
use crate::transport::Address;

/// A file of endpoints. Looked at every `resolve.watch`, while the client is used.
#[derive(Debug)]
pub(super) struct File {
    pub(super) path: PathBuf,
}

impl Resolver for File {
    fn target(&self) -> String {
        format!("file:{}", self.path.display())
    }

    fn resolve<'a>(&'a self, resolution: &'a Resolution) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>> {
        Box::pin(async move {
            let mut seen = None;
            loop {
                let limits = resolution.limits();
                let (path, before) = (self.path.clone(), seen.take());
                // A file system may be slow: not on a thread that serves others.
                let looked = spawn_blocking(move || look(&path, before, limits.resolve_bytes)).await;
                match looked {
                    Ok(Ok((stamp, text))) => {
                        seen = Some(stamp);
                        match text {
                            Text::Same => resolution.unchanged(),
                            Text::TooLong => resolution.failed(self.too_long(limits.resolve_bytes)),
                            Text::New(text) => match parse(&text) {
                                Ok(endpoints) => resolution.found(endpoints),
                                Err(fault) => resolution.failed(self.refused(&fault)),
                            },
                        }
                    }
                    Ok(Err(error)) => resolution.failed(self.refused("it cannot be read").source_io(error)),
                    // The runtime is about to end.
                    Err(_) => return,
                }
                resolution.pause(limits.resolve_watch).await;
            }
        })
    }
}

impl File {
    fn refused(&self, fault: &str) -> Status {
        connecting::endpoint_file_faulty(self.target(), fault).endpoint(self.target())
    }

    fn too_long(&self, max: usize) -> Status {
        connecting::endpoint_file_too_long(self.target(), max).endpoint(self.target())
    }
}

/// What stands in a file.
#[derive(Debug, PartialEq, Eq)]
enum Text {
    /// Surely what was there before.
    Same,
    New(String),
    /// More than `resolve.bytes`.
    TooLong,
}

/// What tells that a file was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Stamp {
    len: u64,
    modified: Option<SystemTime>,
    /// It was read so shortly after it was changed that another change might bear the same time.
    racy: bool,
}

/// How coarse the times of a file system may be.
const RACE: Duration = Duration::from_secs(2);

impl Stamp {
    fn of(file: &Metadata, now: SystemTime) -> Self {
        let modified = file.modified().ok();
        let racy = modified.is_none_or(|modified| now.duration_since(modified).is_ok_and(|age| age < RACE));
        Self { len: file.len(), modified, racy }
    }
}

/// The file's stamp and its text, where another stamp was seen `before`.
fn look(path: &PathBuf, before: Option<Stamp>, max: usize) -> io::Result<(Stamp, Text)> {
    let file = FsFile::open(path)?;
    let stamp = Stamp::of(&file.metadata()?, SystemTime::now());
    if let Some(before) = before
        && !before.racy
        && (before.len, before.modified) == (stamp.len, stamp.modified)
    {
        return Ok((stamp, Text::Same));
    }
    let mut text = String::new();
    file.take(max as u64 + 1).read_to_string(&mut text)?;
    let text = if text.len() > max { Text::TooLong } else { Text::New(text) };
    Ok((stamp, text))
}

/// The endpoints of a file, or which line is wrong and what it should be.
fn parse(text: &str) -> Result<Vec<Endpoint>, String> {
    let mut endpoints = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        let said = line.split('#').next().unwrap_or_default();
        let mut words = said.split_whitespace();
        let Some(address) = words.next() else { continue };
        let address: Address = address
            .parse()
            .map_err(|error| format!("line {number}: `{}`: {error}", address.escape_debug()))?;
        let mut endpoint = Endpoint::new(address);
        for label in words {
            let Some((key, value)) = label.split_once('=').filter(|(key, _)| !key.is_empty()) else {
                let label = label.escape_debug();
                return Err(format!(
                    "line {number}: `{label}`: what follows an address is key=value, or a comment after #"
                ));
            };
            endpoint = endpoint.label(key, value);
        }
        endpoints.push(endpoint);
    }
    Ok(endpoints)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<&[&str], &str>) {
        let found = parse(text).map(|found| found.iter().map(Endpoint::to_string).collect::<Vec<_>>());
        let expected = expected
            .map(|lines| lines.iter().map(ToString::to_string).collect::<Vec<_>>())
            .map_err(str::to_owned);
        assert_eq!(found, expected);
    }

    #[test]
    fn a_line_is_an_endpoint_with_its_labels() {
        check("", Ok(&[]));
        check(
            "# shop\n10.0.0.7:4310 version=2 set=a # new\r\n\n  shop.example:80  \nunix:/run/shop.sock x=",
            Ok(&["10.0.0.7:4310 version=2 set=a", "shop.example:80", "unix:/run/shop.sock x="]),
        );
        check("a:1 v=1 v=2", Ok(&["a:1 v=2"]));
    }

    #[test]
    fn a_fault_refuses_all_of_it_and_says_where() {
        check(
            "a:1\nnonsense",
            Err("line 2: `nonsense`: an address is HOST:PORT, as in 127.0.0.1:4310, or unix:/PATH"),
        );
        check("a:1\n\nb:x", Err("line 3: `b:x`: the port `x` is no number up to 65535"));
        let label = "line 1: `two`: what follows an address is key=value, or a comment after #";
        check("a:1 two", Err(label));
        check("a:1 =two", Err("line 1: `=two`: what follows an address is key=value, or a comment after #"));
    }

    #[test]
    fn a_file_is_read_again_when_it_may_have_changed() {
        let now = SystemTime::now();
        let old = Stamp { len: 1, modified: Some(now - Duration::from_secs(60)), racy: false };
        let path = std::env::temp_dir().join(format!("svrkit-file-{}", std::process::id()));
        std::fs::write(&path, "a:1").unwrap();
        let file = FsFile::options().write(true).open(&path).unwrap();
        file.set_modified(now - Duration::from_secs(60)).unwrap();
        let (stamp, text) = look(&path, Some(old), 3).unwrap();
        assert_eq!(text, Text::New("a:1".into()), "another length");
        let (stamp, text) = look(&path, Some(stamp), 3).unwrap();
        assert_eq!(text, Text::Same);
        let racy = Stamp { racy: true, ..stamp };
        assert_ne!(look(&path, Some(racy), 3).unwrap().1, Text::Same);
        file.set_modified(now).unwrap();
        assert!(look(&path, None, 3).unwrap().0.racy, "it was changed just now");
        assert_eq!(look(&path, None, 2).unwrap().1, Text::TooLong);
        std::fs::remove_file(&path).unwrap();
    }

    #[test]
    fn a_refusal_names_the_file() {
        let file = File { path: "/etc/shop".into() };
        assert_eq!(file.refused("why").message(), "file:/etc/shop gives no endpoints: why");
    }
}
