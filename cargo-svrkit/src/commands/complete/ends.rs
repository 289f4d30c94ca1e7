//! Names as short as people write them: by an end of theirs that no other has, as `call` and `describe` take them.

/// The kit's own services, which nobody means who does not say so.
const KIT: &str = "svrkit.";

/// How those of `names` go on from `current`: each by the shortest of its ends that begins so and means no other; all by their whole names where
/// nothing is written yet. `/` stands for a dot as well.
pub(super) fn going_on(current: &str, names: &[String]) -> Vec<String> {
    if current.is_empty() {
        let (kit, own): (Vec<_>, Vec<_>) = names.iter().cloned().partition(|name| name.starts_with(KIT));
        return if own.is_empty() { kit } else { own };
    }
    let dotted = current.replace('/', ".");
    let found = names.iter().filter_map(|name| shortest_end(name, &dotted, names));
    found.map(|end| format!("{current}{}", &end[dotted.len()..])).collect()
}

fn shortest_end<'n>(name: &'n str, current: &str, names: &[String]) -> Option<&'n str> {
    let starts = name.rmatch_indices('.').map(|(dot, _)| dot + 1).chain([0]);
    starts.map(|start| &name[start..]).find(|end| end.starts_with(current) && means_one(end, name, names))
}

/// Whether `end` means `name` and no other.
fn means_one(end: &str, name: &str, names: &[String]) -> bool {
    let ends_so =
        |other: &&String| other.strip_suffix(end).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    end == name || names.iter().filter(ends_so).count() == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_goes_on_by_the_shortest_end_that_means_no_other() {
        let names = [
            "shop.Orders.Check",
            "shop.Orders.Place",
            "shop.BulkOrders.Place",
            "stock.Stock.Reserve",
            "svrkit.health.Health.Check",
        ];
        let names = names.map(String::from);
        for (current, expected) in [
            (
                "",
                &["shop.Orders.Check", "shop.Orders.Place", "shop.BulkOrders.Place", "stock.Stock.Reserve"][..],
            ),
            ("Re", &["Reserve"]),
            ("Pl", &[]),
            ("Orders.", &["Orders.Check", "Orders.Place"]),
            ("Orders/P", &["Orders/Place"]),
            ("shop.B", &["shop.BulkOrders.Place"]),
            ("B", &["BulkOrders.Place"]),
            ("He", &["Health.Check"]),
            ("sv", &["svrkit.health.Health.Check"]),
            ("Unheard", &[]),
            ("ders", &[]),
        ] {
            assert_eq!(going_on(current, &names), expected, "{current}");
        }
        assert_eq!(going_on("", &names[4..]), ["svrkit.health.Health.Check"], "there is nothing else");
        let nested = ["a.Order", "Order"].map(String::from);
        assert_eq!(going_on("Or", &nested), ["Order"], "a whole name means itself");
    }
}
