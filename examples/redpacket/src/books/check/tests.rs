//! Books that are right, and each way in which they may be wrong.

use super::*;

/// Two packets, of which three parts were opened and credited.
fn exact() -> Records {
    let part = |packet, user, part, fen| Part { packet, user, part, fen };
    let credit = |user, packet, fen| Credit { user, packet, fen };
    Records {
        issued: Sum { count: 5, fen: 150 },
        packets: vec![
            PacketRecord { packet: 1, fen: 100, parts: vec![60, 30, 10], opened: 2 },
            PacketRecord { packet: 2, fen: 50, parts: vec![20, 30], opened: 1 },
        ],
        opened: vec![part(1, 7, 0, 60), part(1, 8, 1, 30), part(2, 7, 0, 20)],
        credits: vec![credit(7, 1, 60), credit(7, 2, 20), credit(8, 1, 30)],
        balances: vec![Balance { user: 7, fen: 80, credits: 2 }, Balance { user: 8, fen: 30, credits: 1 }],
    }
}

const TOLD: Promise = Promise { user: 8, packet: 1, fen: 30 };

/// What is found in exact books after `change`.
fn faults(change: impl FnOnce(&mut Records)) -> Vec<Fault> {
    let mut records = exact();
    change(&mut records);
    check(&records, &[TOLD]).faults
}

#[test]
fn exact_books_have_no_fault_and_their_sums() {
    let books = check(&exact(), &[TOLD]);
    assert!(books.are_exact(), "{books}");
    assert_eq!((books.issued, books.opened, books.left), (sum(5, 150), sum(3, 110), sum(2, 40)));
    assert_eq!((books.credited, books.balances), (sum(3, 110), sum(2, 110)));
    assert!(check(&Records::default(), &[]).are_exact(), "a night without packets");
}

fn sum(count: u64, fen: u64) -> Sum {
    Sum { count, fen }
}

#[test]
fn what_was_issued_is_opened_or_left() {
    assert_eq!(
        faults(|records| records.issued.fen = 151),
        [Fault::Unbalanced { issued: 151, opened: 110, left: 40, of: "fen" }]
    );
    assert_eq!(
        faults(|records| records.issued.count = 4),
        [Fault::Unbalanced { issued: 4, opened: 3, left: 2, of: "parts" }]
    );
    assert_eq!(
        faults(|records| records.packets[1].fen = 51),
        [Fault::PartsOff { packet: 2, fen: 51, parts: 50 }]
    );
}

#[test]
fn a_packet_knows_what_was_opened_of_it() {
    assert_eq!(
        faults(|records| records.packets[0].opened = 3),
        [
            Fault::Miscounted { packet: 1, says: 3, opened: 2 },
            Fault::Unbalanced { issued: 5, opened: 3, left: 1, of: "parts" },
            Fault::Unbalanced { issued: 150, opened: 110, left: 30, of: "fen" },
        ]
    );
}

#[test]
fn nobody_opens_a_packet_twice_and_no_part_is_opened_by_two() {
    let found = faults(|records| records.opened[1] = Part { user: 7, ..records.opened[1] });
    assert!(found.contains(&Fault::OpenedTwice { user: 7, packet: 1 }), "{found:?}");
    let found = faults(|records| records.opened[1] = Part { user: 8, ..records.opened[0] });
    assert!(found.contains(&Fault::PartTwice { packet: 1, part: 0 }), "{found:?}");
}

#[test]
fn what_is_opened_is_a_part_of_its_packet() {
    for part in [
        Part { part: 9, ..exact().opened[2] },
        Part { fen: 21, ..exact().opened[2] },
        Part { packet: 9, ..exact().opened[2] },
    ] {
        let found = faults(|records| records.opened[2] = part);
        let Part { user, packet, part, .. } = part;
        assert!(found.contains(&Fault::NoSuchPart { user, packet, part }), "{found:?}");
    }
}

#[test]
fn what_a_user_was_told_is_kept() {
    for promise in [Promise { user: 9, ..TOLD }, Promise { packet: 2, ..TOLD }, Promise { fen: 31, ..TOLD }] {
        let Promise { user, packet, fen } = promise;
        let books = check(&exact(), &[TOLD, promise]);
        assert_eq!(books.faults, [Fault::PromiseBroken { user, packet, fen }]);
    }
}

#[test]
fn each_part_is_credited_once_with_its_amount() {
    assert_eq!(
        faults(|records| {
            records.credits.remove(2);
            records.balances.remove(1);
        }),
        [Fault::NotCredited { user: 8, packet: 1 }]
    );
    assert_eq!(
        faults(|records| {
            records.credits.push(exact().credits[2]);
            records.balances[1] = Balance { user: 8, fen: 60, credits: 2 };
        }),
        [Fault::CreditedTwice { user: 8, packet: 1 }]
    );
    assert_eq!(
        faults(|records| (records.credits[2].fen, records.balances[1].fen) = (31, 31)),
        [Fault::CreditOff { user: 8, packet: 1, opened: 30, credited: 31 }]
    );
    assert_eq!(
        faults(|records| {
            records.credits.push(Credit { user: 9, packet: 2, fen: 5 });
            records.balances.push(Balance { user: 9, fen: 5, credits: 1 });
        }),
        [Fault::CreditOff { user: 9, packet: 2, opened: 0, credited: 5 }]
    );
}

#[test]
fn a_balance_is_what_was_credited() {
    assert_eq!(
        faults(|records| records.balances[0].fen = 81),
        [Fault::BalanceOff { user: 7, balance: 81, credited: 80 }]
    );
    assert_eq!(
        faults(|records| records.balances.truncate(1)),
        [Fault::BalanceOff { user: 8, balance: 0, credited: 30 }]
    );
    assert_eq!(
        faults(|records| records.balances.push(Balance { user: 9, fen: 1, credits: 1 })),
        [Fault::BalanceOff { user: 9, balance: 1, credited: 0 }]
    );
    assert_eq!(
        faults(|records| records.balances[0].credits = 3),
        [Fault::BalanceOff { user: 7, balance: 80, credited: 80 }],
        "the number of credits is off"
    );
}
