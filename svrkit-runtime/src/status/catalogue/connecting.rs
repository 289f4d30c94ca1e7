//! On the way to a server, and when its connection is lost.

super::catalogue! {
    /// The server's frames break the rules of streams.
    stream_broken(violation) = Unavailable, Transport, Callee, None, Unknown,
        "the server broke the rules of streams: {violation}"
        => "a defect of the server";
    /// The endpoint is no address.
    endpoint_invalid(error) = InvalidArgument, Connect, Caller, None, Never,
        "the endpoint cannot be called: {error}"
        => "correct the endpoint: HOST:PORT or unix:/PATH";
    /// The system has no such sockets, or it is the address of none: a resolver found services of a process.
    endpoint_unsupported(address) = Unavailable, Connect, Caller, None, Never,
        "{address} cannot be connected to on this system"
        => "give an address that this system can connect to";
    /// The name server knows no such name, or cannot be asked.
    name_unresolved() = Unavailable, Connect, Network, None, Elsewhere,
        "the endpoint's name cannot be resolved"
        => "correct the name, or see to the name server; the system's error is in the message";
    /// The name exists and stands for nothing.
    name_without_address() = Unavailable, Connect, Network, None, Elsewhere,
        "the endpoint's name has no address"
        => "give the name an address";
    /// Nothing was found that could be called.
    endpoints_missing(target) = Unavailable, Connect, Callee, None, Unknown,
        "{target} has no endpoint"
        => "see to whoever keeps the list of endpoints, or start a server";
    /// A resolver says that nothing will change any more, and has found nothing.
    resolver_ended() = Unavailable, Connect, Caller, None, Never,
        "the resolver has ended without any endpoint"
        => "have the resolver tell what it finds before it ends";
    /// A resolver panics before it has found anything.
    resolver_panicked() = Unavailable, Connect, Caller, None, Unknown,
        "the resolver panicked"
        => "see the log of this process for the panic; mend the resolver";
    /// More was found than a client takes.
    endpoints_too_many(len, max) = ResourceExhausted, Connect, Caller, Size, Never,
        "{len} endpoints are over the limit of {max} (resolve.endpoints)" limit "resolve.endpoints"
        => "raise the limit, or give each client a part of the endpoints";
    /// A file of endpoints cannot be read, or is wrong.
    endpoint_file_faulty(target, fault) = FailedPrecondition, Connect, Caller, None, Never,
        "{target} gives no endpoints: {fault}"
        => "correct the line that the message names";
    /// A file of endpoints is longer than a client reads.
    endpoint_file_too_long(target, max) = ResourceExhausted, Connect, Caller, Size, Never,
        "{target} is longer than the limit of {max} bytes (resolve.bytes)" limit "resolve.bytes"
        => "raise the limit, or shorten the file";
    /// Several endpoints were tried, and none takes a connection; if others are at fault than they, it says so.
    endpoints_unreachable(count, failures) = Unavailable, Connect, Callee, None, Elsewhere,
        "none of {count} endpoints can be connected to: {failures}"
        => "see to what the message says of each";
    /// Nobody listens there.
    connect_refused(address) = Unavailable, Connect, Callee, None, Elsewhere,
        "cannot connect to {address}: is the server running there?"
        => "start the server, or correct the endpoint";
    /// The system cannot connect for another reason.
    connect_failed(address) = Unavailable, Connect, Network, None, Elsewhere,
        "cannot connect to {address}"
        => "see to the network; the system's error is in the message";
    /// No answer to the attempt to connect.
    connect_late(address, limit) = Unavailable, Connect, Network, None, Elsewhere,
        "no connection to {address} within {limit} ms (connect.timeout)" limit "connect.timeout"
        => "see to the network or the machine there; raise the limit where the way is long";
    /// The runtime that was connecting was shut down.
    opening_ended() = Unavailable, Connect, Caller, None, Elsewhere,
        "the runtime that was opening a connection has ended"
        => "call again: the next request connects on its own runtime";
    /// The server accepts and says nothing.
    hello_late(limit) = Unavailable, Handshake, Callee, None, Elsewhere,
        "no hello from the server within {limit} ms (hello.timeout): does it speak svrkit?" limit "hello.timeout"
        => "see whether it is a svrkit server, and whether it is stuck";
    /// The server closes before it has said anything.
    hello_missing() = Unavailable, Handshake, Callee, None, Elsewhere,
        "the server closed the connection before its hello: does it speak svrkit?"
        => "see whether it is a svrkit server";
    /// The two sides share no version of the frame protocol.
    version_unshared(min, max, own) = FailedPrecondition, Handshake, Caller, None, Elsewhere,
        "no common frame version: the server speaks {min} to {max}, this client {own}: upgrade the older side"
        => "upgrade the older side";
    /// The server's hello is damaged.
    hello_unreadable(error) = Internal, Handshake, Callee, None, Elsewhere,
        "the server's hello cannot be decoded: {error}"
        => "a defect of the server: report it";
    /// The server wants no connection, and says why: too many, about to stop, this client's hello came too late.
    turned_away(words) = Unavailable, Handshake, Callee, None, Elsewhere,
        "the server turned the connection away: {words}"
        => "see the server's words, which name its key where it is a limit of the server's";
    /// The server speaks svrkit over TLS alone.
    tls_wanted() = FailedPrecondition, Handshake, Caller, None, Elsewhere,
        "the server speaks svrkit over TLS on this port"
        => "give the client TLS, or call the port that has none";
    /// The server begins with something else.
    hello_not_first() = Internal, Handshake, Callee, None, Elsewhere,
        "the server's first frame is no hello"
        => "a defect of the server: report it";
    /// Something else than svrkit answers on that port.
    peer_foreign(error) = Unavailable, Transport, Caller, None, Unknown,
        "{error}: is this the right port?"
        => "correct the endpoint";
    /// The connection's tasks are gone on this side, with the runtime they lived on.
    connection_ended_here() = Unavailable, Transport, Caller, None, Unknown,
        "the connection was ended on this side"
        => "keep the runtime that a client connects on for as long as its calls take";
    /// The server closes the connection without a word.
    connection_closed() = Unavailable, Transport, Callee, None, Unknown,
        "the server closed the connection"
        => "call again if the method bears it; see the server's log for why it stopped";
    /// The server closes the connection as it said it would.
    server_left(words) = Unavailable, Transport, Callee, None, Unknown,
        "the server left ({words}) and closed the connection"
        => "call again if the method bears it";
    /// The server accuses this side of breaking the frame protocol.
    server_accused(words) = Internal, Transport, Caller, None, Unknown,
        "the server ended the connection: {words}"
        => "a limit of the server's that the words name, or a defect of this side: report it";
    /// The server sends what is no frame.
    frame_broken(error) = Internal, Transport, Callee, None, Unknown,
        "the server broke the frame protocol: {error}"
        => "a limit of this side's that the message names, or a defect of the server: report it";
    /// The server is too slow with a frame, or floods the connection with frames that answer no call.
    limit_exceeded(words) = Unavailable, Transport, Callee, None, Unknown,
        "the connection was cut: {words}"
        => "see why the server behaves so; raise the limit that the message names where it may";
    /// The server sends hellos again and again.
    hello_repeated() = Internal, Transport, Callee, None, Unknown,
        "the server sent a second hello"
        => "a defect of the server: report it";
    /// The server sends what only callers may.
    frame_of_callers() = Internal, Transport, Callee, None, Unknown,
        "the server sent a frame that only callers send"
        => "a defect of the server: report it";
    /// The system reports that the connection is gone.
    connection_lost() = Unavailable, Transport, Network, None, Unknown,
        "the connection was lost"
        => "call again if the method bears it; the system's error is in the message";
    /// The connection ends within a frame.
    frame_cut_short() = Unavailable, Transport, Callee, None, Unknown,
        "the server closed the connection in the middle of a frame"
        => "call again if the method bears it; the server has crashed or was cut";
}
