//! What an enum can do.

/// An enum of a schema: `i32` numbers with names, open for numbers that later versions add.
///
/// Derived. One variant has number 0 and is the default; one variant, marked `#[tlv(unknown)]`, holds the numbers
/// that have no name here, so that nothing is lost on the way through. The derive implements `Default` as well.
///
/// ```
/// use svrkit_runtime::TlvEnum;
///
/// #[derive(Clone, Copy, Debug, PartialEq, Eq, TlvEnum)]
/// enum Mood {
///     #[tlv(0)]
///     Unspecified,
///     #[tlv(1)]
///     Glad,
///     #[tlv(unknown)]
///     Unknown(i32),
/// }
///
/// assert_eq!(Mood::default(), Mood::Unspecified);
/// assert_eq!(Mood::from_number(1), Mood::Glad);
/// assert_eq!(Mood::from_number(7), Mood::Unknown(7));
/// assert_eq!(Mood::Unknown(7).number(), 7);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no TLV enum",
    note = "derive it: `#[derive(Clone, Copy, svrkit_runtime::TlvEnum)]`"
)]
pub trait TlvEnum: Copy + Default + Send + Sync + 'static {
    /// The variant of this number, the unknown one if no other has it.
    fn from_number(number: i32) -> Self;

    /// The number on the wire.
    fn number(&self) -> i32;
}
