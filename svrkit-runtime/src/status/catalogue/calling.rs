//! At the caller: before a call is sent, and while it is waited for.

super::catalogue! {
    /// The request is longer than this side sends, or cannot be written.
    request_unencodable(error) = ResourceExhausted, Codec, Caller, Size, Never,
        "the request cannot be encoded: {error}" limit "message.out"
        => "send less, or raise the limit";
    /// The request is longer than the server takes.
    request_over_limit(len, max) = ResourceExhausted, Codec, Caller, Size, Never,
        "a request of {len} bytes is over the server's limit of {max} (its message.in)" limit "message.in"
        => "send less, or raise the server's limit";
    /// There are more entries beside the request than this side sends.
    metadata_entries_over_limit(entries, max) = ResourceExhausted, Codec, Caller, Size, Never,
        "{entries} metadata entries are over the limit of {max} (metadata.entries)" limit "metadata.entries"
        => "send fewer, or raise the limit at both sides";
    /// The entries beside the request cannot be written.
    metadata_unencodable(error) = ResourceExhausted, Codec, Caller, Size, Never,
        "the metadata cannot be encoded: {error}"
        => "send less beside the request";
    /// The entries beside the request are longer than this side sends.
    metadata_over_limit(len, max) = ResourceExhausted, Codec, Caller, Size, Never,
        "metadata of {len} bytes is over the limit of {max} (metadata.bytes)" limit "metadata.bytes"
        => "send less, or raise the limit at both sides";
    /// The entries beside the request are longer than the server takes.
    metadata_over_peers_limit(len, max) = ResourceExhausted, Codec, Caller, Size, Never,
        "metadata of {len} bytes is over the server's limit of {max} (its metadata.bytes)" limit "metadata.bytes"
        => "send less, or raise the server's limit";
    /// The server has another service under this id.
    service_mismatch(name, id, expected) = FailedPrecondition, Dispatch, Caller, None, Never,
        "the server serves {name} under the id {id}, this client expects {expected} there: one of the two schemas needs another id"
        => "give one of the two services another id, or correct the endpoint";
    /// The call for which this one is made has no time left.
    outer_deadline_over() = DeadlineExceeded, Client, Caller, Deadline, Never,
        "the deadline of the call it was made for was over before it was sent"
        => "give the outer call more time, or do less in it";
    /// The server has asked for no more calls of this method, for this user, for a time. The status says for how long.
    blocked_here(left) = ResourceExhausted, Client, Caller, Blocked, Elsewhere,
        "not sent: the server wants no such calls of this method for another {left} ms (here block.max at most)" limit "block.max"
        => "see why this caller is blocked there; wait for as long as the status says";
    /// The server has asked for fewer calls of this method for a time. The status says when the next one may go.
    slowed_here(wait) = ResourceExhausted, Client, Callee, Rate, Elsewhere,
        "not sent: the server wants fewer calls of this method, and the next one in {wait} ms (wish.rate_min, wish.max)" limit "wish.max"
        => "see why the server has too much to do; call less, or wait for as long as the status says";
    /// The server announces that it admits more important calls alone. The status says when that is forgotten.
    shut_out_here(class, rank) = ResourceExhausted, Client, Callee, Level, Elsewhere,
        "not sent: the server admits nothing less important than class {class}, rank {rank} now"
        => "see why the server has too much to do; give the method the priority that it deserves";
    /// The server refuses most calls of this class.
    throttled_here() = ResourceExhausted, Client, Callee, Rate, Elsewhere,
        "not sent: the server has refused more than half of such calls in the last ten seconds"
        => "see why the server has too much to do; call less";
    /// The time is over before there is a connection.
    late_connecting(limit, from) = DeadlineExceeded, Connect, Network, None, Elsewhere,
        "no connection within {limit} ms ({from})" limit "deadline.default"
        => "see why connecting takes so long; give the call more time";
    /// The time is over, and the resolver has not said yet which endpoints there are.
    late_resolving(limit, from) = DeadlineExceeded, Connect, Callee, None, Unknown,
        "no list of endpoints within {limit} ms ({from}): the resolver has said nothing yet" limit "deadline.default"
        => "see what the resolver waits for; give the call more time";
    /// The time is over, and the last that the resolver said, longer than `resolve.rest` ago, is why it found none.
    late_resolving_again(limit, from, failure) = DeadlineExceeded, Connect, Callee, None, Unknown,
        "no list of endpoints within {limit} ms ({from}): the resolver failed before, and has said nothing since: {failure}" limit "deadline.default"
        => "see to what the resolver failed at; have it look again, or give the call more time";
    /// The time is over while as many calls as the server takes at once are waited for.
    late_for_place(max, limit, from) = DeadlineExceeded, Client, Callee, None, Elsewhere,
        "no place among {max} calls in flight (the server's calls.in_flight) within {limit} ms ({from})" limit "calls.in_flight"
        => "see why the server is slow; call less, or raise its limit";
    /// The time is over while more is waiting to be sent than may.
    late_for_room(limit, from) = DeadlineExceeded, Client, Callee, None, Elsewhere,
        "no room in the outbound queue (outbound.queue) within {limit} ms ({from})" limit "outbound.queue"
        => "see why the server does not read; send less, or raise the limit";
    /// The time is over and the connection has not taken all of a oneway request that is waited for. Whether it had an effect is not known.
    late_leaving(limit, from) = DeadlineExceeded, Client, Callee, None, Unknown,
        "not all of it was sent within {limit} ms ({from})" limit "deadline.default"
        => "see why the server does not read; give the call more time";
    /// The time is over and the server has not answered. Whether it had an effect is not known.
    late_answer(limit, from) = DeadlineExceeded, Client, Callee, None, Unknown,
        "no answer within {limit} ms ({from})" limit "deadline.default"
        => "see why the server is slow; give the call more time";
    /// The answer cannot be decoded, or is over `decode.memory` or `decode.depth`.
    response_unreadable(error) = Internal, Codec, Callee, None, Never,
        "the response cannot be decoded: {error}"
        => "compare the two schemas; where the message names a limit, raise it";
    /// The caller does not wait for the call any more. Only monitors see it.
    caller_gone() = Cancelled, Client, Caller, None, Unknown,
        "its caller waits no longer"
        => "nothing: the caller wanted it so";
    /// A copy of the request that was sent to another endpoint has ended it, so that this attempt is given up (`client.hedging`). Only monitors see it.
    outrun() = Cancelled, Client, Caller, None, Unknown,
        "given up: another attempt of the same request was answered first"
        => "nothing: the caller has its answer";
    /// `wait` is called where code is async already.
    wait_within_runtime() = FailedPrecondition, Client, Caller, None, Never,
        "`wait` would block a thread of the tokio runtime that it was called in: use `.await` here"
        => "await the request; in `spawn_blocking`, `Handle::current().block_on(request)`";
    /// No thread can be started for `wait`.
    wait_without_runtime(error) = Unavailable, Client, Caller, None, Unknown,
        "no thread can be started to wait on: {error}"
        => "see what the system says of its threads";
    /// The caller polls a request that is over.
    awaited_again() = Internal, Client, Caller, None, Unknown,
        "the request was awaited after its end"
        => "a defect of the caller: await a request once";
    /// The runtime of a client of this process was shut down.
    runtime_ended() = Unavailable, Client, Callee, None, Unknown,
        "the runtime that this client lived on has ended"
        => "keep the runtime for as long as its calls take";
}
