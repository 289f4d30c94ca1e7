//! A metric with labels: one number for each set of them.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use super::Description;
use super::instrument::{Instrument, OwnMetric, Place, sealed};
use super::labels::Labels;
use crate::metrics::Metrics;
use crate::metrics::family::Kind;
use crate::metrics::registry::{OTHER, SeriesId};
use crate::metrics::segment::layout::TEXT_LEN_MAX;
use crate::wire::prefix;

/// A metric of the program's own with labels: a [`Counter`](super::Counter), [`Gauge`](super::Gauge) or [`Distribution`](super::Distribution) for each set of them.
///
/// It has as many sets as the limit `metrics.label_sets` says; what comes with others is counted together, with the value `other` in each label. So a label
/// whose values strangers choose costs no more memory than that. A clone is the same.
///
/// ```
/// use svrkit_runtime::{Limits, Metrics};
/// use svrkit_runtime::metrics::{Counter, Family, Labels};
///
/// #[derive(Clone, PartialEq, Eq, Hash, Labels)]
/// struct Delivery {
///     courier: String,
/// }
///
/// let metrics = Metrics::limited(&Limits { metrics_label_sets: 1, ..Limits::default() });
/// let delivered: Family<Delivery, Counter> = metrics.named("shop_delivered_total", "Orders that came, by courier.")?;
/// for courier in ["anna", "anna", "ben"] {
///     delivered.of(&Delivery { courier: courier.into() }).increment();
/// }
/// let snapshot = metrics.snapshot();
/// assert_eq!(snapshot.counter("shop_delivered_total", &[("courier", "anna")]), 2);
/// assert_eq!(snapshot.counter("shop_delivered_total", &[("courier", "other")]), 1);
/// # Ok::<(), svrkit_runtime::metrics::RegisterError>(())
/// ```
pub struct Family<L, M> {
    members: Arc<Members<L, M>>,
}

struct Members<L, M> {
    metrics: Metrics,
    description: &'static Description,
    /// Most sets of labels that are counted by themselves.
    max: usize,
    /// Which member is that of these labels, where their types do not say so.
    indices: RwLock<HashMap<L, usize>>,
    table: Table<M>,
    /// That of all other labels.
    other: OnceLock<M>,
}

impl<L: Labels, M: Instrument> Family<L, M> {
    /// The one of these labels.
    ///
    /// Labels of enums and `bool`s are found without a lock. Others are looked up under one that only a new set takes for itself: keep a clone of what
    /// this returns where the same labels come often.
    #[inline]
    pub fn of(&self, labels: &L) -> &M {
        let members = &*self.members;
        if Members::<L, M>::FIXED.is_some() {
            return members.fixed(labels);
        }
        let index = members.indices.read().unwrap_or_else(PoisonError::into_inner).get(labels).copied();
        match index.and_then(|index| members.table.cell(index)?.get()) {
            Some(member) => member,
            None => members.first(labels),
        }
    }
}

impl<L: Labels, M: Instrument> Members<L, M> {
    /// How many members there can be, where the types of the labels say so and there is room for all of them.
    const FIXED: Option<usize> = match L::COUNT {
        Some(count) if count <= FIXED_MAX => Some(count),
        _ => None,
    };

    fn new(metrics: &Metrics, description: &'static Description) -> Self {
        let max = metrics.0.limits().metrics_label_sets;
        Self {
            metrics: metrics.clone(),
            description,
            max,
            indices: RwLock::default(),
            table: Table::new(Self::FIXED.unwrap_or(max)),
            other: OnceLock::new(),
        }
    }

    /// The member of labels whose types say which of how many they are.
    #[inline]
    fn fixed(&self, labels: &L) -> &M {
        match labels.index().and_then(|index| self.table.cell(index)) {
            Some(cell) => {
                cell.get_or_init(|| self.member(self.series(labels).unwrap_or_else(|| self.other_series())))
            }
            None => self.other(),
        }
    }

    /// The member of labels that were not seen yet.
    #[cold]
    fn first(&self, labels: &L) -> &M {
        let mut indices = self.indices.write().unwrap_or_else(PoisonError::into_inner);
        let index = indices.get(labels).copied().unwrap_or(indices.len());
        let Some(cell) = self.table.cell(index) else { return self.other() };
        if let Some(member) = cell.get() {
            return member;
        }
        let Some(series) = self.series(labels) else { return self.other() };
        indices.insert(labels.clone(), index);
        cell.get_or_init(|| self.member(series))
    }

    fn other(&self) -> &M {
        self.other.get_or_init(|| self.member(self.other_series()))
    }

    fn member(&self, series: SeriesId) -> M {
        M::at(Place { metrics: self.metrics.clone(), series })
    }

    /// The series of these labels. `None`: there are as many as there may be.
    fn series(&self, labels: &L) -> Option<SeriesId> {
        let texts = labels.texts();
        // Whoever writes their own labels may tell fewer of them, or more.
        let told = |at: usize| texts.get(at).map_or("", |text| prefix(text, TEXT_LEN_MAX));
        let values: Vec<_> = (0..L::NAMES.len()).map(told).collect();
        self.metrics.0.labelled_series(&self.description.group(), &values, self.max)
    }

    fn other_series(&self) -> SeriesId {
        self.metrics.0.series(&self.description.group(), &vec![OTHER; L::NAMES.len()])
    }
}

impl<L, M> sealed::Sealed for Family<L, M> {}

impl<L: Labels, M: Instrument> OwnMetric for Family<L, M> {
    const KIND: Kind = M::KIND;
    const IS_TIME: bool = M::IS_TIME;
    const LABELS: &'static [&'static str] = L::NAMES;

    fn bind(metrics: &Metrics, description: &'static Description) -> Self {
        Self { members: Arc::new(Members::new(metrics, description)) }
    }
}

impl<L, M> Clone for Family<L, M> {
    fn clone(&self) -> Self {
        Self { members: Arc::clone(&self.members) }
    }
}

impl<L, M> fmt::Debug for Family<L, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Family").field("description", &self.members.description).finish_non_exhaustive()
    }
}

/// Members that stay where they are, in pages that are made when one of theirs is wanted.
struct Table<M> {
    pages: Box<[OnceLock<Page<M>>]>,
    len: usize,
}

type Page<M> = Box<[OnceLock<M>]>;

const PAGE: usize = 64;

/// Most combinations of labels that are found by their number.
const FIXED_MAX: usize = 4096;

impl<M> Table<M> {
    fn new(len: usize) -> Self {
        Self { pages: (0..len.div_ceil(PAGE)).map(|_| OnceLock::new()).collect(), len }
    }

    /// Where the member of this index is. `None`: there are not so many.
    #[inline]
    fn cell(&self, index: usize) -> Option<&OnceLock<M>> {
        let page = self.pages.get(index / PAGE).filter(|_| index < self.len)?;
        page.get_or_init(|| (0..PAGE).map(|_| OnceLock::new()).collect()).get(index % PAGE)
    }
}
