//! At the server, where a request is accepted as a job, and where jobs are asked for.

super::catalogue! {
    /// What came as the id of a job is none.
    job_id_unreadable() = InvalidArgument, Dispatch, Caller, None, Never,
        "the id of the job (metadata svrkit.job) has to be 32 hexadecimal digits"
        => "send an id of this form, or none";
    /// The method is queued, and its service does not say so where the server could see it.
    queue_absent(method) = Internal, Dispatch, Callee, None, Unknown,
        "{method} is queued, and the server has nothing that holds jobs"
        => "a defect of a hand-written service: list the method in its ServiceSpec";
    /// The queue has as many jobs that have not ended as it may. The status says when to try again.
    queue_jobs_full(queue, max, limit) = ResourceExhausted, Admission, Callee, Queue, Unknown,
        "queue {queue} has {max} jobs that are not done, which is as many as it may have ({limit})"
        => "see on the page /queues why its jobs are not done; give it more workers or a higher rate, or raise its limit";
    /// Something of the job is longer than what holds it takes.
    job_refused(error) = ResourceExhausted, Handler, Caller, Size, Never,
        "this cannot be kept as a job: {error}"
        => "send less, or raise the limit that the message names";
    /// What holds the jobs has failed. Whether the job was accepted is not known: by the same id it may be sent again.
    queue_failed() = Unavailable, Handler, Callee, None, Unknown,
        "what holds the jobs has failed, and whether this one was accepted is not known: by the same id it may be sent again; the service's log has more"
        => "send it again by the same id, as clients do by themselves; see the log of the service";
    /// What was to be one commit with the job's acceptance or end was changed by somebody else meanwhile: nothing has happened.
    job_conflict(error) = Aborted, Handler, Callee, None, Unknown,
        "nothing has happened, for what was to change with the job was changed by others: {error}"
        => "read again what it depends on, and try again";
    /// An attempt at a job took longer than its lease, and another has the job.
    job_lost(queue, id) = Aborted, Handler, Callee, None, Unknown,
        "job {id} of queue {queue} is no more this attempt's: it took longer than its lease"
        => "let it take less time, or give it a longer lease (queue-lease)";
    /// A job is asked for by a method that is not served, or not queued.
    job_method_unknown(method, queued) = NotFound, Dispatch, Caller, None, Elsewhere,
        "no queued method {method} is served here, only {queued}"
        => "correct the name, or ask the server that has accepted the job";
}
