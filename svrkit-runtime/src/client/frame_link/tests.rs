//! A link that is left, and the call that has chosen it just then.

use std::time::Duration;

use super::*;
use crate::status::Status;

fn link() -> FrameLink {
    let gate = Arc::new(Gate::new(Instant::now()));
    FrameLink::new("127.0.0.1:1".into(), gate, &Limits::default())
}

fn start(link: &FrameLink) -> Option<u32> {
    link.pending.start(Instant::now() + Duration::from_secs(1), true, None)
}

/// Whether a frame would still leave.
fn takes_frames(link: &FrameLink) -> bool {
    link.outbox.push(Header::new(0, Facts::Ping(7)), &[], &[])
}

#[tokio::test]
async fn a_call_that_chose_a_link_before_it_was_left_is_waited_for() {
    let link = link();
    let call_id = start(&link).unwrap();
    link.leave();
    assert!(!link.takes_calls() && takes_frames(&link), "one call is to be sent and answered");
    link.pending.answer(call_id, Err(Status::internal("of no matter")));
    link.leave_when_idle();
    assert!(!takes_frames(&link));
}

#[tokio::test]
async fn a_call_that_chose_a_link_that_was_left_goes_elsewhere() {
    let link = link();
    // Looked at before the link was left, as a call does that has just chosen it.
    assert!(link.takes_calls());
    link.leave();
    assert_eq!(start(&link), None, "nothing that it sent would be answered");
    assert!(!takes_frames(&link));
}

#[tokio::test]
async fn a_link_that_is_left_closes_with_the_last_call_that_is_given_up() {
    let link = link();
    let calls = [start(&link).unwrap(), start(&link).unwrap()];
    link.leave();
    link.abandon(calls[0]);
    assert!(takes_frames(&link));
    link.abandon(calls[1]);
    assert!(!takes_frames(&link));
}
