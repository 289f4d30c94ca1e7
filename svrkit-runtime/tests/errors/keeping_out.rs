//! At the caller: calls that are not sent, as their server would refuse them.

use std::time::Duration;

use svrkit_runtime::wire::frame::{Facts, Header, ResponseFacts};
use svrkit_runtime::{Call, Cause, Client, ClientProtection, Layer, Priority, Rate, Retry, Spec, Status};

use crate::support::{ECHO, Note, Raw, TEST_ID};
use crate::{DO, Seen, listen, serve};

static LOSSY: Spec = Spec::new("test.Test", TEST_ID, "Echo", 1).priority(192);

const MINUTE: Duration = Duration::from_secs(60);

pub(crate) async fn provoke(seen: &mut Seen) {
    let blocks = refusals(Cause::Blocked, Retry::After(MINUTE));
    let (client, _server) = serve(ending_by(blocks)).await;
    let ask = async || client.request::<_, Note>(&DO, &Note::default()).await.unwrap_err();
    ask().await;
    let status = ask().await;
    assert!(matches!(status.facts().retry, Retry::After(left) if left <= MINUTE), "{status}");
    // For how long is each case's own.
    seen.caller("blocked_here", status.retry(Retry::Elsewhere));

    let slow = Status::unavailable("busy").slow_down(Rate::per_minute(60), MINUTE);
    let (_, server) = serve(ending_by(slow)).await;
    let of_all = ClientProtection::new().wishes_of_all(true);
    let client = Client::builder(server.address()).protection(of_all).lazy();
    let status = loop {
        let status = client.request::<_, Note>(&DO, &Note::default()).await.unwrap_err();
        if status.facts().layer == Layer::Client {
            break status;
        }
    };
    seen.caller("slowed_here", status.retry(Retry::Elsewhere));

    let full = refusals(Cause::Queue, Retry::Never);
    let (client, _server) = serve(ending_by(full)).await;
    loop {
        let status = client.request::<_, Note>(&DO, &Note::default()).await.unwrap_err();
        if status.facts().layer == Layer::Client {
            assert_eq!(status.facts().retry, Retry::After(Duration::from_secs(1)), "{status}");
            seen.caller("throttled_here", status.retry(Retry::Elsewhere));
            break;
        }
    }

    let (listener, address) = listen().await;
    let client = Client::builder(&address).lazy();
    let call = |spec| tokio::spawn(client.request::<_, Note>(spec, &Note::default()));
    let first = call(&ECHO);
    let mut server = Raw::accept(&listener).await;
    let mut call_under_way = first;
    // A level is soon forgotten, and one of many calls goes all the same: each that comes hears it again.
    let status = loop {
        let sent = tokio::select! {
            frame = server.receive() => frame.unwrap(),
            ended = &mut call_under_way => break ended.unwrap().unwrap_err(),
        };
        let announced = ResponseFacts { level: Priority::NORMAL, ..ResponseFacts::default() };
        server.send(Header::new(sent.header.call_id, Facts::Response(announced)), &[]).await;
        call_under_way.await.unwrap().unwrap();
        call_under_way = call(&LOSSY);
    };
    assert!(matches!(status.facts().retry, Retry::After(left) if left <= Duration::from_secs(1)), "{status}");
    seen.caller("shut_out_here", status.retry(Retry::Elsewhere));
}

/// Ends every call so.
fn ending_by(status: Status) -> impl Fn(Call) {
    move |call| {
        let status = status.clone();
        call.handle(&DO, |_: Note| async move { Err::<Note, _>(status) });
    }
}

fn refusals(cause: Cause, retry: Retry) -> Status {
    Status::resource_exhausted("not now").layer(Layer::Admission).cause(cause).retry(retry)
}
