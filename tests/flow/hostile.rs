//! Nonsense and no room: nothing panics.

use crate::plays::{events, folded, history, ms, names};
use mpviz::event::{ActorId, Event, MessageId, ObjectId, Span, TaskId, Time};
use mpviz::history::{History, Thing};
use mpviz::view::flow::{FlowView, draw_flow};
use mpviz::view::sequence::draw_sequence;
use mpviz::view::words::{caption, now_words, object_words, sentence};
use mpviz::view::{Brush, Charset, Depth, Ground, Theme};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

fn draw_all(history: &History, theme: &Theme, view: &FlowView, size: (u16, u16)) {
    let area = Rect::new(3, 2, size.0, size.1);
    let mut buffer = Buffer::empty(Rect::new(0, 0, 5 + size.0, 4 + size.1));
    let empty = buffer.clone();
    draw_flow(&mut Brush::new(&mut buffer, theme), area, history, view);
    for row in [None, Some(0), Some(7), Some(usize::MAX)] {
        let view = FlowView { row, ..*view };
        draw_sequence(&mut Brush::new(&mut buffer, theme), area, history, &view);
    }
    for y in 0..buffer.area.height {
        for x in 0..buffer.area.width {
            if !area.contains((x, y).into()) {
                assert_eq!(
                    buffer[(x, y)],
                    empty[(x, y)],
                    "{x},{y} is outside of {area}"
                );
            }
        }
    }
}

#[test]
fn no_area_is_too_small_and_nothing_is_drawn_outside() {
    let theme = Theme::default();
    let ascii = Theme::new(Ground::Light, Depth::None, Charset::Ascii);
    for name in names() {
        let history = history(&name);
        for t in [Time::ZERO, Time(history.now().0 / 2), history.now()] {
            let view = FlowView {
                selected: Some(ActorId(2).into()),
                row: None,
                t,
                lit: Span::millis(100),
            };
            for width in [0, 1, 7, 8, 17, 23, 40, 59, 60, 61, 79, 95, 104, 130, 260] {
                for height in [0, 1, 2, 3, 4, 5, 7, 8, 9, 12, 30] {
                    draw_all(&history, &theme, &view, (width, height));
                }
                draw_all(&history, &ascii, &view, (width, 4));
            }
        }
    }
}

/// A small generator, so that a failing case is the same tomorrow.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % n.max(1)
    }
}

/// Events lost, doubled, out of place, and said of others.
fn spoiled(events: &[Event], dice: &mut Dice) -> Vec<Event> {
    let mut spoiled = Vec::new();
    for event in events {
        let mut event = event.clone();
        match dice.below(12) {
            0 | 1 => continue,
            2 => spoiled.push(event.clone()),
            3 => event.actor = ActorId(u32::try_from(dice.below(9)).unwrap_or(0)),
            4 if !spoiled.is_empty() => {
                let other = dice.below(events.len());
                event.kind = events[other].kind.clone();
            }
            5 => event.t = Time(event.t.0.saturating_sub(dice.below(1 << 26) as u64)),
            _ => {}
        }
        spoiled.push(event);
    }
    spoiled
}

#[test]
fn no_nonsense_makes_anything_panic() {
    let theme = Theme::default();
    let mut dice = Dice(7);
    for name in names() {
        let (events, horizon) = events(&name);
        for _ in 0..12 {
            let history = folded(&spoiled(&events, &mut dice), horizon);
            for event in history.log() {
                let _ = sentence(&history, &event);
            }
            for t in [ms(13.0), Time(horizon.0 / 2), horizon, Time::NEVER] {
                let id = u32::try_from(dice.below(6)).unwrap_or(0);
                let selected = [
                    Thing::Actor(ActorId(id)),
                    Thing::Object(ObjectId(id)),
                    Thing::Task(TaskId(id)),
                    Thing::Message(MessageId {
                        sender: ActorId(2),
                        number: u64::from(id),
                    }),
                ][dice.below(4)];
                let selected = Some(selected);
                let _ = caption(&history, selected, t);
                let view = FlowView {
                    selected,
                    row: None,
                    t,
                    lit: Span::millis(500),
                };
                draw_all(&history, &theme, &view, (120, 9));
                draw_all(&history, &theme, &view, (60, 3));
                for actor in 0..9 {
                    let _ = now_words(&history, ActorId(actor), t);
                    let _ = caption(&history, Some(ActorId(actor).into()), t);
                }
                for object in history.objects() {
                    let _ = object_words(&history, object.id, t);
                    let _ = caption(&history, Some(object.id.into()), t);
                }
            }
        }
    }
}
