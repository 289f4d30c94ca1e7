//! From a socket to one that frames go over: the TLS handshake, where the client has somebody to trust.

#[cfg(feature = "tls")]
pub(super) use self::over_tls::{Security, refusal};
#[cfg(not(feature = "tls"))]
pub(super) use self::plain::{Security, refusal};

#[cfg(not(feature = "tls"))]
mod plain {
    use crate::config::Config;
    use crate::limits::Limits;
    use crate::status::Status;
    use crate::transport::{Address, InboxError, Socket};

    /// That there is none.
    #[derive(Clone, Debug, Default)]
    pub(in crate::client) struct Security;

    impl Security {
        pub(in crate::client) fn of_target(_: &str) -> Self {
            Self
        }

        pub(in crate::client) fn configure(&mut self, _: &Config) {}

        /// Whether servers over TCP have to prove who they are.
        pub(in crate::client) fn has_tls(&self) -> bool {
            false
        }

        /// The socket that frames go over.
        #[expect(clippy::unused_async, reason = "over TLS it waits")]
        pub(in crate::client) async fn secure(
            &self,
            socket: Socket,
            _: &Address,
            _: &Limits,
        ) -> Result<Socket, Status> {
            Ok(socket)
        }
    }

    /// What the server's alert means.
    pub(in crate::client) fn refusal(_: &InboxError) -> Option<Status> {
        None
    }
}

#[cfg(feature = "tls")]
mod over_tls {
    use std::sync::Arc;

    use bytes::BytesMut;

    use crate::client::frame_link::goaway_words;
    use crate::config::Config;
    use crate::limits::Limits;
    use crate::status::Status;
    use crate::status::catalogue::{connecting, securing};
    use crate::tls::{CertificateFault, ClientTls, Failure, Refusal, TlsError};
    use crate::transport::{Address, InboxError, Socket};
    use crate::wire::frame::{Facts, Frame, FrameDecoder, FrameError, GoawayReason, MAGIC};

    /// To go on without would be to say nothing of it.
    #[cfg(feature = "simulation")]
    const SIMULATED: &str = "the simulated network carries no TLS: give a simulated client nobody to trust";

    /// Whether a client speaks TLS, and whom it expects.
    #[derive(Clone, Debug, Default)]
    pub(in crate::client) struct Security {
        /// The host of the target, where that is one name: what it stands for has the name's certificate.
        host: Option<Arc<str>>,
        /// Whom it trusts, or why that was not loaded. `None`: no TLS.
        tls: Option<Result<ClientTls, TlsError>>,
    }

    impl Security {
        /// That of a client of `target`, which speaks no TLS yet.
        pub(in crate::client) fn of_target(target: &str) -> Self {
            let host = match target.parse() {
                Ok(Address::Name(name)) => Some(host_of(&name).into()),
                _ => None,
            };
            Self { host, tls: None }
        }

        pub(in crate::client) fn trust(&mut self, tls: ClientTls) {
            self.tls = Some(Ok(tls));
        }

        /// Whether servers over TCP have to prove who they are.
        pub(in crate::client) fn has_tls(&self) -> bool {
            self.tls.is_some()
        }

        /// Where the configuration says nothing of TLS, what was set before holds.
        pub(in crate::client) fn configure(&mut self, config: &Config) {
            if let Some(tls) = config.client_tls().transpose() {
                self.tls = Some(tls);
            }
        }

        /// The socket that frames go over: over TLS, where the client has somebody to trust and the socket is TCP.
        pub(in crate::client) async fn secure(
            &self,
            socket: Socket,
            address: &Address,
            limits: &Limits,
        ) -> Result<Socket, Status> {
            let (stream, tls) = match (socket, &self.tls) {
                (Socket::Tcp(stream), Some(tls)) => (stream, tls),
                #[cfg(feature = "simulation")]
                (Socket::Simulated(_), Some(_)) => return Err(securing::tls_failed(SIMULATED)),
                (socket, _) => return Ok(socket),
            };
            let tls = tls.as_ref().map_err(securing::tls_not_loaded)?;
            let host = match (&self.host, address) {
                (Some(host), _) => host.to_string(),
                (None, Address::Tcp(address)) => address.ip().to_string(),
                (None, other) => host_of(&other.to_string()).to_owned(),
            };
            let name = tls.server_name(&host).ok_or_else(|| securing::tls_server_name_invalid(&host))?;
            let wanted = name.to_str().into_owned();
            match tls.connect(stream, name, limits).await {
                Ok(stream) => Ok(Socket::Tls(Box::new(stream))),
                Err(failure) => Err(status(failure, &wanted, limits)),
            }
        }
    }

    fn host_of(address: &str) -> &str {
        address.rsplit_once(':').map_or(address, |(host, _)| host)
    }

    fn status(failure: Failure, host: &str, limits: &Limits) -> Status {
        match failure {
            Failure::Late => securing::tls_handshake_late(limits.tls_handshake_timeout.as_millis()),
            Failure::TooLong => securing::tls_handshake_too_long(limits.tls_handshake_bytes),
            Failure::Cut => securing::tls_handshake_cut(),
            Failure::Lost(error) => securing::tls_handshake_lost().source_io(error),
            Failure::Foreign(start) => foreign(&start),
            Failure::NoCommonVersion => securing::tls_version_unshared(),
            Failure::NoCommonProtocol => securing::tls_protocol_unshared(),
            Failure::Certificate(fault) => of_certificate(fault, host),
            // A server of TLS 1.3 cannot leave it out.
            Failure::CertificateMissing => securing::tls_failed("the server showed no certificate"),
            Failure::Refused(refusal) => refused(refusal),
            Failure::Other(words) => securing::tls_failed(words),
        }
    }

    fn of_certificate(fault: CertificateFault, host: &str) -> Status {
        match fault {
            CertificateFault::Expired(since) => securing::tls_certificate_expired(since),
            CertificateFault::NotYetValid(from) => securing::tls_certificate_not_yet_valid(from),
            CertificateFault::WrongName(names) => securing::tls_certificate_of_another(host, names),
            CertificateFault::UnknownIssuer => securing::tls_issuer_unknown(),
            CertificateFault::SelfSigned => securing::tls_certificate_self_signed(),
            CertificateFault::OfAuthority => securing::tls_certificate_of_authority(),
            CertificateFault::WrongPurpose => securing::tls_certificate_for_clients(),
            CertificateFault::Other(words) => securing::tls_certificate_refused(words),
        }
    }

    /// What the server's alert means that came in place of its hello: it looks at the client's certificate when the client is done.
    pub(in crate::client) fn refusal(error: &InboxError) -> Option<Status> {
        match error {
            InboxError::Io(error) => crate::tls::refusal(error).map(refused),
            _ => None,
        }
    }

    fn refused(refusal: Refusal) -> Status {
        match refusal {
            Refusal::CertificateMissing => securing::tls_client_certificate_missing(),
            Refusal::Certificate(why) => securing::tls_client_certificate_refused(why),
            Refusal::Version => securing::tls_version_unshared(),
            Refusal::Protocol => securing::tls_protocol_unshared(),
            Refusal::Other(alert) => securing::tls_failed(format_args!("the server sent the alert {alert}")),
        }
    }

    /// What a server says that does not speak TLS. Its words come from whoever is there, as all that is not encrypted.
    fn foreign(start: &[u8]) -> Status {
        let decoder = FrameDecoder { body_len_max: u32::MAX, metadata_len_max: 0 };
        match decoder.decode(&mut BytesMut::from(start)) {
            Ok(Some(frame)) => of_frame(&frame),
            _ if start.starts_with(&MAGIC) => securing::tls_unknown_there(),
            _ => {
                let mut first = [0; 8];
                first.iter_mut().zip(start).for_each(|(first, byte)| *first = *byte);
                connecting::peer_foreign(FrameError::NotSvrkit { start: first })
            }
        }
    }

    fn of_frame(frame: &Frame) -> Status {
        match frame.header.facts {
            Facts::Goaway { reason: GoawayReason::Tls } => securing::tls_unknown_there(),
            Facts::Goaway { reason } => connecting::turned_away(goaway_words(frame, reason)),
            _ => securing::tls_unknown_there(),
        }
    }
}
