//! What the user interface remembers: which screen, what is selected, where it is scrolled to.
//!
//! Nothing in here is about the program that runs; that is the history's. A screen is a function
//! of the two.

use super::crowd::TableView;
use super::find::Find;
use super::finding::Opened;
use super::hand::{Asked, Wished};
use super::keymap::Place;
use super::layout::{Border, Given, Layout};
use super::lesson::{Caption, Line, Marked, Recording};
use super::listing::Listing;
use super::mouse::Pointer;
use super::origin::Origin;
use super::pair::{Pair, Reach};
use super::palette::Palette;
pub use super::pick::{Field, Focus, Picker};
use super::selection::{Proof, Told, Trace};
use super::spot::Spots;
use super::time::{Direction, Speed, Window};
use crate::event::program::Program;
use crate::event::twin::Twin;
use crate::event::{ActorId, Text, Time};
use crate::history::{History, Thing};

/// The state of the user interface.
#[derive(Clone, Debug)]
pub struct Ui {
    /// The programs to pick from.
    pub programs: &'static [Program],
    /// Their twins in Python.
    pub twins: &'static [Twin],
    /// What is on the screen.
    pub screen: Screen,
    /// The list of programs and their knobs.
    pub picker: Picker,
    /// The view of the run; of two, of the selected one.
    pub run: RunView,
    /// What there is to know of two runs while they are compared.
    pub pair: Option<Pair>,
    /// Whether there is a run to go back to.
    pub has_run: bool,
    /// The help, if it is open: its first line that is shown.
    pub help: Option<usize>,
    /// The palette, if it is open.
    pub palette: Option<Palette>,
    /// Where the run comes from: the app's word.
    pub origin: Origin,
    /// What went wrong with the last wish; the next key takes it away.
    pub notice: Option<String>,
    /// What is said on the screen just now.
    pub said: Option<Text>,
    /// The recording on disk, if there is one: the app's word.
    pub recording: Option<Recording>,
    /// What is remembered of the mouse.
    pub pointer: Pointer,
    /// Which events have a row: the view's word, as it writes the sentences.
    pub told: Told,
}

/// What is on the screen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Screen {
    /// The list of programs.
    Picker,
    /// A run.
    Run,
}

/// A part of the screen of a run.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Pane {
    /// The table of processes.
    Processes,
    /// The flow of messages.
    Flow,
    /// Life-lines and arrows.
    Sequence,
    /// What happened, in sentences.
    Events,
    /// The program's source.
    Code,
}

impl Pane {
    /// Every pane, in the order of their numbers.
    pub const ALL: [Pane; 5] = [
        Pane::Processes,
        Pane::Flow,
        Pane::Sequence,
        Pane::Events,
        Pane::Code,
    ];

    /// Returns the pane's number: the key that brings it.
    pub const fn number(self) -> u8 {
        self as u8 + 1
    }

    /// Returns its title.
    pub const fn title(self) -> &'static str {
        match self {
            Pane::Processes => "processes",
            Pane::Flow => "flow",
            Pane::Sequence => "sequence",
            Pane::Events => "events",
            Pane::Code => "code",
        }
    }

    /// Returns the pane of a title.
    pub fn from_title(title: &str) -> Option<Pane> {
        Pane::ALL.into_iter().find(|pane| pane.title() == title)
    }

    /// Returns the pane that waits behind this one where only one of them has room.
    pub const fn behind(self) -> Option<Pane> {
        match self {
            Pane::Processes => None,
            Pane::Flow => Some(Pane::Sequence),
            Pane::Sequence => Some(Pane::Flow),
            Pane::Events => Some(Pane::Code),
            Pane::Code => Some(Pane::Events),
        }
    }

    pub(super) const fn next(self) -> Pane {
        match self {
            Pane::Processes => Pane::Flow,
            Pane::Flow => Pane::Sequence,
            Pane::Sequence => Pane::Events,
            Pane::Events => Pane::Code,
            Pane::Code => Pane::Processes,
        }
    }
}

/// Which panes have room beside their neighbour; the app asks the view after a resize.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Fits {
    /// 3 stands beside 2.
    pub sequence: bool,
    /// 5 stands beside 4.
    pub code: bool,
    /// 5 has room for the source and its twin.
    pub twin: bool,
    /// How many columns the lanes have; 0 before anybody said so.
    pub lanes: u16,
    /// How many rows there are for processes; 0 before anybody said so.
    pub rows: u16,
    /// What each border that is on the screen has given to its pane.
    pub borders: [Option<Given>; Border::ALL.len()],
}

/// The view of a run.
#[derive(Clone, PartialEq, Debug)]
pub struct RunView {
    /// The pane that keys go to.
    pub focus: Pane,
    /// How the panes share the screen.
    pub layout: Layout,
    /// Which panes have room beside their neighbour.
    pub fits: Fits,
    /// What is selected, in all panes.
    pub selected: Option<Thing>,
    /// The finding that is looked at.
    pub finding: Option<Opened>,
    /// The moment that is shown, where it is not now.
    pub frozen: Option<Time>,
    /// The stretch of the run that the lanes show; `None` for all of it.
    pub window: Option<Window>,
    /// Which way the cursor moves by itself, if it does.
    pub playing: Option<Direction>,
    /// How fast it then moves.
    pub speed: Speed,
    /// How far the run beside it reaches, while two are compared.
    pub beside: Option<Reach>,
    /// The moments that the user marked, in order.
    pub marks: Vec<Marked>,
    /// The name of a mark or the caption that is typed.
    pub line: Option<Line>,
    /// What was said in the trace that is shown, in its order.
    pub captions: Vec<Caption>,
    /// The question that is open about the selected process.
    pub asked: Option<Asked>,
    /// How the program was taken in hand last.
    pub wished: Wished,
    /// The selected row of the events and of the sequence: its position in the log; `None` while
    /// they follow the moment that is shown.
    pub row: Option<usize>,
    /// Whether the card of what is selected is open.
    pub card: bool,
    /// The proof that is gone through.
    pub proof: Option<Proof>,
    /// Where one was before steps that moved the cursor and the selection, the last one last.
    pub trail: Vec<Trace>,
    /// What the pane of the code lists; `None` while nobody chose.
    pub listing: Option<Listing>,
    /// How far the code is scrolled from where it would be, in rows.
    pub code_down: isize,
    /// What is looked for.
    pub find: Find,
    /// How processes are listed.
    pub table: TableView,
}

impl Default for RunView {
    fn default() -> RunView {
        RunView {
            focus: Pane::Processes,
            layout: Layout::default(),
            fits: Fits::default(),
            selected: None,
            finding: None,
            frozen: None,
            window: None,
            playing: None,
            speed: Speed::default(),
            beside: None,
            marks: Vec::new(),
            line: None,
            captions: Vec::new(),
            asked: None,
            wished: Wished::default(),
            row: None,
            card: false,
            proof: None,
            trail: Vec::new(),
            listing: None,
            code_down: 0,
            find: Find::default(),
            table: TableView::default(),
        }
    }
}

impl Ui {
    /// Returns the state at the start: the list of programs.
    pub fn new(programs: &'static [Program]) -> Ui {
        Ui {
            programs,
            twins: &[],
            screen: Screen::Picker,
            picker: Picker::new(programs),
            run: RunView::default(),
            pair: None,
            has_run: false,
            help: None,
            palette: None,
            origin: Origin::default(),
            notice: None,
            said: None,
            recording: None,
            pointer: Pointer::default(),
            told: super::rows::is_row_at,
        }
    }

    /// Gives the programs their twins.
    pub fn with_twins(self, twins: &'static [Twin]) -> Ui {
        Ui { twins, ..self }
    }

    /// Says that a run begins: it is shown from its beginning, in the panes that were chosen.
    pub fn begin_run(&mut self) {
        self.run = RunView {
            focus: self.run.focus,
            layout: self.run.layout,
            listing: self.run.listing,
            fits: self.run.fits,
            ..RunView::default()
        };
        self.screen = Screen::Run;
        self.has_run = true;
        self.picker.greets = false;
        self.help = None;
        self.palette = None;
        self.notice = None;
        self.said = None;
    }

    /// Says that the run of a program has ended well enough to count as seen.
    pub fn has_run_program(&mut self, name: &str) {
        if let Some(at) = self.programs.iter().position(|p| p.name == name)
            && let Some(ran) = self.picker.ran.get_mut(at)
        {
            *ran = true;
        }
    }

    /// Takes in how far what is open can be scrolled, as whoever has drawn it says.
    pub fn settle(&mut self, spots: &Spots) {
        if let (Some(at), Some(most)) = (&mut self.help, spots.help_most) {
            *at = most.min(*at);
        }
    }

    /// Returns where a key is pressed.
    pub fn place(&self) -> Place {
        match self.palette {
            Some(_) => Place::Palette,
            None => self.place_behind_palette(),
        }
    }

    /// Returns where the palette was asked for, if it is open.
    pub fn place_behind_palette(&self) -> Place {
        match self.help {
            Some(_) => Place::Help,
            None => self.place_behind_help(),
        }
    }

    /// Returns where the help was asked for, if it is open.
    pub fn place_behind_help(&self) -> Place {
        match (self.screen, self.picker.focus) {
            (Screen::Run, _) if self.run.line.is_some() => Place::Line,
            (Screen::Run, _) if self.run.find.typing.is_some() => Place::Filter,
            (Screen::Run, _) if self.run.asked.is_some() => Place::Signal,
            (Screen::Run, _) => Place::Pane(self.run.focus),
            (Screen::Picker, _) if self.picker.is_filtering => Place::Filter,
            (Screen::Picker, Focus::Knob(_)) => Place::Knobs,
            (Screen::Picker, Focus::List) => Place::Picker,
        }
    }
}

impl RunView {
    /// Returns the selected process or thread, if it is one that is selected.
    pub fn selected_actor(&self) -> Option<ActorId> {
        self.selected.and_then(Thing::actor)
    }

    /// Returns the moment that is shown.
    pub fn t(&self, history: &History) -> Time {
        self.frozen.unwrap_or_else(|| history.now())
    }
}
