//! Outlines, fitted to whole pixels: in both directions a stroke's two edges move to the nearest
//! pixels' edges, and what lies between strokes moves with them, in proportion.
//!
//! Upwards the letters' own lines come first (baseline, x-height, capitals): each is moved to a whole
//! pixel, and what overshoots it, as round letters do, ends on it.

use ab_glyph_rasterizer::{Point, Rasterizer, point};
use ttf_parser::OutlineBuilder;

/// How far round letters go beyond the lines of the flat ones, in units of the font.
const OVERSHOOT: f32 = 14.0;
/// The widest stroke that is one, and the shortest edge of one, in units of the font.
const STROKE_MOST: f32 = 180.0;
const EDGE_LEAST: f32 = 60.0;
/// Straight pieces that a curve is drawn as: powers of two are exact as parts.
const PIECES: u8 = 8;
/// How far from straight an edge may be, in pixels.
const SLANT_MOST: f32 = 0.05;

/// The lines on which letters stand and end.
pub(super) struct Lines {
    /// Heights in pixels, and the whole pixels that they become.
    knots: [(f32, f32); 3],
    overshoot: f32,
}

impl Lines {
    /// Returns the lines: the baseline, and those at these heights in pixels.
    pub(super) fn new(heights: [f32; 2], scale: f32) -> Lines {
        let knot = |height: f32| (height, height.round());
        Lines {
            knots: [knot(0.0), knot(heights[0]), knot(heights[1])],
            overshoot: OVERSHOOT * scale,
        }
    }

    /// Returns where a height goes, and whether that is a line.
    fn place(&self, height: f32) -> (f32, bool) {
        for (at, &(line, place)) in self.knots.iter().enumerate() {
            let beyond = if at == 0 {
                line - height
            } else {
                height - line
            };
            if (-0.01..=self.overshoot).contains(&beyond) {
                return (place, true);
            }
        }
        (bent(&self.knots, height), false)
    }
}

/// Where an edge is, across; which way it goes; and from where to where, along.
#[derive(Clone, Copy)]
struct Edge {
    at: f32,
    /// Whether the ink is on the side of the higher numbers.
    is_begin: bool,
    from: f32,
    to: f32,
}

/// One step of the pen, in pixels, upwards positive.
enum Step {
    Move(Point),
    Line(Point),
    Curve(Point, Point),
    Close,
}

/// A glyph's outline.
pub(super) struct Outline {
    scale: f32,
    steps: Vec<Step>,
}

impl Outline {
    /// Returns an empty one, of so many pixels to a font's unit.
    pub(super) fn new(scale: f32) -> Outline {
        Outline {
            scale,
            steps: Vec::new(),
        }
    }

    /// Moves the outline onto whole pixels.
    pub(super) fn fit(&mut self, lines: &Lines) {
        self.each(|point| point.y = lines.place(point.y).0);
        let up = self.knots(self.edges(false));
        let across = self.knots(self.edges(true));
        self.each(|point| {
            point.x = bent(&across, point.x);
            point.y = bent(&up, point.y);
        });
    }

    /// Draws what is within the first `right` pixels.
    pub(super) fn draw(&self, into: &mut Rasterizer, origin: (f32, f32), right: f32) {
        let place = |from: Point| point((from.x + origin.0).clamp(0.0, right), origin.1 - from.y);
        let (mut begin, mut last) = (point(0.0, 0.0), point(0.0, 0.0));
        for step in &self.steps {
            let to = match *step {
                Step::Move(to) => {
                    begin = place(to);
                    begin
                }
                Step::Line(to) => {
                    into.draw_line(last, place(to));
                    place(to)
                }
                Step::Curve(by, to) => {
                    let (by, to) = (place(by), place(to));
                    for piece in 1..=PIECES {
                        let part = f32::from(piece) / f32::from(PIECES);
                        let from = curve(last, by, to, part - 1.0 / f32::from(PIECES));
                        into.draw_line(from, curve(last, by, to, part));
                    }
                    to
                }
                Step::Close => {
                    into.draw_line(last, begin);
                    begin
                }
            };
            last = to;
        }
    }

    fn each(&mut self, mut change: impl FnMut(&mut Point)) {
        for step in &mut self.steps {
            match step {
                Step::Move(to) | Step::Line(to) => change(to),
                Step::Curve(by, to) => {
                    change(by);
                    change(to);
                }
                Step::Close => {}
            }
        }
    }

    /// Returns the straight edges that go up and down, or else across. Outlines go round their ink
    /// clockwise.
    fn edges(&self, is_upright: bool) -> Vec<Edge> {
        let mut edges = Vec::new();
        let (mut begin, mut last) = (point(0.0, 0.0), point(0.0, 0.0));
        for step in &self.steps {
            let to = match *step {
                Step::Move(to) => {
                    begin = to;
                    last = to;
                    continue;
                }
                Step::Line(to) => to,
                Step::Curve(_, to) => {
                    last = to;
                    continue;
                }
                Step::Close => begin,
            };
            let (aside, along) = (to.x - last.x, to.y - last.y);
            let (aside, along, at) = if is_upright {
                (aside, along, last.x)
            } else {
                (along, aside, last.y)
            };
            if aside.abs() <= SLANT_MOST && along.abs() >= EDGE_LEAST * self.scale {
                let (from, to) = if is_upright {
                    (last.y, to.y)
                } else {
                    (last.x, to.x)
                };
                edges.push(Edge {
                    at,
                    // Up: the ink is at the right. To the right: it is below.
                    is_begin: if is_upright { along > 0.0 } else { along < 0.0 },
                    from: from.min(to),
                    to: from.max(to),
                });
            }
            last = to;
        }
        edges
    }

    /// Returns where each stroke's edges are, and where they go, from the lowest.
    fn knots(&self, mut edges: Vec<Edge>) -> Vec<(f32, f32)> {
        edges.sort_by(|a, b| a.at.total_cmp(&b.at));
        let mut knots: Vec<(f32, f32)> = Vec::new();
        for (which, begin) in edges.iter().enumerate().filter(|(_, edge)| edge.is_begin) {
            let end = edges[which + 1..]
                .iter()
                .find(|edge| !edge.is_begin && edge.from.max(begin.from) < edge.to.min(begin.to));
            let Some(end) = end else { continue };
            let width = end.at - begin.at;
            let reach = knots.last().map_or((f32::MIN, f32::MIN), |&last| last);
            if width < 0.1 || width > STROKE_MOST * self.scale || begin.at <= reach.0 {
                continue;
            }
            let whole = width.round().max(1.0);
            let middle = (begin.at + end.at) / 2.0;
            // A stroke on a line stays there.
            let is_on_line = |at: f32| (at - at.round()).abs() < 0.01;
            let left = if is_on_line(begin.at) {
                begin.at.round()
            } else if is_on_line(end.at) {
                end.at.round() - whole
            } else {
                (middle - whole / 2.0).round()
            };
            if left > reach.1 {
                knots.extend([(begin.at, left), (end.at, left + whole)]);
            }
        }
        knots
    }
}

/// Returns a place after everything has moved as these knots do: between two in proportion, beyond
/// all of them with the nearest.
fn bent(knots: &[(f32, f32)], at: f32) -> f32 {
    let after = knots.partition_point(|knot| knot.0 <= at);
    match (
        after.checked_sub(1).map(|before| knots[before]),
        knots.get(after),
    ) {
        (None, None) => at,
        (Some((from, to)), None) | (None, Some(&(from, to))) => at + (to - from),
        (Some(before), Some(after)) => {
            before.1 + (at - before.0) * (after.1 - before.1) / (after.0 - before.0)
        }
    }
}

/// Returns the point after this part of a curve.
fn curve(from: Point, by: Point, to: Point, part: f32) -> Point {
    let mixed = |a: f32, b: f32, c: f32| {
        let rest = 1.0 - part;
        rest * rest * a + 2.0 * rest * part * b + part * part * c
    };
    point(mixed(from.x, by.x, to.x), mixed(from.y, by.y, to.y))
}

impl OutlineBuilder for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        self.steps
            .push(Step::Move(point(x * self.scale, y * self.scale)));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.steps
            .push(Step::Line(point(x * self.scale, y * self.scale)));
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let by = point(x1 * self.scale, y1 * self.scale);
        self.steps
            .push(Step::Curve(by, point(x * self.scale, y * self.scale)));
    }

    fn curve_to(&mut self, _: f32, _: f32, x2: f32, y2: f32, x: f32, y: f32) {
        // A font of type `glyf` has none.
        self.quad_to(x2, y2, x, y);
    }

    fn close(&mut self) {
        self.steps.push(Step::Close);
    }
}
