//! The level: told with every answer, and what it shuts out is refused by its header.

use svrkit_runtime::wire::frame::ResponseFacts;
use svrkit_runtime::{Cause, Code, Mode, Priority, Tlv};

use crate::server::{ECHO, Holding, request};
use crate::support::Note;

const ALL: Priority = Priority { class: u8::MAX, rank: u8::MAX };

#[tokio::test]
async fn every_answer_of_a_calm_server_says_that_all_are_admitted() {
    let mut holding = Holding::with(100, 100, Mode::On).await;
    let answer = ResponseFacts { level: ALL, ..ResponseFacts::default() };
    holding.raw.send(request(1, ECHO, Priority::LOSSY), b"").await;
    assert_eq!(holding.answer().await, (1, answer));
    holding.raw.send(request(2, 99, Priority::LOSSY), b"").await;
    let (_, refusal) = holding.answer().await;
    assert_eq!((refusal.code, refusal.level), (Code::Unimplemented.number(), ALL));
}

/// One handler is held, one place is left, and more calls come than it can end: those of many users, of whom some are admitted.
#[tokio::test]
async fn under_load_the_less_important_are_refused_by_the_level_unread_and_the_others_served() {
    let mut holding = Holding::with(2, 64, Mode::On).await;
    holding.send(1, Priority::CORE).await;
    assert_eq!(holding.started().await, 1);
    let body = Note::number(7).encode().unwrap();
    let (mut call_id, mut of_level) = (1, None);
    // As often as it takes: how fast the machine is, nobody knows.
    while of_level.is_none() {
        let burst: Vec<(u32, Priority)> = (0..500)
            .map(|number| {
                call_id += 1;
                (call_id, Priority { class: 192, rank: (number % 256) as u8 })
            })
            .collect();
        for (call_id, priority) in &burst {
            // What is not read cannot be found wrong.
            holding.raw.send(request(*call_id, ECHO, *priority), &body).await;
        }
        for _ in &burst {
            let (refused, facts) = holding.answer().await;
            assert_ne!(facts.level, Priority::default(), "every answer says it");
            if facts.cause == Cause::Level.number() {
                let (_, priority) = burst.iter().find(|(call_id, _)| *call_id == refused).unwrap();
                of_level = Some((facts, *priority));
            }
        }
    }
    let (facts, _) = of_level.unwrap();
    assert_eq!(facts.code, Code::ResourceExhausted.number());
    // Elsewhere, or when the level may open at the earliest.
    assert!(facts.retry == 2 && facts.retry_after_ms > 0, "{facts:?}");
    holding.raw.send(request(call_id + 1, ECHO, Priority::CORE), &body).await;
    let (_, facts) = holding.answer().await;
    assert_eq!(facts.code, Code::Ok.number(), "the most important are always admitted");
}
