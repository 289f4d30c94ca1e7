//! The method that a name means: `Place`, `Orders.Place` and `shop.Orders.Place` are one, as long as there is one.

use std::error::Error;
use std::fmt;

use svrkit_runtime::nearest::nearest;

/// So many names are told where one is unknown.
const NAMES_TOLD_MAX: usize = 10;

/// The kit's own services, which nobody means who does not say so.
const KIT: &str = "svrkit.";

/// The name of a method, and of its service with the package.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct MethodName {
    pub(crate) service: String,
    pub(crate) method: String,
}

/// Why a name means no method. The caller is at fault.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NameError {
    Unknown { asked: String, nearest: Option<String>, known: Vec<String> },
    Ambiguous { asked: String, meant: Vec<String> },
    Service { asked: String, methods: Vec<String> },
}

impl MethodName {
    /// The one of `known` that is asked for, by its whole name or by the end of it that no other has. `/` stands for a dot as well.
    pub(crate) fn find(asked: &str, mut known: Vec<Self>) -> Result<Self, NameError> {
        let asked = asked.replace('/', ".");
        known.sort_by_key(|name| (name.service.starts_with(KIT), name.to_string()));
        if let Some(at) = known.iter().position(|name| name.to_string() == asked) {
            return Ok(known.swap_remove(at));
        }
        let meant: Vec<&Self> = known.iter().filter(|name| ends_in(&name.to_string(), &asked)).collect();
        let own: Vec<&Self> = meant.iter().copied().filter(|name| !name.service.starts_with(KIT)).collect();
        match (own.as_slice(), meant.as_slice()) {
            ([one], _) | ([], [one]) => Ok((*one).clone()),
            ([], []) => Err(Self::unknown(asked, &known)),
            ([], several) | (several, _) => {
                Err(NameError::Ambiguous { meant: several.iter().map(ToString::to_string).collect(), asked })
            }
        }
    }

    fn unknown(asked: String, known: &[Self]) -> NameError {
        let of_service = known.iter().filter(|name| name.service == asked || ends_in(&name.service, &asked));
        let methods: Vec<_> = of_service.map(ToString::to_string).collect();
        if !methods.is_empty() {
            return NameError::Service { asked, methods };
        }
        // Compared as far as it was written: packages would be edits.
        let dots = asked.matches('.').count();
        let near = nearest(&asked, known.iter().map(|name| last(&name.to_string(), dots + 1)));
        let whole = |near: String| {
            known
                .iter()
                .find(|name| ends_in(&name.to_string(), &near))
                .map_or(near.clone(), ToString::to_string)
        };
        let known = known.iter().map(ToString::to_string).collect();
        NameError::Unknown { asked, nearest: near.map(whole), known }
    }
}

/// Whether the last words of a name are these.
fn ends_in(name: &str, end: &str) -> bool {
    name.strip_suffix(end).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// The last words of a name, so many.
fn last(name: &str, words: usize) -> String {
    let mut last: Vec<_> = name.rsplit('.').take(words).collect();
    last.reverse();
    last.join(".")
}

impl fmt::Display for MethodName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.service, self.method)
    }
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { asked, nearest: Some(nearest), .. } => {
                write!(f, "there is no method `{asked}`, did you mean `{nearest}`?")
            }
            Self::Unknown { asked, known, .. } if known.is_empty() => {
                write!(f, "there is no method `{asked}`, and no other either")
            }
            Self::Unknown { asked, known, .. } => {
                write!(f, "there is no method `{asked}`: there are {}", told(known))
            }
            Self::Ambiguous { asked, meant } => {
                write!(f, "`{asked}` may be any of {}: write more of its name", told(meant))
            }
            Self::Service { asked, methods } => {
                write!(f, "`{asked}` is a service: name one of its methods, {}", told(methods))
            }
        }
    }
}

fn told(names: &[String]) -> String {
    let told: Vec<_> = names.iter().take(NAMES_TOLD_MAX).map(|name| format!("`{name}`")).collect();
    match names.len().saturating_sub(NAMES_TOLD_MAX) {
        0 => told.join(", "),
        more => format!("{} and {more} more", told.join(", ")),
    }
}

impl Error for NameError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Vec<MethodName> {
        let names = [
            ("shop.Orders", "Place"),
            ("shop.Orders", "Check"),
            ("shop.BulkOrders", "Place"),
            ("stock.Stock", "Reserve"),
            ("svrkit.health.Health", "Check"),
            ("svrkit.health.Health", "Ready"),
            ("svrkit.other.Health", "Wipe"),
        ];
        names.map(|(service, method)| MethodName { service: service.into(), method: method.into() }).into()
    }

    #[test]
    fn a_name_may_be_as_short_as_no_other_ends_so() {
        for (asked, expected) in [
            ("shop.Orders.Place", "shop.Orders.Place"),
            ("shop.Orders/Place", "shop.Orders.Place"),
            ("Orders.Place", "shop.Orders.Place"),
            ("Reserve", "stock.Stock.Reserve"),
            // The kit's are meant by those alone who say so.
            ("Check", "shop.Orders.Check"),
            ("Health.Check", "svrkit.health.Health.Check"),
            ("Ready", "svrkit.health.Health.Ready"),
        ] {
            assert_eq!(
                MethodName::find(asked, known()).map(|it| it.to_string()),
                Ok(expected.into()),
                "{asked}"
            );
        }
    }

    #[test]
    fn what_means_none_or_several_is_told_with_what_there_is() {
        for (asked, expected) in [
            (
                "Place",
                "`Place` may be any of `shop.BulkOrders.Place`, `shop.Orders.Place`: write more of its name",
            ),
            (
                "Orders",
                "`Orders` is a service: name one of its methods, `shop.Orders.Check`, `shop.Orders.Place`",
            ),
            ("Plase", "there is no method `Plase`, did you mean `shop.BulkOrders.Place`?"),
            ("Order.Place", "there is no method `Order.Place`, did you mean `shop.Orders.Place`?"),
            (
                "stock.Stok.Reserve",
                "there is no method `stock.Stok.Reserve`, did you mean `stock.Stock.Reserve`?",
            ),
            ("ders.Place", "there is no method `ders.Place`, did you mean `shop.Orders.Place`?"),
        ] {
            assert_eq!(MethodName::find(asked, known()).unwrap_err().to_string(), expected, "{asked}");
        }
        let far = MethodName::find("Unheard", known()).unwrap_err().to_string();
        assert!(
            far.starts_with("there is no method `Unheard`: there are `shop.BulkOrders.Place`, "),
            "{far}"
        );
        let none = MethodName::find("Any", Vec::new()).unwrap_err();
        assert_eq!(none.to_string(), "there is no method `Any`, and no other either");
    }
}
