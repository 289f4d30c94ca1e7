//! Who may see pages, and whose wishes are theirs.
//!
//! Two ways in. Without a token a server listens for its own machine alone, and what is to be kept out are web pages that a browser there
//! shows: they can send requests to this machine, and by DNS that is changed under them (rebinding) even read the answers. With a token
//! whoever has it may see everything, from anywhere: a program by `Authorization: Bearer`, a browser by a form and a cookie then.

mod host;
mod origin;
mod sessions;
mod token;

pub(super) use self::host::check_host;
pub(super) use self::origin::check_origin;
use self::sessions::Sessions;
pub(crate) use self::token::{TOKEN_LEN_MIN, Token};
use super::http::{Headers, HttpStatus, Refusal, form};

/// Who may see pages.
#[derive(Debug)]
pub(super) enum Access {
    /// Whoever is on this machine.
    ThisMachine,
    /// Whoever has the token.
    Token {
        token: Token,
        /// Browsers that have shown it.
        sessions: Sessions,
    },
}

impl Access {
    /// By `token`; without one, for this machine. `port` tells the cookies of several servers of one host apart.
    pub(super) fn new(token: Option<Token>, port: u16) -> Self {
        match token {
            Some(token) => Self::Token { token, sessions: Sessions::new(port) },
            None => Self::ThisMachine,
        }
    }

    /// Whether a request of these fields may see all pages.
    pub(super) fn admits(&self, headers: &Headers) -> bool {
        match self {
            Self::ThisMachine => true,
            Self::Token { token, sessions } => {
                let shown = headers.authorization.as_deref().and_then(bearer);
                shown.is_some_and(|shown| token.is(shown))
                    || headers.cookie.as_deref().is_some_and(|cookies| sessions.has(cookies))
            }
        }
    }

    /// Refuses what a web page of somebody else may have sent.
    pub(super) fn check_sender(&self, headers: &Headers) -> Result<(), Refusal> {
        match self {
            Self::ThisMachine => check_host(headers),
            // Who knows the token is no stranger, and a cookie goes to the name alone that it came from.
            Self::Token { .. } => Ok(()),
        }
    }

    /// Begins a session of a browser that sent `form`; its cookie, as `Set-Cookie` takes it. `None`: that is not the token.
    pub(super) fn enter(&self, form: &[u8]) -> Option<String> {
        match self {
            Self::ThisMachine => None,
            Self::Token { token, sessions } => {
                token.is(&form::field(form, "token")?).then(|| sessions.begin())
            }
        }
    }
}

/// The token of `Bearer TOKEN` (RFC 6750, section 2.1; the scheme in any case, RFC 9110, section 11.1).
fn bearer(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim_start_matches(' '))
}

fn forbidden(words: impl Into<String>) -> Refusal {
    Refusal::new(HttpStatus::FORBIDDEN, words)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "0123456789abcdef";

    fn of(token: &str) -> Access {
        Access::new(Some(Token::new(token)), 4311)
    }

    fn authorized(authorization: &str) -> Headers {
        Headers { authorization: Some(authorization.into()), ..Headers::default() }
    }

    #[test]
    fn a_token_opens_and_nothing_else_does() {
        let access = of(TOKEN);
        assert!(access.admits(&authorized("Bearer 0123456789abcdef")));
        assert!(access.admits(&authorized("bearer  0123456789abcdef")));
        for wrong in
            ["Bearer 0123456789abcdeF", "Bearer ", "Basic 0123456789abcdef", "Bearer 0123456789abcdef0", ""]
        {
            assert!(!access.admits(&authorized(wrong)), "{wrong}");
        }
        assert!(!access.admits(&Headers::default()));
        assert!(Access::new(None, 0).admits(&Headers::default()));
    }

    #[test]
    fn a_browser_that_has_shown_the_token_has_a_cookie_that_opens() {
        let access = of("0123456789abcde&");
        assert_eq!(access.enter(b"token=0123456789abcdef"), None);
        assert_eq!(access.enter(b"other=0123456789abcde%26"), None);
        let cookie = access.enter(b"token=0123456789abcde%26").unwrap();
        let (value, rest) = cookie.split_once(';').unwrap();
        assert_eq!(rest, " Path=/; HttpOnly; SameSite=Strict");
        assert!(!cookie.contains("0123456789"), "the token itself stays here: {cookie}");
        let shows = |cookie: &str| Headers { cookie: Some(cookie.into()), ..Headers::default() };
        assert!(access.admits(&shows(value)));
        assert!(access.admits(&shows(&format!("a=b; {value}; c=d"))));
        assert!(!access.admits(&shows(&value.replace("4311", "4312"))), "another server's of this host");
        assert!(!access.admits(&shows(&value[..value.len() - 1])));
        assert!(!of(TOKEN).admits(&shows(value)), "another run's");
        assert_eq!(Access::new(None, 0).enter(b"token="), None);
    }

    #[test]
    fn no_print_out_shows_the_token() {
        assert!(!format!("{:?}", of(TOKEN)).contains(TOKEN));
    }
}
