//! The texts that were read, and places in them.
//!
//! A place is a file and two byte offsets. Lines and columns are worked out on demand, from 1, columns in
//! characters. The paths are the ones to show, not the ones to open.

use std::cell::OnceCell;

/// One of the files of a [`SourceMap`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct FileId(u32);

impl FileId {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// Bytes `start..end` of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Span {
    pub(crate) file: FileId,
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Span {
    pub(crate) fn new(file: FileId, start: usize, end: usize) -> Self {
        // Files are at most FILE_LEN_MAX bytes; a place past 4 GiB could only be shown, so saturating is enough.
        let narrow = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Self { file, start: narrow(start), end: narrow(end) }
    }

    /// Whether `other` stands within this one, or is it.
    pub(crate) fn contains(self, other: Self) -> bool {
        self.file == other.file && self.start <= other.start && other.end <= self.end
    }
}

/// A value and where it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Spanned<T> {
    pub(crate) value: T,
    pub(crate) span: Span,
}

/// Every file of a run, in the order in which they were met.
#[derive(Debug, Default)]
pub(crate) struct SourceMap {
    files: Vec<SourceFile>,
}

#[derive(Debug)]
pub(crate) struct SourceFile {
    path: String,
    /// `None`: there is nothing to quote from, as the file could not be read.
    text: Option<String>,
    blocks: OnceCell<Vec<Block>>,
}

/// How many bytes a [`Block`] counts.
const BLOCK_LEN: usize = 4_096;

/// What stands before a block of the text. A block instead of a line an entry: a file may be made of line feeds, or be
/// one line.
#[derive(Clone, Copy, Debug, Default)]
struct Block {
    feeds: usize,
    characters: usize,
}

impl Block {
    fn and(self, bytes: &[u8]) -> Self {
        let feeds = bytes.iter().filter(|byte| **byte == b'\n').count();
        // All but the continuing bytes of UTF-8.
        let characters = bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count();
        Self { feeds: self.feeds + feeds, characters: self.characters + characters }
    }
}

impl SourceMap {
    pub(crate) fn add(&mut self, path: String, text: Option<String>) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(SourceFile { path, text, blocks: OnceCell::new() });
        id
    }

    pub(crate) fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.index()]
    }
}

impl SourceFile {
    /// The path to show: as the user gave it.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    pub(crate) fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// Line and column of a byte, both from 1, the column in characters.
    pub(crate) fn line_column(&self, offset: usize) -> (usize, usize) {
        let before = self.before(offset);
        let (start, _) = self.line_range(before.feeds + 1);
        (before.feeds + 1, before.characters - self.before(start).characters + 1)
    }

    /// The line, from 1, on which a byte stands.
    pub(crate) fn line_of(&self, offset: usize) -> usize {
        self.before(offset).feeds + 1
    }

    /// Where a line starts and ends, its line feed included.
    pub(crate) fn line_range(&self, line: usize) -> (usize, usize) {
        (self.after_feeds(line.saturating_sub(1)), self.after_feeds(line))
    }

    fn bytes(&self) -> &[u8] {
        self.text.as_deref().unwrap_or_default().as_bytes()
    }

    /// What stands before a byte.
    fn before(&self, offset: usize) -> Block {
        let offset = offset.min(self.bytes().len());
        let block = offset / BLOCK_LEN;
        self.blocks()[block].and(&self.bytes()[block * BLOCK_LEN..offset])
    }

    /// The byte after so many line feeds; the end of the text if there are fewer.
    fn after_feeds(&self, feeds: usize) -> usize {
        if feeds == 0 {
            return 0;
        }
        // The block that holds the feed; the first has nothing before it.
        let block = self.blocks().partition_point(|block| block.feeds < feeds).saturating_sub(1);
        let start = block * BLOCK_LEN;
        let missing = feeds - self.blocks()[block].feeds;
        let positions = self.bytes()[start..].iter().enumerate().filter(|(_, byte)| **byte == b'\n');
        positions.map(|(at, _)| start + at + 1).nth(missing - 1).unwrap_or(self.bytes().len())
    }

    /// One entry more than there are whole blocks, so never none.
    fn blocks(&self) -> &[Block] {
        self.blocks.get_or_init(|| {
            let whole = self.bytes().chunks_exact(BLOCK_LEN);
            let sums = whole.scan(Block::default(), |sum, bytes| {
                *sum = sum.and(bytes);
                Some(*sum)
            });
            std::iter::once(Block::default()).chain(sums).collect()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_in_lines_and_characters_from_one() {
        let mut sources = SourceMap::default();
        let id = sources.add("a.xml".into(), Some("ab\né€x\n".into()));
        let file = sources.file(id);
        let rows =
            [(0, (1, 1)), (2, (1, 3)), (3, (2, 1)), (5, (2, 2)), (8, (2, 3)), (10, (3, 1)), (99, (3, 1))];
        for (offset, expected) in rows {
            assert_eq!(file.line_column(offset), expected, "offset {offset}");
        }
    }

    #[test]
    fn places_are_the_same_on_both_sides_of_a_block() {
        // Lines of all lengths around the seams, and characters of two bytes on them.
        let line = |at: usize| "é".repeat(at % 7) + &"x".repeat(at % 5) + "\n";
        let text: String = (0..3 * BLOCK_LEN / 8).map(line).collect();
        let mut sources = SourceMap::default();
        let id = sources.add("a.xml".into(), Some(text.clone()));
        let file = sources.file(id);
        let (mut row, mut column, mut start) = (1, 1, 0);
        for (at, character) in text.char_indices() {
            if (at + 8) % BLOCK_LEN < 16 {
                assert_eq!(file.line_column(at), (row, column), "byte {at}");
                assert_eq!(file.line_range(row).0, start, "byte {at}");
            }
            (row, column) = if character == '\n' { (row + 1, 1) } else { (row, column + 1) };
            if character == '\n' {
                start = at + 1;
            }
        }
        assert!(3 * BLOCK_LEN / 2 < text.len());
    }
}
