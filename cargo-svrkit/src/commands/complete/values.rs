//! What clap does not know of values: the names that a server or a schema has, classes of priority, files behind `@` and `unix:`.

use std::ffi::{OsStr, OsString};
use std::future::Future;
use std::time::Duration;

use clap::{ArgMatches, Command, FromArgMatches as _};
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate, PathCompleter, ValueCompleter as _};
use tokio::runtime;
use tokio::time::timeout;

use super::ends::going_on;
use crate::arguments;
use crate::commands::describe::Describe;
use crate::server::{DescribedBy, Reach};

/// How long a server is waited for: somebody is at a prompt.
const ASKED_FOR: Duration = Duration::from_millis(500);

/// Tells `command` what may stand behind the words `before` the cursor.
pub(super) fn known_to(command: Command, before: &[OsString]) -> Command {
    let named = |names: fn(&ArgMatches) -> Option<Vec<String>>| {
        let before = before.to_vec();
        ArgValueCompleter::new(move |current: &OsStr| {
            let Some(current) = current.to_str() else { return Vec::new() };
            let names = matches_of(&before).and_then(|matches| names(&matches)).unwrap_or_default();
            going_on(current, &names).into_iter().map(CompletionCandidate::new).collect()
        })
    };
    let of_subcommand = |command: Command| {
        let name = command.get_name().to_owned();
        command.mut_args(|arg| match (name.as_str(), arg.get_id().as_str()) {
            ("call" | "top", "address") => arg.add(ArgValueCompleter::new(addresses)),
            ("call", "method") => arg.add(named(methods)),
            ("call", "request") => arg.add(ArgValueCompleter::new(requests)),
            ("call", "priority") => arg.add(ArgValueCompleter::new(classes)),
            ("describe", "source") => arg.add(ArgValueCompleter::new(sources)),
            ("describe", "name") => arg.add(named(definitions)),
            _ => arg,
        })
    };
    command.mut_subcommands(of_subcommand)
}

/// What has been written, as far as it goes: what is missing and wrong is nobody's business yet.
fn matches_of(before: &[OsString]) -> Option<ArgMatches> {
    let words = ["cargo-svrkit".into()].into_iter().chain(before.iter().skip(1).cloned());
    let matches = crate::command_line().ignore_errors(true).try_get_matches_from(words).ok()?;
    matches.subcommand().map(|(_, matches)| matches.clone())
}

/// The methods of the server that is to be called.
fn methods(call: &ArgMatches) -> Option<Vec<String>> {
    let reach = Reach::from_arg_matches(call).ok()?;
    let described = DescribedBy::from_arg_matches(call).ok()?;
    asked(async {
        let client = reach.client(Some(ASKED_FOR)).ok()?.lazy();
        let known = described.knowledge(&client).ok()?.methods().await.ok()?;
        Some(known.iter().map(ToString::to_string).collect())
    })
}

/// All that the schema or the server has to describe.
fn definitions(describe: &ArgMatches) -> Option<Vec<String>> {
    let describe = Describe::from_arg_matches(describe).ok()?;
    asked(async { describe.names(ASKED_FOR).await.ok() })
}

fn asked<T>(asking: impl Future<Output = Option<T>>) -> Option<T> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build().ok()?;
    let answer = runtime.block_on(async { timeout(ASKED_FOR, asking).await.ok().flatten() });
    // A name that is being looked up has a thread, which is not waited for.
    runtime.shutdown_background();
    answer
}

fn addresses(current: &OsStr) -> Vec<CompletionCandidate> {
    let behind = ["unix:", "file:"].map(|scheme| files_behind(scheme, current));
    behind.into_iter().flatten().collect()
}

/// A file as it is, or an address.
fn sources(current: &OsStr) -> Vec<CompletionCandidate> {
    let mut found = PathCompleter::any().complete(current);
    found.extend(addresses(current));
    found
}

fn requests(current: &OsStr) -> Vec<CompletionCandidate> {
    files_behind("@", current)
}

/// Paths where `current` begins with `mark`.
fn files_behind(mark: &str, current: &OsStr) -> Vec<CompletionCandidate> {
    let Some(path) = current.to_str().and_then(|current| current.strip_prefix(mark)) else {
        return Vec::new();
    };
    let paths = PathCompleter::any().complete(OsStr::new(path));
    paths.into_iter().map(|path| path.add_prefix(mark)).collect()
}

fn classes(current: &OsStr) -> Vec<CompletionCandidate> {
    let words = arguments::classes();
    let meant = words.filter(|word| current.to_str().is_some_and(|current| word.starts_with(current)));
    meant.map(CompletionCandidate::new).collect()
}
