//! A script on a trace: the viewer's clock is a number, and goes where something is to be done.

use super::Script;
use super::player::{Missed, Player, Wants, line};
use crate::event::{ActorId, Kind, Span, Time};
use crate::record::film::Lines;
use crate::record::viewer::Viewer;
use crate::ui::Ui;

/// So often a text is looked for while nothing happens.
const LOOK: Span = Span(1_000_000_000 / 30);
/// However a script waits, it ends: the most looks at the screen.
const LOOKS_MOST: u32 = 30 * 3600 * 6;

/// Plays a script on the program's part of a trace, with a screen of `size`. Returns the trace with
/// what the viewer did. What an earlier viewer did is left out.
///
/// # Errors
///
/// If something that is waited for never comes.
pub fn perform(script: &Script, lines: Lines, size: (u16, u16), ui: Ui) -> Result<Lines, Missed> {
    let mut viewer = Viewer::new(ui, size);
    let mut player = Player::new(script.clone());
    let mut events = lines
        .events
        .into_iter()
        .filter(|event| event.kind.viewers().is_none())
        .peekable();
    let mut told = Vec::new();
    let mut at: Option<Time> = None;
    let mut looks = 0;
    loop {
        while let Some(event) = events.next_if(|event| at.is_none_or(|at| event.t <= at)) {
            // It begins with the first that a viewer sees of the program.
            let begins = at.is_none() && event.actor != ActorId::MPVIZ;
            viewer.feed(&event);
            if begins {
                at = Some(event.t);
                told.push(line(event.t, started(event.t, size)));
            }
            told.push(event);
        }
        let now = *at.get_or_insert_with(|| {
            told.push(line(viewer.history().now(), started(Time::ZERO, size)));
            Time::ZERO
        });
        let next = events.peek().map(|event| event.t);
        viewer.advance(now.min(lines.horizon).min(next.unwrap_or(Time::NEVER)));
        viewer.pass(now);
        viewer.search();
        let wants = player.go_on(&mut viewer);
        told.extend(player.take_lines());
        drop(player.take_effects());
        looks += 1;
        at = Some(match wants {
            Wants::Nothing => break,
            Wants::Until(t) => t,
            Wants::News => {
                let is_over = next.is_none() && now >= lines.horizon && !viewer.is_playing();
                if is_over || looks > LOOKS_MOST {
                    return Err(player.missed(&mut viewer));
                }
                (now + LOOK).min(next.filter(|&t| t > now).unwrap_or(Time::NEVER))
            }
        });
    }
    let at = at.unwrap_or(Time::ZERO);
    told.push(line(viewer.history().now(), Kind::RecordingEnded { at }));
    told.extend(events);
    Ok(Lines {
        events: told,
        ..lines
    })
}

/// Returns the line with which a recording begins that shows the run at its own speed.
pub fn started(at: Time, size: (u16, u16)) -> Kind {
    Kind::RecordingStarted {
        at,
        columns: size.0.into(),
        rows: size.1.into(),
        speed: 1.0,
    }
}
