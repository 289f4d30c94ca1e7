//! A9 and A10 for views: they hold nothing, whatever stands in the bytes, and count depth from the outermost message.

use svrkit_runtime::DecodeError;
use svrkit_runtime::wire::tlv::{DECODE_DEPTH_DEFAULT, DecodeErrorKind, Tlv, View};

use crate::bombs::{BOMBS, MERGES, deep};
use crate::codec::REFUSAL_LEN_MAX;
use crate::heap::taken;
use crate::target::{ChoiceView, Target, TargetView};

/// Looks at everything there is, and says how many values that was.
fn look(view: TargetView<'_>) -> Result<usize, DecodeError> {
    let mut values = view.text()?.len() + view.blob().len() + view.owned().len() + view.unknown().count();
    values += view.next()?.map_or(Ok(0), look)?;
    values += match view.choice()? {
        Some(ChoiceView::Target(target)) => look(target)?,
        Some(ChoiceView::Number(_)) => 1,
        None => 0,
    };
    for item in view.items() {
        values += 1 + look(item?)?;
    }
    values += all(view.u64s())? + all(view.bools())? + all(view.fixed())?;
    values += all(view.texts())? + all(view.blobs())?;
    values += all(view.tree())? + all(view.table())?;
    values += all(view.tree_of_texts())? + all(view.table_of_texts())?;
    values += all(view.tree_of_flags())? + all(view.table_of_flags())?;
    for entry in view.tree_of_messages().chain(view.table_of_messages()) {
        values += 1 + look(entry?.1)?;
    }
    Ok(values)
}

fn all<T>(values: impl Iterator<Item = Result<T, DecodeError>>) -> Result<usize, DecodeError> {
    values.map(|value| value.map(|_| 1)).sum()
}

#[test]
fn no_bomb_makes_a_view_take_memory() {
    for bomb in BOMBS.iter().chain(MERGES) {
        let bytes = (bomb.bytes)(100_000);
        let (looked, taken) = taken(|| Target::view(&bytes).and_then(look));
        match looked {
            Ok(values) => {
                assert!(
                    values > 0 || bomb.name.contains("empty") || bomb.name.contains("mind"),
                    "{}",
                    bomb.name
                );
                assert_eq!(taken.allocations, 0, "{}: {taken:?}", bomb.name);
            }
            // What is merged and has lists in several of its records cannot be shown; the error is all that is held.
            Err(error) => {
                assert_eq!(error.kind(), DecodeErrorKind::Scattered, "{}: {error}", bomb.name);
                assert!(taken.peak <= REFUSAL_LEN_MAX, "{}: {taken:?}", bomb.name);
            }
        }
    }
}

#[test]
fn views_of_views_end_where_decoding_does() {
    let bytes = deep(&[1], 1_000_000);
    let mut view = Target::view(&bytes).unwrap();
    for level in 0..DECODE_DEPTH_DEFAULT {
        view = view.next().unwrap().unwrap_or_else(|| panic!("level {level} is there"));
    }
    let refused = DecodeErrorKind::DepthExceeded { limit: DECODE_DEPTH_DEFAULT };
    assert_eq!(view.next().unwrap_err().kind(), refused);
    // An entry is a level as well.
    let bytes = deep(&[2, 12], 1_000_000);
    let mut view = Target::view(&bytes).unwrap();
    for _ in 0..DECODE_DEPTH_DEFAULT / 2 {
        view = view.tree_of_messages().next().unwrap().unwrap().1;
    }
    assert_eq!(view.tree_of_messages().next().unwrap().unwrap_err().kind(), refused);
}
