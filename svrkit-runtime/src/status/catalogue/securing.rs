//! On the way to a server over TLS.

super::catalogue! {
    /// The certificates or keys that a configuration names cannot be loaded.
    tls_not_loaded(error) = FailedPrecondition, Connect, Caller, None, Never,
        "the client's TLS cannot be set up: {error}"
        => "correct the file that the message names, and make the client anew";
    /// The host of the endpoint is no name that a certificate can have.
    tls_server_name_invalid(host) = InvalidArgument, Connect, Caller, None, Never,
        "{host} is no name that a certificate can have"
        => "correct the endpoint, or set the server name by hand";
    /// The server begins a handshake and does not end it.
    tls_handshake_late(limit) = Unavailable, Handshake, Callee, None, Elsewhere,
        "no whole TLS handshake within {limit} ms (tls.handshake_timeout): does the server speak TLS?" limit "tls.handshake_timeout"
        => "see whether the server speaks TLS on this port, and whether it is stuck";
    /// The server says more than it may before it has proved who it is.
    tls_handshake_too_long(max) = Unavailable, Handshake, Callee, None, Elsewhere,
        "the server sent more than {max} bytes, or a message above 64 KiB, in its TLS handshake (tls.handshake_bytes)" limit "tls.handshake_bytes"
        => "shorten the server's chain of certificates; raise the limit where the chain has to be that long";
    /// The server closes in the middle of the handshake.
    tls_handshake_cut() = Unavailable, Handshake, Callee, None, Elsewhere,
        "the server closed the connection in the TLS handshake: does it speak TLS?"
        => "see whether the server speaks TLS on this port; it has crashed or was cut, if it does";
    /// The network fails in the middle of the handshake.
    tls_handshake_lost() = Unavailable, Handshake, Network, None, Elsewhere,
        "the connection was lost in the TLS handshake"
        => "call again; the system's error is in the message";
    /// The server speaks svrkit, but not over TLS.
    tls_unknown_there() = Unavailable, Handshake, Caller, None, Elsewhere,
        "the server speaks svrkit without TLS on this port"
        => "call the port that has TLS, or leave TLS out";
    /// The two sides share no version of TLS.
    tls_version_unshared() = FailedPrecondition, Handshake, Callee, None, Elsewhere,
        "the server does not speak TLS 1.3"
        => "upgrade what speaks TLS there";
    /// The server speaks TLS for another protocol.
    tls_protocol_unshared() = Unavailable, Handshake, Caller, None, Elsewhere,
        "the server speaks TLS, but not svrkit/1 over it (ALPN): is this the right port?"
        => "correct the endpoint; a proxy between the two has to pass ALPN on, or TLS as a whole";
    /// The server's certificate is over.
    tls_certificate_expired(since) = Unavailable, Handshake, Callee, None, Elsewhere,
        "the server's certificate expired on {since}"
        => "issue another for the server, or see whether this machine's clock is right";
    /// The server's certificate is for later.
    tls_certificate_not_yet_valid(from) = Unavailable, Handshake, Callee, None, Elsewhere,
        "the server's certificate is not valid before {from}"
        => "see whether this machine's clock is right, or issue another for the server";
    /// The server's certificate is for other names.
    tls_certificate_of_another(host, names) = Unavailable, Handshake, Caller, None, Elsewhere,
        "the server's certificate is not for {host}, but for {names}"
        => "call it by a name of its certificate, set the server name by hand, or issue one for this name";
    /// Nobody whom the client trusts has issued the server's certificate.
    tls_issuer_unknown() = Unavailable, Handshake, Caller, None, Elsewhere,
        "the server's certificate was issued by nobody whom this client trusts"
        => "trust its CA, or have the server send the certificates between the two along with it";
    /// The server's certificate was issued by itself.
    tls_certificate_self_signed() = Unavailable, Handshake, Callee, None, Elsewhere,
        "the server's certificate is self-signed, and this client does not trust it"
        => "have a CA issue one for the server, or trust this one by giving it as a CA";
    /// The server shows the certificate of a CA.
    tls_certificate_of_authority() = Unavailable, Handshake, Callee, None, Elsewhere,
        "the server's certificate is that of a CA, which is for issuing others"
        => "issue one for the server from it, without the CA mark (basic constraints)";
    /// The server's certificate is for clients alone.
    tls_certificate_for_clients() = Unavailable, Handshake, Callee, None, Elsewhere,
        "the server's certificate is not for servers (extended key usage)"
        => "issue one that is for servers, or for both";
    /// Anything else about the server's certificate.
    tls_certificate_refused(why) = Unavailable, Handshake, Callee, None, Elsewhere,
        "the server's certificate is not taken: {why}"
        => "issue another for the server";
    /// The server takes nobody without a certificate.
    tls_client_certificate_missing() = Unauthenticated, Handshake, Caller, None, Never,
        "the server wants a certificate of this client, which has none"
        => "give the client a certificate and its key";
    /// The server does not take the client's certificate.
    tls_client_certificate_refused(why) = Unauthenticated, Handshake, Caller, None, Never,
        "the server does not take this client's certificate: {why}"
        => "issue one for this client by a CA that the server trusts; the server's monitors are told more";
    /// Anything else.
    tls_failed(error) = Unavailable, Handshake, Callee, None, Elsewhere,
        "the TLS handshake failed: {error}"
        => "a defect of one side, or of what stands between the two: report it";
}
