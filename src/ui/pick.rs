//! The list of programs: which is selected, which are filtered out, what their knobs are set to.

use crate::event::program::{Knob, Knobs, Program, Step};

/// The list of programs.
#[derive(Clone, PartialEq, Debug)]
pub struct Picker {
    /// The selected program: its position among all.
    pub selected: usize,
    /// Only programs with all these words are listed.
    pub filter: String,
    /// Whether the filter is being typed.
    pub is_filtering: bool,
    /// Whether keys go to the list or to a knob.
    pub focus: Focus,
    /// Each program's knobs, as they are set.
    pub knobs: Vec<Knobs>,
    /// Each program's knobs as they are if nobody sets any: the app's word.
    pub usual: Vec<Knobs>,
    /// What is being typed for the knob in focus.
    pub typed: Option<String>,
    /// Whether each program was run before.
    pub ran: Vec<bool>,
    /// Whether there is a Python that twins can be run by: the app's word.
    pub has_python: bool,
    /// Whether a newcomer is greeted: the app's word. It goes away with the first run.
    pub greets: bool,
}

/// What keys go to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Focus {
    /// The list of programs.
    List,
    /// A knob of the selected program, by its position among [`Picker::fields`].
    Knob(usize),
}

/// Something that can be set before a run.
#[derive(Clone, Copy, Debug)]
pub enum Field {
    /// A knob of the program.
    Knob(&'static Knob),
    /// Whether the twin is run, as real Python.
    Python,
    /// What random sleeps come from.
    Seed,
    /// How many times as fast as written.
    Pace,
}

impl Field {
    /// Returns everything that can be set of a program.
    fn all(program: &Program) -> impl Iterator<Item = Field> + use<> {
        let others = [Field::Python, Field::Seed, Field::Pace];
        program.knobs.iter().map(Field::Knob).chain(others)
    }

    /// Returns its name.
    pub fn name(self) -> &'static str {
        match self {
            Field::Knob(knob) => knob.name,
            Field::Python => "python",
            Field::Seed => "seed",
            Field::Pace => "pace",
        }
    }

    /// Returns what it does or may be, in a few words.
    pub fn help(self) -> String {
        match self {
            Field::Knob(knob) if knob.help.is_empty() => knob.range_text(),
            Field::Knob(knob) => format!("{}: {}", knob.range_text(), knob.help),
            Field::Python => "a switch: its twin, for real".to_owned(),
            Field::Seed => "the random sleeps".to_owned(),
            Field::Pace => "4 is four times as fast".to_owned(),
        }
    }

    /// Returns its value.
    pub fn value(self, knobs: &Knobs) -> String {
        match self {
            Field::Knob(knob) => knobs.word(knob.name).to_owned(),
            Field::Python => switch_text(knobs.python).to_owned(),
            Field::Seed => knobs.seed.to_string(),
            Field::Pace => pace_text(knobs.pace),
        }
    }

    /// Sets it; `Err` says why it can't be so.
    pub fn set(self, program: &Program, knobs: &mut Knobs, value: &str) -> Result<(), String> {
        match self {
            Field::Knob(knob) => knobs
                .set(program, knob.name, value)
                .map_err(|error| error.to_string()),
            Field::Python => match value {
                "yes" | "no" => {
                    knobs.python = value == "yes";
                    Ok(())
                }
                _ => Err(format!("python is `{value}`, possible are no, yes")),
            },
            Field::Seed => match value.parse() {
                Ok(seed) => {
                    knobs.seed = seed;
                    Ok(())
                }
                Err(_) => Err(format!("seed is `{value}`, whole numbers are possible")),
            },
            Field::Pace => match value.parse::<f64>() {
                Ok(pace) if (0.0..=PACE_MAX).contains(&pace) => {
                    knobs.pace = pace;
                    Ok(())
                }
                _ => Err(format!("pace is `{value}`, 0 to {PACE_MAX} are possible")),
            },
        }
    }

    /// Returns the value after or before the one it has.
    pub fn stepped(self, knobs: &Knobs, step: Step) -> String {
        match self {
            Field::Knob(knob) => knob.stepped(knobs.word(knob.name), step),
            Field::Python => switch_text(!knobs.python).to_owned(),
            Field::Seed => match step {
                Step::Up => knobs.seed.saturating_add(1).to_string(),
                Step::Down => knobs.seed.saturating_sub(1).to_string(),
            },
            Field::Pace => {
                let at = PACES.partition_point(|&pace| pace < knobs.pace);
                let pace = match step {
                    Step::Up => PACES.iter().find(|&&pace| pace > knobs.pace),
                    Step::Down => PACES[..at].last(),
                };
                pace_text(pace.copied().unwrap_or(knobs.pace))
            }
        }
    }
}

/// The paces that are stepped through.
const PACES: [f64; 9] = [0.0, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 10.0, 100.0];

/// The fastest pace.
const PACE_MAX: f64 = 1000.0;

/// Returns a switch as it is written.
const fn switch_text(is_on: bool) -> &'static str {
    if is_on { "yes" } else { "no" }
}

/// Returns a pace as it is written: `1.0`, `0.25`.
fn pace_text(pace: f64) -> String {
    if pace.fract() == 0.0 {
        format!("{pace:.1}")
    } else {
        format!("{pace}")
    }
}

impl Picker {
    pub(super) fn new(programs: &'static [Program]) -> Picker {
        Picker {
            selected: 0,
            filter: String::new(),
            is_filtering: false,
            focus: Focus::List,
            knobs: programs.iter().map(Knobs::of).collect(),
            usual: programs.iter().map(Knobs::of).collect(),
            typed: None,
            ran: vec![false; programs.len()],
            has_python: false,
            greets: false,
        }
    }

    /// Returns what can be set of a program.
    pub fn fields(&self, program: &Program) -> impl ExactSizeIterator<Item = Field> + use<> {
        let knobs = program.knobs;
        let all: &'static [Field] = &[Field::Python, Field::Seed, Field::Pace];
        let others = &all[usize::from(!self.has_python)..];
        (0..knobs.len() + others.len()).map(move |at| match knobs.get(at) {
            Some(knob) => Field::Knob(knob),
            None => others[at - knobs.len()],
        })
    }

    /// Returns what is set of the program at a position, other than usual: names and values.
    pub fn unusual(&self, programs: &[Program], at: usize) -> Vec<(&'static str, String)> {
        let (Some(program), Some(knobs), Some(usual)) =
            (programs.get(at), self.knobs.get(at), self.usual.get(at))
        else {
            return Vec::new();
        };
        Field::all(program)
            .map(|field| (field, field.value(knobs)))
            .filter(|(field, value)| *value != field.value(usual))
            .map(|(field, value)| (field.name(), value))
            .collect()
    }

    /// Sets what was set of a program before. What it no longer has, or may not be so, stays usual.
    pub fn restore<'a>(
        &mut self,
        programs: &[Program],
        name: &str,
        kept: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) {
        let Some(at) = programs.iter().position(|program| program.name == name) else {
            return;
        };
        let (Some(program), Some(knobs)) = (programs.get(at), self.knobs.get_mut(at)) else {
            return;
        };
        for (name, value) in kept {
            if let Some(field) = Field::all(program).find(|field| field.name() == name) {
                // It is not to be told: nobody has asked for it just now.
                let _ = field.set(program, knobs, value);
            }
        }
    }

    /// Sets all of the selected program as it is if nobody sets anything.
    pub(super) fn reset(&mut self) {
        let usual = self.usual.get(self.selected).cloned();
        if let (Some(knobs), Some(usual)) = (self.knobs.get_mut(self.selected), usual) {
            *knobs = usual;
        }
        self.typed = None;
    }

    /// Returns whether a program is listed.
    pub fn lists(&self, program: &Program) -> bool {
        let hay = [program.name, program.title, program.teaches].map(str::to_lowercase);
        self.filter
            .to_lowercase()
            .split_whitespace()
            .all(|word| hay.iter().any(|text| text.contains(word)))
    }

    /// Returns the positions of the programs that are listed.
    pub fn listed(&self, programs: &[Program]) -> Vec<usize> {
        (0..programs.len())
            .filter(|&at| self.lists(&programs[at]))
            .collect()
    }

    /// Selects the program that is `by` places further, of those that are listed.
    pub(super) fn select(&mut self, programs: &[Program], by: isize) {
        let listed = self.listed(programs);
        let Some(last) = listed.len().checked_sub(1) else {
            return;
        };
        let at = match listed.binary_search(&self.selected) {
            Ok(at) => at.saturating_add_signed(by).min(last),
            // What was selected is filtered out: the first is.
            Err(_) => 0,
        };
        self.selected = listed[at];
    }

    /// Goes to the knob that is `by` places further.
    pub(super) fn go(&mut self, program: &Program, by: isize) {
        if let Focus::Knob(at) = self.focus {
            let last = self.fields(program).len() - 1;
            self.focus = Focus::Knob(at.saturating_add_signed(by).min(last));
        }
    }

    /// Keeps what was typed for the knob in focus; `Err` says why it can't be so.
    pub(super) fn keep_typed(&mut self, program: &Program) -> Result<(), String> {
        let (Focus::Knob(at), Some(typed)) = (self.focus, self.typed.take()) else {
            return Ok(());
        };
        let (Some(field), Some(knobs)) = (
            self.fields(program).nth(at),
            self.knobs.get_mut(self.selected),
        ) else {
            return Ok(());
        };
        field.set(program, knobs, &typed)
    }

    /// Sets the knob in focus to the value after or before.
    pub(super) fn step(&mut self, program: &Program, step: Step) -> Result<(), String> {
        self.keep_typed(program)?;
        let Focus::Knob(at) = self.focus else {
            return Ok(());
        };
        let (Some(field), Some(knobs)) = (
            self.fields(program).nth(at),
            self.knobs.get_mut(self.selected),
        ) else {
            return Ok(());
        };
        let value = field.stepped(knobs, step);
        field.set(program, knobs, &value)
    }
}
