//! Browsers that have shown the token.
//!
//! A browser gets a key of its own instead of the token: it sends cookies to every port of a host, so other servers there see them.

use std::collections::VecDeque;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::token::same;

/// Sessions at once; the oldest one makes room.
const SESSIONS_MAX: usize = 16;

/// How long a session lasts.
const LIFETIME: Duration = Duration::from_secs(12 * 3600);

/// The sessions of one server.
#[derive(Debug)]
pub(in crate::admin) struct Sessions {
    /// Of the cookie. Cookies know no ports: two servers of one host would overwrite each other's.
    name: String,
    open: Mutex<VecDeque<Session>>,
}

#[derive(Debug)]
struct Session {
    key: String,
    ends: Instant,
}

impl Sessions {
    pub(super) fn new(port: u16) -> Self {
        Self { name: format!("svrkit_admin_{port}"), open: Mutex::default() }
    }

    /// Begins one, and gives its cookie: for this host, for no script, and not with what another site makes the browser send.
    pub(super) fn begin(&self) -> String {
        let key = key();
        let cookie = format!("{}={key}; Path=/; HttpOnly; SameSite=Strict", self.name);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.len() == SESSIONS_MAX {
            open.pop_front();
        }
        open.push_back(Session { key, ends: Instant::now() + LIFETIME });
        cookie
    }

    /// Whether the field `Cookie` has the key of one.
    pub(super) fn has(&self, cookies: &str) -> bool {
        let now = Instant::now();
        let shown = cookies.split("; ").filter_map(|cookie| cookie.split_once('='));
        let shown: Vec<&str> = shown.filter(|(name, _)| *name == self.name).map(|(_, key)| key).collect();
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.iter()
            .filter(|session| now < session.ends)
            .any(|session| shown.iter().any(|shown| same(session.key.as_bytes(), shown.as_bytes())))
    }
}

/// 128 bits that nobody guesses: SipHash, which is a pseudo-random function, under keys that the operating system gave.
fn key() -> String {
    let keyed = RandomState::new();
    format!("{:016x}{:016x}", keyed.hash_one("the first half"), keyed.hash_one("the second half"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(cookie: &str) -> &str {
        cookie.split_once(';').unwrap().0
    }

    #[tokio::test(start_paused = true)]
    async fn a_session_ends_when_it_is_old_or_sixteen_came_after_it() {
        let sessions = Sessions::new(1);
        let first = sessions.begin();
        let others: Vec<String> = (1..SESSIONS_MAX).map(|_| sessions.begin()).collect();
        assert!(sessions.has(shown(&first)));
        let last = sessions.begin();
        assert!(!sessions.has(shown(&first)));
        tokio::time::advance(LIFETIME - Duration::from_millis(1)).await;
        assert!(sessions.has(shown(&others[0])) && sessions.has(shown(&last)));
        tokio::time::advance(Duration::from_millis(1)).await;
        assert!(!sessions.has(shown(&last)));
    }
}
