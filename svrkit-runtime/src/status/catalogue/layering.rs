//! In layers of tower.

super::catalogue! {
    /// A layer of tower ended the call by an error that is no status.
    layer_failed(error) = Unavailable, Admission, Callee, None, Unknown,
        "{error}"
        => "see what the layer says";
    /// A layer of tower goes on with a call that is over.
    layer_outlived_call() = Cancelled, Client, Caller, None, Unknown,
        "the call is over for which a layer went on"
        => "let layers end with their calls";
}
