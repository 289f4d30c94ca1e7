//! Whose word is taken for how important calls are: a stranger that claims to be of the core gets no more than it is due.

use svrkit_runtime::testing::TestServer;
use svrkit_runtime::wire::frame::{Facts, Header, RequestFacts};
use svrkit_runtime::{Call, Context, Limits, Mode, Priority, Server, Service, ServiceSpec, Spec, Tlv, Trust};

use crate::server::Holding;
use crate::support::{Note, Raw};

static CLAIM: Spec =
    Spec::new("test.Claims", 4301, "Claim", 1).messages("test.Note", "test.Note").priority(64);
static CLAIMS: ServiceSpec = ServiceSpec::new("test.Claims", 4301, &[&CLAIM]);

/// Answers how important its own calls would be: the class, then the rank.
struct Claims;

impl Service for Claims {
    fn spec(&self) -> &'static ServiceSpec {
        &CLAIMS
    }

    fn dispatch(&self, call: Call) {
        call.handle(&CLAIM, |_: Note| async move {
            let Priority { class, rank } = Context::current().priority().unwrap();
            Ok(Note::number(u64::from(class) << 8 | u64::from(rank)))
        });
    }
}

/// As what a call is taken that claims this, from this machine.
async fn taken(trust: Option<Trust>, claimed: Priority) -> Priority {
    let server = trust.map_or_else(Server::new, |trust| Server::new().trust(trust)).service(Claims);
    let server = TestServer::start(server).await;
    let mut raw = Raw::greeted(server.address().parse().unwrap()).await;
    let facts = RequestFacts {
        service_id: 4301,
        method_id: 1,
        priority: claimed,
        remaining_us: 600_000_000,
        route_hash: 0,
    };
    raw.send(Header::new(1, Facts::Request(facts)), b"").await;
    let number = Note::decode(&raw.receive().await.unwrap().body).unwrap().number;
    Priority { class: (number >> 8) as u8, rank: number as u8 }
}

#[tokio::test]
async fn what_is_believed_is_inherited_and_what_is_not_is_what_the_schema_says() {
    let forged = Priority { class: 0, rank: 0 };
    for trust in [None, Some(Trust::Auto), Some(Trust::Inherit)] {
        assert_eq!(taken(trust, forged).await, forged, "this machine's own are no strangers");
    }
    assert_eq!(taken(Some(Trust::Entry), forged).await.class, 64);
    assert_eq!(taken(Some(Trust::Entry), Priority::LOSSY).await.class, 192, "less is believed of everybody");
    // The rank is the caller's turn. By chance it is 0 as well, once in 256 servers.
    let mut ranks = Vec::new();
    for _ in 0..4 {
        ranks.push(taken(Some(Trust::Entry), forged).await.rank);
    }
    assert_ne!(ranks, [0; 4]);
}

/// One handler is held and one call may wait: of 200 that claim to be of the core none is let in before one of its caller's that came first.
#[tokio::test]
async fn forged_claims_push_nobody_out_at_an_entry() {
    let limits = Limits { handlers_running: 1, queue_calls: 1, ..Limits::default() };
    for (trust, displaced) in [(Trust::Entry, 0), (Trust::Inherit, 1)] {
        let server = Server::new().limits(limits).admission(Mode::On).trust(trust);
        let mut holding = Holding::of(server).await;
        for number in 1..=2 {
            holding.send(number, Priority::NORMAL).await;
        }
        for number in 3..=202 {
            holding.send(number, Priority::CORE).await;
        }
        let mut refused = Vec::new();
        for _ in 3..=202 {
            refused.push(holding.answer().await.0);
        }
        assert_eq!(refused.iter().filter(|number| **number == 2).count(), displaced, "{trust}");
    }
}
