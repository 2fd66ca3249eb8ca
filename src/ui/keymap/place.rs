//! Where a key is pressed.

use crate::ui::state::Pane;

/// Where a key is pressed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Place {
    /// A run is on the screen.
    Run,
    /// A pane of the run: what it says of a key counts more than what [`Place::Run`] says.
    Pane(Pane),
    /// The list of scenarios.
    Picker,
    /// The knobs of a scenario.
    Knobs,
    /// A filter is being typed.
    Filter,
    /// The question which signal to send.
    Signal,
    /// The name of a mark, or a caption, is being typed.
    Line,
    /// An action is looked for by its name.
    Palette,
    /// The help.
    Help,
}

impl Place {
    /// Every place, in the order of the help.
    pub const ALL: [Place; 13] = [
        Place::Run,
        Place::Pane(Pane::Processes),
        Place::Pane(Pane::Flow),
        Place::Pane(Pane::Sequence),
        Place::Pane(Pane::Events),
        Place::Pane(Pane::Code),
        Place::Picker,
        Place::Knobs,
        Place::Filter,
        Place::Signal,
        Place::Line,
        Place::Palette,
        Place::Help,
    ];

    /// Returns the name of its table in a keymap.
    pub const fn name(self) -> &'static str {
        match self {
            Place::Run => "run",
            Place::Pane(pane) => pane.title(),
            Place::Picker => "picker",
            Place::Knobs => "knobs",
            Place::Filter => "filter",
            Place::Signal => "signal",
            Place::Line => "line",
            Place::Palette => "palette",
            Place::Help => "help",
        }
    }

    /// Returns what its keys are for, as a heading.
    pub const fn title(self) -> &'static str {
        match self {
            Place::Run => "a run is on the screen",
            Place::Pane(_) => "a pane of the run",
            Place::Picker => "the list of scenarios",
            Place::Knobs => "the knobs of a scenario",
            Place::Filter => "a filter is typed",
            Place::Signal => "a signal is chosen",
            Place::Line => "a mark's name or a caption is typed",
            Place::Palette => "an action is looked for",
            Place::Help => "the help",
        }
    }

    /// Returns the place whose keys hold here too, where this one says nothing of them.
    pub(super) const fn outer(self) -> Option<Place> {
        match self {
            Place::Pane(_) => Some(Place::Run),
            _ => None,
        }
    }

    /// Returns whether the keys of a table hold here.
    pub(super) fn is_within(self, table: Place) -> bool {
        self == table || self.outer() == Some(table)
    }

    /// Returns whether a character that stands for nothing here is typed.
    pub(super) const fn types(self, c: char) -> bool {
        match self {
            Place::Filter | Place::Line | Place::Palette => true,
            // Values are numbers or are stepped through: letters stay free for commands.
            Place::Knobs => c.is_ascii_digit() || c == '.',
            _ => false,
        }
    }

    /// Returns whether it is left by going back; from the others there is nothing to go back to.
    pub(super) const fn is_left(self) -> bool {
        !matches!(self, Place::Run | Place::Pane(_) | Place::Picker)
    }

    pub(super) fn from_name(name: &str) -> Option<Place> {
        Place::ALL.into_iter().find(|place| place.name() == name)
    }
}
