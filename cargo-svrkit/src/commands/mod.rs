//! The subcommands, one a file. A new one is a file here, its `mod` and its line in the list.
//!
//! A subcommand is a clap struct with `run(&self)`: an [`Outcome`] when its work was done, whatever it found, an
//! error when the work could not be done. None exits, and none prints but `call` and `top`, which go on for long.

mod call;
mod check;
mod complete;
mod completions;
mod convert;
mod describe;
mod export;
mod fmt;
mod r#gen;
mod inspect;
mod new;
mod top;
mod xsd;

use std::error::Error;

use clap::Subcommand;

use crate::outcome::Outcome;

/// `file::Struct` of each; the subcommand is called like the struct.
macro_rules! subcommands {
    ($($file:ident::$Struct:ident,)+) => {
        #[derive(Subcommand)]
        pub(crate) enum Command {
            $($Struct($file::$Struct),)+
        }

        impl Command {
            pub(crate) fn run(&self) -> Result<Outcome, Box<dyn Error>> {
                match self {
                    $(Self::$Struct(command) => command.run(),)+
                }
            }
        }
    };
}

subcommands! {
    call::Call,
    check::Check,
    complete::Complete,
    completions::Completions,
    convert::Convert,
    describe::Describe,
    export::Export,
    fmt::Fmt,
    r#gen::Gen,
    inspect::Inspect,
    new::New,
    top::Top,
    xsd::Xsd,
}
