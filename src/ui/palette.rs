//! The palette: every action of a place, found by its name.
//!
//! What can't be done now stands there too, with the reason. The reason is no second list of
//! conditions that could go stale: the action is done on a copy of the state, and what comes of it
//! tells.

use super::action::Action;
use super::keymap::{Keymap, Place};
use super::pair::update_pair;
use super::state::Ui;
use super::update::Effect;
use crate::history::History;

mod fuzzy;

pub use fuzzy::{Hits, matched};

/// The palette while it is open.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Palette {
    /// What is typed.
    pub query: String,
    /// The selected row, of those that are found.
    pub at: usize,
    /// Every action of the place.
    pub choices: Vec<Choice>,
}

/// An action of the palette.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Choice {
    /// The action.
    pub action: Action,
    /// Why it can't be done now.
    pub why_not: Option<String>,
}

/// How far `PageUp` and `PageDown` go.
const PAGE: usize = 10;

/// More nobody types to find a name.
pub(super) const QUERY_MOST: usize = 60;

impl Palette {
    /// Returns what is found, best first: the choice, and which characters of its name matched.
    pub fn found(&self) -> Vec<(&Choice, Hits)> {
        let mut found: Vec<_> = self
            .choices
            .iter()
            .filter_map(|choice| {
                let (score, hits) = matched(&self.query, choice.action)?;
                Some((score, choice, hits))
            })
            .collect();
        // The sort is stable: what is alike stays in the order of the help.
        let is_asked = !self.query.trim().is_empty();
        found.sort_by_key(|&(score, choice, _)| {
            let score = if is_asked { score } else { 0 };
            (std::cmp::Reverse(score), choice.why_not.is_some())
        });
        found
            .into_iter()
            .map(|(_, choice, hits)| (choice, hits))
            .collect()
    }

    /// Returns what is selected.
    pub fn chosen(&self) -> Option<Choice> {
        let found = self.found();
        let at = self.at.min(found.len().checked_sub(1)?);
        found.get(at).map(|&(choice, _)| choice.clone())
    }
}

impl Ui {
    /// Opens the palette over whatever is on the screen.
    pub(super) fn open_palette(&mut self, history: Option<&History>, other: Option<&History>) {
        self.help = None;
        let place = self.place();
        let actions = Action::ALL.iter().copied();
        let choices = actions
            .filter(|&action| is_offered(place, action))
            .map(|action| Choice {
                action,
                why_not: self.why_not(action, history, other),
            })
            .collect();
        self.palette = Some(Palette {
            query: String::new(),
            at: 0,
            choices,
        });
    }

    /// Closes the palette for what is selected in it, and returns that. Where it can't be done the
    /// palette stays, and says why.
    pub fn choose(&mut self, history: Option<&History>, other: Option<&History>) -> Option<Action> {
        let chosen = self.palette.as_ref()?.chosen()?;
        let palette = self.palette.take();
        // The run went on since it was opened.
        match self.why_not(chosen.action, history, other) {
            None => Some(chosen.action),
            Some(why) => {
                self.palette = palette;
                self.notice = Some(why);
                None
            }
        }
    }

    /// Returns why an action can't be done now, if that is so.
    fn why_not(
        &self,
        action: Action,
        history: Option<&History>,
        other: Option<&History>,
    ) -> Option<String> {
        let mut tried = self.clone();
        tried.notice = None;
        let before = (tried.pair.clone(), tried.run.clone());
        let effect = update_pair(&mut tried, action, history, other);
        if let Some(effect) = effect {
            return self.origin.refuses(&effect).map(str::to_owned);
        }
        let is_changed = before != (tried.pair, tried.run)
            || tried.picker != self.picker
            || tried.screen != self.screen
            || tried.help != self.help;
        if is_changed {
            return None;
        }
        let nothing = || "it would change nothing now".to_owned();
        Some(tried.notice.unwrap_or_else(nothing))
    }
}

/// Changes the palette; returns what else is asked for by that.
pub(super) fn update_palette(
    ui: &mut Ui,
    action: Action,
    history: Option<&History>,
) -> Option<Effect> {
    if action == Action::Confirm {
        let chosen = ui.choose(history, None)?;
        return super::update(ui, chosen, history);
    }
    let palette = ui.palette.as_mut()?;
    let last = palette.found().len().saturating_sub(1);
    palette.at = match action {
        Action::Up => palette.at.min(last).checked_sub(1).unwrap_or(last),
        Action::Down if palette.at >= last => 0,
        Action::Down => palette.at + 1,
        Action::PageUp => palette.at.saturating_sub(PAGE),
        Action::PageDown => (palette.at + PAGE).min(last),
        Action::First => 0,
        Action::Last => last,
        Action::Type(c) => {
            palette.query.push(c);
            0
        }
        Action::Erase if palette.query.pop().is_none() => {
            ui.palette = None;
            return None;
        }
        Action::Erase => 0,
        Action::EraseAll => {
            palette.query.clear();
            0
        }
        Action::Back => {
            ui.palette = None;
            return None;
        }
        _ => palette.at,
    };
    None
}

/// Returns whether the palette of a place has an action: one that has a key there. What edits a
/// line of text is no use without its key.
fn is_offered(place: Place, action: Action) -> bool {
    let is_edit = matches!(
        action,
        Action::Erase | Action::EraseAll | Action::OpenPalette | Action::Type(_)
    );
    !is_edit && Keymap::brought().has(place, action)
}

#[cfg(test)]
mod tests;
