//! The tables for people: one for each operation and choice of containers, one row for each message.

use comfy_table::Table;

use super::job::{Containers, Lib, Op};
use super::messages::MESSAGES;
use super::row::Row;
use crate::report;

/// Each with its title; operations that were not measured have none.
pub(super) fn all(rows: &[Row]) -> Vec<(String, Table)> {
    TABLES
        .iter()
        .filter_map(|(op, containers, title)| {
            let picked = Picked {
                rows,
                op: *op,
                containers: *containers,
            };
            let peers = picked.peers();
            (!peers.is_empty()).then(|| ((*title).to_owned(), picked.table(&peers)))
        })
        .collect()
}

const TABLES: &[(Op, Containers, &str)] = &[
    (Op::Encode, Containers::Own, "encode, as generated"),
    (Op::Decode, Containers::Own, "decode, as generated"),
    (
        Op::Encode,
        Containers::Same,
        "encode, like for like: BTreeMap and Bytes for all",
    ),
    (
        Op::Decode,
        Containers::Same,
        "decode, like for like: BTreeMap and Bytes for all",
    ),
    (
        Op::EncodeByReference,
        Containers::Own,
        "encode, svrkit's long bytes by reference (in no mean above)",
    ),
    (Op::View, Containers::Own, "view, and read everything"),
    (
        Op::ViewLazy,
        Containers::Own,
        "view, and read three fields of twenty",
    ),
    (
        Op::ReencodeUnknown,
        Containers::Own,
        "decode by an older schema and encode again (* loses what it does not know)",
    ),
];

/// The rows of one table.
struct Picked<'a> {
    rows: &'a [Row],
    op: Op,
    containers: Containers,
}

impl Picked<'_> {
    fn table(&self, peers: &[Lib]) -> Table {
        let mut columns = vec!["message".to_owned(), "bytes".to_owned(), "svrkit".to_owned()];
        for peer in peers {
            columns.push(peer.word().to_owned());
            columns.push("÷ svrkit".to_owned());
        }
        let columns: Vec<_> = columns.iter().map(String::as_str).collect();
        let mut table = report::table(&columns, 1);
        for message in self.messages() {
            table.add_row(self.line(message, peers));
        }
        let mut mean = vec!["geometric mean".to_owned(), String::new(), String::new()];
        for peer in peers {
            mean.push(String::new());
            mean.push(self.mean(*peer).map_or_else(String::new, ratio));
        }
        table.add_row(mean);
        table
    }

    fn line(&self, message: &str, peers: &[Lib]) -> Vec<String> {
        let ours = self.find(message, Lib::Svrkit);
        let bytes = self
            .rows
            .iter()
            .find(|row| row.message == message)
            .map(|row| row.bytes);
        let mut line = vec![
            message.to_owned(),
            bytes.map_or_else(String::new, |bytes| format!("{bytes:.0}")),
            ours.map_or_else(String::new, cost),
        ];
        for peer in peers {
            line.push(self.find(message, *peer).map_or_else(String::new, cost));
            line.push(self.ratio(message, *peer).map_or_else(String::new, ratio));
        }
        line
    }

    /// What `peer` takes by what svrkit takes.
    fn ratio(&self, message: &str, peer: Lib) -> Option<f64> {
        Some(self.find(message, peer)?.cost.number() / self.find(message, Lib::Svrkit)?.cost.number())
    }

    /// Over the messages that count.
    fn mean(&self, peer: Lib) -> Option<f64> {
        let counted = MESSAGES.iter().filter(|message| message.is_in_mean);
        let logs: Vec<_> = counted
            .filter_map(|message| Some(self.ratio(message.name, peer)?.ln()))
            .collect();
        (!logs.is_empty()).then(|| (logs.iter().sum::<f64>() / logs.len() as f64).exp())
    }

    fn messages(&self) -> impl Iterator<Item = &'static str> {
        let names = MESSAGES.iter().map(|message| message.name);
        names.filter(|name| {
            let of_op = |row: &&Row| row.message == *name && row.op == self.op.word();
            self.rows.iter().any(|row| of_op(&row))
        })
    }

    fn peers(&self) -> Vec<Lib> {
        let peers = [
            Lib::Prost,
            Lib::Buffa,
            Lib::BuffaLazy,
            Lib::QuickProtobuf,
            Lib::Memcpy,
        ];
        peers
            .into_iter()
            .filter(|peer| self.messages().any(|message| self.find(message, *peer).is_some()))
            .collect()
    }

    /// svrkit's own containers are those that are the same for all, and copying knows none.
    fn find(&self, message: &str, lib: Lib) -> Option<&Row> {
        let containers = match lib {
            Lib::Svrkit | Lib::Memcpy | Lib::BuffaLazy | Lib::QuickProtobuf => Containers::Own,
            Lib::Prost | Lib::Buffa => self.containers,
        };
        self.rows.iter().find(|row| {
            let key = (row.message, row.op, row.lib, row.containers);
            key == (message, self.op.word(), lib.word(), containers.word())
        })
    }
}

fn cost(row: &Row) -> String {
    let cost = row.cost.number();
    if cost < 100.0 {
        format!("{cost:.1}")
    } else {
        format!("{cost:.0}")
    }
}

fn ratio(ratio: f64) -> String {
    format!("{ratio:.2}")
}
