//! What no keymap may do: leave a person without a way out, or bind what does nothing.

use super::{Binding, Keymap, Place};
use crate::ui::action::Action;
use crate::ui::written::Fault;

/// Checks a keymap that lies over the one that mpviz brings.
pub(super) fn check(keymap: &Keymap, brought: &Keymap) -> Result<(), Fault> {
    let own = || keymap.bindings.iter().filter(|binding| binding.is_own);
    for binding in own() {
        let (Some(place), Some(action)) = (binding.table, binding.action) else {
            continue;
        };
        if !brought.has(place, action) {
            return Err(useless(binding, place, action, brought));
        }
    }
    for place in Place::ALL {
        let leaving = [Action::Quit, Action::Back];
        for &action in &leaving[..1 + usize::from(place.is_left())] {
            if keymap.key_of(place, action).is_some() {
                continue;
            }
            let had = |binding: &&Binding| brought.action(place, binding.key) == Some(action);
            let line = own().filter(had).map(|binding| binding.line).next_back();
            return Err(Fault {
                line,
                what: format!(
                    "no key is left for `{}` in `{}`",
                    action.name(),
                    place.name()
                ),
                hint: Some(format!("bind another key to `{}`", action.name())),
            });
        }
    }
    Ok(())
}

fn useless(binding: &Binding, place: Place, action: Action, brought: &Keymap) -> Fault {
    let places: Vec<_> = Place::ALL
        .into_iter()
        .filter(|&other| other.outer().is_none() && brought.has(other, action))
        .map(|place| format!("`[{}]`", place.name()))
        .collect();
    Fault {
        line: Some(binding.line),
        what: format!("`{}` does nothing in `{}`", action.name(), place.name()),
        hint: Some(format!("it is for {}", places.join(", "))),
    }
}
