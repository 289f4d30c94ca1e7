//! From a call with its handler to the handler with its message, behind the interceptors if there are any.

use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;

use super::Call;
use crate::dispatch::message::{Input, Output};
use crate::dispatch::workplace::Workplace;
use crate::interceptor::{Boxed, Chain, Envelope, Reply, Side};
use crate::spec::Spec;
use crate::status::Status;
use crate::status::catalogue::{admitting, handling};

impl Call {
    /// Runs `handler` with what has arrived, behind the interceptors if there are any.
    #[inline]
    pub(super) fn serve<W, In, Out, F, Fut>(mut self, spec: &'static Spec, handler: F)
    where
        W: Workplace,
        In: Input,
        Out: Output,
        F: FnOnce(In) -> Fut + Send + 'static,
        Fut: Future<Output = Result<Out, Status>> + Send + 'static,
    {
        self.permit.begin(spec);
        if self.facts.remaining_us == 0 {
            return self.permit.answer(Err(&admitting::late_on_arrival()));
        }
        match self.interceptors.take() {
            None => self.serve_directly::<W, _, _, _, _>(spec, handler),
            Some(interceptors) => self.serve_behind::<W, _, _, _, _>(interceptors, spec, handler),
        }
    }

    /// Reads the request at once: one that cannot be read costs no task.
    #[inline]
    fn serve_directly<W, In, Out, F, Fut>(self, spec: &'static Spec, handler: F)
    where
        W: Workplace,
        In: Input,
        Out: Output,
        F: FnOnce(In) -> Fut + Send + 'static,
        Fut: Future<Output = Result<Out, Status>> + Send + 'static,
    {
        let Self { body, context, mut permit, .. } = self;
        match In::read(spec, &body, permit.limits()) {
            Ok(input) => {
                permit.decoded();
                permit.run::<W, _, _, _>(spec, context, move || handler(input));
            }
            Err(status) => permit.answer(Err(&status)),
        }
    }

    /// Reads the request when all interceptors have let it pass: who may not call gets nothing decoded.
    fn serve_behind<W, In, Out, F, Fut>(self, interceptors: Arc<Chain>, spec: &'static Spec, handler: F)
    where
        W: Workplace,
        In: Input,
        Out: Output,
        F: FnOnce(In) -> Fut + Send + 'static,
        Fut: Future<Output = Result<Out, Status>> + Send + 'static,
    {
        let Self { body, context, mut permit, .. } = self;
        let limits = *permit.limits();
        let (deadline, passed) = (context.deadline(), permit.watch_context());
        let metadata = context.received_metadata();
        let envelope = Envelope::new(Side::Server, spec, context.clone(), metadata, body, &limits);
        permit.run::<W, _, _, _>(spec, context, move || async move {
            let handle = |envelope: Envelope| -> Boxed<'_, Result<Reply, Status>> {
                let Envelope { context, body, .. } = envelope;
                let context = context.until(deadline);
                if let Some(passed) = &passed {
                    // There is one handler a call, and this is its turn.
                    let _ = passed.set(context.clone());
                }
                Box::pin(context.scope(async move {
                    let output = handler(In::read(spec, &body, &limits)?).await?;
                    output.encode(limits.message_out, |encoded| match encoded {
                        Ok(bytes) => Ok(Reply::new(Bytes::copy_from_slice(bytes), &limits)),
                        Err(error) => Err(handling::response_unencodable(spec, error)),
                    })
                }))
            };
            interceptors.run(envelope, handle).await
        });
    }
}
