//! Whether all is accounted for: a pure function of records.

use std::collections::{BTreeMap, BTreeSet};

use super::fault::Fault;
use super::records::{Balance, Credit, PacketRecord, Part, Records, Sum};
use super::{Books, Promise};

/// The books of these records, with all that is wrong with them. `promises` are what callers were told.
pub(super) fn check(records: &Records, promises: &[Promise]) -> Books {
    let Records { issued, packets, opened, credits, balances } = records;
    let mut faults = Vec::new();
    let left = check_packets(packets, opened, &mut faults);
    let sum_opened = Sum::of(opened.iter().map(|part| part.fen));
    for (issued, opened, left, of) in
        [(issued.count, sum_opened.count, left.count, "parts"), (issued.fen, sum_opened.fen, left.fen, "fen")]
    {
        if opened + left != issued {
            faults.push(Fault::Unbalanced { issued, opened, left, of });
        }
    }
    check_parts(packets, opened, &mut faults);
    check_promises(promises, opened, &mut faults);
    check_credits(opened, credits, &mut faults);
    check_balances(credits, balances, &mut faults);
    Books {
        issued: *issued,
        opened: sum_opened,
        left,
        credited: Sum::of(credits.iter().map(|credit| credit.fen)),
        balances: Sum::of(balances.iter().map(|balance| balance.fen)),
        faults,
    }
}

/// What packets say of themselves. What is left in them all.
fn check_packets(packets: &[PacketRecord], opened: &[Part], faults: &mut Vec<Fault>) -> Sum {
    let mut number: BTreeMap<u64, u64> = BTreeMap::new();
    for part in opened {
        *number.entry(part.packet).or_default() += 1;
    }
    let mut left = Sum::default();
    for PacketRecord { packet, fen, parts, opened } in packets {
        let sum = parts.iter().sum();
        if sum != *fen {
            faults.push(Fault::PartsOff { packet: *packet, fen: *fen, parts: sum });
        }
        let (says, opened) = (u64::from(*opened), number.remove(packet).unwrap_or_default());
        if says != opened {
            faults.push(Fault::Miscounted { packet: *packet, says, opened });
        }
        left.add(Sum::of(parts.iter().skip(usize::try_from(says).unwrap_or(usize::MAX)).copied()));
    }
    left
}

/// Each part that was opened is one of its packet's, and one user's.
fn check_parts(packets: &[PacketRecord], opened: &[Part], faults: &mut Vec<Fault>) {
    let parts: BTreeMap<u64, &[u64]> =
        packets.iter().map(|packet| (packet.packet, packet.parts.as_slice())).collect();
    let (mut users, mut taken) = (BTreeSet::new(), BTreeSet::new());
    for Part { packet, user, part, fen } in opened.iter().copied() {
        let of_packet = parts.get(&packet).copied().unwrap_or_default();
        if usize::try_from(part).ok().and_then(|part| of_packet.get(part)) != Some(&fen) {
            faults.push(Fault::NoSuchPart { user, packet, part });
        }
        if !users.insert((packet, user)) {
            faults.push(Fault::OpenedTwice { user, packet });
        }
        if !taken.insert((packet, part)) {
            faults.push(Fault::PartTwice { packet, part });
        }
    }
}

/// What callers were told is what is kept.
fn check_promises(promises: &[Promise], opened: &[Part], faults: &mut Vec<Fault>) {
    let opened: BTreeSet<_> = opened.iter().map(|part| (part.user, part.packet, part.fen)).collect();
    let is_broken = |Promise { user, packet, fen }: &&Promise| !opened.contains(&(*user, *packet, *fen));
    faults.extend(promises.iter().filter(is_broken).map(|promise| Fault::PromiseBroken {
        user: promise.user,
        packet: promise.packet,
        fen: promise.fen,
    }));
}

/// Each part that was opened is credited once, and nothing else is.
fn check_credits(opened: &[Part], credits: &[Credit], faults: &mut Vec<Fault>) {
    let mut due: BTreeMap<_, _> = opened.iter().map(|part| ((part.user, part.packet), part.fen)).collect();
    let mut done = BTreeSet::new();
    for Credit { user, packet, fen } in credits.iter().copied() {
        if !done.insert((user, packet)) {
            faults.push(Fault::CreditedTwice { user, packet });
            continue;
        }
        let opened = due.remove(&(user, packet)).unwrap_or_default();
        if opened != fen {
            faults.push(Fault::CreditOff { user, packet, opened, credited: fen });
        }
    }
    faults.extend(due.into_keys().map(|(user, packet)| Fault::NotCredited { user, packet }));
}

/// Each balance is the sum of its credits.
fn check_balances(credits: &[Credit], balances: &[Balance], faults: &mut Vec<Fault>) {
    let mut sums: BTreeMap<u64, Sum> = BTreeMap::new();
    for Credit { user, fen, .. } in credits {
        sums.entry(*user).or_default().add(Sum { count: 1, fen: *fen });
    }
    for Balance { user, fen, credits } in balances.iter().copied() {
        let credited = sums.remove(&user).unwrap_or_default();
        if credited != (Sum { count: credits, fen }) {
            faults.push(Fault::BalanceOff { user, balance: fen, credited: credited.fen });
        }
    }
    let without =
        |(user, credited): (u64, Sum)| Fault::BalanceOff { user, balance: 0, credited: credited.fen };
    faults.extend(sums.into_iter().map(without));
}

#[cfg(test)]
mod tests;
