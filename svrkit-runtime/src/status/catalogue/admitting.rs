//! At the server, before a handler starts.

super::catalogue! {
    /// The server is stopping, or has asked this client to leave a connection that was idle or open for long; the call has
    /// never started.
    draining() = Unavailable, Admission, Callee, Draining, Elsewhere,
        "the server is about to stop, or to leave this connection"
        => "call another server, or on another connection";
    /// As many calls as allowed are in flight on this connection.
    calls_in_flight_full(max) = ResourceExhausted, Admission, Callee, Concurrency, Elsewhere,
        "{max} calls are in flight on this connection already (the server's calls.in_flight)" limit "calls.in_flight"
        => "see why the server is slow; call less, or raise its limit";
    /// The requests of the calls in flight on this connection have as many bytes as allowed, with this one more.
    calls_bytes_full(max) = ResourceExhausted, Admission, Callee, Concurrency, Elsewhere,
        "the requests in flight on this connection would have more than {max} bytes (the server's calls.bytes)" limit "calls.bytes"
        => "see why the server is slow; have fewer long requests in flight, or raise its limit";
    /// Calls come more often than the schema, the server's configuration or whoever runs it allows. The status says in how long there is room.
    rate_over(method, whose, wait) = ResourceExhausted, Admission, Caller, Rate, Elsewhere,
        "{method} is refused: {whose} too often, there is room in {wait} ms (rate)"
        => "call less often, or raise the rate: of the method in its schema or method.*.rate and method.*.caller_rate, of each caller server.caller_rate";
    /// As many calls of the method as it may have at once have not ended.
    running_max_reached(method, max) = ResourceExhausted, Admission, Callee, Concurrency, Elsewhere,
        "{method} has {max} calls at once already, which is as many as it may have (running_max)"
        => "see why the method is slow; raise its maximum in its schema or method.*.running_max, or call it less";
    /// The requests of all calls in flight at the server have as many bytes as allowed, with this one more.
    calls_memory_full(max) = ResourceExhausted, Admission, Callee, Concurrency, Elsewhere,
        "the requests in flight at the server would have more than {max} bytes (the server's calls.memory)" limit "calls.memory"
        => "see why the server is slow; have fewer long requests in flight, or raise its limit";
    /// The handler of a call that was given up still runs.
    call_lingering() = ResourceExhausted, Admission, Callee, Concurrency, Elsewhere,
        "the handler of an earlier call of this id has not ended"
        => "call again; give up fewer calls, or let their handlers end sooner";
    /// Its caller asks one thing over and over, far beyond what the others ask. The status says for how long it is to send no such call.
    blocked(left) = ResourceExhausted, Admission, Caller, Blocked, Elsewhere,
        "this caller asks the same of the method far more often than others ask anything (wild.rate, wild.times): it is blocked for another {left} ms" limit "wild.rate"
        => "see why it asks over and over; on the server's page /wild it can be pardoned";
    /// The server has more to do than it can, and what is less important goes first: this call, of which nothing was read.
    level_shut() = ResourceExhausted, Admission, Callee, Level, Elsewhere,
        "the server is overloaded, and takes only calls that are more important"
        => "see docs/protection.md for what a server takes; give it more machines, or its callers less to ask for";
    /// The server's load has a tier from which on the method is refused, as its schema says or somebody who holds the tier wishes; nothing of the call was read.
    refused_by_tier(method, tier) = ResourceExhausted, Admission, Callee, Tier, Elsewhere,
        "the load of the server is {tier}, and {method} is refused under it (refused-from)"
        => "see docs/protection.md for tiers; give the server more machines, or let go of the tier if it is held by hand";
    /// The server has more to do than it can: others that wait are as important, or it had waited for half of its time.
    queue_full() = ResourceExhausted, Admission, Callee, Queue, Elsewhere,
        "the server is overloaded: the call would not have had its turn in time (queue.wait)" limit "queue.wait"
        => "see docs/protection.md for how long calls wait; give the server more machines, or its callers less to ask for";
    /// There was no time left when the call came.
    late_on_arrival() = DeadlineExceeded, Admission, Caller, Deadline, Unknown,
        "the deadline was over when the call arrived"
        => "give the call more time, or see to the network";
    /// There was less time left than the method has usually taken of late: it was not begun, for it would hardly have been of use.
    time_too_short(method, takes) = DeadlineExceeded, Admission, Caller, Deadline, Unknown,
        "{method} usually takes {takes} ms here, and the call has less left"
        => "give the call more time; see what makes the method slow";
    /// There was no time left when a thread was free for its handler.
    late_in_turn() = DeadlineExceeded, Admission, Caller, Deadline, Unknown,
        "the deadline was over before a handler's turn came"
        => "give the call more time; see what keeps the server's threads busy";
    /// No service has this id.
    service_unknown(id, served) = Unimplemented, Dispatch, Caller, None, Elsewhere,
        "no service of id {id} is served here, only {served}: is this the right endpoint?"
        => "correct the endpoint, or serve the service there";
    /// The service has no method of this id.
    method_unknown(service, id, known) = Unimplemented, Dispatch, Caller, None, Never,
        "{service} has no method {id} here; it has {known}: is the server older than its caller?"
        => "upgrade the server, or call what it has";
    /// The method answers nobody here, and its caller waits for an answer.
    oneway_awaited(method) = FailedPrecondition, Dispatch, Caller, None, Never,
        "{method} is oneway here, and its caller waits for an answer: their schemas differ"
        => "bring both sides to one schema";
    /// The method streams here, and its caller does not know.
    stream_without_streams(method) = FailedPrecondition, Dispatch, Caller, None, Never,
        "{method} is a stream here, and its caller wants one answer to one message: their schemas differ"
        => "bring both sides to one schema";
    /// The method does not stream here, and its caller expects it to.
    streams_without_stream(method) = FailedPrecondition, Dispatch, Caller, None, Never,
        "{method} is no stream here, and its caller wants one: their schemas differ"
        => "bring both sides to one schema";
    /// What came beside the request cannot be read.
    metadata_unreadable(error) = InvalidArgument, Codec, Caller, None, Never,
        "the metadata cannot be read: {error}"
        => "a defect of the caller, or a limit that the message names";
    /// More entries came beside the request than the server takes.
    metadata_entries_over_servers_limit(entries, max) = InvalidArgument, Codec, Caller, None, Never,
        "{entries} metadata entries are over the limit of {max} (metadata.entries)" limit "metadata.entries"
        => "send fewer, or raise the server's limit";
    /// The request cannot be decoded, or is over `decode.memory` or `decode.depth`.
    request_unreadable(method, error) = InvalidArgument, Codec, Caller, None, Never,
        "the request of {method} cannot be decoded: {error}"
        => "compare the two schemas; where the message names a limit, send less or raise it";
    /// The request breaks constraints of its schema.
    constraints_broken(violations) = InvalidArgument, Codec, Caller, None, Never,
        "{violations}"
        => "correct the fields that the message names";
    /// No token came with the call.
    token_missing() = Unauthenticated, Admission, Caller, None, Never,
        "no token came with the call: the client sends one by BearerToken"
        => "give the client a token";
    /// What came is no bearer token.
    token_malformed() = Unauthenticated, Admission, Caller, None, Never,
        "the metadata entry authorization is no bearer token"
        => "send the token as `Bearer TOKEN`";
    /// Nobody has this token.
    token_unknown() = Unauthenticated, Admission, Caller, None, Never,
        "the token is not known here"
        => "give the client a token that the server knows";
    /// The caller is not on the list of those who may call the method.
    not_on_list(who, method) = PermissionDenied, Admission, Caller, None, Never,
        "{who} may not call {method}: it is not on the server's list"
        => "put the caller on the server's list, if it should be";
}
