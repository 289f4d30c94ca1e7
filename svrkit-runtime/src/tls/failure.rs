//! Why a handshake has failed: rustls' words sorted by what can be done.

use std::fmt;
use std::io;

use tokio_rustls::rustls::{
    AlertDescription, CertificateError, Error, InvalidMessage, OtherError, PeerIncompatible,
};

use super::identity::date;
use super::metered::Exceeded;
use super::verifier::SelfSigned;

/// Most names of a certificate that an error shows: others wrote it.
const NAMES_MAX: usize = 5;

/// Why there is no connection over TLS.
#[derive(Debug)]
pub(crate) enum Failure {
    /// It was not over within `tls.handshake_timeout`.
    Late,
    /// The peer sent more than `tls.handshake_bytes`.
    TooLong,
    /// The peer closed the connection.
    Cut,
    /// The socket failed.
    Lost(io::Error),
    /// The peer speaks no TLS; what it said.
    Foreign(Vec<u8>),
    /// The peer speaks only older versions of TLS.
    NoCommonVersion,
    /// The peer speaks TLS, and not svrkit over it.
    NoCommonProtocol,
    /// The peer's certificate is not taken.
    Certificate(CertificateFault),
    /// The peer has no certificate, and must have one.
    CertificateMissing,
    /// The peer refused.
    Refused(Refusal),
    /// Anything else, in rustls' words.
    Other(String),
}

/// What is wrong with a certificate, by who looks at it.
#[derive(Debug)]
pub(crate) enum CertificateFault {
    /// Since when.
    Expired(String),
    /// From when on it is valid.
    NotYetValid(String),
    /// The names it has.
    WrongName(String),
    UnknownIssuer,
    SelfSigned,
    /// It is that of a CA.
    OfAuthority,
    /// It is for clients and shown by a server, or the other way round.
    WrongPurpose,
    Other(String),
}

/// Why the peer refused, by the alert it sent (RFC 8446, section 6.2).
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// This side showed no certificate, and must.
    CertificateMissing,
    /// This side's certificate; why.
    Certificate(&'static str),
    Version,
    Protocol,
    Other(String),
}

impl Failure {
    /// `start`: what the peer said first.
    pub(super) fn of(error: io::Error, start: Vec<u8>) -> Self {
        let inner = error.get_ref();
        if inner.is_some_and(|inner| inner.is::<Exceeded>()) {
            return Self::TooLong;
        }
        match inner.and_then(|inner| inner.downcast_ref::<Error>()) {
            Some(tls) => Self::of_tls(tls, start),
            None if error.kind() == io::ErrorKind::UnexpectedEof => Self::Cut,
            None => Self::Lost(error),
        }
    }

    fn of_tls(error: &Error, start: Vec<u8>) -> Self {
        match error {
            Error::InvalidMessage(_) if !is_tls(&start) => Self::Foreign(start),
            Error::InvalidMessage(
                InvalidMessage::HandshakePayloadTooLarge | InvalidMessage::CertificatePayloadTooLarge,
            ) => Self::TooLong,
            Error::NoCertificatesPresented => Self::CertificateMissing,
            Error::NoApplicationProtocol => Self::NoCommonProtocol,
            Error::PeerIncompatible(
                PeerIncompatible::SupportedVersionsExtensionRequired
                | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
                | PeerIncompatible::ServerDoesNotSupportTls12Or13
                | PeerIncompatible::Tls12NotOffered
                | PeerIncompatible::Tls12NotOfferedOrEnabled,
            ) => Self::NoCommonVersion,
            Error::AlertReceived(alert) => Self::Refused(Refusal::of(*alert)),
            Error::InvalidCertificate(error) => Self::Certificate(CertificateFault::of(error)),
            other => Self::Other(other.to_string()),
        }
    }
}

/// Why the peer ended a connection whose handshake was over for this side: a server judges a certificate after its client is done.
pub(crate) fn refusal(error: &io::Error) -> Option<Refusal> {
    match error.get_ref()?.downcast_ref::<Error>()? {
        Error::AlertReceived(alert) => Some(Refusal::of(*alert)),
        _ => None,
    }
}

/// Whether it begins as a handshake or an alert does.
fn is_tls(start: &[u8]) -> bool {
    matches!(start, [] | [0x15 | 0x16] | [0x15 | 0x16, 3, ..])
}

impl CertificateFault {
    fn of(error: &CertificateError) -> Self {
        match error {
            CertificateError::ExpiredContext { not_after, .. } => Self::Expired(date(*not_after)),
            CertificateError::NotValidYetContext { not_before, .. } => Self::NotYetValid(date(*not_before)),
            CertificateError::NotValidForNameContext { presented, .. } => Self::WrongName(names(presented)),
            CertificateError::UnknownIssuer => Self::UnknownIssuer,
            CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
                Self::WrongPurpose
            }
            CertificateError::Other(OtherError(inner)) if inner.is::<SelfSigned>() => Self::SelfSigned,
            CertificateError::Other(OtherError(inner))
                if inner.downcast_ref() == Some(&webpki::Error::CaUsedAsEndEntity) =>
            {
                Self::OfAuthority
            }
            CertificateError::BadSignature => {
                Self::Other("its signature is not that of the CA of this name: has the CA a new key?".into())
            }
            other => Self::Other(other.to_string()),
        }
    }
}

fn names(presented: &[String]) -> String {
    let told: Vec<_> = presented.iter().take(NAMES_MAX).map(|name| plain(name)).collect();
    match presented.len().saturating_sub(NAMES_MAX) {
        0 if told.is_empty() => "no name".into(),
        0 => told.join(", "),
        more => format!("{} and {more} more", told.join(", ")),
    }
}

/// The name in what webpki says of it: `DnsName("shop.example")`, `IpAddress(10.0.0.7)`. What is said otherwise is told as it is.
fn plain(presented: &str) -> &str {
    let inside = ["DnsName(", "IpAddress(", "UniformResourceIdentifier("];
    let inside = inside.iter().find_map(|kind| presented.strip_prefix(kind)?.strip_suffix(')'));
    inside.map_or(presented, |name| name.trim_matches('"'))
}

impl Refusal {
    fn of(alert: AlertDescription) -> Self {
        match alert {
            AlertDescription::CertificateRequired => Self::CertificateMissing,
            AlertDescription::UnknownCA => Self::Certificate("it does not trust who issued it"),
            AlertDescription::CertificateExpired => Self::Certificate("it has expired, or is not valid yet"),
            AlertDescription::CertificateRevoked => Self::Certificate("it was revoked"),
            AlertDescription::UnsupportedCertificate => Self::Certificate("it is not for this purpose"),
            AlertDescription::BadCertificate => {
                Self::Certificate("it is damaged, or not for the name that was called")
            }
            AlertDescription::CertificateUnknown => {
                Self::Certificate("it is self-signed, that of a CA, or otherwise unacceptable")
            }
            AlertDescription::DecryptError => {
                Self::Certificate("a signature is wrong: has the CA a new key?")
            }
            AlertDescription::ProtocolVersion => Self::Version,
            AlertDescription::NoApplicationProtocol => Self::Protocol,
            other => Self::Other(format!("{other:?}")),
        }
    }
}

/// What a server says of a client, for monitors.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Late => f.write_str("no whole TLS handshake in time (tls.handshake_timeout)"),
            Self::TooLong => f.write_str(
                "the client sent more than it may before its TLS handshake is over (tls.handshake_bytes): is its chain of certificates too long?",
            ),
            Self::Cut => f.write_str("the client closed the connection in the TLS handshake"),
            Self::Lost(error) => write!(f, "the connection was lost in the TLS handshake: {error}"),
            Self::Foreign(_) => f.write_str("the client does not speak TLS: give it TLS, or another port"),
            Self::NoCommonVersion => f.write_str("the client does not speak TLS 1.3: upgrade it"),
            Self::NoCommonProtocol => {
                f.write_str("the client speaks TLS, but does not offer svrkit/1 over it (ALPN): is it one of svrkit?")
            }
            Self::CertificateMissing => f.write_str(
                "the client gave no certificate, and this server takes nobody without: give the client one",
            ),
            Self::Certificate(fault) => write!(f, "the client's certificate is not taken: {fault}"),
            Self::Refused(Refusal::Certificate(why)) => {
                write!(f, "the client does not take this server's certificate: {why}")
            }
            Self::Refused(Refusal::Version) => f.write_str("the client does not speak TLS 1.3: upgrade it"),
            Self::Refused(refusal) => write!(f, "the client ended the TLS handshake: {refusal}"),
            Self::Other(words) => write!(f, "the TLS handshake failed: {words}"),
        }
    }
}

impl fmt::Display for CertificateFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expired(since) => write!(f, "it expired on {since}: issue another, or see whether the clock here is right"),
            Self::NotYetValid(from) => {
                write!(f, "it is not valid before {from}: see whether the clock here is right")
            }
            Self::WrongName(names) => write!(f, "it is for {names}"),
            Self::UnknownIssuer => f.write_str(
                "nobody who is trusted here has issued it: trust its CA, or send the certificates between the two along with it",
            ),
            Self::SelfSigned => f.write_str("it is self-signed: have a CA issue one, or trust this one by name"),
            Self::OfAuthority => f.write_str("it is that of a CA: issue one from it"),
            Self::WrongPurpose => {
                f.write_str("its extended key usage says another purpose: issue one for this side")
            }
            Self::Other(words) => f.write_str(words),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CertificateMissing => f.write_str("no certificate was given"),
            Self::Certificate(why) => write!(f, "the certificate is not taken: {why}"),
            Self::Version => f.write_str("no common version of TLS"),
            Self::Protocol => f.write_str("no common protocol (ALPN)"),
            Self::Other(alert) => write!(f, "alert {alert}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_certificates_are_told_as_people_write_them() {
        let presented = ["DnsName(\"shop.example\")", "IpAddress(10.0.0.7)", "DirectoryName"];
        let presented = presented.map(String::from);
        assert_eq!(names(&presented), "shop.example, 10.0.0.7, DirectoryName");
        assert_eq!(names(&[]), "no name");
        let many = vec![presented[0].clone(); NAMES_MAX + 2];
        assert!(names(&many).ends_with("shop.example and 2 more"), "{}", names(&many));
        assert!(!names(&many[..NAMES_MAX]).contains("more"));
    }
}
