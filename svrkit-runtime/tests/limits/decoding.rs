//! What reading a message may take.

use svrkit_runtime::{Client, Code, Layer, Limits, Tlv};

use crate::support::{self, ECHO, Note, Running};

#[tokio::test]
pub(crate) async fn decode_memory() {
    let server = Running::with(Limits { decode_memory: 1000, ..Limits::default() }).await;
    let client = server.client().await;
    let note = |len| Note { text: "x".repeat(len), ..Note::default() };
    assert!(client.request::<_, Note>(&ECHO, &note(1000)).await.is_ok());
    let status = client.request::<_, Note>(&ECHO, &note(1001)).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
    assert!(status.message().contains("decode.memory"), "{status}");
}

#[tokio::test]
pub(crate) async fn decode_depth() {
    #[derive(Clone, Debug, Default, PartialEq, Tlv)]
    struct Chain {
        #[tlv(1)]
        next: Option<Box<Chain>>,
    }
    let chain =
        |depth: usize| (0..depth).fold(Chain::default(), |chain, _| Chain { next: Some(Box::new(chain)) });
    let server = Running::start().await;
    let limits = Limits { decode_depth: 5, ..Limits::default() };
    let client = Client::builder(server.address.to_string()).limits(limits).connect().await.unwrap();
    // The server keeps as unknown what the client nests.
    let request = |depth| client.request::<_, Chain>(&support::KEEP, &chain(depth));
    assert_eq!(request(5).await.unwrap(), chain(5));
    let status = request(6).await.unwrap_err();
    assert_eq!((status.code(), status.facts().layer), (Code::Internal, Layer::Codec));
    assert!(status.message().contains("decode.depth"), "{status}");
}

/// A message about as large as the generator leaves unboxed, in a chain.
#[derive(Clone, Debug, Default, PartialEq, Tlv)]
struct Large {
    #[tlv(1)]
    next: Option<Box<Large>>,
    #[tlv(2)]
    left: Option<Lists>,
    #[tlv(3)]
    right: Option<Lists>,
}

#[derive(Clone, Debug, Default, PartialEq, Tlv)]
struct Lists {
    #[tlv(1)]
    a: Vec<u64>,
    #[tlv(2)]
    b: Vec<u64>,
    #[tlv(3)]
    c: Vec<u64>,
    #[tlv(4)]
    d: Vec<u64>,
    #[tlv(5)]
    e: Vec<u64>,
    #[tlv(6)]
    f: Vec<u64>,
    #[tlv(7)]
    g: Vec<u64>,
    #[tlv(8)]
    h: Vec<u64>,
    #[tlv(9)]
    i: Vec<u64>,
    #[tlv(10)]
    j: Vec<u64>,
}

#[tokio::test]
pub(crate) async fn decode_depth_at_the_end_of_its_range() {
    // What a configuration may set, the stack of a thread bears, even unoptimized.
    let chain = |depth: usize| {
        (0..depth)
            .fold(Large::default(), |chain, _| Large { next: Some(Box::new(chain)), ..Large::default() })
    };
    let config = svrkit_runtime::Config::builder().set("decode.depth", "256").load().unwrap();
    assert!(svrkit_runtime::Config::builder().set("decode.depth", "257").load().is_err());
    assert!(size_of::<Large>() >= 480);
    let server = Running::start().await;
    let client = Client::builder(server.address.to_string()).config(&config).connect().await.unwrap();
    let answer: Large = client.request(&support::KEEP, &chain(256)).await.unwrap();
    assert_eq!(answer, chain(256));
    let status = client.request::<_, Large>(&support::KEEP, &chain(257)).await.unwrap_err();
    assert!(status.message().contains("decode.depth"), "{status}");
}
