//! The tour of the dialect, walked: what its schema says is what its depot does.

use std::time::SystemTime;

use svrkit_golden::schemas::tour::courier::parcels::{
    Address, Backlog, ClaimRequest, Claims, ClaimsClient, ClaimsServer, Decision, FindRequest, FollowRequest,
    Honk, Parcel, ParcelError, Parcels, ParcelsClient, ParcelsServer, Position, Route, Said, SendRequest,
    Sighting, Stage, Vans, VansClient, VansServer, parcel,
};
use svrkit_runtime::queue::{JobState, MemoryQueue};
use svrkit_runtime::types::{Decimal, Timestamp};
use svrkit_runtime::{Client, Code, ErrorCode, Receiver, Sender, Server, Status};

struct Depot;

impl Parcels for Depot {
    async fn send(&self, request: SendRequest) -> Result<Parcel, ParcelError> {
        let parcel = request.parcel.expect("a request without a parcel comes to no handler");
        match parcel.size() {
            size if size.length > 2_000 => Err(ParcelError::TooLarge),
            size if size.length > 1_000 => {
                Err(ParcelError::DepotFull(Backlog { waiting: 7, ..Backlog::default() }))
            }
            _ => Ok(Parcel { number: request.customer, ..parcel }),
        }
    }

    async fn find(&self, _: FindRequest) -> Result<Parcel, ParcelError> {
        Err(ParcelError::NoSuchParcel)
    }

    async fn find_degraded(&self, request: FindRequest) -> Result<Parcel, ParcelError> {
        self.find(request).await
    }

    async fn follow(&self, request: FollowRequest, mut out: Sender<Sighting>) -> Result<(), Status> {
        for stage in [Stage::InAVan, Stage::Delivered] {
            let at = Timestamp { seconds: request.number.cast_signed(), ..Timestamp::default() };
            out.send(&Sighting { stage, at: Some(at), ..Sighting::default() }).await?;
        }
        Ok(())
    }
}

impl Claims for Depot {
    async fn claim(&self, request: ClaimRequest) -> Result<Decision, ParcelError> {
        match request.number {
            7 => Err(ParcelError::NoSuchParcel),
            _ => Ok(Decision { cents: request.cents / 2, ..Decision::default() }),
        }
    }
}

impl Vans for Depot {
    async fn drive(&self, mut positions: Receiver<Position>) -> Result<Route, Status> {
        let mut route = Route::default();
        while positions.next().await?.is_some() {
            route.metres += 1;
        }
        Ok(route)
    }

    async fn talk(&self, mut lines: Receiver<Said>, mut out: Sender<Said>) -> Result<(), Status> {
        while let Some(line) = lines.next().await? {
            out.send(&line).await?;
        }
        Ok(())
    }

    async fn alive(&self, _: Honk) -> Result<(), Status> {
        Ok(())
    }
}

fn depot() -> Client {
    let server = Server::new().service(ParcelsServer::new(Depot)).service(VansServer::new(Depot));
    server.service(ClaimsServer::new(Depot)).queue(MemoryQueue::default()).in_process().unwrap()
}

fn parcel(length: u32) -> Parcel {
    Parcel {
        size: Some(parcel::Size { length, width: 1, height: 1, ..parcel::Size::default() }),
        weights_g: vec![250],
        price: Some("4.90".parse::<Decimal>().unwrap()),
        booked_at: Some(SystemTime::UNIX_EPOCH.try_into().unwrap()),
        receiver: Some(parcel::Receiver::Locker(12)),
        contacts: [("Ada".to_owned(), "0815".to_owned())].into(),
        ..Parcel::default()
    }
}

fn request(parcel: Parcel) -> SendRequest {
    SendRequest { customer: 7, parcel: Some(parcel), ..SendRequest::default() }
}

#[tokio::test]
async fn a_parcel_is_taken_and_keeps_what_was_said_of_it() {
    let taken = ParcelsClient::new(depot()).send(&request(parcel(300))).await.unwrap();
    assert_eq!(taken, Parcel { number: 7, ..parcel(300) });
    assert_eq!(taken.attempts(), 3);
    assert!(format!("{taken:?}").contains("contacts: <redacted>"), "{taken:?}");
}

#[tokio::test]
async fn all_that_is_wrong_with_a_parcel_is_said_at_once() {
    let nowhere = Address { latitude: Some(f64::NAN), ..Address::default() };
    let bad = Parcel { receiver: Some(parcel::Receiver::Address(nowhere)), weights_g: vec![0], ..parcel(0) };
    let status = ParcelsClient::new(depot()).send(&request(bad)).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
    for place in ["size.length", "weights_g", "address.street", "address.town", "address.latitude"] {
        assert!(status.message().contains(place), "{place}: {status}");
    }
}

#[tokio::test]
async fn an_error_comes_back_as_what_it_was() {
    let parcels = ParcelsClient::new(depot());
    let error = async |length| {
        let status = parcels.send(&request(parcel(length))).await.unwrap_err();
        ParcelError::from_status(&status).unwrap()
    };
    assert_eq!(error(3_000).await, ParcelError::TooLarge);
    assert_eq!(error(1_500).await, ParcelError::DepotFull(Backlog { waiting: 7, ..Backlog::default() }));
}

#[tokio::test]
async fn a_parcel_is_followed_and_a_van_heard() {
    let mut sightings =
        ParcelsClient::new(depot()).follow(&FollowRequest { number: 9, ..FollowRequest::default() });
    let mut stages = Vec::new();
    while let Some(sighting) = sightings.next().await.unwrap() {
        stages.push(sighting.stage);
    }
    assert_eq!(stages, [Stage::InAVan, Stage::Delivered]);
    let vans = VansClient::new(depot());
    let mut drive = vans.drive();
    for _ in 0..3 {
        drive.send(&Position::default()).await.unwrap();
    }
    assert_eq!(drive.finish().await.unwrap().metres, 3);
    vans.alive(&Honk::default()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_claim_is_taken_now_and_decided_later() {
    let claims = ClaimsClient::new(depot());
    let claim = |number| ClaimRequest { number, cents: 500, ..ClaimRequest::default() };
    let tickets = [claims.claim(&claim(9)).await.unwrap(), claims.claim(&claim(7)).await.unwrap()];
    tokio::time::sleep(std::time::Duration::from_secs(600)).await;
    let decided = claims.claim_state(&tickets[0]).await.unwrap();
    assert_eq!(decided, Some(JobState::Done { answer: Decision { cents: 250, ..Decision::default() } }));
    let dead = claims.claim_state(&tickets[1]).await.unwrap();
    assert!(matches!(dead, Some(JobState::Dead { .. })), "{dead:?}");
}
