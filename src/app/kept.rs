//! What is chosen on the screen, kept for the next time.

use super::config::{Settled, State};
use super::screen::Screen;
use crate::ui::Ui;

/// Sets the list of programs, and lays the panes out, as they were left the last time; the panes as
/// a person has settled it, where they have.
pub(super) fn restore(ui: &mut Ui, settled: &Settled) {
    let keeper = &settled.keeper;
    let layout = settled.settings.layout.as_ref();
    if let Some(layout) = layout.or(keeper.state.layout.as_ref()) {
        // What this mpviz does not understand is as usual: nobody has asked for it just now.
        let _ = ui.run.arrange(layout);
    }
    for (program, kept) in &keeper.state.knobs {
        let kept = kept
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        ui.picker.restore(ui.programs, program, kept);
    }
}

impl Screen {
    /// Keeps what was chosen. Why that can't be is told when the screen is left.
    pub(super) fn keep_choice(&mut self, change: impl Fn(&mut State)) {
        if let Err(error) = self.keeper.keep(change)
            && self.unkept.is_none()
        {
            self.unkept = Some(super::reasons(&error));
        }
    }

    /// Keeps that something was picked and run.
    pub(super) fn keep_used(&mut self) {
        // Where that can't be written, the greeting comes again, and nobody has to be told.
        let _ = self.keeper.keep(|state| state.used = true);
    }

    /// Keeps how the panes are laid out. To be called when the screen is left.
    pub(super) fn keep_layout(&mut self) {
        // Two runs beside each other have a layout of their own.
        if self.ui.pair.is_some() || !self.ui.has_run {
            return;
        }
        let mut layout = self.ui.run.arrangement();
        if !self.ui.run.layout.is_zoomed {
            // Which pane keys went to last is no layout.
            let words = layout.split(' ').filter(|word| !word.starts_with("focus="));
            layout = words.collect::<Vec<_>>().join(" ");
        }
        let layout = (!layout.is_empty()).then_some(layout);
        self.keep_choice(|state| state.layout.clone_from(&layout));
    }

    /// Keeps how the selected program is set, as it is run just now.
    pub(super) fn keep_knobs(&mut self) {
        let at = self.ui.picker.selected;
        let Some(program) = self.ui.programs.get(at) else {
            return;
        };
        let set = self.ui.picker.unusual(self.ui.programs, at);
        self.keep_choice(|state| {
            let set = set
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone()));
            state.knobs.insert(program.name.to_owned(), set.collect());
            state.knobs.retain(|_, kept| !kept.is_empty());
        });
    }
}
