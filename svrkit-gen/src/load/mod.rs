//! Files and what they import, read and parsed.
//!
//! The only stage that opens schema files. Each file is read once, whatever names lead to it; imports are followed
//! without recursion. Paths are shown as the user gave them, those of imports relative to the importing file.

pub(crate) mod bundled;
mod bytes;
mod cycle;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::io;
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

use bytes::{Bytes, decode, read};

use crate::diagnostic::{Code, Diagnostic, Diagnostics, FileId, SourceMap, Span, Spanned, quoted};
use crate::limits::{FILE_LEN_MAX, FILES_MAX, RUN_ELEMENTS_MAX, RUN_LEN_MAX};
use crate::parse::{self, Lost, syntax};

/// Everything a run reads.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    /// By [`FileId`].
    pub(crate) files: Vec<File>,
    pub(crate) sources: SourceMap,
    /// A limit of the run was met: files that were named may not be here.
    pub(crate) is_cut: bool,
    pub(crate) files_read: Vec<PathBuf>,
    pub(crate) files_missing: Vec<PathBuf>,
}

/// One file.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) id: FileId,
    pub(crate) path: PathBuf,
    /// It is part of the compiler, and its types are part of the runtime.
    pub(crate) is_bundled: bool,
    /// `None`: it could not be read.
    pub(crate) protocol: Option<syntax::Protocol>,
    /// What it, or a file that was not found for it, would define.
    pub(crate) lost: Lost,
    /// The imports that were found, with the places that name them, each file once.
    pub(crate) imports: Vec<Import>,
    /// The files of `imports`, and this one.
    pub(crate) visible: BTreeSet<FileId>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Import {
    pub(crate) file: FileId,
    pub(crate) span: Span,
}

/// Reads `roots` and all they import.
pub(crate) fn load(roots: &[PathBuf], includes: &[PathBuf], found: &mut Diagnostics) -> Loaded {
    let mut loader = Loader {
        includes,
        found,
        loaded: Loaded::default(),
        shared: parse::Shared::default(),
        len: 0,
        elements: 0,
        bundled: HashMap::new(),
        known: BTreeMap::new(),
        spelt: HashMap::new(),
        todo: VecDeque::new(),
    };
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
    shared: parse::Shared,
    /// Bytes read so far.
    len: u64,
    /// Elements read so far.
    elements: usize,
    /// The kit's own schemas that were read, by their paths.
    bundled: HashMap<&'static str, FileId>,
    /// Files by what the system calls them.
    known: BTreeMap<PathBuf, FileId>,
    /// Files by how they were named, so that the system is asked once.
    spelt: HashMap<PathBuf, FileId>,
    /// Files whose imports were not followed yet.
    todo: VecDeque<FileId>,
}

impl Loader<'_> {
    /// Reads a file unless that was done before. Only that it cannot be opened is left to the caller to report.
    fn file(&mut self, path: &Path, import: Option<Span>) -> io::Result<Option<FileId>> {
        if let Some(id) = self.spelt.get(path) {
            return Ok(Some(*id));
        }
        let name = path.canonicalize()?;
        let known = self.known.get(&name).copied();
        if let Some(id) = known {
            self.spelt.insert(path.to_owned(), id);
            return Ok(known);
        }
        if self.loaded.is_cut {
            return Ok(None);
        }
        let len_max = FILE_LEN_MAX.min(RUN_LEN_MAX - self.len);
        let bytes = read(path, len_max)?;
        if FILES_MAX <= self.loaded.files.len() {
            self.cut(path, import, format!("more than {FILES_MAX} files in one run (FILES_MAX)"));
            return Ok(None);
        }
        if matches!(bytes, Bytes::TooMany) && len_max < FILE_LEN_MAX {
            let message = format!("the files of one run have more than {RUN_LEN_MAX} bytes (RUN_LEN_MAX)");
            self.cut(path, import, message);
            return Ok(None);
        }
        self.loaded.files_read.push(path.to_owned());
        let (id, protocol, lost) = self.parse(path, bytes);
        self.add(id, path, protocol, lost);
        self.known.insert(name, id);
        self.spelt.insert(path.to_owned(), id);
        self.todo.push_back(id);
        if RUN_ELEMENTS_MAX < self.elements {
            let message =
                format!("more than {RUN_ELEMENTS_MAX} elements in the files of one run (RUN_ELEMENTS_MAX)");
            self.cut(path, import, message);
        }
        Ok(Some(id))
    }

    fn parse(&mut self, path: &Path, bytes: Bytes) -> (FileId, Option<syntax::Protocol>, Lost) {
        let shown = path.display().to_string();
        let (id, finding) = match bytes {
            Bytes::TooMany => {
                let id = self.loaded.sources.add(shown, None);
                let message =
                    format!("{} is larger than {FILE_LEN_MAX} bytes (FILE_LEN_MAX)", quoted_path(path));
                (id, Diagnostic::new(Code::LIMIT_EXCEEDED, Span::new(id, 0, 0), message))
            }
            Bytes::All(bytes) => {
                self.len += bytes.len() as u64;
                let (text, fault) = decode(bytes);
                let id = self.loaded.sources.add(shown, Some(text));
                let text = self.loaded.sources.file(id).text().unwrap_or_default();
                let Some(fault) = fault else {
                    let (protocol, lost) = parse::parse(id, text, &mut self.shared, self.found);
                    self.elements += self.shared.elements();
                    return (id, protocol, lost);
                };
                let span = Span::new(id, text.len(), text.len());
                let finding = Diagnostic::new(Code::NOT_UTF8, span, "the file is not encoded in UTF-8");
                (id, finding.help(fault))
            }
        };
        self.found.push(finding);
        let mut lost = Lost::default();
        lost.anything();
        (id, None, lost)
    }

    fn add(&mut self, id: FileId, path: &Path, protocol: Option<syntax::Protocol>, lost: Lost) {
        let (path, imports, visible) = (path.to_owned(), Vec::new(), BTreeSet::from([id]));
        self.loaded.files.push(File { id, path, is_bundled: false, protocol, lost, imports, visible });
    }

    /// A limit of the run is met: no more files are read.
    fn cut(&mut self, path: &Path, import: Option<Span>, message: String) {
        let span = import.unwrap_or_else(|| self.placeholder(path));
        self.found.push(Diagnostic::new(Code::LIMIT_EXCEEDED, span, message));
        self.loaded.is_cut = true;
    }

    fn imports_of(&mut self, id: FileId) {
        let importer = &mut self.loaded.files[id.index()];
        let Some(protocol) = &mut importer.protocol else {
            return;
        };
        let folder = importer.path.parent().unwrap_or(Path::new("")).to_owned();
        let (mut imports, mut visible) = (Vec::new(), BTreeSet::from([id]));
        let mut is_itself = false;
        let mut is_lost = false;
        for import in std::mem::take(&mut protocol.imports) {
            if self.found.is_full() {
                break;
            }
            let file = self.import(&folder, &import);
            is_lost |= file.is_none();
            if let Some(file) = file
                && (visible.insert(file) || (file == id && !std::mem::replace(&mut is_itself, true)))
            {
                imports.push(Import { file, span: import.span });
            }
        }
        let importer = &mut self.loaded.files[id.index()];
        (importer.imports, importer.visible) = (imports, visible);
        if is_lost {
            importer.lost.anything();
        }
    }

    /// One of the kit's own schemas.
    fn bundled(&mut self, import: &Spanned<Rc<str>>) -> Option<FileId> {
        let Some((path, text)) = bundled::schema(&import.value) else {
            let message = format!("the kit has no schema {}", quoted(&import.value));
            let help = bundled::help(&import.value);
            self.found.push(Diagnostic::new(Code::MISSING_IMPORT, import.span, message).help(help));
            return None;
        };
        if let Some(id) = self.bundled.get(path) {
            return Some(*id);
        }
        let shown = Path::new(path);
        let (id, protocol, lost) = self.parse(shown, Bytes::All(text.into()));
        self.add(id, shown, protocol, lost);
        self.loaded.files[id.index()].is_bundled = true;
        self.bundled.insert(path, id);
        self.todo.push_back(id);
        Some(id)
    }

    /// Looks for an import next to the file that names it, then in the include paths.
    fn import(&mut self, folder: &Path, import: &Spanned<Rc<str>>) -> Option<FileId> {
        if import.value.starts_with(bundled::FOLDER) {
            return self.bundled(import);
        }
        let folders = std::iter::once(folder).chain(self.includes.iter().map(PathBuf::as_path));
        let candidates: Vec<PathBuf> = folders.map(|folder| join(folder, &import.value)).collect();
        for candidate in &candidates {
            match self.file(candidate, Some(import.span)) {
                Ok(id) => return id,
                // Where a folder is looked for there may be a file.
                Err(error) if is_absence(&error) => {}
                Err(error) => {
                    let message = format!("cannot read {}: {error}", quoted_path(candidate));
                    self.found.push(Diagnostic::new(Code::UNREADABLE_FILE, import.span, message));
                    self.loaded.files_missing.push(candidate.clone());
                    return None;
                }
            }
        }
        if self.loaded.is_cut {
            return None;
        }
        let looked: Vec<_> = candidates.iter().map(|candidate| quoted_path(candidate)).collect();
        let message = format!("the imported file {} is not found", quoted(&import.value));
        let own = bundled::named(&import.value);
        let own = own.map(|own| format!("`{own}` is the kit's own; ")).unwrap_or_default();
        let help = format!(
            "{own}looked for {}; folders are added by `Config::include` in a build script, by `-I` for `cargo svrkit`",
            looked.join(", ")
        );
        self.found.push(Diagnostic::new(Code::MISSING_IMPORT, import.span, message).help(help));
        self.loaded.files_missing.extend(candidates);
        None
    }

    fn unreadable_root(&mut self, path: &Path, error: &io::Error) {
        let span = self.placeholder(path);
        let message = format!("cannot read {}: {error}", quoted_path(path));
        // The finding is about a file that nobody wrote: who named it is to be found elsewhere.
        let from = match std::env::current_dir() {
            Ok(folder) if path.is_relative() => format!(", relative to {}", quoted_path(&folder)),
            _ => String::new(),
        };
        let help = format!("the path is named in build.rs or on the command line{from}");
        self.found.push(Diagnostic::new(Code::UNREADABLE_FILE, span, message).help(help));
        self.loaded.files_missing.push(path.to_owned());
    }

    /// A place in a file nobody read, so that a finding can name the file.
    fn placeholder(&mut self, path: &Path) -> Span {
        let id = self.loaded.sources.add(path.display().to_string(), None);
        self.add(id, path, None, Lost::default());
        Span::new(id, 0, 0)
    }
}

fn is_absence(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
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
