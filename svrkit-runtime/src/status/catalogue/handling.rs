//! At the server, once a handler has started.

super::catalogue! {
    /// The handler panics.
    handler_panicked() = Internal, Handler, Callee, None, Unknown,
        "the handler panicked; the server's log has the place"
        => "a defect of the service: its log has the place";
    /// The handler meets an error of somebody else's, and says no more of it.
    handler_failed() = Internal, Handler, Callee, None, Unknown,
        "something failed within the service; its log says what"
        => "see the log of the service";
    /// A mock of a service is called where it was told nothing.
    mock_untold(method, asked, field) = Unimplemented, Handler, Caller, None, Never,
        "the mock was not told what to answer here: {method} was called {asked}; use `returns`, `fails` or `answers` of the mock's field for {field}"
        => "tell the mock what to answer";
    /// The service drops a call that it should have answered.
    call_dropped() = Internal, Handler, Callee, None, Unknown,
        "the call was dropped unanswered"
        => "a defect of a hand-written service: answer each call";
    /// The handler takes longer than the call may.
    handler_late() = DeadlineExceeded, Handler, Callee, None, Unknown,
        "the handler was stopped when its time was over (its caller's deadline, at most the server's deadline.max)" limit "deadline.max"
        => "see why the handler is slow; give the call more time";
    /// The server stops, and the handler has not ended in time.
    handler_cut() = Unavailable, Handler, Callee, Draining, Unknown,
        "the server stopped before the handler had ended (drain.timeout)" limit "drain.timeout"
        => "call again if the method bears it; give a stopping server more time";
    /// The answer is longer than the server sends, or cannot be written.
    response_unencodable(method, error) = Internal, Codec, Callee, None, Never,
        "the response of {method} cannot be encoded: {error}" limit "message.out"
        => "answer with less, or raise the server's limit";
    /// The answer is longer than the caller takes.
    response_over_limit(len, max) = ResourceExhausted, Codec, Caller, Size, Never,
        "a response of {len} bytes is over the caller's limit of {max} (its message.in)" limit "message.in"
        => "ask for less, or raise the caller's limit";
    /// An interceptor puts a request in the place of another that cannot be encoded.
    replacement_unencodable(what, error) = Internal, Codec, Callee, None, Never,
        "{what} cannot be encoded: {error}" limit "message.out"
        => "let the interceptor make less of it, or raise the limit";
}
