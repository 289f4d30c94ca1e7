//! The open file: what is read and written in it.

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};

use redb::{
    Database, ReadTransaction, ReadableDatabase, ReadableTable, TableError, TableHandle, WriteTransaction,
};

use super::fault::{Fault, guarded};
use super::layout::{self, FACTS, FORMAT, FORMAT_NOW, LAST_VERSION, Records};
use crate::changes::Changes;
use crate::engine::{Found, KeyRange, Page, Stored};
use crate::error::{Conflict, StoreError};

/// A store's file, open unless the disk has failed.
#[derive(Debug)]
pub(super) struct StoreFile {
    path: PathBuf,
    cache: usize,
    /// `None`: it has to be opened anew. The engine beneath does nothing more after the disk has failed once.
    database: RwLock<Option<Database>>,
}

/// What became of one commit of a group.
type Outcome = Result<u64, StoreError>;

impl StoreFile {
    pub(super) fn open(path: &Path, cache: usize) -> Result<Self, StoreError> {
        let database = open(path, cache)?;
        Ok(Self { path: path.to_owned(), cache, database: RwLock::new(Some(database)) })
    }

    pub(super) fn get(&self, table: &'static str, key: &[u8]) -> Result<Option<Stored>, StoreError> {
        self.reading(|transaction| {
            let Some(records) = opened(transaction.open_table(layout::definition(&layout::name_of(table))))?
            else {
                return Ok(None);
            };
            let found = records.get(key)?;
            found.map(|bytes| stored(table, key, bytes.value())).transpose()
        })
    }

    pub(super) fn scan(
        &self,
        table: &'static str,
        range: &KeyRange,
        page: Page,
    ) -> Result<Vec<Found>, StoreError> {
        self.reading(|transaction| {
            if range.is_void() {
                return Ok(Vec::new());
            }
            let Some(records) = opened(transaction.open_table(layout::definition(&layout::name_of(table))))?
            else {
                return Ok(Vec::new());
            };
            page.fill(records.range::<&[u8]>(range.bounds())?.map(|found| {
                let (key, bytes) = found?;
                let key = key.value();
                Ok((key.to_vec(), stored(table, key, bytes.value())?))
            }))
        })
    }

    /// Carries out commits, each as a whole or not at all, and has the disk write them together. Says what became of each.
    pub(super) fn commit(&self, group: &[Changes]) -> Result<Vec<Outcome>, StoreError> {
        self.open_anew()?;
        let database = self.database.read().unwrap_or_else(PoisonError::into_inner);
        let done = guarded(|| {
            let Some(database) = database.as_ref() else { return Err(Fault::Io(gone())) };
            let mut transaction = database.begin_write()?;
            // Also what the allocator needs is written: a store is whole at once after a crash, whatever its size.
            transaction.set_quick_repair(true);
            let outcomes = carry_out(&transaction, group, &self.path)?;
            if outcomes.iter().any(Result::is_ok) {
                transaction.commit()?
            } else {
                transaction.abort()?
            }
            Ok(outcomes)
        });
        drop(database);
        done.map_err(|fault| {
            // Whatever it was: nothing of it is trusted but what the disk has.
            *self.database.write().unwrap_or_else(PoisonError::into_inner) = None;
            fault.at("write to the store", &self.path)
        })
    }

    fn reading<T>(&self, read: impl FnOnce(ReadTransaction) -> Result<T, Fault>) -> Result<T, StoreError> {
        self.open_anew()?;
        let database = self.database.read().unwrap_or_else(PoisonError::into_inner);
        let read = guarded(|| match database.as_ref() {
            Some(database) => read(database.begin_read()?),
            None => Err(Fault::Io(gone())),
        });
        read.map_err(|fault| fault.at("read the store", &self.path))
    }

    /// Opens it, where it had to be given up.
    fn open_anew(&self) -> Result<(), StoreError> {
        if self.database.read().unwrap_or_else(PoisonError::into_inner).is_some() {
            return Ok(());
        }
        let mut database = self.database.write().unwrap_or_else(PoisonError::into_inner);
        if database.is_none() {
            *database = Some(open(&self.path, self.cache)?);
        }
        Ok(())
    }
}

fn gone() -> std::io::Error {
    std::io::Error::other(
        "it was given up after an error of the disk, and is opened anew by the next who asks",
    )
}

/// A table that may not be there yet.
fn opened<T>(table: Result<T, TableError>) -> Result<Option<T>, Fault> {
    match table {
        Ok(table) => Ok(Some(table)),
        Err(TableError::TableDoesNotExist(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn stored(table: &str, key: &[u8], bytes: &[u8]) -> Result<Stored, Fault> {
    layout::read(key, bytes).ok_or_else(|| {
        Fault::Damaged(format!("the checksum of a record of table {table} is not that of its bytes"))
    })
}

fn open(path: &Path, cache: usize) -> Result<Database, StoreError> {
    let opened = guarded(|| {
        let is_new = !path.exists();
        let database = Database::builder().set_cache_size(cache).create(path)?;
        let format = prepare(&database)?;
        if is_new {
            // The file's name is as durable as what is in it.
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            File::open(folder.unwrap_or(Path::new(".")))
                .and_then(|folder| folder.sync_all())
                .map_err(Fault::Io)?;
        }
        Ok((database, format))
    });
    match opened.map_err(|fault| fault.at("open the store", path))? {
        (database, FORMAT_NOW) => Ok(database),
        (_, found) => Err(StoreError::Format { path: path.to_owned(), found }),
    }
}

/// Gives a new file its format, and answers with that of one that has any.
fn prepare(database: &Database) -> Result<u64, Fault> {
    let reading = database.begin_read()?;
    if let Some(facts) = opened(reading.open_table(FACTS))? {
        let format = facts.get(FORMAT)?.map(|format| format.value());
        return format.ok_or_else(|| Fault::Damaged("it does not say what format it has".into()));
    }
    if let Some(other) = reading.list_tables()?.next() {
        return Err(Fault::Damaged(format!("another program's table, {}, is in it", other.name())));
    }
    let mut transaction = database.begin_write()?;
    transaction.set_quick_repair(true);
    transaction.open_table(FACTS)?.insert(FORMAT, FORMAT_NOW)?;
    transaction.commit()?;
    Ok(FORMAT_NOW)
}

fn carry_out(transaction: &WriteTransaction, group: &[Changes], path: &Path) -> Result<Vec<Outcome>, Fault> {
    let mut tables: HashMap<&'static str, Records<'_>> = HashMap::new();
    let mut facts = transaction.open_table(FACTS)?;
    let mut version = facts.get(LAST_VERSION)?.map_or(0, |version| version.value());
    let mut outcomes = Vec::with_capacity(group.len());
    for changes in group {
        let names = changes.conditions.iter().map(|condition| condition.table);
        for name in names.chain(changes.changes.iter().map(|change| change.table)) {
            if !tables.contains_key(name) {
                tables.insert(name, layout::open(transaction, name)?);
            }
        }
        let refused = unmet(&tables, changes, path)?;
        if let Some(refused) = refused {
            outcomes.push(Err(refused));
            continue;
        }
        version += 1;
        for change in &changes.changes {
            let Some(table) = tables.get_mut(change.table) else { continue };
            match &change.record {
                Some(record) => {
                    let bytes = layout::write(&change.key, version, record);
                    table.insert(change.key.as_slice(), bytes.as_slice())?;
                }
                None => {
                    table.remove(change.key.as_slice())?;
                }
            }
        }
        outcomes.push(Ok(version));
    }
    facts.insert(LAST_VERSION, version)?;
    Ok(outcomes)
}

/// Why a commit cannot be carried out, if so.
fn unmet(
    tables: &HashMap<&'static str, Records<'_>>,
    changes: &Changes,
    path: &Path,
) -> Result<Option<StoreError>, Fault> {
    for condition in &changes.conditions {
        let Some(table) = tables.get(condition.table) else { continue };
        let found = match table.get(condition.key.as_slice())? {
            None => None,
            Some(bytes) => match stored(condition.table, &condition.key, bytes.value()) {
                Ok(stored) => Some(stored.version),
                // Of that record alone: the others' commits go on.
                Err(fault) => return Ok(Some(fault.at("read the store", path))),
            },
        };
        if !condition.expected.is_met_by(found) {
            return Ok(Some(StoreError::Conflict(Conflict::of(condition.clone(), found))));
        }
    }
    Ok(None)
}
