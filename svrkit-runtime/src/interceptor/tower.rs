//! Layers of the tower crates as interceptors: limits, time-outs, load shedding and what else others have written.

use std::error::Error;
use std::fmt;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use tokio::sync::oneshot;
use tower_layer::Layer;
use tower_service::Service;

use super::{Envelope, Interceptor, Next, Reply};
use crate::status::Status;
use crate::status::catalogue::layering;

/// A tower layer as an interceptor (feature `tower`).
///
/// The layer is put around a service once, so that what it counts is counted over all calls. An error that is no [`Status`] becomes
/// UNAVAILABLE, with the error's own words: the call did not get through.
///
/// ```
/// use std::time::Duration;
/// use svrkit_runtime::{Server, Tower};
/// use tower::limit::ConcurrencyLimitLayer;
///
/// let server = Server::new().interceptor(Tower::new(ConcurrencyLimitLayer::new(64)));
/// ```
pub struct Tower<S> {
    /// Cloned for each call, as tower's services are.
    service: Mutex<S>,
}

/// A call on its way through tower's layers: what their requests are.
#[derive(Debug)]
pub struct TowerCall {
    /// The call.
    pub envelope: Envelope,
    /// To where it goes on, with the way back.
    next: oneshot::Sender<(Envelope, oneshot::Sender<Result<Reply, Status>>)>,
}

/// The innermost service, which layers are put around: what comes next in the chain.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct TowerNext;

impl Service<TowerCall> for TowerNext {
    type Response = Reply;
    type Error = Status;
    type Future = Pin<Box<dyn Future<Output = Result<Reply, Status>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Status>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, call: TowerCall) -> Self::Future {
        let (back, answered) = oneshot::channel();
        let sent = call.next.send((call.envelope, back));
        Box::pin(async move {
            sent.map_err(|_| layering::layer_outlived_call())?;
            answered.await.map_err(|_| layering::layer_outlived_call())?
        })
    }
}

impl<S> Tower<S> {
    /// Has calls pass `layer`.
    pub fn new<L: Layer<TowerNext, Service = S>>(layer: L) -> Self {
        Self { service: Mutex::new(layer.layer(TowerNext)) }
    }
}

impl<S> Interceptor for Tower<S>
where
    S: Service<TowerCall, Response = Reply, Future: Send> + Clone + Send + 'static,
    S::Error: Into<Box<dyn Error + Send + Sync>>,
{
    async fn intercept(&self, envelope: Envelope, next: Next<'_>) -> Result<Reply, Status> {
        let mut service = self.service.lock().unwrap_or_else(PoisonError::into_inner).clone();
        poll_fn(|cx| service.poll_ready(cx)).await.map_err(status)?;
        let (to_next, from_layers) = oneshot::channel();
        let mut from_layers = Some(from_layers);
        let mut layers = pin!(service.call(TowerCall { envelope, next: to_next }));
        // Until they send the call on, or end it themselves.
        let sent_on = poll_fn(|cx| {
            if let Poll::Ready(outcome) = layers.as_mut().poll(cx) {
                return Poll::Ready(Err(outcome));
            }
            let Some(receiver) = &mut from_layers else { return Poll::Pending };
            match ready!(Pin::new(receiver).poll(cx)) {
                Ok(sent_on) => Poll::Ready(Ok(sent_on)),
                // They have dropped the call, and will say what they make of that.
                Err(_) => {
                    from_layers = None;
                    Poll::Pending
                }
            }
        });
        let (envelope, back) = match sent_on.await {
            Ok(sent_on) => sent_on,
            Err(outcome) => return outcome.map_err(status),
        };
        let mut going_on = pin!(async {
            // Fails where the layers wait no longer: a time-out.
            let _ = back.send(next.run(envelope).await);
        });
        let mut is_over = false;
        poll_fn(|cx| {
            is_over = is_over || going_on.as_mut().poll(cx).is_ready();
            layers.as_mut().poll(cx)
        })
        .await
        .map_err(status)
    }
}

fn status(error: impl Into<Box<dyn Error + Send + Sync>>) -> Status {
    match error.into().downcast::<Status>() {
        Ok(status) => *status,
        Err(error) => layering::layer_failed(error),
    }
}

impl<S> fmt::Debug for Tower<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tower")
    }
}
