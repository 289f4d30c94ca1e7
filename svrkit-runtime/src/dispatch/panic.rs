//! Where a handler's panic happened: the one who is unwound cannot tell, the panic hook can.

use std::any::Any;
use std::cell::Cell;
use std::panic::{PanicHookInfo, set_hook, take_hook};
use std::sync::Once;
use std::thread::panicking;

thread_local! {
    static LAST: Cell<Option<Noted>> = const { Cell::new(None) };
    /// Whether [`LAST`] was noted since the handler that runs here was last polled. Apart from it: without a destructor, to clear it
    /// is one store.
    static IS_NEW: Cell<bool> = const { Cell::new(false) };
}

static WATCHED: Once = Once::new();

/// A panic of this thread.
#[derive(Debug, Default)]
pub(super) struct Noted {
    /// Empty where it was no text.
    pub(super) message: String,
    /// `src/orders.rs:12:5`; empty where another panic hook was set after ours that does not call it, and where the panic was resumed,
    /// which no hook is told of.
    pub(super) place: String,
}

/// Notes the place of every panic from here on, before the panic hook that is set now goes on with it. Once a process.
pub(super) fn watch() {
    // A thread that is unwound cannot change hooks; some later server will.
    if panicking() {
        return;
    }
    WATCHED.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |info| {
            note(info);
            before(info);
        }));
    });
}

fn note(info: &PanicHookInfo<'_>) {
    let place = info.location().map(ToString::to_string).unwrap_or_default();
    LAST.set(Some(Noted { message: text(info.payload()), place }));
    IS_NEW.set(true);
}

fn text(payload: &dyn Any) -> String {
    match (payload.downcast_ref::<&str>(), payload.downcast_ref::<String>()) {
        (Some(text), _) => (*text).to_owned(),
        (_, Some(text)) => text.clone(),
        (None, None) => String::new(),
    }
}

/// Code of a service is about to run: what this thread has met before is not its panic. A panic that is caught leaves its note, and one
/// that is resumed (`resume_unwind`) makes none.
#[inline]
pub(super) fn forget() {
    IS_NEW.set(false);
}

/// The panic that this thread is unwound by, if it was noted since [`forget`].
pub(super) fn last() -> Noted {
    let last = LAST.take();
    if IS_NEW.replace(false) { last.unwrap_or_default() } else { Noted::default() }
}
