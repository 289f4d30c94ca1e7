//! The command line: the registered cases as subcommands, the options they share, and the hidden
//! commands by which a case starts its servers, clients and compilers.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use crate::cases::{CASES, Case, codec_instructions};
use crate::child;
use crate::compiler;
use crate::report::Report;
use crate::work::child as work;

/// Parses `args` and runs what they name.
pub(crate) fn run(args: impl IntoIterator<Item = OsString>) -> Result<()> {
    // `exit` is clap's own way of printing help and usage errors.
    let matches = command()
        .try_get_matches_from(args)
        .unwrap_or_else(|error| error.exit());
    if matches.get_flag("list") {
        println!("{}", case_list());
        return Ok(());
    }
    match matches.subcommand() {
        Some((child::SERVER, matches)) => child::serve(matches),
        Some((child::CLIENT, matches)) => child::drive(matches),
        Some((child::POURER, matches)) => child::pour(matches),
        Some((child::HOLDER, matches)) => child::hold(matches),
        Some((work::SERVER, matches)) => work::serve(matches),
        Some((work::CLIENT, matches)) => work::call(matches),
        Some((compiler::COMPILER, matches)) => compiler::compile(matches),
        Some((codec_instructions::COUNTED, matches)) => codec_instructions::run(matches),
        Some((name, matches)) => match CASES.iter().find(|case| case.name == name) {
            Some(case) => run_case(case, matches),
            None => bail!("there is no case `{name}`; the cases are:\n{}", case_list()),
        },
        None => bail!("name a case; the cases are:\n{}", case_list()),
    }
}

fn command() -> Command {
    let cases = CASES
        .iter()
        .map(|case| (case.arguments)(Command::new(case.name)).about(case.about));
    Command::new("svrkit-bench")
        .about("Our figures, side by side with peers")
        .allow_external_subcommands(true)
        .subcommand_value_name("CASE")
        .subcommand_help_heading("Cases")
        .disable_help_subcommand(true)
        .arg(
            Arg::new("list")
                .long("list")
                .action(ArgAction::SetTrue)
                .help("Lists the cases"),
        )
        .arg(
            Arg::new("quick")
                .long("quick")
                .action(ArgAction::SetTrue)
                .global(true)
                .help("Runs once and briefly: shows that it works, its figures are rough"),
        )
        .arg(
            Arg::new("json")
                .long("json")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .global(true)
                .help("Writes the JSON lines to FILE as well"),
        )
        .subcommands(cases)
        .subcommands([
            child::server_command(),
            child::client_command(),
            child::pourer_command(),
            child::holder_command(),
            work::server_command(),
            work::client_command(),
            compiler::command(),
            codec_instructions::command(),
        ])
}

fn run_case(case: &Case, matches: &ArgMatches) -> Result<()> {
    let report = Report::to(matches.get_one::<PathBuf>("json").map(PathBuf::as_path))?;
    (case.run)(matches, matches.get_flag("quick"), report)
}

fn case_list() -> String {
    let lines: Vec<String> = CASES
        .iter()
        .map(|case| format!("  {:<10} {}", case.name, case.about))
        .collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_refused(args: &[&str], expected: &[&str]) {
        let args = args.iter().map(OsString::from);
        let error = run(args).expect_err("refused").to_string();
        for part in expected {
            assert!(error.contains(part), "`{part}` is missing in: {error}");
        }
    }

    #[test]
    fn the_command_line_is_consistent() {
        command().debug_assert();
    }

    #[test]
    fn what_is_no_case_is_refused_with_the_list_of_cases() {
        check_refused(&["bench", "ehco"], &["there is no case `ehco`", "echo"]);
        check_refused(&["bench"], &["name a case", "echo"]);
    }

    #[test]
    fn the_shared_options_stand_before_or_after_the_case() {
        for args in [["bench", "--quick", "echo"], ["bench", "echo", "--quick"]] {
            let matches = command().try_get_matches_from(args).unwrap();
            let (name, matches) = matches.subcommand().unwrap();
            assert_eq!((name, matches.get_flag("quick")), ("echo", true));
        }
    }
}
