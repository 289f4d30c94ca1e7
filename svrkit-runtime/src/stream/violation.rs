//! How a peer breaks the rules of streams. It ends the connection: the two have lost count of each other.

use std::fmt;

use crate::wire::frame::FrameError;

/// What a peer did that it may not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Violation {
    /// Messages beyond the credit of their stream.
    BeyondStreamWindow { call_id: u32, window: u32 },
    /// Messages beyond the credit of the connection.
    BeyondConnectionWindow { window: u32 },
    /// More credit than there can be.
    CreditOverflow { call_id: u32 },
    /// A message after the end of its stream, or another end.
    AfterEnd { call_id: u32 },
    /// Messages in one frame that are none.
    Unpackable { call_id: u32, why: FrameError },
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BeyondStreamWindow { call_id, window } => write!(
                f,
                "messages of call {call_id} came beyond their credit: the window is {window} bytes (stream.window)"
            ),
            Self::BeyondConnectionWindow { window } => write!(
                f,
                "messages came beyond the credit of the connection: the window is {window} bytes (connection.window)"
            ),
            Self::CreditOverflow { call_id: 0 } => {
                f.write_str("more credit for the connection than a window can have")
            }
            Self::CreditOverflow { call_id } => {
                write!(f, "more credit for call {call_id} than a window can have")
            }
            Self::AfterEnd { call_id } => write!(f, "a frame of call {call_id} after the end of its stream"),
            Self::Unpackable { call_id, why } => write!(f, "messages of call {call_id}: {why}"),
        }
    }
}
