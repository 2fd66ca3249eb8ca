//! A frame.

use super::brush::columns;
use super::caption::{draw_caption, draw_notice, notice_rows};
use super::card::{CARD_ROWS, draw_card};
use super::code::{WithTwin, draw_code};
use super::events::{draw_events, draw_events_filter, unit_note};
use super::finding::diagnosis_rows;
use super::flow::{FlowView, draw_flow, flow_rows};
use super::greeting::draw_greeting;
use super::grid::{self, Grid, Size, Wanted, body, take_bottom, take_top};
use super::header::draw_header;
use super::help::draw_help;
use super::keys::draw_keys;
use super::overlay::{Overlay, draw_overlay};
use super::palette::draw_palette;
use super::picker::{draw_picker, draw_picker_header};
use super::sequence::draw_sequence;
use super::table::{Columns, Roomy, Rows, draw_table};
use super::theme::Charset;
use super::too_small::draw_too_small;
use super::whole_run::draw_whole_run;
use super::{Brush, Head, Memory, Moment, Scene};
use crate::event::ActorId;
use crate::history::History;
use crate::ui::state::Fits;
use crate::ui::{Action, Border, Pane, Place, RunView, Screen, Spot, Spots};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

/// Draws a frame into `area`, and returns what stands where. What is below is painted over.
pub fn draw(buffer: &mut Buffer, area: Rect, scene: &Scene<'_>) -> Spots {
    Brush::new(buffer, scene.theme).clear(area);
    draw_on_blank(buffer, area, scene)
}

/// Draws a frame into `area`, which is blank: one pass over all cells less. Returns what stands
/// where.
pub fn draw_on_blank(buffer: &mut Buffer, area: Rect, scene: &Scene<'_>) -> Spots {
    let area = area.intersection(*buffer.area());
    let mut brush = Brush::new(buffer, scene.theme);
    if scene.theme.paper() != Style::new() {
        brush.tint(area, scene.theme.paper());
    }
    if Size::of(area).is_none() {
        draw_too_small(&mut brush, area);
        return Spots::default();
    }
    match scene.ui.screen {
        Screen::Picker => draw_pick(&mut brush, area, scene),
        Screen::Run => {
            let empty = History::default();
            draw_run(&mut brush, area, scene, scene.history.unwrap_or(&empty));
        }
    }
    let spots = brush.into_spots();
    if scene.ui.screen == Screen::Run {
        draw_said(buffer, area, scene);
    }
    over(spots, buffer, area, scene)
}

/// Draws what lies over the screen. Returns what stands where then.
pub(super) fn over(mut spots: Spots, buffer: &mut Buffer, area: Rect, scene: &Scene<'_>) -> Spots {
    let mut brush = Brush::new(buffer, scene.theme);
    draw_palette(&mut brush, area, scene);
    spots.append(brush.into_spots());
    spots
}

/// Draws what is said over a screen.
pub(super) fn draw_said(buffer: &mut Buffer, area: Rect, scene: &Scene<'_>) {
    if let Some(said) = scene.ui.said() {
        let caption = Some(said.to_string());
        let overlay = Overlay {
            caption,
            lower: lower_panes(area, scene),
            ..Overlay::default()
        };
        draw_overlay(buffer, area, scene.theme, &overlay);
    }
}

fn draw_pick(brush: &mut Brush<'_>, area: Rect, scene: &Scene<'_>) {
    let ui = scene.ui;
    let mut rest = area;
    let header = take_top(&mut rest, 1);
    let keys = take_bottom(&mut rest, 1);
    draw_picker_header(brush, header, ui, scene.keymap);
    if let Some(notice) = &ui.notice {
        let rows = notice_rows(notice, rest.width).min(NOTICE_ROWS);
        let strip = take_bottom(&mut rest, rows);
        draw_notice(brush, strip, notice);
    }
    let help = rest;
    if ui.picker.greets {
        draw_greeting(brush, &mut rest, scene.keymap);
    }
    draw_picker(brush, rest, ui);
    if let Some(down) = ui.help {
        draw_help(brush, help, scene.keymap, ui.place_behind_help(), down);
    }
    draw_keys(brush, keys, ui, scene.keymap, false);
}

/// No notice on the picker takes more rows.
const NOTICE_ROWS: u16 = 4;

/// Where everything stands on the screen of a run.
struct Places {
    size: Size,
    rows: Rows,
    grid: Grid,
    cols: Columns,
}

impl Places {
    fn of(area: Rect, history: &History, run: &RunView, memory: &Memory) -> Option<Places> {
        memory.turn_to(history);
        let size = Size::of(area)?;
        let roomy = match size {
            Size::Tiny | Size::Small => Roomy::Dense,
            Size::Medium => Roomy::OneLine,
            Size::Large => Roomy::TwoLines,
        };
        let room = Wanted {
            table: u16::MAX,
            flow: flow_rows(history, run.t(history), size.flow_most(area.height)),
            caption: diagnosis_rows(history, run, area),
            middle: run.middle(history),
        };
        // First as many rows as there is room for; of these those that there are.
        let most = body(Grid::of(area, &room, run)?.table).height;
        let rows = Rows::of(history, run, most, roomy, memory);
        let table = rows.height();
        let grid = Grid::of(area, &Wanted { table, ..room }, run)?;
        let cols = Columns::of(grid.table, size, history, &rows, run.t(history));
        Some(Places {
            size,
            rows,
            grid,
            cols,
        })
    }
}

/// Returns what has room in an area, as keys need to know it.
pub fn fits(area: Rect, history: Option<&History>, run: &RunView, memory: &Memory) -> Fits {
    let places = history.and_then(|history| Places::of(area, history, run, memory));
    Fits {
        lanes: places.as_ref().map_or(0, |places| places.cols.lane_wide),
        borders: places
            .as_ref()
            .map_or_else(Default::default, |places| places.grid.borders),
        rows: places.map_or(0, |places| {
            u16::try_from(places.rows.room).unwrap_or(u16::MAX)
        }),
        ..grid::fits(area)
    }
}

/// Returns where the events and the code stand together, of a run on the screen.
pub fn lower_panes(area: Rect, scene: &Scene<'_>) -> Option<Rect> {
    let (history, ui) = (scene.history?, scene.ui);
    if ui.screen != Screen::Run || ui.help.is_some() || ui.pair.is_some() {
        return None;
    }
    let grid = Places::of(area, history, &ui.run, scene.memory)?.grid;
    let panes = [grid.events, grid.code].into_iter().flatten();
    panes.reduce(Rect::union)
}

fn draw_run(brush: &mut Brush<'_>, area: Rect, scene: &Scene<'_>, history: &History) {
    let (ui, run) = (scene.ui, &scene.ui.run);
    let Some(Places {
        size,
        rows,
        grid,
        cols,
    }) = Places::of(area, history, run, scene.memory)
    else {
        return;
    };
    let moment = Moment::of(history, run, cols.lane_wide, scene.memory);
    draw_header(
        brush,
        grid.header,
        size,
        &moment,
        scene.feed,
        scene.keymap,
        ui.recording.as_ref(),
    );
    if let Some(down) = ui.help {
        let body = Rect {
            y: grid.table.y,
            height: grid.caption.y.saturating_sub(grid.table.y),
            ..area
        };
        draw_help(brush, body, scene.keymap, ui.place_behind_help(), down);
    } else {
        draw_table(brush, grid.table, size, &rows, cols, &moment);
        draw_panes(brush, &grid, &moment, scene);
    }
    let notice = ui.notice.as_deref();
    draw_caption(brush, grid.caption, &moment, notice, scene.keymap);
    draw_keys(brush, grid.keys, ui, scene.keymap, moment.is_ended);
}

pub(super) fn draw_panes(
    brush: &mut Brush<'_>,
    grid: &Grid,
    moment: &Moment<'_>,
    scene: &Scene<'_>,
) {
    let mut grid = *grid;
    let card = moment.run.card.then(|| card_place(&grid)).flatten();
    if let Some(card) = card {
        beside(&mut grid, card);
    }
    for border in Border::ALL {
        brush.spot(grid.edges[border as usize], Spot::Border(border));
    }
    let both = grid.flow.is_some() && grid.sequence.is_some();
    let view = FlowView {
        selected: moment.run.selected,
        row: moment.run.row_at(moment.history),
        t: moment.t,
        lit: moment.t.since(moment.fresh),
    };
    if let Some(pane) = grid.flow {
        let neighbour = if both { "" } else { "3 sequence" };
        draw_head(brush, pane, Pane::Flow, neighbour, moment);
        let mut area = body(pane);
        if grid.size >= Size::Medium {
            // A blank row parts it from what is below.
            take_bottom(&mut area, 1);
        }
        draw_flow(brush, area, moment.history, &view);
    }
    if let Some(pane) = grid.sequence {
        let neighbour = if both { "" } else { "2 flow" };
        draw_head(brush, pane, Pane::Sequence, neighbour, moment);
        draw_sequence(brush, body(pane), moment.history, &view);
    }
    let both = grid.events.is_some() && grid.code.is_some();
    if let Some(pane) = grid.events {
        let neighbour = if both {
            unit_note(moment.axis)
        } else {
            "5 code"
        };
        draw_head(brush, pane, Pane::Events, neighbour, moment);
        let end = pane.right().saturating_sub(columns(neighbour, 20) + 4);
        draw_events_filter(brush, pane, end, moment);
        draw_events(brush, body(pane), moment);
    }
    if let Some(pane) = grid.code {
        let neighbour = if both { "" } else { "4 events" };
        let mut pane = pane;
        let has_card = grid.size == Size::Large && pane.height >= CARD_ROWS + 9;
        let selected = moment.run.selected.filter(|_| has_card && !moment.run.card);
        if let Some(selected) = selected {
            let card = take_bottom(&mut pane, CARD_ROWS);
            take_bottom(&mut pane, 1);
            draw_card(brush, card, selected, moment);
        }
        let head = head_of(Pane::Code, neighbour, moment);
        let key = scene.keymap.key_of(Place::Run, Action::ToggleTwin);
        let is_ascii = brush.theme.charset() != Charset::Unicode;
        let twin = WithTwin {
            twin: scene.ui.twin(moment.history),
            key: key.map_or(String::new(), |key| key.label(is_ascii)),
        };
        spot_head(brush, pane, Pane::Code, neighbour);
        draw_code(brush, pane, &head, &twin, moment);
    }
    if let Some(row) = grid.whole_run {
        draw_whole_run(brush, row, moment);
    }
    if let Some(card) = card {
        brush.clear(card);
        brush.spot(card, Spot::Cover);
        let main = ActorId(1).into();
        draw_card(brush, card, moment.run.selected.unwrap_or(main), moment);
    }
}

/// Returns where the card stands that was asked for: in the place of the code where there is room
/// beside the events, with what is right of the flow where that is not enough; else over the panes
/// below the table, so that the selection can still move.
fn card_place(grid: &Grid) -> Option<Rect> {
    if grid.card.is_some() {
        return grid.card;
    }
    let panes = [grid.flow, grid.sequence, grid.events, grid.code];
    let all = panes.into_iter().flatten().reduce(Rect::union)?;
    match grid.code.filter(|_| grid.events.is_some()) {
        Some(code) if code.height > CARD_ROWS => Some(code),
        Some(code) => Some(Rect {
            x: code.x,
            width: code.width,
            ..all
        }),
        None => Some(all),
    }
}

/// Makes room for the card beside the panes that it would cover in part.
fn beside(grid: &mut Grid, card: Rect) {
    for pane in [&mut grid.flow, &mut grid.sequence].into_iter().flatten() {
        if pane.x < card.x && pane.intersects(card) {
            pane.width = card.x.saturating_sub(pane.x + 1);
        }
    }
}

fn draw_head(brush: &mut Brush<'_>, area: Rect, pane: Pane, neighbour: &str, moment: &Moment<'_>) {
    spot_head(brush, area, pane, neighbour);
    brush.head(area, &head_of(pane, neighbour, moment));
}

/// Says where a pane is, its title, and that of the pane behind it.
fn spot_head(brush: &mut Brush<'_>, area: Rect, pane: Pane, neighbour: &str) {
    brush.spot(area, Spot::Pane(pane));
    let wide = columns(pane.title(), 20) + 4;
    let (x, y) = (area.x + 1, area.y);
    brush.spot_in(
        x,
        y,
        x.saturating_add(wide).min(area.right()),
        Spot::Title(pane),
    );
    let behind = pane
        .behind()
        .filter(|behind| neighbour.ends_with(behind.title()));
    if let Some(behind) = behind {
        let wide = columns(neighbour, 20) + 2;
        let x = area.right().saturating_sub(1 + wide).max(area.x);
        brush.spot_in(x, y, area.right().saturating_sub(1), Spot::Title(behind));
    }
}

fn head_of<'a>(pane: Pane, neighbour: &'a str, moment: &Moment<'_>) -> Head<'a> {
    Head {
        number: Some(pane.number()),
        title: pane.title(),
        is_focused: moment.run.focus == pane,
        right: neighbour,
    }
}
