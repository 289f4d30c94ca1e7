//! How a call ended that was not answered, in words, and which option helps.

use svrkit_runtime::{Layer, Status};

/// What to do about a connection over TLS that does not come about, by what the runtime says of it.
const ADVICE: [(&str, &str); 8] = [
    ("over TLS on this port", "name the CA of its certificate: --ca FILE"),
    ("without TLS on this port", "leave --ca out, or name the port that has TLS"),
    ("certificate is not for", "if it is the right server, give the name by --server-name NAME"),
    ("expired on", "have another issued for the server, or see whether the clock of this machine is right"),
    ("by nobody whom this client trusts", "name the CA that has issued it: --ca FILE"),
    ("is not taken", "name the CA that has issued it: --ca FILE"),
    ("certificate of this client, which has none", "show it one: --cert FILE --key FILE"),
    (
        "does not take this client's",
        "show one that a CA of the server has issued and that is valid: --cert FILE --key FILE",
    ),
];

/// What the server, or the way to it, said; with what to do where an option of the command is at fault.
pub(crate) fn refusal(status: &Status) -> String {
    let is_handshake = status.facts().layer == Layer::Handshake;
    let advice = ADVICE.iter().find(|(words, _)| is_handshake && status.message().contains(words));
    let advice = advice.map(|(_, advice)| format!("  {advice}\n")).unwrap_or_default();
    format!("error: {status}\n{advice}")
}
