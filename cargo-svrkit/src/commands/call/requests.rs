//! The messages that are sent, as texts: one, or one a line.

use std::error::Error;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _};
use std::path::PathBuf;
use std::thread;

use tokio::sync::mpsc;

use crate::messages::Input;

/// Most bytes of a line: as many as a message may have that is sent (`message.out`).
const LINE_LEN_MAX: u64 = 64 * 1024 * 1024;

/// What stands for standard input.
const STDIN: &str = "-";

/// Where requests come from.
pub(super) enum Source {
    /// No place is named: there is one empty request, or as many as standard input has lines.
    None,
    Text(String),
    File(PathBuf),
    Stdin,
}

/// A line that was read, with its number from 1.
pub(super) type Line = (usize, io::Result<String>);

impl Source {
    pub(super) fn of(argument: Option<&str>) -> Self {
        match argument {
            None => Self::None,
            Some(STDIN) => Self::Stdin,
            Some(text) => match text.strip_prefix('@') {
                Some(path) => Self::File(path.into()),
                None => Self::Text(text.into()),
            },
        }
    }

    /// All of it, as one request.
    pub(super) fn whole(self) -> Result<String, Box<dyn Error>> {
        let path = match self {
            Self::None => return Ok("{}".into()),
            Self::Text(text) => return Ok(text),
            Self::File(path) => path,
            Self::Stdin => STDIN.into(),
        };
        let bytes = Input::File(path).bytes()?;
        String::from_utf8(bytes).map_err(|_| "the request is no utf-8, and so no JSON".into())
    }

    /// Its lines, as they come; blank ones are passed over. They are read by a thread of their own, which waits until the last one was
    /// taken: a line may be long in coming, and meanwhile there are answers.
    pub(super) fn lines(self) -> Result<mpsc::Receiver<Line>, Box<dyn Error>> {
        let (tell, lines) = mpsc::channel(1);
        let read: Box<dyn FnOnce() + Send> = match self {
            Self::Text(text) => Box::new(move || tell_lines(text.as_bytes(), &tell)),
            Self::File(path) => {
                let file = File::open(&path)
                    .map_err(|error| format!("cannot read `{}`: {error}", path.display()))?;
                Box::new(move || tell_lines(BufReader::new(file), &tell))
            }
            Self::None | Self::Stdin => Box::new(move || tell_lines(io::stdin().lock(), &tell)),
        };
        thread::Builder::new().name("requests".into()).spawn(read)?;
        Ok(lines)
    }
}

fn tell_lines(mut text: impl BufRead, tell: &mpsc::Sender<Line>) {
    for number in 1.. {
        let mut line = String::new();
        let read = (&mut text).take(LINE_LEN_MAX).read_line(&mut line);
        let line = match read {
            Ok(0) => return,
            Ok(_) if line.trim().is_empty() => continue,
            Ok(len) if len as u64 == LINE_LEN_MAX => {
                Err(io::Error::other(format!("it has more than {LINE_LEN_MAX} bytes, the most of a request")))
            }
            Ok(_) => Ok(line),
            Err(error) => Err(error),
        };
        let is_last = line.is_err();
        // Where nobody takes lines any more, none is read.
        if tell.blocking_send((number, line)).is_err() || is_last {
            return;
        }
    }
}
