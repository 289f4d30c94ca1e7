//! Google's protobuf in a process of its own: `python/judge.py` says how it is spoken to.

use std::ffi::OsStr;
use std::io::{self, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// What reads and writes messages there.
const JUDGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/python/judge.py");

/// Items of one request. Nobody reads while the other side writes, so both must have room for one.
const ITEMS_MAX: usize = 500;

/// What is done with each item of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Bytes are read and written again, deterministically.
    Rewrite,
    /// Bytes are written as JSON.
    ToJson,
    /// JSON is written as bytes.
    FromJson,
}

/// Google's protobuf for Python is two libraries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Implementation {
    /// The one that is used: written in C, shared with PHP and Ruby. It keeps the bits of floats; the order in which it
    /// writes maps is its own.
    Upb,
    /// The one in Python: slow. It writes maps in the order of their keys, as C++, Java and Go do, and knows one NaN.
    Python,
}

impl Implementation {
    fn name(self) -> &'static str {
        match self {
            Self::Upb => "upb",
            Self::Python => "python",
        }
    }
}

/// The process. It ends when this is dropped.
#[derive(Debug)]
pub struct Google {
    process: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

/// What came of one item, or what Google finds wrong with it.
pub type Answer = Result<Vec<u8>, String>;

impl Google {
    /// Starts `python`, which must have the package protobuf, with the descriptors in a file.
    ///
    /// # Errors
    ///
    /// When it cannot be started. That it has no such package shows in the first answer.
    pub fn start(
        python: impl AsRef<OsStr>,
        implementation: Implementation,
        descriptors: &Path,
    ) -> io::Result<Self> {
        let mut command = Command::new(python);
        command.env("PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION", implementation.name());
        command.arg(JUDGE).arg(descriptors).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn()?;
        let closed = || io::Error::other("the process has no pipe");
        let input = Some(process.stdin.take().ok_or_else(closed)?);
        let output = BufReader::new(process.stdout.take().ok_or_else(closed)?);
        Ok(Self { process, input, output })
    }

    /// Has every item done, which are of the message of this name; the answers have the same order.
    ///
    /// # Errors
    ///
    /// When the process has ended or answers something else.
    pub fn ask(&mut self, operation: Operation, message: &str, items: &[Vec<u8>]) -> io::Result<Vec<Answer>> {
        let letter = match operation {
            Operation::Rewrite => b"B",
            Operation::ToJson => b"J",
            Operation::FromJson => b"P",
        };
        let mut answers = Vec::with_capacity(items.len());
        for items in items.chunks(ITEMS_MAX) {
            let parts = [&letter[..], message.as_bytes()].into_iter().chain(items.iter().map(Vec::as_slice));
            let request: Vec<u8> = parts.flat_map(framed).collect();
            let input = self.input.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
            input.write_all(&framed(&request))?;
            input.flush()?;
            let mut answer = &*read_frame(&mut self.output)?;
            for _ in items {
                let item = read_frame(&mut answer)?;
                answers.push(match item.split_first() {
                    Some((b'+', made)) => Ok(made.to_vec()),
                    Some((b'-', fault)) => Err(String::from_utf8_lossy(fault).into_owned()),
                    _ => return Err(io::ErrorKind::InvalidData.into()),
                });
            }
        }
        Ok(answers)
    }
}

impl Drop for Google {
    fn drop(&mut self) {
        // Its input has ended: so does it.
        drop(self.input.take());
        let _ = self.process.wait();
    }
}

fn framed(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    let bytes = bytes.as_ref();
    [&(bytes.len() as u32).to_le_bytes(), bytes].concat()
}

fn read_frame(from: &mut impl io::Read) -> io::Result<Vec<u8>> {
    let mut len = [0; 4];
    from.read_exact(&mut len)?;
    let mut frame = Vec::new();
    from.take(u32::from_le_bytes(len).into()).read_to_end(&mut frame)?;
    Ok(frame)
}
