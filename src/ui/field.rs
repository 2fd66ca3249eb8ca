//! Fields: where a line of text is typed, and how much each takes.
//!
//! Whoever pastes a megabyte into a terminal that does not say where it begins and ends types a
//! million keys. A field that is full takes each of them in no time, and says why it does not grow.

use super::keymap::Place;
use super::palette;
use super::state::{Screen, Ui};

/// A longer filter nobody types, and none should have to be read.
const FILTER_MOST: usize = 200;
/// No value of a knob is that long.
const VALUE_MOST: usize = 40;

impl Ui {
    /// Returns how many characters the field takes that is typed in, if it has as many.
    pub fn full_at(&self) -> Option<usize> {
        let (text, most) = match self.place() {
            Place::Palette => (&self.palette.as_ref()?.query, palette::QUERY_MOST),
            Place::Line => {
                let line = self.run.line.as_ref()?;
                (&line.text, line.purpose.most())
            }
            Place::Filter if self.screen == Screen::Picker => (&self.picker.filter, FILTER_MOST),
            Place::Filter => {
                let find = &self.run.find;
                (&find.filter(find.typing?)?.text, FILTER_MOST)
            }
            Place::Knobs => (self.picker.typed.as_ref()?, VALUE_MOST),
            _ => return None,
        };
        (text.chars().count() >= most).then_some(most)
    }
}

#[cfg(test)]
mod tests {
    use crate::ui::update::Effect;
    use crate::ui::{Action, Screen, Ui, update};

    /// Opens a field, and types more than anybody does into it.
    #[track_caller]
    fn check(opens: &[Action], begins: Screen, text: fn(&Ui) -> &str) {
        let mut ui = Ui::new(crate::scenario::PROGRAMS);
        ui.begin_run();
        ui.screen = begins;
        let press = |ui: &mut Ui, action| -> Option<Effect> { update(ui, action, None) };
        for &action in opens {
            press(&mut ui, action);
        }
        let most = loop {
            assert_eq!(ui.full_at(), None);
            assert!(text(&ui).chars().count() < 1_000, "it grows for ever");
            press(&mut ui, Action::Type('ü'));
            assert_eq!(ui.notice, None, "there was room");
            if let Some(most) = ui.full_at() {
                break most;
            }
        };
        let before = text(&ui).to_owned();
        assert_eq!(before.chars().count(), most);
        press(&mut ui, Action::Type('x'));
        assert_eq!(text(&ui), before);
        let told = ui.notice.as_deref().unwrap_or_default();
        assert!(told.contains(&most.to_string()), "{told}");
        press(&mut ui, Action::Erase);
        assert_eq!(ui.full_at(), None);
    }

    #[test]
    fn no_field_grows_for_ever_and_each_says_so() {
        let run = Screen::Run;
        check(&[Action::Filter], run, |ui| &ui.run.find.processes.text);
        check(&[Action::ShowEvents, Action::Filter], run, |ui| {
            &ui.run.find.events.text
        });
        check(&[Action::SetMark], run, |ui| {
            ui.run.line.as_ref().map_or("", |line| &line.text)
        });
        check(&[Action::SayCaption], run, |ui| {
            ui.run.line.as_ref().map_or("", |line| &line.text)
        });
        check(&[Action::OpenPalette], run, |ui| {
            ui.palette.as_ref().map_or("", |palette| &palette.query)
        });
        check(&[Action::Filter], Screen::Picker, |ui| &ui.picker.filter);
        check(&[Action::EditKnobs], Screen::Picker, |ui| {
            ui.picker.typed.as_deref().unwrap_or_default()
        });
    }
}
