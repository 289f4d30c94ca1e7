//! What travels with a call in its metadata: which trace it belongs to, and labels.

use std::sync::Arc;

use bytes::Bytes;

use super::trace::Trace;
use crate::queue::Job;
use crate::wire::frame::{Metadata, MetadataEntry};

/// The key of a `traceparent`.
const TRACE_KEY: &str = "svrkit.trace";

/// What the key of each label starts with; its name follows.
const LABEL_KEY: &str = "svrkit.label.";

/// Trace, labels, what else came with a call, and the job that this is. Most calls have nothing of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Baggage {
    /// As it arrived. Goes no further.
    pub(super) received: Metadata,
    pub(super) trace: Option<Trace>,
    /// By name, each once, in the order they were set.
    pub(super) labels: Vec<(String, String)>,
    /// What is being done. Goes no further.
    pub(super) job: Option<Arc<Job>>,
}

impl Baggage {
    /// Reads what came with a call.
    ///
    /// # Errors
    ///
    /// A label is no text; its name.
    pub(super) fn of(received: Metadata) -> Result<Self, String> {
        let mut baggage = Self::default();
        for MetadataEntry { key, value, .. } in &received.entries {
            if key == TRACE_KEY {
                // What cannot be read begins no trace: so W3C Trace Context has it.
                baggage.trace = std::str::from_utf8(value).ok().and_then(|text| text.parse().ok());
            } else if let Some(name) = key.strip_prefix(LABEL_KEY) {
                let text = std::str::from_utf8(value).map_err(|_| name.to_owned())?;
                baggage.set_label(name.to_owned(), text.to_owned());
            }
        }
        Ok(Self { received, ..baggage })
    }

    pub(super) fn label(&self, name: &str) -> Option<&str> {
        self.labels.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn set_label(&mut self, name: String, value: String) {
        match self.labels.iter_mut().find(|(known, _)| *known == name) {
            Some((_, old)) => *old = value,
            None => self.labels.push((name, value)),
        }
    }

    /// Adds what calls below are to know.
    pub(super) fn add_to(&self, metadata: &mut Metadata) {
        if let Some(trace) = self.trace {
            metadata.insert(TRACE_KEY, trace.to_string());
        }
        self.add_labels_to(metadata);
    }

    /// The same without the trace, which is another one for each request.
    pub(super) fn add_labels_to(&self, metadata: &mut Metadata) {
        for (name, value) in &self.labels {
            metadata.insert(format!("{LABEL_KEY}{name}"), Bytes::copy_from_slice(value.as_bytes()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_added_is_read_again() {
        let mut baggage = Baggage { trace: Trace::new(7, 8, true), ..Baggage::default() };
        baggage.set_label("tenant".into(), "blue".into());
        baggage.set_label("gray".into(), String::new());
        baggage.set_label("tenant".into(), "grün".into());
        let mut metadata = Metadata::default();
        metadata.insert("own", "stays");
        baggage.add_to(&mut metadata);
        let read = Baggage::of(metadata.clone()).unwrap();
        assert_eq!(read, Baggage { received: metadata, ..baggage.clone() });
        assert_eq!(
            (read.label("tenant"), read.label("gray"), read.label("own")),
            (Some("grün"), Some(""), None)
        );
    }

    #[test]
    fn a_trace_that_cannot_be_read_is_none_and_a_label_that_is_no_text_is_a_fault() {
        let of = |key: &str, value: &'static [u8]| {
            let mut metadata = Metadata::default();
            metadata.insert(key, value);
            Baggage::of(metadata)
        };
        assert_eq!(of(TRACE_KEY, b"00-zz").unwrap().trace, None);
        assert_eq!(of(TRACE_KEY, b"\xff").unwrap().trace, None);
        assert_eq!(of("svrkit.label.tenant", b"\xff"), Err("tenant".into()));
    }
}
