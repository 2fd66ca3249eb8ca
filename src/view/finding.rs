//! A finding in the caption: raised as one line, or looked at with all that there is to say.

use super::Moment;
use super::brush::{Brush, columns};
use super::caption::broken;
use super::theme::{Role, Theme};
use super::words::{Diagnosis, diagnosis};
use crate::history::{Finding, History};
use crate::ui::{Action, Keymap, Place, RunView, Spot};
use ratatui::layout::Rect;
use ratatui::style::Style;

/// How wide the words before the sentences are.
const LEAD: u16 = 6;

/// Draws a finding as one line: ` ▲  P02  child is an orphan: …      ! show`. While it is raised,
/// the whole line has the ground of that.
pub(super) fn draw_raised(
    brush: &mut Brush<'_>,
    row: Rect,
    moment: &Moment<'_>,
    finding: &Finding,
    keymap: &Keymap,
) {
    let theme = brush.theme;
    let is_raised = moment.raised() == Some(finding);
    let look = Look::of(theme, is_raised);
    brush.tint(row, look.ground);
    let mut end = row.right().saturating_sub(1);
    if let Some(key) = keymap.key_of(Place::Run, Action::NextFinding) {
        let hint = format!("{key} show");
        brush.spot(row, Spot::Act(Action::NextFinding));
        end = brush
            .right(end, row.y, row.width, &hint, look.key)
            .saturating_sub(2);
    }
    let room = |x: u16| end.saturating_sub(x);
    let x = row.x + 1;
    let x = brush.text(x, row.y, room(x), theme.signs().finding, look.sign) + 1;
    let x = brush.text(x, row.y, room(x), finding.code.text(), look.key) + 2;
    let said = diagnosis(moment.history, finding, moment.t);
    let what = said.sentence();
    let mut x = brush.cut(x, row.y, room(x), &what, look.text) + 1;
    // What to do, if there is room for it.
    if columns(&said.remedy, u16::MAX) <= room(x + 4) {
        x = brush.text(x, row.y, room(x), "fix", look.key) + 1;
        brush.text(x, row.y, room(x), &said.remedy, look.text);
    }
}

/// Draws what is wrong, whom it harms and what is done about it, as far as there are rows.
pub(super) fn draw_diagnosis(
    brush: &mut Brush<'_>,
    area: Rect,
    moment: &Moment<'_>,
    finding: &Finding,
) {
    let theme = brush.theme;
    let said = diagnosis(moment.history, finding, moment.t);
    let look = Look::of(theme, false);
    let what = said.sentence();
    let parts = [
        (
            finding.code.text(),
            look.sign,
            what.as_str(),
            theme.style(Role::Strong),
        ),
        ("harm", look.key, &said.harm, look.text),
        ("fix", look.key, &said.remedy, look.text),
    ];
    let room = room(area);
    // Where there is not room for all, each has its first line.
    let is_short = rows_of(&said, room) > area.height;
    let mut y = area.y;
    for (lead, lead_style, text, style) in parts {
        let lines = if is_short {
            vec![text]
        } else {
            lines(text, room)
        };
        for (at, line) in lines.into_iter().enumerate() {
            if y >= area.bottom() {
                return;
            }
            if at == 0 {
                brush.text(area.x + 1, y, LEAD, lead, lead_style);
            }
            brush.cut(area.x + 1 + LEAD, y, room, line, style);
            y += 1;
        }
    }
}

/// The most rows that the caption takes of a screen of this height.
const fn rows_most(height: u16) -> u16 {
    if height < 22 { 3 } else { 7 }
}

/// Returns how many rows the finding that is looked at needs; 0 if there is none.
pub(super) fn diagnosis_rows(history: &History, run: &RunView, area: Rect) -> u16 {
    let opened = run.opened_finding(history);
    let t = run.t(history);
    opened
        .filter(|finding| finding.since <= t)
        .map_or(0, |finding| {
            rows_of(&diagnosis(history, finding, t), room(area))
        })
        .min(rows_most(area.height))
}

fn rows_of(said: &Diagnosis, room: u16) -> u16 {
    let what = said.sentence();
    let texts = [what.as_str(), &said.harm, &said.remedy];
    let rows = texts
        .map(|text| lines(text, room).len())
        .iter()
        .sum::<usize>();
    u16::try_from(rows).unwrap_or(u16::MAX)
}

/// Returns how wide the sentences are.
fn room(area: Rect) -> u16 {
    area.width.saturating_sub(LEAD + 2)
}

/// Breaks a text into lines of a width.
fn lines(text: &str, width: u16) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (line, more) = broken(rest, width);
        lines.push(line);
        rest = more;
    }
    lines
}

/// How the line looks.
struct Look {
    ground: Style,
    sign: Style,
    key: Style,
    text: Style,
}

impl Look {
    fn of(theme: &Theme, is_raised: bool) -> Look {
        if is_raised {
            let raised = theme.style(Role::Raised);
            return Look {
                ground: raised,
                sign: raised,
                key: raised.add_modifier(ratatui::style::Modifier::BOLD),
                text: raised,
            };
        }
        Look {
            ground: theme.style(Role::Strip),
            sign: theme.style(Role::Finding),
            key: theme.style(Role::Strong),
            text: theme.style(Role::Text),
        }
    }
}
