//! Calls of many messages.

super::catalogue! {
    /// The server is older than streams over connections.
    server_without_streams(method) = Unimplemented, Client, Callee, None, Never,
        "{method} is a stream, and the server carries none over connections: is it older than this client?"
        => "upgrade the server";
    /// Nothing has come or gone on a stream for too long, after its first answer, or before its requests ended.
    stream_idle(limit) = DeadlineExceeded, Transport, Unknown, None, Unknown,
        "no message of the stream came or went for {limit} ms (stream.idle)" limit "stream.idle"
        => "see who of the two is silent, or does not read; let them say something now and then, or raise the limit on both sides";
    /// An interceptor of the client answers a stream itself, or lets it go no further without a word.
    stream_not_passed_on(method) = Internal, Client, Caller, None, Never,
        "an interceptor answered {method} instead of sending it on, and a stream has no one answer"
        => "a defect of the interceptor: let streams pass, or refuse them by a status";
    /// The answer to a stream came at its end, as to a method that streams none.
    answer_without_stream(method) = Internal, Codec, Callee, None, Never,
        "{method} is a stream, and the server has answered it with one message: their schemas differ"
        => "bring both sides to one schema";
    /// A message of a stream is longer than this side sends, or cannot be written.
    message_unencodable(error) = ResourceExhausted, Codec, Caller, Size, Never,
        "the message cannot be encoded: {error}" limit "message.out"
        => "send less at a time, or raise the limit";
    /// A message of a stream is longer than the other side takes.
    message_over_limit(len, max) = ResourceExhausted, Codec, Caller, Size, Never,
        "a message of {len} bytes is over the peer's limit of {max} (its message.in)" limit "message.in"
        => "send less at a time, or raise the peer's limit";
    /// A message of a stream cannot be decoded, or is over `decode.memory` or `decode.depth`.
    message_unreadable(error) = InvalidArgument, Codec, Caller, None, Never,
        "a message of the stream cannot be decoded: {error}"
        => "compare the two schemas; where the message names a limit, raise it";
    /// The caller is gone and has not said that it has sent everything. Handlers see it.
    caller_left_stream() = Cancelled, Transport, Caller, None, Never,
        "the caller left before the end of its stream"
        => "nothing: the caller gave the call up";
    /// The caller is gone. Handlers see it.
    caller_takes_no_more() = Cancelled, Transport, Caller, None, Never,
        "the caller takes no more messages of this stream"
        => "nothing: the caller gave the call up";
    /// The caller sends after it has said that this was all.
    sent_after_end() = Cancelled, Client, Caller, None, Never,
        "everything had been sent already, as this side said"
        => "a defect of the caller: send before the end";
    /// The handler has ended well before it took everything.
    handler_takes_no_more() = Cancelled, Client, Caller, None, Never,
        "the handler has ended well and takes no more messages of this stream"
        => "ask for the answer: it is there";
    /// The same, for the half of a stream that only sends.
    handler_takes_no_more_half() = Cancelled, Client, Caller, None, Never,
        "the handler takes no more messages of this stream: its answers say why"
        => "ask the other half how the handler has ended";
    /// The process's own services are gone before a stream ends.
    stream_cut() = Unavailable, Transport, Callee, None, Unknown,
        "the stream ended with its connection"
        => "call again if the method bears it";
}
