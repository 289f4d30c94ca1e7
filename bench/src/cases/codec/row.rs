//! The JSON lines. Their fields are an interface: programs read them.

use serde::Serialize;

/// One message, what is done with it, and by whom; medians of the rounds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Row {
    pub case: &'static str,
    pub message: &'static str,
    pub op: &'static str,
    pub lib: &'static str,
    /// `own`: what the library's generator takes. `same`: those of svrkit.
    pub containers: &'static str,
    /// `kept` or `dropped`: what becomes of fields that the schema does not know, where there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unknown: Option<&'static str>,
    /// Of one value, on average.
    pub bytes: f64,
    /// CPU time for one value, on average.
    pub ns: f64,
    /// Bytes by that time.
    pub mib_s: f64,
}
