//! Pages: a source read once, line by line, and the twin beside it.

use super::super::syntax::{Language, State, Token};
use crate::event::FileId;
use crate::event::twin::{Pair, Twin};
use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

/// A source that was read: where its lines begin, and in which state.
#[derive(Debug)]
pub(super) struct Page {
    language: Option<Language>,
    lines: Vec<(usize, State)>,
    length: usize,
}

impl Page {
    /// Reads a source, whose name tells its language.
    pub(super) fn of(name: &str, text: &str) -> Page {
        let language = Language::of_file(name);
        let (mut lines, mut start, mut state) = (Vec::new(), 0, State::Plain);
        for line in text.split_inclusive('\n') {
            lines.push((start, state));
            start += line.len();
            let line = line.trim_end_matches('\n');
            state = language.map_or(state, |language| language.read(line, state, |_, _| {}));
        }
        Page {
            language,
            lines,
            length: text.len(),
        }
    }

    /// Returns how many lines there are.
    pub(super) fn count(&self) -> u32 {
        u32::try_from(self.lines.len()).unwrap_or(u32::MAX)
    }

    /// Returns a line of the text that was read; the first is 1.
    pub(super) fn line<'t>(&self, text: &'t str, number: u32) -> &'t str {
        let line = self.span(number).and_then(|span| text.get(span));
        line.unwrap_or_default().trim_end_matches(['\n', '\r'])
    }

    fn span(&self, number: u32) -> Option<Range<usize>> {
        let at = number.checked_sub(1)? as usize;
        let (start, _) = self.lines.get(at)?;
        let end = self.lines.get(at + 1).map_or(self.length, |next| next.0);
        Some(*start..end)
    }

    /// Calls `token` for each stretch of a line that is not plain. `line` is the line or its
    /// beginning.
    pub(super) fn tokens(&self, number: u32, line: &str, token: impl FnMut(Range<usize>, Token)) {
        let at = number.checked_sub(1).map(|at| at as usize);
        let state = at.and_then(|at| self.lines.get(at));
        if let (Some(language), Some(&(_, state))) = (self.language, state) {
            language.read(line, state, token);
        }
    }
}

/// A twin that was read, and its lines beside those of a source.
#[derive(Debug)]
pub(super) struct TwinPage {
    /// The twin.
    pub(super) twin: &'static Twin,
    /// Its lines.
    pub(super) page: Page,
    pairs: Vec<Pair>,
    /// Both from top to bottom, paired lines in one row.
    pub(super) rows: Vec<Row>,
    /// The row of each line of ours.
    our_rows: Vec<u32>,
}

/// A row of two listings side by side.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Row {
    pub(super) ours: Option<u32>,
    pub(super) theirs: Option<u32>,
}

impl TwinPage {
    /// Reads a twin, and pairs it with a source.
    pub(super) fn of(twin: &'static Twin, text: &str, ours: &Page) -> TwinPage {
        let page = Page::of(twin.file, twin.source);
        let pairs = twin.pairs_with(text);
        let rows = rows(&pairs, ours.count(), page.count());
        let numbered = (1..).zip(&rows);
        let our_rows = numbered.filter_map(|(number, row)| row.ours.map(|_| number));
        let our_rows = our_rows.collect();
        TwinPage {
            twin,
            page,
            pairs,
            rows,
            our_rows,
        }
    }

    /// Returns the twin's line that does what a line of ours does, or the next above it that has
    /// such a line.
    pub(super) fn line_above(&self, ours: u32) -> Option<u32> {
        let after = self.pairs.partition_point(|pair| pair.ours <= ours);
        self.pairs[..after].last().map(|pair| pair.theirs)
    }

    /// Returns the line of ours that does what a line of the twin does.
    pub(super) fn ours_of(&self, theirs: u32) -> Option<u32> {
        let at = self.pairs.binary_search_by_key(&theirs, |pair| pair.theirs);
        at.ok().map(|at| self.pairs[at].ours)
    }

    /// Returns the number of the row that a line of ours stands in; the first is 1.
    pub(super) fn row_of(&self, ours: u32) -> Option<u32> {
        let at = ours.checked_sub(1)? as usize;
        self.our_rows.get(at).copied()
    }
}

/// Returns the rows of two sources side by side. What stands between two pairs begins in one row,
/// and the side that has less of it ends with blanks.
fn rows(pairs: &[Pair], ours: u32, theirs: u32) -> Vec<Row> {
    let end = Pair {
        ours: ours.saturating_add(1),
        theirs: theirs.saturating_add(1),
    };
    let (mut rows, mut our, mut their) = (Vec::new(), 1, 1);
    for pair in pairs.iter().chain([&end]) {
        while our < pair.ours || their < pair.theirs {
            rows.push(Row {
                ours: (our < pair.ours).then_some(our),
                theirs: (their < pair.theirs).then_some(their),
            });
            our += u32::from(our < pair.ours);
            their += u32::from(their < pair.theirs);
        }
        if *pair != end {
            rows.push(Row {
                ours: Some(our),
                theirs: Some(their),
            });
            our += 1;
            their += 1;
        }
    }
    rows
}

/// The pages that were read of one run.
#[derive(Debug, Default)]
pub(in crate::view) struct Pages {
    sources: BTreeMap<FileId, Rc<Page>>,
    twin: Option<Rc<TwinPage>>,
}

impl Pages {
    /// Forgets all of them.
    pub(in crate::view) fn clear(&mut self) {
        *self = Pages::default();
    }

    /// Returns the page of a source.
    pub(super) fn source(&mut self, file: FileId, path: &str, text: &str) -> Rc<Page> {
        let page = self.sources.entry(file);
        page.or_insert_with(|| Rc::new(Page::of(path, text)))
            .clone()
    }

    /// Returns the page of the one twin, which is that of the source `ours`.
    pub(super) fn twin(&mut self, twin: &'static Twin, text: &str, ours: &Page) -> Rc<TwinPage> {
        let page = self.twin.take().filter(|page| page.twin.of == twin.of);
        let page = page.unwrap_or_else(|| Rc::new(TwinPage::of(twin, text, ours)));
        self.twin.insert(page).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pairs: &[(u32, u32)], count: (u32, u32), expected: &str) {
        let pairs: Vec<_> = pairs
            .iter()
            .map(|&(ours, theirs)| Pair { ours, theirs })
            .collect();
        let number = |line: Option<u32>| line.map_or("-".to_owned(), |line| line.to_string());
        let row = |row: &Row| format!("{}:{}", number(row.ours), number(row.theirs));
        let rows: Vec<_> = rows(&pairs, count.0, count.1).iter().map(row).collect();
        assert_eq!(rows.join(" "), expected);
    }

    #[test]
    fn paired_lines_stand_in_one_row() {
        check(&[], (0, 0), "");
        check(&[], (2, 1), "1:1 2:-");
        check(&[(1, 1), (3, 2)], (3, 4), "1:1 2:- 3:2 -:3 -:4");
        check(&[(3, 5)], (4, 5), "1:1 2:2 -:3 -:4 3:5 4:-");
    }

    #[test]
    fn a_page_has_its_lines_and_what_they_begin_in() {
        let text = "/* a\nb */ let\r\nx";
        let page = Page::of("a.rs", text);
        assert_eq!(page.count(), 3);
        assert_eq!(page.line(text, 2), "b */ let");
        assert_eq!([page.line(text, 0), page.line(text, 4)], ["", ""]);
        let mut found = Vec::new();
        page.tokens(2, page.line(text, 2), |range, token| {
            found.push((range, token));
        });
        assert_eq!(found, [(0..4, Token::Comment), (5..8, Token::Keyword)]);
    }
}
