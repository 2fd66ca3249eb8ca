//! What is chosen on the screen, kept for the next time.

use super::config::Keeper;
use super::screen::Screen;
use crate::ui::Ui;

/// Sets the list of programs as it was left the last time.
pub(super) fn restore(ui: &mut Ui, keeper: &Keeper) {
    for (program, kept) in &keeper.state.knobs {
        let kept = kept
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        ui.picker.restore(ui.programs, program, kept);
    }
}

impl Screen {
    /// Keeps how the selected program is set, as it is run just now.
    pub(super) fn keep_knobs(&mut self) {
        let at = self.ui.picker.selected;
        let Some(program) = self.ui.programs.get(at) else {
            return;
        };
        let set = self.ui.picker.unusual(self.ui.programs, at);
        self.keeper.keep(|state| {
            let set = set
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone()));
            state.knobs.insert(program.name.to_owned(), set.collect());
            state.knobs.retain(|_, kept| !kept.is_empty());
        });
    }
}
