//! From an accepted socket to one that frames go over: the TLS handshake, where the server has a certificate.
//!
//! It is the connection's own task that shakes hands, and the connection counts from the beginning: whoever is slow holds up nobody else.

#[cfg(feature = "tls")]
pub(in crate::server) use self::over_tls::{Door, Security};
#[cfg(not(feature = "tls"))]
pub(in crate::server) use self::plain::{Door, Security};

#[cfg(not(feature = "tls"))]
mod plain {
    use std::io;

    use crate::config::Config;
    use crate::limits::Limits;
    use crate::monitor::ConnectionWatch;
    use crate::server::connection::Connection;
    use crate::server::{ServeError, Shared};
    use crate::transport::{Listener, Socket};

    /// That there is none.
    #[derive(Clone, Debug, Default)]
    pub(in crate::server) struct Security;

    /// Which stands open.
    #[derive(Debug)]
    pub(in crate::server) struct Door;

    impl Security {
        pub(in crate::server) fn configure(&mut self, _: &Config) {}

        pub(in crate::server) fn door(self, _: &Limits) -> Result<Door, ServeError> {
            Ok(Door)
        }
    }

    impl Door {
        /// Anything may come in by it.
        #[expect(clippy::unnecessary_wraps, clippy::unused_self, reason = "with TLS not everything may")]
        pub(in crate::server) fn fits(&self, _: &Listener) -> io::Result<()> {
            Ok(())
        }
    }

    impl Connection {
        /// The socket that frames go over.
        #[expect(clippy::unused_async, reason = "over TLS it waits")]
        pub(in crate::server::connection) async fn secure(
            &self,
            socket: Socket,
            _: &mut ConnectionWatch,
            shared: &Shared,
        ) -> Option<Socket> {
            let Door = &shared.door;
            Some(socket)
        }
    }
}

#[cfg(feature = "tls")]
mod over_tls {
    use std::io;

    use tokio::net::TcpStream;
    use tokio::sync::Semaphore;
    use tokio::time::timeout;

    use crate::config::Config;
    use crate::limits::Limits;
    use crate::monitor::{ConnectionWatch, Ending};
    use crate::server::connection::{Connection, linger};
    use crate::server::stranger::{self, TLS_HANDSHAKE};
    use crate::server::{ServeError, Shared};
    use crate::tls::{Accepted, Failure, ServerTls, TlsError};
    use crate::transport::{Listener, Socket};
    use crate::wire::frame::{FrameError, GoawayReason, MAGIC};

    /// What a server proves itself with, or why that was not loaded; nothing: it speaks no TLS.
    #[derive(Clone, Debug, Default)]
    pub(in crate::server) struct Security(Option<Result<ServerTls, TlsError>>);

    /// Where connections come in.
    #[derive(Debug)]
    pub(in crate::server) struct Door {
        /// `None`: it stands open.
        tls: Option<ServerTls>,
        /// A permit for each handshake at once.
        handshakes: Semaphore,
    }

    impl Security {
        pub(in crate::server) fn set(&mut self, tls: ServerTls) {
            self.0 = Some(Ok(tls));
        }

        /// Where the configuration says nothing of TLS, what was set before holds.
        pub(in crate::server) fn configure(&mut self, config: &Config) {
            if let Some(tls) = config.server_tls().transpose() {
                self.0 = Some(tls);
            }
        }

        pub(in crate::server) fn door(self, limits: &Limits) -> Result<Door, ServeError> {
            Ok(Door { tls: self.0.transpose()?, handshakes: Semaphore::new(limits.tls_handshakes) })
        }
    }

    impl Door {
        /// Fails where TLS is spoken and the network of the listener carries none: to go on without would be to say nothing of it.
        pub(in crate::server) fn fits(&self, listener: &Listener) -> io::Result<()> {
            if self.tls.is_none() || listener.is_securable() {
                return Ok(());
            }
            let words = "the simulated network carries no TLS: give a simulated server no certificate";
            Err(io::Error::new(io::ErrorKind::Unsupported, words))
        }
    }

    /// Why no frames go over a socket, and what is left of it.
    enum Unsecured {
        /// The peer began with something else than a handshake.
        Foreign(Socket, [u8; 8]),
        /// There are as many handshakes as there may be.
        Full(Socket),
        /// The handshake failed; the peer has to read the alert, where there still is a socket.
        Failed(Failure, Option<TcpStream>),
    }

    impl Connection {
        /// The socket that frames go over. `None`: there is none; the peer was told why, as far as that can be done.
        pub(in crate::server::connection) async fn secure(
            &self,
            socket: Socket,
            watch: &mut ConnectionWatch,
            shared: &Shared,
        ) -> Option<Socket> {
            let (stream, tls) = match (socket, &shared.door.tls) {
                (Socket::Tcp(stream), Some(tls)) => (stream, tls),
                (socket, _) => return Some(socket),
            };
            // In a box that goes: a handshake takes more room than a connection.
            let handshake = Box::pin(self.shake_hands(stream, tls, shared));
            let outcome = timeout(self.limits.tls_handshake_timeout, handshake).await;
            match outcome.unwrap_or(Err(Unsecured::Failed(Failure::Late, None))) {
                Ok(Accepted { stream, certificate }) => {
                    if let Some(certificate) = certificate {
                        let _ = self.certificate.set(certificate.into());
                    }
                    Some(Socket::Tls(Box::new(stream)))
                }
                Err(why) => {
                    self.stay_unsecured(why, watch).await;
                    None
                }
            }
        }

        async fn shake_hands(
            &self,
            stream: TcpStream,
            tls: &ServerTls,
            shared: &Shared,
        ) -> Result<Accepted, Unsecured> {
            let mut start = [0; 8];
            match stream.peek(&mut start).await {
                Ok(0) => return Err(Unsecured::Failed(Failure::Cut, None)),
                Ok(_) if start[0] != TLS_HANDSHAKE => {
                    return Err(Unsecured::Foreign(Socket::Tcp(stream), start));
                }
                Ok(_) => {}
                Err(error) => return Err(Unsecured::Failed(Failure::Lost(error), None)),
            }
            let Ok(_place) = shared.door.handshakes.try_acquire() else {
                return Err(Unsecured::Full(Socket::Tcp(stream)));
            };
            tls.accept(stream, &self.limits)
                .await
                .map_err(|(failure, stream)| Unsecured::Failed(failure, stream))
        }

        async fn stay_unsecured(&self, why: Unsecured, watch: &mut ConnectionWatch) {
            match why {
                Unsecured::Foreign(socket, start) if start.starts_with(&MAGIC) => {
                    let words = "this port speaks svrkit over TLS, and the client does not: give it TLS";
                    self.goaway(GoawayReason::Tls, words);
                    watch.end(Ending::Protocol, words);
                    self.part(socket).await;
                }
                Unsecured::Foreign(socket, start) => {
                    stranger::answer(&start, &self.outbox);
                    watch.end(Ending::Protocol, FrameError::NotSvrkit { start }.to_string());
                    self.part(socket).await;
                }
                Unsecured::Full(socket) => {
                    let max = self.limits.tls_handshakes;
                    let words = format!("the server is in {max} TLS handshakes already (tls.handshakes)");
                    self.goaway(GoawayReason::Limit, &words);
                    watch.end(Ending::Limit, words);
                    self.part(socket).await;
                }
                Unsecured::Failed(failure, stream) => {
                    watch.end(Ending::NotOpened, failure.to_string());
                    if let Some(stream) = stream {
                        read_out(stream).await;
                    }
                }
            }
        }
    }

    /// Lets the peer read the alert: closing with bytes unread would reset the connection, and the alert with it.
    async fn read_out(mut stream: TcpStream) {
        let ended: io::Result<()> = tokio::io::AsyncWriteExt::shutdown(&mut stream).await;
        if ended.is_ok() {
            linger(stream).await;
        }
    }
}
