//! Every size and some layouts: nothing overlaps, nothing is out of reach.

use super::*;

const LAYOUTS: [&str; 8] = [
    "",
    "zoom",
    "zoom focus=code",
    "hide=processes hide=events",
    "hide=flow hide=sequence hide=events hide=code",
    "focus=events table=1000 middle=1000 sequence=1000 code=1000",
    "focus=sequence table=0 middle=0 sequence=0 code=0",
    "focus=code lower=code hide=flow",
];

/// Every cell belongs to at most one pane, for every size there is.
#[test]
fn panes_never_overlap() {
    let mut run = RunView::default();
    for width in (0..260).step_by(7) {
        for height in (0..110).step_by(3) {
            for table_rows in [0, 4, 40] {
                for middle in [Pane::Flow, Pane::Sequence] {
                    run.frozen = (table_rows == 4).then_some(crate::event::Time::ZERO);
                    for layout in LAYOUTS {
                        run.arrange(layout).unwrap();
                        check(Rect::new(3, 2, width, height), table_rows, middle, &run);
                    }
                }
            }
        }
    }
}

#[track_caller]
fn check(area: Rect, table_rows: u16, middle: Pane, run: &RunView) {
    let wanted = Wanted {
        table: table_rows,
        flow: 9,
        caption: 0,
        middle: match run.focus {
            Pane::Flow | Pane::Sequence => run.focus,
            _ => middle,
        },
    };
    let Some(grid) = Grid::of(area, &wanted, run) else {
        assert!(area.width < LEAST.0 || area.height < LEAST.1);
        return;
    };
    let panes: Vec<Rect> = [
        Some(grid.header),
        Some(grid.table).filter(|table| !table.is_empty()),
        grid.flow,
        grid.sequence,
        grid.events,
        grid.code,
        grid.whole_run,
        Some(grid.caption),
        Some(grid.keys),
    ]
    .into_iter()
    .flatten()
    .collect();
    for (i, a) in panes.iter().enumerate() {
        assert!(!a.is_empty(), "{area} {grid:?}");
        assert_eq!(a.intersection(area), *a, "{area} {grid:?}");
        for b in &panes[i + 1..] {
            assert!(!a.intersects(*b), "{area} {a} {b}");
        }
    }
    // Keys never go to a pane that can't be seen.
    let has_focus = match run.focus {
        Pane::Processes => (!grid.table.is_empty()).then_some(grid.table),
        Pane::Flow => grid.flow,
        Pane::Sequence => grid.sequence,
        Pane::Events => grid.events,
        Pane::Code => grid.code,
    };
    let focus = has_focus.unwrap_or_else(|| panic!("{area} {:?} {grid:?}", run.focus));
    assert!(focus.height >= 3 && focus.width >= 24, "{area} {focus}");
}

#[test]
fn sizes_are_those_of_the_table() {
    let size = |w, h| Size::of(Rect::new(0, 0, w, h));
    assert_eq!(size(59, 60), None);
    assert_eq!(size(60, 16), Some(Size::Tiny));
    assert_eq!(size(80, 24), Some(Size::Small));
    assert_eq!(size(120, 36), Some(Size::Medium));
    assert_eq!(size(200, 60), Some(Size::Large));
    assert_eq!(size(100, 60), Some(Size::Small));
}
