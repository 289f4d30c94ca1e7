//! Which trace a request belongs to: W3C Trace Context's `traceparent`.

use std::fmt;
use std::str::FromStr;

/// Length of a `traceparent` of version 00.
const TEXT_LEN: usize = 55;

/// Set where the caller recorded the trace.
const FLAG_SAMPLED: u8 = 1;

/// Where a request stands in a trace: the trace's id, and the id of the span it was made in.
///
/// It is written and read as a `traceparent` of version 00
/// ([W3C Trace Context](https://www.w3.org/TR/trace-context/), section 3.2); of a later version the fields that 00 has are read.
///
/// ```
/// use svrkit_runtime::Trace;
///
/// let text = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
/// let trace: Trace = text.parse().unwrap();
/// assert!(trace.is_sampled());
/// assert_eq!(trace.to_string(), text);
/// assert!("00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01".parse::<Trace>().is_err(), "no span has the id 0");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Trace {
    trace_id: u128,
    span_id: u64,
    flags: u8,
}

/// A text that is no `traceparent`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotATrace;

impl Trace {
    /// A place in a trace. `None` where an id is 0, which stands for none.
    #[must_use]
    pub fn new(trace_id: u128, span_id: u64, is_sampled: bool) -> Option<Self> {
        let flags = if is_sampled { FLAG_SAMPLED } else { 0 };
        (trace_id != 0 && span_id != 0).then_some(Self { trace_id, span_id, flags })
    }

    /// The same for every request of the trace.
    #[must_use]
    pub fn trace_id(&self) -> u128 {
        self.trace_id
    }

    /// The span that the request was made in.
    #[must_use]
    pub fn span_id(&self) -> u64 {
        self.span_id
    }

    /// Whether whoever began the trace has it recorded.
    #[must_use]
    pub fn is_sampled(&self) -> bool {
        self.flags & FLAG_SAMPLED != 0
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "00-{:032x}-{:016x}-{:02x}", self.trace_id, self.span_id, self.flags)
    }
}

impl FromStr for Trace {
    type Err = NotATrace;

    fn from_str(text: &str) -> Result<Self, NotATrace> {
        let mut parts = text.split('-');
        let version = hex(parts.next(), 2)?;
        let trace_id = hex(parts.next(), 32)?;
        let span_id = hex(parts.next(), 16)?;
        let flags = hex(parts.next(), 2)?;
        let is_whole = match version {
            0 => text.len() == TEXT_LEN,
            255 => false,
            // Whatever a later version adds stands behind another dash.
            _ => true,
        };
        // Of the flags, 00 knows one; others are not passed on.
        let trace = Self::new(trace_id, span_id as u64, flags as u8 & FLAG_SAMPLED != 0);
        trace.filter(|_| is_whole).ok_or(NotATrace)
    }
}

/// A field of `len` lower-case digits.
fn hex(text: Option<&str>, len: usize) -> Result<u128, NotATrace> {
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    let text = text.filter(|text| text.len() == len && text.bytes().all(is_digit)).ok_or(NotATrace)?;
    u128::from_str_radix(text, 16).map_err(|_| NotATrace)
}

impl fmt::Display for NotATrace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected a traceparent, as in 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
    }
}

impl std::error::Error for NotATrace {}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    const SPAN: &str = "00f067aa0ba902b7";

    #[test]
    fn what_is_read_is_what_the_recommendation_says() {
        let read = |text: String| text.parse::<Trace>();
        let (zeros, zero) = ("0".repeat(32), "0".repeat(16));
        assert!(read(format!("00-{TRACE}-{SPAN}-01")).unwrap().is_sampled());
        assert!(!read(format!("00-{TRACE}-{SPAN}-00")).unwrap().is_sampled());
        assert_eq!(
            read(format!("00-{TRACE}-{SPAN}-fe")).unwrap().to_string(),
            format!("00-{TRACE}-{SPAN}-00")
        );
        assert_eq!(
            read(format!("cc-{TRACE}-{SPAN}-01-more")).unwrap().to_string(),
            format!("00-{TRACE}-{SPAN}-01")
        );
        for text in [
            format!("00-{TRACE}-{SPAN}-01-more"),
            format!("00-{TRACE}-{SPAN}-01-"),
            format!("ff-{TRACE}-{SPAN}-01"),
            format!("00-{zeros}-{SPAN}-01"),
            format!("00-{TRACE}-{zero}-01"),
            format!("00-{}-{SPAN}-01", TRACE.to_uppercase()),
            format!("00-{TRACE}-{SPAN}-1"),
            format!("00-{TRACE}-{SPAN}"),
            format!("00-{TRACE}-+{}-01", &SPAN[1..]),
            String::new(),
        ] {
            assert_eq!(read(text.clone()), Err(NotATrace), "{text}");
        }
    }
}
