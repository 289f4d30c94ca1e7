//! One batch on its way: an HTTP/1.1 request on a connection of its own.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::header::{CONTENT_TYPE, HOST, RETRY_AFTER};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use svrkit_runtime::Tlv;
use tokio::net::TcpStream;

use super::endpoint::Endpoint;
use super::messages::ExportTraceServiceResponse;

/// Most bytes of an answer that are read.
const ANSWER_LEN_MAX: usize = 64 * 1024;

/// The longest that a collector may tell us to wait.
const WAIT_MAX: Duration = Duration::from_secs(30);

/// What came of a batch.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Posted {
    /// It was taken, but for so many spans.
    Taken { rejected: u64 },
    /// It may be taken later, after the time that the collector says, if it does.
    NotNow(Option<Duration>),
    /// It will never be.
    Refused,
}

/// Sends an encoded request.
pub(super) async fn post(endpoint: &Endpoint, body: Bytes) -> Posted {
    match exchange(endpoint, body).await {
        Ok(posted) => posted,
        // Nobody there, or the connection was lost: a batch that was taken already is sent again then, which the protocol allows.
        Err(_) => Posted::NotNow(None),
    }
}

async fn exchange(
    endpoint: &Endpoint,
    body: Bytes,
) -> Result<Posted, Box<dyn std::error::Error + Send + Sync>> {
    let stream = TcpStream::connect(endpoint.address()).await?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let request = Request::builder()
        .method(Method::POST)
        .uri(&endpoint.path)
        .header(HOST, endpoint.authority())
        .header(CONTENT_TYPE, "application/x-protobuf")
        .body(Full::new(body))?;
    let answered = async {
        let answer = sender.send_request(request).await?;
        let status = answer.status();
        let wait = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        let body = Limited::new(answer.into_body(), ANSWER_LEN_MAX).collect().await?.to_bytes();
        Ok(judge(status, wait.map(Duration::from_secs), &body))
    };
    // The connection does its part within this task, and goes with it.
    tokio::select! {
        answered = answered => answered,
        Err(error) = connection => Err(error.into()),
    }
}

/// By section "Failures" of the protocol: these four say that the collector may take it later.
fn judge(status: StatusCode, wait: Option<Duration>, body: &Bytes) -> Posted {
    match status {
        _ if status.is_success() => Posted::Taken { rejected: rejected(body) },
        StatusCode::TOO_MANY_REQUESTS
        | StatusCode::BAD_GATEWAY
        | StatusCode::SERVICE_UNAVAILABLE
        | StatusCode::GATEWAY_TIMEOUT => Posted::NotNow(wait.map(|wait| wait.min(WAIT_MAX))),
        _ => Posted::Refused,
    }
}

/// What a collector does not say it has taken.
fn rejected(body: &Bytes) -> u64 {
    let answer = ExportTraceServiceResponse::decode(body).unwrap_or_default();
    answer.partial_success.map_or(0, |partial| u64::try_from(partial.rejected_spans).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_worth_another_try_is_what_the_protocol_says() {
        let judged = |status: u16, wait| judge(StatusCode::from_u16(status).unwrap(), wait, &Bytes::new());
        for status in [429, 502, 503, 504] {
            assert_eq!(judged(status, None), Posted::NotNow(None), "{status}");
        }
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        assert_eq!(judged(503, seconds(3)), Posted::NotNow(seconds(3)));
        assert_eq!(judged(429, seconds(86_400)), Posted::NotNow(Some(WAIT_MAX)));
        for status in [301, 400, 401, 404, 500] {
            assert_eq!(judged(status, seconds(1)), Posted::Refused, "{status}");
        }
        assert_eq!(judged(200, None), Posted::Taken { rejected: 0 });
    }

    #[test]
    fn what_a_collector_leaves_out_is_counted() {
        // partial_success { rejected_spans: 3, error_message: "x" }
        let body = Bytes::from_static(b"\x0a\x05\x08\x03\x12\x01x");
        assert_eq!(judge(StatusCode::OK, None, &body), Posted::Taken { rejected: 3 });
        assert_eq!(judge(StatusCode::OK, None, &Bytes::from_static(b"{}")), Posted::Taken { rejected: 0 });
    }
}
