//! `/ready`: whether the server should be given calls, by status: 200 or 503.

use std::sync::Arc;

use crate::admin::Subject;
use crate::admin::http::HttpStatus;
use crate::admin::page::{Column, Document, Page, Showing, Shown};
use crate::health::Obstacle;

const COLUMNS: [Column; 2] = [Column::left("check"), Column::left("reason")];

pub(super) struct Ready(pub(super) Arc<dyn Subject>);

impl Page for Ready {
    fn path(&self) -> &'static str {
        "/ready"
    }

    fn about(&self) -> &'static str {
        "whether it should be given calls: status 200 or 503"
    }

    fn is_for_everyone(&self) -> bool {
        true
    }

    fn show(&self) -> Showing<'_> {
        Box::pin(async {
            let obstacles = self.0.health().obstacles().await;
            if obstacles.is_empty() {
                return Document::new("Ready").into();
            }
            let row = |obstacle: &Obstacle| vec![obstacle.name.clone(), obstacle.reason.clone()];
            let rows = obstacles.iter().map(row);
            let document = Document::new("Not ready").table("What speaks against it", &COLUMNS, rows, "");
            Shown::new(HttpStatus::UNAVAILABLE, document)
        })
    }
}
