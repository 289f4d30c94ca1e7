//! Files and what they import, read and parsed.
//!
//! The only stage that opens schema files. Each file is read once, whatever names lead to it; imports are followed
//! without recursion. Paths are shown as the user gave them, those of imports relative to the importing file.

mod bytes;
mod cycle;

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::path::{Component, Path, PathBuf};

use bytes::{Bytes, decode, read};

use crate::diagnostic::{Code, Diagnostic, Diagnostics, FileId, SourceMap, Span, Spanned, quoted};
use crate::limits::{FILE_LEN_MAX, FILES_MAX};
use crate::parse::{self, Lost, syntax};

/// Everything a run reads.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    /// By [`FileId`].
    pub(crate) files: Vec<File>,
    pub(crate) sources: SourceMap,
    pub(crate) lost: Lost,
    pub(crate) files_read: Vec<PathBuf>,
    pub(crate) files_missing: Vec<PathBuf>,
}

/// One file.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) id: FileId,
    pub(crate) path: PathBuf,
    /// `None`: it could not be read.
    pub(crate) protocol: Option<syntax::Protocol>,
    /// The imports that were found, with the places that name them.
    pub(crate) imports: Vec<Import>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Import {
    pub(crate) file: FileId,
    span: Span,
}

/// Reads `roots` and all they import.
pub(crate) fn load(roots: &[PathBuf], includes: &[PathBuf], found: &mut Diagnostics) -> Loaded {
    let mut loader =
        Loader { includes, found, loaded: Loaded::default(), known: BTreeMap::new(), todo: VecDeque::new() };
    for root in roots {
        if let Err(error) = loader.file(root, None) {
            loader.unreadable_root(root, &error);
        }
    }
    while let Some(id) = loader.todo.pop_front() {
        loader.imports_of(id);
    }
    let Loader { mut loaded, .. } = loader;
    cycle::report(&loaded.files, found);
    loaded.files_missing.sort();
    loaded.files_missing.dedup();
    loaded
}

struct Loader<'a> {
    includes: &'a [PathBuf],
    found: &'a mut Diagnostics,
    loaded: Loaded,
    /// Files by what the system calls them.
    known: BTreeMap<PathBuf, FileId>,
    /// Files whose imports were not followed yet.
    todo: VecDeque<FileId>,
}

impl Loader<'_> {
    /// Reads a file unless that was done before. Only that it cannot be opened is left to the caller to report.
    fn file(&mut self, path: &Path, import: Option<Span>) -> io::Result<Option<FileId>> {
        let name = path.canonicalize()?;
        if let Some(id) = self.known.get(&name) {
            return Ok(Some(*id));
        }
        let bytes = read(path)?;
        if FILES_MAX <= self.loaded.files.len() {
            let message = format!("more than {FILES_MAX} files in one run (FILES_MAX)");
            let span = import.unwrap_or_else(|| self.placeholder(path));
            self.found.push(Diagnostic::new(Code::LimitExceeded, span, message));
            self.loaded.lost.anything();
            return Ok(None);
        }
        self.loaded.files_read.push(path.to_owned());
        let shown = path.display().to_string();
        let protocol;
        let id;
        match bytes {
            Bytes::TooMany => {
                id = self.loaded.sources.add(shown, None);
                let message =
                    format!("{} is larger than {FILE_LEN_MAX} bytes (FILE_LEN_MAX)", quoted_path(path));
                self.found.push(Diagnostic::new(Code::LimitExceeded, Span::new(id, 0, 0), message));
                self.loaded.lost.anything();
                protocol = None;
            }
            Bytes::All(bytes) => {
                let (text, fault) = decode(bytes);
                id = self.loaded.sources.add(shown, Some(text));
                let text = self.loaded.sources.file(id).text().unwrap_or_default();
                protocol = match fault {
                    None => parse::parse(id, text, self.found, &mut self.loaded.lost),
                    Some(fault) => {
                        let span = Span::new(id, text.len(), text.len());
                        self.found.push(
                            Diagnostic::new(Code::NotUtf8, span, "the file is not encoded in UTF-8")
                                .help(fault),
                        );
                        None
                    }
                };
            }
        }
        if protocol.is_none() {
            self.loaded.lost.anything();
        }
        self.loaded.files.push(File { id, path: path.to_owned(), protocol, imports: Vec::new() });
        self.known.insert(name, id);
        self.todo.push_back(id);
        Ok(Some(id))
    }

    fn imports_of(&mut self, id: FileId) {
        let importer = &mut self.loaded.files[id.index()];
        let Some(protocol) = &mut importer.protocol else {
            return;
        };
        let folder = importer.path.parent().unwrap_or(Path::new("")).to_owned();
        let mut found = Vec::new();
        for import in std::mem::take(&mut protocol.imports) {
            if self.found.is_full() {
                break;
            }
            if let Some(file) = self.import(&folder, &import)
                && !found.iter().any(|known: &Import| known.file == file)
            {
                found.push(Import { file, span: import.span });
            }
        }
        self.loaded.files[id.index()].imports = found;
    }

    /// Looks for an import next to the file that names it, then in the include paths.
    fn import(&mut self, folder: &Path, import: &Spanned<String>) -> Option<FileId> {
        let folders = std::iter::once(folder).chain(self.includes.iter().map(PathBuf::as_path));
        let candidates: Vec<PathBuf> = folders.map(|folder| join(folder, &import.value)).collect();
        for candidate in &candidates {
            match self.file(candidate, Some(import.span)) {
                Ok(id) => return id,
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => {
                    let message = format!("cannot read {}: {error}", quoted_path(candidate));
                    self.found.push(Diagnostic::new(Code::UnreadableFile, import.span, message));
                    self.loaded.lost.anything();
                    self.loaded.files_missing.push(candidate.clone());
                    return None;
                }
            }
        }
        let looked: Vec<_> = candidates.iter().map(|candidate| quoted_path(candidate)).collect();
        let message = format!("the imported file {} is not found", quoted(&import.value));
        let help = format!("looked for {}", looked.join(", "));
        self.found.push(Diagnostic::new(Code::MissingImport, import.span, message).help(help));
        self.loaded.lost.anything();
        self.loaded.files_missing.extend(candidates);
        None
    }

    fn unreadable_root(&mut self, path: &Path, error: &io::Error) {
        let span = self.placeholder(path);
        let message = format!("cannot read {}: {error}", quoted_path(path));
        self.found.push(Diagnostic::new(Code::UnreadableFile, span, message));
        self.loaded.lost.anything();
        self.loaded.files_missing.push(path.to_owned());
    }

    /// A place in a file nobody read, so that a finding can name the file.
    fn placeholder(&mut self, path: &Path) -> Span {
        let id = self.loaded.sources.add(path.display().to_string(), None);
        self.loaded.files.push(File { id, path: path.to_owned(), protocol: None, imports: Vec::new() });
        Span::new(id, 0, 0)
    }
}

/// `folder/path` with `.` and `..` worked out where the names alone allow it.
fn join(folder: &Path, path: &str) -> PathBuf {
    let mut joined = folder.to_owned();
    for component in Path::new(path).components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if matches!(joined.components().next_back(), Some(Component::Normal(_))) => {
                joined.pop();
            }
            component => joined.push(component),
        }
    }
    joined
}

fn quoted_path(path: &Path) -> String {
    // A path may be longer than what `quoted` shows, and here its end matters.
    format!("`{}`", path.display().to_string().escape_debug())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_shown_without_detours() {
        for (folder, path, expected) in [
            ("", "a.xml", "a.xml"),
            ("schemas", "common/a.xml", "schemas/common/a.xml"),
            ("schemas/shop", "../a.xml", "schemas/a.xml"),
            ("schemas", "./a.xml", "schemas/a.xml"),
            ("..", "../a.xml", "../../a.xml"),
            ("", "../a.xml", "../a.xml"),
        ] {
            assert_eq!(join(Path::new(folder), path), Path::new(expected));
        }
    }
}
