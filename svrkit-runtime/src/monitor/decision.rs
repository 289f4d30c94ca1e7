//! What is told of what a client decides for the protection of its servers and of itself.

use crate::spec::Spec;

/// Something that a client has decided for the protection of its servers, its callers or itself.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ClientDecision<'a> {
    /// What.
    pub decision: Decision,
    /// Whether nothing comes of it: the mechanism only watches.
    pub is_watched: bool,
    /// What the client calls, as it was given.
    pub target: &'a str,
    /// The endpoint that it is about, where it is about one.
    pub endpoint: Option<&'a str>,
    /// The method of the call that it is about, where it is about one.
    pub spec: Option<&'static Spec>,
}

/// Makes [`Decision`] of rows: variant, the word of metrics.
macro_rules! decisions {
    ($($(#[doc = $doc:literal])+ $variant:ident = $word:literal;)+) => {
        /// What a client may decide.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Decision {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Decision {
            /// The words of all, in their order.
            pub(crate) const WORDS: &'static [&'static str] = &[$($word),+];

            /// Its word among metrics.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                Self::WORDS[self as usize]
            }
        }
    };
}

decisions! {
    /// A failed attempt is repeated.
    Retried = "retried";
    /// It is not repeated: the budget is used up (`retry.share`, `retry.floor`).
    RetryOverBudget = "retry_over_budget";
    /// It is not repeated: it was the last that `retry.attempts` allows.
    RetriesSpent = "retries_spent";
    /// It is not repeated: too little time would be left for it.
    RetryTooLate = "retry_too_late";
    /// A copy of a request is sent to another endpoint: the first attempt takes longer than usual (`hedge.delay`).
    Hedged = "hedged";
    /// No copy is sent: the budget is used up (`retry.share`, `retry.floor`).
    HedgeOverBudget = "hedge_over_budget";
    /// No copy is sent: no other endpoint is connected, well and without refusals of late.
    HedgeNowhere = "hedge_nowhere";
    /// The copy was answered before the first attempt was.
    HedgeWon = "hedge_won";
    /// An endpoint is ejected: so many calls in a row have failed there (`ejection.failures`).
    EjectedByRow = "ejected_by_row";
    /// An endpoint is ejected: a larger share of its calls fails than of the others'.
    EjectedByShare = "ejected_by_share";
    /// It is not ejected: as many are as may be (`ejection.share`).
    EjectionOverShare = "ejection_over_share";
    /// A call is not sent: its server wants no more of its method for a time (`block.max`).
    Blocked = "blocked";
    /// A call is not sent: its server wants fewer of its method for a time (`wish.max`).
    Slowed = "slowed";
    /// A call is answered by the last good answer to the same request: its server wishes to be spared, or has refused it (`last_good.age`).
    LastGood = "last_good";
    /// It is not: there is none that is young enough.
    LastGoodMissing = "last_good_missing";
    /// A server's wish is not obeyed: nothing proves who wishes (`client.wishes_of_all`).
    WishIgnored = "wish_ignored";
    /// A call is not sent: it is less important than the level that its server announces.
    ShutOut = "shut_out";
    /// A call is not sent: its server refuses most of them, and announces no level.
    Throttled = "throttled";
}
