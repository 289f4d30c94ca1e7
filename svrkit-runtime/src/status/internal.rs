//! Errors of others in a handler: the caller is told INTERNAL, the log what it was.

use std::error::Error;
use std::io;
use std::sync::Arc;

use super::Status;
use super::catalogue::handling;

/// `?` for errors that are neither a [`Status`] nor the service's own.
///
/// What a database or a file says is not for callers: it may hold names, paths, secrets. They get INTERNAL; what happened goes to
/// the server's log, and to its monitors by [`Status::private_error`]. Who wants callers to read it says so:
/// `map_err(|error| Status::internal(error.to_string()))`.
///
/// ```
/// use svrkit_runtime::{OrInternal, Status};
///
/// fn stock(text: &str) -> Result<u32, Status> {
///     Ok(text.parse::<u32>().or_internal()?)
/// }
///
/// let status = stock("many").unwrap_err();
/// assert!(!status.message().contains("digit"));
/// assert_eq!(status.private_error().unwrap().to_string(), "invalid digit found in string");
/// ```
///
/// An [`io::Error`] and a `Box<dyn Error + Send + Sync>` need no word: `?` alone does the same.
pub trait OrInternal<T> {
    /// Turns the error into INTERNAL, if there is one.
    ///
    /// # Errors
    ///
    /// INTERNAL, without what happened in its message.
    fn or_internal(self) -> Result<T, Status>;
}

impl<T, E: Into<Box<dyn Error + Send + Sync>>> OrInternal<T> for Result<T, E> {
    fn or_internal(self) -> Result<T, Status> {
        self.map_err(|error| internal(error.into()))
    }
}

impl From<io::Error> for Status {
    fn from(error: io::Error) -> Self {
        internal(error.into())
    }
}

impl From<Box<dyn Error + Send + Sync>> for Status {
    /// A boxed status stays what it is.
    fn from(error: Box<dyn Error + Send + Sync>) -> Self {
        internal(error)
    }
}

fn internal(error: Box<dyn Error + Send + Sync>) -> Status {
    match error.downcast::<Status>() {
        Ok(status) => *status,
        Err(error) => {
            let mut status = handling::handler_failed();
            status.0.private = Some(Arc::from(error));
            status
        }
    }
}

impl Status {
    /// The error that a handler met and its caller is not told of; at callers there is none.
    #[must_use]
    pub fn private_error(&self) -> Option<&(dyn Error + Send + Sync + 'static)> {
        self.0.private.as_deref()
    }
}

/// What happened with all that lies beneath it, for a log.
pub(crate) fn story(error: &(dyn Error + Send + Sync + 'static)) -> String {
    let mut text = error.to_string();
    let mut beneath = error.source();
    while let Some(error) = beneath {
        text.push_str(": ");
        text.push_str(&error.to_string());
        beneath = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::status::{Code, to_wire};

    #[derive(Debug)]
    struct Outer(io::Error);

    impl std::fmt::Display for Outer {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("the stock cannot be read")
        }
    }

    impl Error for Outer {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&self.0)
        }
    }

    #[test]
    fn what_happened_is_for_the_log_alone() {
        let outer = || Outer(io::Error::other("disk 7 is gone"));
        let by_word: Result<(), Status> = Err(outer()).or_internal();
        let boxed = || -> Result<(), Box<dyn Error + Send + Sync>> { Err(outer().into()) };
        let by_box = || -> Result<(), Status> { Ok(boxed()?) };
        for status in [by_word.unwrap_err(), by_box().unwrap_err()] {
            let (_, failure) = to_wire(&status);
            assert_eq!(
                (status.code(), failure.message.as_str()),
                (Code::Internal, handling::handler_failed().message())
            );
            assert_eq!(story(status.private_error().unwrap()), "the stock cannot be read: disk 7 is gone");
        }
    }

    #[test]
    fn a_boxed_status_stays_what_it_is() {
        let boxed: Box<dyn Error + Send + Sync> = Status::not_found("order 7").into();
        assert_eq!(Status::from(boxed).code(), Code::NotFound);
    }
}
