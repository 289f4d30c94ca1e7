//! Who wants to know when an answer has been written.

use std::cell::RefCell;
use std::fmt;

use tokio::time::Instant;

/// What is called with the instant at which an answer had been written.
type Then = Box<dyn FnOnce(Instant) + Send>;

/// Those who asked, of one call. Without memory where nobody has.
#[derive(Default)]
pub(crate) struct WhenWritten(RefCell<Vec<Then>>);

impl WhenWritten {
    pub(super) fn push(&self, then: Then) {
        self.0.borrow_mut().push(then);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }

    /// Tells all of them.
    pub(crate) fn tell(self, at: Instant) {
        self.0.into_inner().into_iter().for_each(|then| then(at));
    }
}

impl fmt::Debug for WhenWritten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} waiting", self.0.borrow().len())
    }
}
