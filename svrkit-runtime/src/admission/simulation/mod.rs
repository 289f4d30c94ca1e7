//! A door before a machine of so many threads, in simulated time: what it does under loads that no test could bring about.
//!
//! The machine runs handlers that compute, then wait for something that so many at once can have. Calls come by chance (Poisson) in four business
//! classes, 5, 15, 50 and 30 % of them, and are of use for half a second.

mod holding;
mod inversions;
mod machine;
mod stalls;
