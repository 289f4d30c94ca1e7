//! Functions for `#[tlv(1, ensure("finite", is_finite))]`: rules that no word of the derive stands for.
//!
//! Any function `fn(&T) -> bool` will do, of whichever crate. These are the ones that generated code names.

/// Is the number neither infinite nor NaN? For `f32` and `f64`.
///
/// ```
/// use svrkit_runtime::wire::tlv::{Tlv, Violations};
///
/// #[derive(Default, Tlv)]
/// struct Sample {
///     #[tlv(1, ensure("finite", svrkit_runtime::constraint::is_finite))]
///     celsius: f64,
///     #[tlv(2, ensure("even", is_even))]
///     sensors: Vec<u32>,
/// }
///
/// fn is_even(number: &u32) -> bool {
///     number % 2 == 0
/// }
///
/// let sample = Sample { celsius: f64::NAN, sensors: vec![4, 7] };
/// let violations = Violations::of(&sample);
/// assert_eq!(violations.to_string(), "Sample.celsius: must be finite; Sample.sensors[1]: must be even");
/// ```
#[must_use]
pub fn is_finite<F: Float>(number: &F) -> bool {
    number.is_finite()
}

/// `f32` and `f64`.
pub trait Float: sealed::Float {}

impl Float for f32 {}
impl Float for f64 {}

mod sealed {
    /// What a number is asked.
    pub trait Float {
        fn is_finite(&self) -> bool;
    }

    impl Float for f32 {
        fn is_finite(&self) -> bool {
            f32::is_finite(*self)
        }
    }

    impl Float for f64 {
        fn is_finite(&self) -> bool {
            f64::is_finite(*self)
        }
    }
}
