//! Two runs beside each other: two tables on one axis, with one cursor; everything else is the
//! selected run's.
//!
//! ```text
//! header of the upper run
//! header of the lower run
//! ─ 1 upper ──────────────────── axis ─────────────── now ──
//! table
//! ─ lower ──────────────────────────────────────────── now ──
//! table
//! ─ 2 flow ── … the selected run's panes, as far as there is room
//! caption
//! keys
//! ```

mod header;

use super::caption::draw_caption;
use super::draw::{draw_panes, draw_said, over};
use super::finding::diagnosis_rows;
use super::flow::flow_rows;
use super::grid::{self, Grid, Size, Wanted, take_bottom, take_top};
use super::help::draw_help;
use super::keys::draw_keys;
use super::table::{Columns, Roomy, Rows, Title, draw_titled_table};
use super::words::run_labels;
use super::{Brush, Feed, Memory, Moment, Scene, draw_on_blank, fits};
use crate::history::History;
use crate::ui::pair::{Reach, Side};
use crate::ui::state::Fits;
use crate::ui::{Pair, Pane, RunView, Screen, Spot, Spots, Ui};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

/// The run beside the one that a [`Scene`] is of.
#[derive(Clone, Copy, Debug)]
pub struct Beside<'a> {
    /// What is known of it.
    pub history: &'a History,
    /// Where its events come from.
    pub feed: Feed,
    /// What is remembered of it from frame to frame.
    pub memory: &'a Memory,
}

/// Draws a frame into `area`, which is blank: two runs if two are compared, else one. Returns what
/// stands where.
pub fn draw_pair(
    buffer: &mut Buffer,
    area: Rect,
    scene: &Scene<'_>,
    beside: Option<&Beside<'_>>,
) -> Spots {
    let (Some(pair), Some(beside), Some(history)) = (&scene.ui.pair, beside, scene.history) else {
        return draw_on_blank(buffer, area, scene);
    };
    let area = area.intersection(*buffer.area());
    let memories = [scene.memory, beside.memory];
    let views = Views::of(&scene.ui.run, pair, [history, beside.history], memories);
    let Some(places) = Places::of(area, &views) else {
        return draw_on_blank(buffer, area, scene);
    };
    if scene.ui.screen != Screen::Run {
        return draw_on_blank(buffer, area, scene);
    }
    let mut brush = Brush::new(buffer, scene.theme);
    if scene.theme.paper() != Style::new() {
        brush.tint(area, scene.theme.paper());
    }
    let cols = places.cols.lane_wide;
    let own = (scene.feed, scene.memory);
    let other = (beside.feed, beside.memory);
    let [upper, lower] = match pair.side {
        Side::Upper => [own, other],
        Side::Lower => [other, own],
    };
    let [above, below] = &views.both;
    let shown = [(above, upper), (below, lower)].map(|((history, run), (feed, memory))| Shown {
        moment: Moment::of(history, run, cols, memory),
        feed,
    });
    draw_shown(&mut brush, area, scene, pair.side, &places, &shown);
    let spots = brush.into_spots();
    draw_said(buffer, area, scene);
    over(spots, buffer, area, scene)
}

/// Returns what has room in an area, as keys need to know it, while two runs are compared: the
/// selected one and the other, each with what is remembered of it.
pub fn pair_fits(area: Rect, ui: &Ui, histories: [&History; 2], memories: [&Memory; 2]) -> Fits {
    let Some(pair) = &ui.pair else {
        return fits(area, Some(histories[0]), &ui.run, memories[0]);
    };
    let views = Views::of(&ui.run, pair, histories, memories);
    let places = Places::of(area, &views);
    Fits {
        lanes: places.as_ref().map_or(0, |places| places.cols.lane_wide),
        borders: places.map_or_else(Default::default, |places| places.grid.borders),
        ..grid::fits(area)
    }
}

/// A run of the two, as it is shown.
struct Shown<'a> {
    moment: Moment<'a>,
    feed: Feed,
}

/// The two runs with their views, the upper one first: with the same cursor, on the same axis.
struct Views<'a> {
    side: Side,
    both: [(&'a History, RunView); 2],
    memories: [&'a Memory; 2],
}

impl<'a> Views<'a> {
    fn of(
        run: &RunView,
        pair: &Pair,
        [history, beside]: [&'a History; 2],
        [memory, other_memory]: [&'a Memory; 2],
    ) -> Views<'a> {
        let own = RunView {
            beside: Some(Reach::of(beside)),
            ..run.clone()
        };
        let other = RunView {
            beside: Some(Reach::of(history)),
            // There is one selection: the selected run's.
            selected: None,
            ..pair.other.along(run)
        };
        let (own, other) = ((history, own), (beside, other));
        let (both, memories) = match pair.side {
            Side::Upper => ([own, other], [memory, other_memory]),
            Side::Lower => ([other, own], [other_memory, memory]),
        };
        Views {
            side: pair.side,
            both,
            memories,
        }
    }

    /// Returns the selected run with its view.
    fn selected(&self) -> &(&'a History, RunView) {
        match self.side {
            Side::Upper => &self.both[0],
            Side::Lower => &self.both[1],
        }
    }
}

/// Where everything stands.
struct Places {
    size: Size,
    headers: [Rect; 2],
    tables: [Rect; 2],
    rows: [Rows; 2],
    cols: Columns,
    /// The panes of the selected run, its caption, the keys.
    grid: Grid,
}

impl Places {
    fn of(area: Rect, views: &Views<'_>) -> Option<Places> {
        let size = Size::of(area)?;
        let (history, run) = views.selected();
        let roomy = match size {
            Size::Tiny | Size::Small => Roomy::Dense,
            Size::Medium | Size::Large => Roomy::OneLine,
        };
        let is_zoomed = |pane| run.layout.is_zoomed && run.focus == pane;
        let most = match is_zoomed(Pane::Processes) {
            true => area.height.saturating_sub(7) / 2,
            false => rows_most(size, area.height, run.focus),
        };
        let rows = [0, 1].map(|at| {
            let (history, run) = &views.both[at];
            let memory = views.memories[at];
            memory.turn_to(history);
            Rows::of(history, run, most, roomy, memory)
        });
        // Tables of one height: a row that comes to the one moves nothing but what is below both.
        let height = rows.iter().map(Rows::height).max()?.clamp(1, most);
        let mut top = area;
        let headers = [(); 2].map(|()| take_top(&mut top, 1));
        let keys = take_bottom(&mut top, 1);
        let least = if size == Size::Tiny { 1 } else { 2 };
        let caption = diagnosis_rows(history, run, area).clamp(least, 3);
        let caption = take_bottom(&mut top, caption);
        let is_part = run.frozen.is_some() || run.window.is_some();
        let whole_run = (is_part && size > Size::Tiny).then(|| take_bottom(&mut top, 1));
        let has_tables = !run.layout.is_zoomed || is_zoomed(Pane::Processes);
        let height = if has_tables { 1 + height } else { 0 };
        let tables = [(); 2].map(|()| take_top(&mut top, height));
        if size >= Size::Medium && has_tables {
            take_top(&mut top, 1);
        }
        let mut grid = Grid {
            table: tables[0],
            whole_run,
            caption,
            ..Grid::empty(size, headers[0], keys)
        };
        if top.height >= 3 {
            let wanted = Wanted {
                table: 0,
                flow: flow_rows(history, run.t(history), size.flow_most(area.height)),
                caption: 0,
                middle: run.middle(history),
            };
            grid.divide_panes(top, area, &wanted, run);
        }
        let cols = [0, 1].map(|at| {
            let (history, run) = &views.both[at];
            Columns::of(tables[at], size, history, &rows[at], run.t(history))
        });
        Some(Places {
            size,
            headers,
            tables,
            rows,
            cols: cols[0].common(cols[1]),
            grid,
        })
    }
}

/// Returns the most rows of each table. Where there is no room for anything else, the tables make
/// some for the pane that keys go to.
fn rows_most(size: Size, height: u16, focus: Pane) -> u16 {
    match (size, focus) {
        (Size::Tiny, Pane::Processes) => height.saturating_sub(6) / 2,
        (Size::Tiny, _) => (height.saturating_sub(10) / 2).min(5),
        (Size::Small, _) => 6 + height.saturating_sub(24) / 4,
        (Size::Medium, _) => 7 + height.saturating_sub(36) / 3,
        (Size::Large, _) => 12 + height.saturating_sub(60) / 3,
    }
}

fn draw_shown(
    brush: &mut Brush<'_>,
    area: Rect,
    scene: &Scene<'_>,
    side: Side,
    places: &Places,
    shown: &[Shown<'_>; 2],
) {
    let ui = scene.ui;
    let grid = &places.grid;
    let [upper, lower] = shown;
    let labels = run_labels(upper.moment.history.run(), lower.moment.history.run());
    header::draw_headers(
        brush,
        places,
        side,
        shown,
        &labels,
        scene.keymap,
        ui.recording.as_ref(),
    );
    let moment = match side {
        Side::Upper => &upper.moment,
        Side::Lower => &lower.moment,
    };
    if let Some(down) = ui.help {
        let body = Rect {
            y: grid.table.y,
            height: grid.caption.y.saturating_sub(grid.table.y),
            ..area
        };
        draw_help(brush, body, scene.keymap, ui.place_behind_help(), down);
    } else {
        for (at, place) in [Side::Upper, Side::Lower].into_iter().enumerate() {
            let is_selected = place == side;
            let title = Title {
                number: is_selected.then_some(Pane::Processes.number()),
                text: &labels[at],
                is_focused: is_selected && ui.run.focus == Pane::Processes,
                has_axis: place == Side::Upper,
            };
            let rows = &places.rows[at];
            let moment = &shown[at].moment;
            brush.spot(places.tables[at], Spot::Side(place));
            draw_titled_table(
                brush,
                places.tables[at],
                places.size,
                rows,
                places.cols,
                moment,
                title,
            );
        }
        draw_panes(brush, grid, moment, scene);
    }
    draw_caption(
        brush,
        grid.caption,
        moment,
        ui.notice.as_deref(),
        scene.keymap,
    );
    draw_keys(brush, grid.keys, ui, scene.keymap, moment.is_ended);
}
