//! `svrkit.reflection.Reflection`: what it tells, whom, and how it is left out.

use std::collections::BTreeMap;

use svrkit_runtime::health::{HEALTH, HealthClient};
use svrkit_runtime::monitoring::MONITORING;
use svrkit_runtime::reflection::{
    DescribeReply, DescribeRequest, ListReply, ListRequest, REFLECTION, REFLECTION_DESCRIBE, REFLECTION_LIST,
    ReflectionClient, ReflectionError, Subject,
};
use svrkit_runtime::testing::TestServer;
use svrkit_runtime::wire::frame::Facts;
use svrkit_runtime::{
    AllowList, Call, Code, Config, ErrorCode, Server, Service, ServiceSpec, Spec, Status, Tlv,
};

use crate::support::{ECHO, Raw, TEST, Test, WAIT, request_header, words};

/// What stands for a description: the server looks into none.
const SETS: [&[u8]; 2] = [b"the set of one and two", b"the set of three"];

static ONE: ServiceSpec = ServiceSpec::new("shop.One", 5001, &[&PLACE]).fingerprint(7).descriptors(SETS[0]);
static TWO: ServiceSpec = ServiceSpec::new("shop.Two", 5002, &[]).descriptors(SETS[0]);
static THREE: ServiceSpec = ServiceSpec::new("shop.Three", 5003, &[]).descriptors(SETS[1]);
static PLACE: Spec = Spec::new("shop.One", 5001, "Place", 3);

struct Empty(&'static ServiceSpec);

impl Service for Empty {
    fn spec(&self) -> &'static ServiceSpec {
        self.0
    }

    fn dispatch(&self, call: Call) {
        call.refuse_unknown_method(self.0);
    }
}

fn server() -> Server {
    Server::new().service(Empty(&THREE)).service(Empty(&ONE)).service(Empty(&TWO)).service(Test::default())
}

fn reflection(server: Server) -> ReflectionClient {
    ReflectionClient::new(server.in_process().unwrap())
}

async fn describe(client: &ReflectionClient, services: &[&str]) -> Result<Vec<Vec<u8>>, Status> {
    let services = services.iter().map(|name| (*name).to_owned()).collect();
    let reply = client.describe(&DescribeRequest { services, ..DescribeRequest::default() }).await?;
    Ok(reply.descriptor_sets.into_iter().map(|set| set.to_vec()).collect())
}

async fn list(client: &ReflectionClient) -> ListReply {
    client.list(&ListRequest::default()).await.unwrap()
}

#[tokio::test]
async fn every_service_is_listed_with_its_numbers() {
    let reply = list(&reflection(server())).await;
    let told: Vec<_> = reply.services.iter().map(|it| (it.id, &*it.name, it.described)).collect();
    assert_eq!(
        told,
        [
            (HEALTH.id, HEALTH.name, true),
            (REFLECTION.id, REFLECTION.name, true),
            (MONITORING.id, MONITORING.name, true),
            (TEST.id, TEST.name, false),
            (5001, "shop.One", true),
            (5002, "shop.Two", true),
            (5003, "shop.Three", true),
        ]
    );
    let one = reply.services.iter().find(|it| it.id == 5001).unwrap();
    let methods: Vec<_> = one.methods.iter().map(|it| (&*it.name, it.id)).collect();
    assert_eq!((one.fingerprint, methods), (7, vec![("Place", 3)]));
}

#[tokio::test]
async fn a_description_is_given_once_for_all_services_that_share_it() {
    let client = reflection(server());
    assert_eq!(describe(&client, &["shop.Three"]).await.unwrap(), [SETS[1]]);
    assert_eq!(describe(&client, &["shop.Two", "shop.One", "shop.Two"]).await.unwrap(), [SETS[0]]);
    let all = describe(&client, &[]).await.unwrap();
    let mut expected = [HEALTH.descriptors, MONITORING.descriptors, REFLECTION.descriptors, SETS[0], SETS[1]]
        .map(<[u8]>::to_vec);
    expected.sort_unstable();
    assert_eq!(all, expected, "what cannot be described is passed over where nobody asked for it");
}

#[tokio::test]
async fn what_is_unknown_and_what_is_not_described_are_told_apart() {
    let client = reflection(server());
    let subject = |name: &str| Subject { service: name.into(), ..Subject::default() };
    for (name, expected) in [
        ("shop.Four", ReflectionError::UnknownService(subject("shop.Four"))),
        ("One", ReflectionError::UnknownService(subject("One"))),
        ("test.Test", ReflectionError::NotDescribed(subject("test.Test"))),
    ] {
        let status = describe(&client, &["shop.One", name]).await.unwrap_err();
        assert_eq!((status.code(), ReflectionError::from_status(&status)), (Code::NotFound, Some(expected)));
    }
    let many = vec!["shop.One"; 1025];
    assert_eq!(describe(&client, &many).await.unwrap_err().code(), Code::InvalidArgument);
    assert_eq!(describe(&client, &many[1..]).await.unwrap(), [SETS[0]]);
}

#[tokio::test]
async fn who_may_not_call_it_is_told_nothing() {
    let refusing = server().interceptor(AllowList::new().allow_all(&ECHO));
    let client = reflection(refusing);
    let refused = client.list(&ListRequest::default()).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    assert_eq!(describe(&client, &[]).await.unwrap_err().code(), Code::PermissionDenied);
    let list_alone = server().interceptor(AllowList::new().allow_all(&REFLECTION_LIST));
    let client = reflection(list_alone);
    assert_eq!(list(&client).await.services.len(), 7);
    assert_eq!(describe(&client, &[]).await.unwrap_err().code(), Code::PermissionDenied);
}

#[tokio::test]
async fn a_server_may_leave_it_out_by_code_or_by_its_key() {
    let off = Config::builder().set("server.reflection", "false").load().unwrap();
    let on = Config::builder().load().unwrap();
    assert!(on.reflection());
    for without in [
        server().without_reflection(),
        server().config(&off),
        // What leaves it out by code is not overruled by a default.
        server().without_reflection().config(&on),
    ] {
        let status = reflection(without).list(&ListRequest::default()).await.unwrap_err();
        assert_eq!(status.code(), Code::Unimplemented);
    }
    assert_eq!(list(&reflection(server().config(&on))).await.services.len(), 7);
    let without_health = list(&reflection(Server::new().without_health())).await;
    assert_eq!(without_health.services.len(), 2);
}

#[tokio::test]
async fn a_draining_server_still_tells() {
    let test = Test::default();
    let gate = std::sync::Arc::clone(&test.0);
    let server = TestServer::start(test).await;
    let mut raw = Raw::greeted(server.address().parse().unwrap()).await;
    raw.send(request_header(1, WAIT.method_id), b"").await;
    gate.started.notified().await;
    let stopping = tokio::spawn(server.stop());
    assert!(matches!(raw.receive().await.unwrap().header.facts, Facts::Goaway { .. }));
    let mut answers = BTreeMap::new();
    raw.send(request_header(2, ECHO.method_id), b"").await;
    raw.send(request(3, &REFLECTION_LIST), b"").await;
    raw.send(request(4, &REFLECTION_DESCRIBE), b"").await;
    while answers.len() < 3 {
        let frame = raw.receive().await.unwrap();
        answers.insert(frame.header.call_id, frame);
    }
    assert!(words(&answers[&2]).contains("about to stop"));
    assert_eq!(ListReply::decode(&answers[&3].body).unwrap().services.len(), 4);
    assert_eq!(DescribeReply::decode(&answers[&4].body).unwrap().descriptor_sets.len(), 3);
    gate.go.notify_one();
    while raw.receive().await.unwrap().header.call_id != 1 {}
    drop(raw);
    assert_eq!(stopping.await.unwrap().calls_cut, 0);
}

fn request(call_id: u32, spec: &Spec) -> svrkit_runtime::wire::frame::Header {
    let mut header = request_header(call_id, spec.method_id);
    if let Facts::Request(facts) = &mut header.facts {
        facts.service_id = spec.service_id;
    }
    header
}

#[tokio::test]
async fn the_kits_services_describe_themselves() {
    let client = server().in_process().unwrap();
    let sets = describe(&ReflectionClient::new(client.clone()), &["svrkit.health.Health"]).await.unwrap();
    assert_eq!(sets, [HEALTH.descriptors]);
    let has = |name: &[u8]| HEALTH.descriptors.windows(name.len()).any(|part| part == name);
    assert!(has(b"svrkit.health.CheckReply") && !has(b"svrkit.reflection"));
    // It is one of many services, and takes nothing from the others.
    assert!(HealthClient::new(client).check(&Default::default()).await.is_ok());
}
