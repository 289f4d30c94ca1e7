//! `/config`: the values that hold, and where they come from. Secrets are not shown.

use std::sync::Arc;

use crate::admin::Subject;
use crate::admin::page::{Column, Document, Page, Showing, Shown};
use crate::config::{Origin, Setting};

const COLUMNS: [Column; 3] = [Column::left("key"), Column::left("value"), Column::left("from")];
const DEFAULTS: [Column; 2] = [Column::left("key"), Column::left("value")];

pub(super) struct Config(pub(super) Arc<dyn Subject>);

impl Page for Config {
    fn path(&self) -> &'static str {
        "/config"
    }

    fn about(&self) -> &'static str {
        "the values that hold, and where they come from"
    }

    fn show(&self) -> Showing<'_> {
        let settings = self.0.settings();
        let is_default = |setting: &&Setting| *setting.origin() == Origin::Default;
        let cells = |setting: &Setting| vec![setting.key().name().to_owned(), setting.value()];
        let set = settings.iter().filter(|setting| !is_default(setting)).map(|setting| {
            let mut row = cells(setting);
            row.push(setting.origin().to_string());
            row
        });
        let defaults = settings.iter().filter(is_default).map(cells);
        let document = Document::new("Configuration")
            .table("Set", &COLUMNS, set, "Nothing: the defaults hold.")
            .table("Defaults", &DEFAULTS, defaults, "Everything is set.");
        Shown::from(document).now()
    }
}
