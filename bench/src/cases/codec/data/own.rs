//! Messages of our own choice, each of another nature.

use super::super::generated::svrkit::{
    Address, Blob, File, Folder, Item, Log, Maps, Node, Numbers, Order, Pair, Profile,
};
use super::MIXED;
use super::dice::Dice;

/// Bytes in a [`Blob`].
const BLOB_LEN: usize = 64 * 1024;

/// One profile with all there is: again and again the same, which is kind to branch predictors.
pub(in super::super) fn profile() -> Vec<Profile> {
    let mut dice = Dice::new(1);
    vec![Profile {
        uin: 2_853_401_776,
        user_name: "wxid_8d2k1nq04xkd21".to_owned(),
        nick_name: "Morning Harbour".to_owned(),
        sex: 1,
        age: 34,
        level: 12,
        utc_offset: -300,
        balance: 129_950,
        verified: true,
        hidden: false,
        country: "Portugal".to_owned(),
        city: "Vila Nova de Gaia".to_owned(),
        signature: "slow boats, strong coffee, and no more meetings after four".to_owned(),
        avatar: "https://images.example.net/a/8d2k1nq04xkd21/132.jpg".to_owned(),
        cover: "https://images.example.net/c/8d2k1nq04xkd21/1080.jpg".to_owned(),
        registered_at: 1_463_702_400,
        seen_at: 1_763_702_412_345,
        address: 0x0a00_2a17,
        session: 0x93f1_20bb_01c4_77d2,
        score: 87.25,
        flags: 0x1_0403,
        friends: 412,
        followers: 18_211,
        posts: 967,
        sequence: 71_220_118_221,
        status: 2,
        latitude: 41.13,
        longitude: -8.61,
        items: (0..12)
            .map(|at| Item {
                id: 90_000 + at,
                name: dice.word(10, 22),
                count: 1 + at as u32,
                delta: 3 - at as i64,
                pinned: at == 0,
                ..Item::default()
            })
            .collect(),
        labels: (0..6).map(|_| dice.word(5, 12)).collect(),
        ..Profile::default()
    }]
}

/// Profiles of all sorts: each field present in seven of ten, numbers of every length.
pub(in super::super) fn profiles() -> Vec<Profile> {
    let mut dice = Dice::new(2);
    (0..MIXED).map(|_| any_profile(&mut dice)).collect()
}

fn any_profile(dice: &mut Dice) -> Profile {
    Profile {
        uin: dice.often(Dice::long),
        user_name: dice.often(|dice| dice.word(6, 24)),
        nick_name: dice.often(|dice| dice.name(4, 20)),
        sex: dice.often(|dice| dice.between(1, 3) as u32),
        age: dice.often(|dice| dice.between(1, 99) as u32),
        level: dice.often(Dice::short),
        utc_offset: dice.often(|dice| dice.between(0, 100_801) as i32 - 50_400),
        balance: dice.often(|dice| dice.long() as i64),
        verified: dice.chance(5),
        hidden: dice.chance(2),
        country: dice.often(|dice| dice.word(4, 14)),
        city: dice.often(|dice| dice.name(3, 24)),
        signature: dice.often(|dice| dice.word(1, 120)),
        avatar: dice.often(|dice| dice.word(30, 90)),
        cover: dice.often(|dice| dice.word(30, 90)),
        registered_at: dice.often(Dice::long),
        seen_at: dice.often(Dice::long),
        address: dice.often(Dice::short),
        session: dice.often(Dice::any),
        score: dice.often(Dice::share),
        flags: dice.often(Dice::short),
        friends: dice.often(Dice::short),
        followers: dice.often(Dice::short),
        posts: dice.often(Dice::short),
        sequence: dice.often(Dice::long),
        status: dice.often(|dice| dice.between(1, 9) as i32),
        latitude: dice.often(|dice| dice.share() as f32),
        longitude: dice.often(|dice| dice.share() as f32),
        items: dice.some(0, 20, any_item),
        labels: dice.some(0, 12, |dice| dice.word(3, 16)),
        ..Profile::default()
    }
}

fn any_item(dice: &mut Dice) -> Item {
    Item {
        id: dice.often(Dice::long),
        name: dice.often(|dice| dice.name(4, 26)),
        count: dice.often(Dice::short),
        delta: dice.often(|dice| dice.long() as i64),
        pinned: dice.chance(3),
        ..Item::default()
    }
}

/// One log, again and again the same.
pub(in super::super) fn log() -> Vec<Log> {
    vec![any_log(&mut Dice::new(3), 10)]
}

/// Logs of all sorts.
pub(in super::super) fn logs() -> Vec<Log> {
    let mut dice = Dice::new(4);
    let mut log = |_| {
        let tags = dice.between(0, 24);
        any_log(&mut dice, tags)
    };
    (0..MIXED).map(&mut log).collect()
}

fn any_log(dice: &mut Dice, tags: u64) -> Log {
    Log {
        time: 1_763_000_000_000_000 + dice.between(0, 1 << 40),
        level: dice.between(0, 6) as u32,
        process: dice.between(1, 1 << 22) as u32,
        line: dice.between(1, 4000) as u32,
        host: dice.word(8, 20),
        service: dice.word(6, 16),
        method: dice.word(4, 20),
        file: format!("src/{}/{}.rs", dice.word(4, 12), dice.word(4, 12)),
        trace: dice.hex(32),
        text: dice.word(20, 160),
        tags: dice.some(tags, tags + 1, |dice| Pair {
            key: dice.word(3, 12),
            value: dice.word(4, 28),
            ..Pair::default()
        }),
        ..Log::default()
    }
}

/// A message in a message, `depth` of them below the outermost.
pub(in super::super) fn nodes(depth: u64) -> Vec<Node> {
    let node = |id, child| Node {
        id,
        name: format!("level {id:02}"),
        child,
        ..Node::default()
    };
    let whole = (0..depth)
        .rev()
        .fold(node(depth, None), |child, id| node(id, Some(Box::new(child))));
    vec![whole]
}

/// Lists of messages in lists of messages, four levels deep.
pub(in super::super) fn folder() -> Vec<Folder> {
    vec![any_folder(&mut Dice::new(5), 3)]
}

fn any_folder(dice: &mut Dice, depth: u64) -> Folder {
    let folders = if depth == 0 { 0 } else { dice.between(2, 5) };
    Folder {
        name: dice.word(4, 16),
        size: dice.long() >> 20,
        files: dice.some(2, 8, |dice| File {
            name: dice.word(5, 24),
            size: dice.long() >> 24,
            hash: dice.any(),
            mode: 0o644,
            ..File::default()
        }),
        folders: dice.some(folders, folders + 1, |dice| any_folder(dice, depth - 1)),
        ..Folder::default()
    }
}

/// Three maps of forty entries each. No key and no value is zero or empty: prost leaves such out of an entry, the others
/// do not.
pub(in super::super) fn maps() -> Vec<Maps> {
    let mut dice = Dice::new(6);
    vec![Maps {
        labels: dice
            .some(40, 41, |dice| (dice.word(6, 18), dice.word(6, 30)))
            .into_iter()
            .collect(),
        counts: dice
            .some(40, 41, |dice| (dice.short() | 1, dice.long() | 1))
            .into_iter()
            .collect(),
        items: dice
            .some(40, 41, |dice| {
                let id = dice.long() | 1;
                (dice.word(6, 18), Item { id, ..any_item(dice) })
            })
            .into_iter()
            .collect(),
        ..Maps::default()
    }]
}

/// 64 KiB of bytes.
pub(in super::super) fn blob() -> Vec<Blob> {
    let mut dice = Dice::new(7);
    let len = BLOB_LEN as u64;
    vec![Blob {
        id: 42,
        name: "holiday.jpg".to_owned(),
        data: dice.bytes(len, len + 1).into(),
        ..Blob::default()
    }]
}

/// Packed numbers of every length, of eight bytes, and of both signs.
pub(in super::super) fn numbers() -> Vec<Numbers> {
    let mut dice = Dice::new(8);
    let numbers = |dice: &mut Dice| Numbers {
        ids: dice.some(200, 201, Dice::long),
        hashes: dice.some(100, 101, Dice::any),
        deltas: dice.some(50, 51, |dice| dice.long() as i64),
        ..Numbers::default()
    };
    (0..64).map(|_| numbers(&mut dice)).collect()
}

/// One order, again and again the same.
pub(in super::super) fn order() -> Vec<Order> {
    vec![any_order(&mut Dice::new(9))]
}

/// Orders of all sorts.
pub(in super::super) fn orders() -> Vec<Order> {
    let mut dice = Dice::new(10);
    (0..MIXED).map(|_| any_order(&mut dice)).collect()
}

fn any_order(dice: &mut Dice) -> Order {
    Order {
        id: dice.long(),
        buyer: dice.between(1, 1 << 32),
        seller: dice.between(1, 1 << 32),
        state: dice.between(1, 9) as u32,
        created_at: 1_763_000_000 + dice.between(0, 1 << 20),
        paid_at: dice.often(|dice| 1_763_000_000 + dice.between(0, 1 << 20)),
        total: dice.between(1, 1 << 20) as i64,
        currency: "EUR".to_owned(),
        title: dice.name(10, 60),
        note: dice.often(|dice| dice.word(5, 100)),
        coupon: dice.chance(3).then(|| dice.word(8, 12)),
        ship_to: Some(address(dice)),
        bill_to: dice.chance(4).then(|| address(dice)),
        items: dice.some(1, 16, any_item),
        history: dice.some(0, 12, |dice| dice.between(0, 1 << 28)),
        labels: dice.some(0, 6, |dice| dice.word(3, 16)),
        is_gift: dice.chance(2),
        weight: dice.share(),
        signature: dice.bytes(64, 65).into(),
        trace: dice.any(),
        ..Order::default()
    }
}

fn address(dice: &mut Dice) -> Address {
    Address {
        name: dice.name(8, 24),
        street: dice.word(10, 40),
        city: dice.word(4, 20),
        postcode: dice.word(5, 8),
        phone: dice.hex(12),
        ..Address::default()
    }
}
