//! The brush: everything that puts cells into the buffer goes through it.
//!
//! It cuts to the buffer and to the width it is given, so that no area is too small, and it looks
//! at no more of a text than fits: a name of a million characters costs what is seen of it. Text
//! of the program is a stranger's: controls, escapes and bidi marks come out as one harmless sign,
//! joiners and selectors not at all, so that what is counted as a column is one.

use super::theme::{Charset, Role, Theme};
use crate::ui::{Spot, Spots};
use ratatui::buffer::{Buffer, Cell, CellDiffOption};
use ratatui::layout::Rect;
use ratatui::style::Style;
use std::num::NonZeroU16;
use unicode_width::UnicodeWidthChar;

/// The most combining marks that a cell keeps. Stacks of them are vandalism.
const MARKS_MAX: usize = 3;

/// Puts cells into a buffer, in the looks of a theme.
pub struct Brush<'a> {
    buffer: &'a mut Buffer,
    /// What stands where.
    spots: Spots,
    /// The looks.
    pub theme: &'a Theme,
}

impl<'a> Brush<'a> {
    /// Returns a brush for `buffer`.
    pub fn new(buffer: &'a mut Buffer, theme: &'a Theme) -> Brush<'a> {
        Brush {
            buffer,
            spots: Spots::default(),
            theme,
        }
    }

    /// Says what some cells stand for.
    pub fn spot(&mut self, area: Rect, spot: Spot) {
        self.spots.put(area, spot);
    }

    /// Says what some cells of a row stand for, from a column up to another.
    pub fn spot_in(&mut self, x: u16, y: u16, end: u16, spot: Spot) {
        self.spot(Rect::new(x, y, end.saturating_sub(x), 1), spot);
    }

    /// Says how far the help can be scrolled.
    pub fn help_most(&mut self, most: usize) {
        self.spots.help_most = Some(most);
    }

    /// Returns what stands where, of all that was drawn.
    pub fn into_spots(self) -> Spots {
        self.spots
    }

    /// Returns a cell, if it is in the buffer.
    #[inline]
    pub fn cell(&mut self, x: u16, y: u16) -> Option<&mut Cell> {
        self.buffer.cell_mut((x, y))
    }

    /// Puts one sign that is one cell wide.
    #[inline]
    pub fn sign(&mut self, x: u16, y: u16, sign: &str, style: Style) {
        if let Some(cell) = self.buffer.cell_mut((x, y)) {
            cell.set_symbol(sign).set_style(style);
            cell.set_diff_option(CellDiffOption::None);
        }
    }

    /// Puts `text` into at most `width` columns, the end cut off. Returns the column after it.
    pub fn text(&mut self, x: u16, y: u16, width: u16, text: &str, style: Style) -> u16 {
        self.write(x, y, width, text, style).end
    }

    /// Puts `text` into at most `width` columns; if it is longer, its last column says so. Returns
    /// the column after it.
    pub fn cut(&mut self, x: u16, y: u16, width: u16, text: &str, style: Style) -> u16 {
        let Written {
            last,
            end,
            is_whole,
        } = self.write(x, y, width, text, style);
        if is_whole || width == 0 {
            return end;
        }
        // A wide character that did not fit may have left the last column blank. One that fits gives
        // way as a whole.
        let is_full = end >= x.saturating_add(width);
        let at = if is_full { last } else { end };
        self.run(at, y, end.saturating_sub(at), " ", style);
        self.sign(at, y, self.theme.signs().ellipsis, style);
        at.saturating_add(1)
    }

    /// Puts `text` so that it ends before column `end`, in at most `width` columns. Returns the
    /// column where it begins.
    pub fn right(&mut self, end: u16, y: u16, width: u16, text: &str, style: Style) -> u16 {
        let wide = columns(text, width);
        let x = end.saturating_sub(wide);
        self.cut(x, y, wide.min(end), text, style);
        x
    }

    /// Puts the same sign into a stretch of cells.
    pub fn run(&mut self, x: u16, y: u16, width: u16, sign: &str, style: Style) {
        let area = self.clip(Rect::new(x, y, width, 1));
        for x in area.left()..area.right() {
            self.sign(x, area.y, sign, style);
        }
    }

    /// Empties an area and paints the theme's ground.
    pub fn clear(&mut self, area: Rect) {
        let area = self.clip(area);
        let mut empty = Cell::EMPTY;
        empty.set_style(self.theme.paper());
        for y in area.top()..area.bottom() {
            let from = self.buffer.index_of(area.left(), y);
            let to = from + usize::from(area.width);
            self.buffer.content[from..to].fill(empty.clone());
        }
    }

    /// Lays a style over an area; what it does not name stays.
    pub fn tint(&mut self, area: Rect, style: Style) {
        let area = self.clip(area);
        self.buffer.set_style(area, style);
    }

    /// Draws a pane's head: its number and title in a dim rule, and words at its right end.
    ///
    /// `─ 2 flow ──────────────────────── 3 sequence ─`
    pub fn head(&mut self, area: Rect, head: &Head<'_>) {
        let area = self.clip(area);
        if area.is_empty() {
            return;
        }
        let theme = self.theme;
        self.run(
            area.x,
            area.y,
            area.width,
            theme.signs().rule,
            theme.style(Role::Faint),
        );
        let end = area.right();
        let mut x = area.x.saturating_add(1);
        let room = |x: u16| end.saturating_sub(x).saturating_sub(1);
        x = self.text(x, area.y, room(x), " ", Style::new());
        if let Some(number) = head.number {
            let digit = [b'0' + number % 10];
            let digit = std::str::from_utf8(&digit).unwrap_or_default();
            x = self.text(x, area.y, room(x), digit, theme.style(Role::Dim));
            x = self.text(x, area.y, room(x), " ", Style::new());
        }
        let title = if head.is_focused {
            Role::Strong
        } else {
            Role::Text
        };
        x = self.cut(x, area.y, room(x), head.title, theme.style(title));
        x = self.text(x, area.y, room(x), " ", Style::new());
        if !head.right.is_empty() {
            let wide = columns(head.right, area.width).saturating_add(2);
            if wide.saturating_add(2) < end.saturating_sub(x) {
                let from = end - 1 - wide;
                self.run(from, area.y, wide, " ", Style::new());
                self.text(
                    from + 1,
                    area.y,
                    wide - 2,
                    head.right,
                    theme.style(Role::Dim),
                );
            }
        }
    }

    /// Returns the part of `area` that is in the buffer; empty if there is none.
    pub fn clip(&self, area: Rect) -> Rect {
        let all = *self.buffer.area();
        if all.intersects(area) {
            all.intersection(area)
        } else {
            Rect::ZERO
        }
    }

    fn write(&mut self, x: u16, y: u16, width: u16, text: &str, style: Style) -> Written {
        let area = *self.buffer.area();
        if y < area.top() || y >= area.bottom() || x < area.left() {
            return Written::new(x, x, true);
        }
        let mut last = x;
        let end = x.saturating_add(width).min(area.right());
        let mut at = x;
        let mut marks = 0;
        let mut is_looked_at = 0usize;
        let charset = self.theme.charset();
        for c in text.chars() {
            let c = spelled(c, charset);
            // However many characters take no column, the look at them is bounded.
            is_looked_at += 1;
            if is_looked_at > 4 * usize::from(width) + 64 {
                return Written::new(last, at, false);
            }
            match shown(c) {
                Shown::Plain(wide) => {
                    let is_widened = charset == Charset::Narrow && wide == 1 && is_ambiguous(c);
                    let wide = if is_widened { 2 } else { wide };
                    if at.saturating_add(wide) > end {
                        return Written::new(last, at, false);
                    }
                    (last, marks) = (at, 0);
                    let is_shown = charset != Charset::Ascii || c.is_ascii();
                    if !is_shown {
                        self.run(at, y, wide, "?", style);
                        at += wide;
                        continue;
                    }
                    if let Some(cell) = self.buffer.cell_mut((at, y)) {
                        cell.set_char(c).set_style(style);
                        if is_widened {
                            cell.set_diff_option(CellDiffOption::ForcedWidth(TWO));
                        }
                    }
                    if wide == 2
                        && let Some(cell) = self.buffer.cell_mut((at + 1, y))
                    {
                        cell.reset();
                        cell.set_style(style);
                    }
                    at += wide;
                }
                Shown::Harmless => {
                    if at >= end {
                        return Written::new(last, at, false);
                    }
                    (last, marks) = (at, 0);
                    self.sign(at, y, self.theme.signs().harmless, style);
                    at += 1;
                }
                Shown::Above => {
                    marks += 1;
                    if marks <= MARKS_MAX
                        && charset != Charset::Ascii
                        && at > x
                        && let Some(cell) = self.buffer.cell_mut((at - 1, y))
                        && cell.symbol() != " "
                    {
                        cell.append_symbol_of(c);
                    }
                }
                Shown::Nothing => {}
            }
        }
        Written::new(last, at, true)
    }
}

/// What was written of a text.
struct Written {
    /// The column where the last character begins.
    last: u16,
    /// The column after it.
    end: u16,
    /// Whether all of it stands there.
    is_whole: bool,
}

impl Written {
    const fn new(last: u16, end: u16, is_whole: bool) -> Written {
        Written {
            last,
            end,
            is_whole,
        }
    }
}

/// A pane's head.
#[derive(Clone, Copy, Debug, Default)]
pub struct Head<'a> {
    /// The key that brings the pane.
    pub number: Option<u8>,
    /// Its title.
    pub title: &'a str,
    /// Whether keys go to it.
    pub is_focused: bool,
    /// What stands at the right end of the rule.
    pub right: &'a str,
}

/// How a character is shown.
enum Shown {
    /// As it is, in so many columns.
    Plain(u16),
    /// As one harmless sign.
    Harmless,
    /// On the character before it.
    Above,
    /// Not at all.
    Nothing,
}

/// Returns how a character of our own words is spelled where it can't be drawn.
fn spelled(c: char, charset: Charset) -> char {
    if c.is_ascii() || charset == Charset::Unicode {
        return c;
    }
    match c {
        '…' => '~',
        '×' => 'x',
        '·' => '.',
        '–' | '—' => '-',
        '→' => '>',
        '←' => '<',
        'µ' if charset == Charset::Ascii => 'u',
        c => c,
    }
}

/// Whether a character is two cells wide where all is that Unicode calls ambiguous (UAX #11).
fn is_ambiguous(c: char) -> bool {
    !c.is_ascii() && c.width_cjk() == Some(2)
}

const TWO: NonZeroU16 = NonZeroU16::MIN.saturating_add(1);

#[inline]
fn shown(c: char) -> Shown {
    if matches!(c, ' '..='~') {
        return Shown::Plain(1);
    }
    match c {
        // Marks and overrides of direction would turn the rest of the row around.
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            Shown::Harmless
        }
        // Line and paragraph separators end a line in some terminals.
        '\u{2028}' | '\u{2029}' => Shown::Harmless,
        _ => match c.width() {
            None => Shown::Harmless,
            Some(0) if is_hidden(c) => Shown::Nothing,
            Some(0) => Shown::Above,
            Some(1) => Shown::Plain(1),
            Some(_) => Shown::Plain(2),
        },
    }
}

/// Whether a character that takes no column is no mark on the one before it: it joins or parts
/// others, asks for another form of them, is a letter of Hangul that joins the one before, or hides
/// text.
const fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{ad}'
        | '\u{34f}'
        | '\u{1100}'..='\u{11ff}'
        | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200d}'
        | '\u{2060}'..='\u{206f}'
        | '\u{3164}'
        | '\u{d7b0}'..='\u{d7ff}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Returns how many columns a text takes, at most `most`. A terminal that draws what is ambiguous
/// two cells wide may take more: what is drawn there is cut a little earlier.
pub fn columns(text: &str, most: u16) -> u16 {
    let mut wide: u16 = 0;
    for (looked_at, c) in text.chars().enumerate() {
        if wide >= most || looked_at > 4 * usize::from(most) + 64 {
            return most.min(wide);
        }
        wide += match shown(c) {
            Shown::Plain(n) => n,
            Shown::Harmless => 1,
            Shown::Above | Shown::Nothing => 0,
        };
    }
    wide.min(most)
}

trait AppendSymbol {
    fn append_symbol_of(&mut self, c: char);
}

impl AppendSymbol for Cell {
    /// Adds a combining mark to what the cell shows.
    fn append_symbol_of(&mut self, c: char) {
        let mut symbol = String::with_capacity(8);
        symbol.push_str(self.symbol());
        symbol.push(c);
        self.set_symbol(&symbol);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::theme::{Depth, Ground};

    #[track_caller]
    fn check(width: u16, text: &str, expected: &str) {
        let theme = Theme::default();
        let mut buffer = Buffer::empty(Rect::new(0, 0, width + 2, 1));
        Brush::new(&mut buffer, &theme).cut(1, 0, width, text, Style::new());
        let row: String = buffer.content().iter().map(Cell::symbol).collect();
        assert_eq!(row.trim(), expected);
    }

    #[test]
    fn text_is_cut_at_its_width_and_says_so() {
        check(5, "reader", "read…");
        check(6, "reader", "reader");
        check(0, "reader", "");
        check(5, &"x".repeat(1_000_000), "xxxx…");
    }

    #[test]
    fn what_could_move_the_cursor_is_harmless() {
        check(9, "a\x1b[31mb\n", "a�[31mb�");
        check(9, "ab\u{202e}cd", "ab�cd");
        check(9, "a\u{200b}\u{200d}b\u{fe0f}", "ab");
        check(9, "a\u{9b}31m", "a�31m");
    }

    #[test]
    fn wide_characters_take_two_columns() {
        check(4, "進程", "進 程");
        check(3, "進程", "進 …");
        check(2, "e\u{301}e\u{301}", "e\u{301}e\u{301}");
    }

    #[track_caller]
    fn check_in(charset: Charset, width: u16, text: &str, expected: &str) {
        let theme = Theme::new(Ground::Dark, Depth::None, charset);
        let mut buffer = Buffer::empty(Rect::new(0, 0, width + 2, 1));
        Brush::new(&mut buffer, &theme).cut(1, 0, width, text, Style::new());
        let mut row = String::new();
        let mut x = 0;
        while let Some(cell) = buffer.cell((x, 0)) {
            row.push_str(cell.symbol());
            x += match cell.diff_option {
                CellDiffOption::ForcedWidth(wide) => wide.get(),
                _ => columns(cell.symbol(), 2).max(1),
            };
        }
        // It fills its columns, and none beyond.
        assert_eq!(x, width + 2, "{text}");
        assert_eq!(buffer[(0, 0)].symbol(), " ", "{text}");
        assert_eq!(buffer[(width + 1, 0)].symbol(), " ", "{text}");
        assert_eq!(row.trim(), expected);
    }

    #[test]
    fn names_of_any_script_are_cut_between_cells() {
        let unicode = |width, text, expected| check_in(Charset::Unicode, width, text, expected);
        unicode(8, "进程-一号", "进程-一…");
        unicode(7, "进程-一号", "进程-…");
        unicode(9, "进程-一号", "进程-一号");
        unicode(1, "进程", "…");
        unicode(5, "ワーカー", "ワー…");
        unicode(6, "👩\u{200d}👩\u{200d}👧 x", "👩👩…");
        unicode(4, "👍\u{1f3fd}ok", "👍…");
        unicode(3, "❤\u{fe0f}ab", "❤ab");
        // Marks stay on their letters, whatever the script.
        unicode(4, "กำลัง", "กำลัง");
        unicode(3, "שָׁלוֹם", "שָׁל…");
        unicode(6, "e\u{301}te\u{301}", "e\u{301}te\u{301}");
        unicode(2, "\u{301}ab", "ab");
    }

    #[test]
    fn where_ambiguous_characters_are_wide_names_have_room() {
        let narrow = |width, text, expected| check_in(Charset::Narrow, width, text, expected);
        narrow(6, "①②③", "①②③");
        narrow(5, "①②③", "①②~");
        narrow(4, "①②③", "①~");
        narrow(4, "a·b…", "a.b~");
        narrow(6, "进程x", "进程x");
        narrow(4, "αβ", "αβ");
    }

    #[test]
    fn in_ascii_a_character_is_a_question_for_each_column() {
        let ascii = |width, text, expected| check_in(Charset::Ascii, width, text, expected);
        ascii(9, "进程-一号", "????-????");
        ascii(8, "进程-一号", "????-??~");
        ascii(6, "Жук é", "??? ?");
        ascii(6, "e\u{301}t", "et");
        ascii(9, "×8 12 µs…", "x8 12 us~");
    }

    #[test]
    fn nothing_is_drawn_outside_the_buffer() {
        let theme = Theme::default();
        for (width, height) in [(0, 0), (1, 1), (3, 1), (0, 5)] {
            let mut buffer = Buffer::empty(Rect::new(2, 3, width, height));
            let mut brush = Brush::new(&mut buffer, &theme);
            for x in [0, 2, 3, u16::MAX] {
                for y in [0, 3, 4, u16::MAX] {
                    brush.text(x, y, u16::MAX, "some text", Style::new());
                    brush.right(x, y, 4, "some text", Style::new());
                    brush.run(x, y, 9, "─", Style::new());
                    brush.head(
                        Rect::new(x, y, 9, 1),
                        &Head {
                            number: Some(2),
                            title: "flow",
                            is_focused: true,
                            right: "3 sequence",
                        },
                    );
                }
            }
        }
    }

    #[test]
    fn a_head_has_its_number_its_title_and_its_neighbour() {
        let theme = Theme::default();
        let mut buffer = Buffer::empty(Rect::new(0, 0, 30, 1));
        let head = Head {
            number: Some(2),
            title: "flow",
            is_focused: false,
            right: "3 sequence",
        };
        Brush::new(&mut buffer, &theme).head(Rect::new(0, 0, 30, 1), &head);
        let row: String = buffer.content().iter().map(Cell::symbol).collect();
        assert_eq!(row, "─ 2 flow ──────── 3 sequence ─");
    }
}
