//! SVK0204: low service ids belong to the kit.

use super::Rule;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{KIT_PACKAGE, KIT_SERVICE_IDS, Schema};

pub(super) const RULE: Rule =
    Rule { code: Code::error("SVK0204", "KitServiceId", "a service id belongs to the kit"), check };

fn check(schema: &Schema, found: &mut Diagnostics) {
    for service in &schema.services {
        let is_kit = service.name.package.split('.').next() == Some(KIT_PACKAGE);
        if is_kit || KIT_SERVICE_IDS <= service.id {
            continue;
        }
        let text = format!(
            "service id {} belongs to the kit, which keeps those below {KIT_SERVICE_IDS}",
            service.id
        );
        let help = "take a higher one, or drop `id` to get one made of the name";
        found.push(Diagnostic::new(RULE.code, service.id_span, text).help(help));
    }
}
