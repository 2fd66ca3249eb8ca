//! Actions: everything that a key can ask for.
//!
//! Each is declared once, with the name that the keymap says, the word beside its key at the
//! bottom of the screen, and the sentence of the help.

use super::state::Pane;

macro_rules! actions {
    ($($name:ident $text:literal $short:literal $help:literal;)*) => {
        /// What a key asks for.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Action {
            $(#[doc = $help] $name,)*
            /// Types a character, where something is typed. No key has it in a keymap.
            Type(char),
        }

        impl Action {
            /// Every action that a keymap may name, in the order of the help.
            pub const ALL: &'static [Action] = &[$(Action::$name),*];

            /// Returns the action's name in a keymap.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Action::$name => $text,)*
                    Action::Type(_) => "type",
                }
            }

            /// Returns the word beside its key at the bottom of the screen.
            pub const fn short(self) -> &'static str {
                match self {
                    $(Action::$name => $short,)*
                    Action::Type(_) => "type",
                }
            }

            /// Returns what it does, as the help says it.
            pub const fn help(self) -> &'static str {
                match self {
                    $(Action::$name => $help,)*
                    Action::Type(_) => "types a character",
                }
            }
        }
    };
}

actions! {
    ToggleFreeze "toggle-freeze" "freeze" "freezes the view, while collecting goes on; again: live";
    CopyPane "copy-pane" "copy" "copies what the pane shows, by way of the terminal (OSC 52)";
    ToggleMouse "toggle-mouse" "mouse" "leaves the mouse to the terminal; again: takes it back";
    RunAgain "run-again" "run again" "runs the scenario again";
    EventBefore "event-before" "event before" "goes to the event before";
    EventAfter "event-after" "event" "goes to the next event";
    OwnEventBefore "own-event-before" "its event before" "goes to the selection's event before";
    OwnEventAfter "own-event-after" "its event" "goes to the selection's next event";
    FrameBack "frame-back" "frame back" "goes back as far as one frame of playing goes";
    FrameOn "frame-on" "frame" "goes on as far as one frame of playing goes";
    Earlier "earlier" "earlier" "moves the cursor a column back in time";
    Later "later" "later" "moves the cursor a column on in time";
    MuchEarlier "much-earlier" "much earlier" "moves the cursor ten columns back in time";
    MuchLater "much-later" "much later" "moves the cursor ten columns on in time";
    ZoomIn "zoom-in" "zoom in" "zooms in around the cursor, down to a microsecond";
    ZoomOut "zoom-out" "zoom out" "zooms out";
    WholeRun "whole-run" "whole run" "shows the whole run";
    Play "play" "play" "plays on from the cursor; again: stops";
    PlayBack "play-back" "play back" "plays backwards; again: stops";
    Slower "slower" "slower" "plays half as fast, down to 1/16 of the speed";
    Faster "faster" "faster" "plays twice as fast, up to 16 times the speed";
    SetMark "set-mark" "mark" "marks this moment, and asks for a name; again: takes the mark away";
    NextMark "next-mark" "next mark" "jumps to the next mark or finding, or the run's end";
    PreviousMark "previous-mark" "mark before" "jumps to the mark or finding before, or the run's begin";
    NextFinding "next-finding" "finding" "goes to the next finding: what is wrong, whom it harms, what to do";
    SayCaption "say-caption" "caption" "says something on the screen for a while, and keeps it";
    Record "record" "record" "records what is seen and done into a file; again: ends the recording";
    PauseRecording "pause-recording" "pause" "pauses the recording; again: goes on";
    SaveTrace "save-trace" "save" "saves what happened so far into a file";
    Live "live" "live" "goes back to now, and shows the whole run";
    Up "up" "up" "selects what is above, or scrolls up";
    Down "down" "down" "selects what is below, or scrolls down";
    PageUp "page-up" "page up" "selects what is ten rows above, or scrolls so far up";
    PageDown "page-down" "page down" "selects what is ten rows below, or scrolls so far down";
    First "first" "first" "to the first";
    Last "last" "last" "to the last; in a frozen view: live again";
    Details "details" "details" "opens the card of what is selected; again: closes it";
    Prove "prove" "why" "goes to the events that prove the why, one after the other";
    FollowChain "follow-chain" "waits for" "selects what the selected one waits for, along the chain";
    NextPane "next-pane" "pane" "goes to the next pane";
    PreviousPane "previous-pane" "pane before" "goes to the pane before";
    ShowProcesses "show-processes" "processes" "goes to the processes";
    ShowFlow "show-flow" "flow" "goes to the flow of messages";
    ShowSequence "show-sequence" "sequence" "goes to the sequence";
    ShowEvents "show-events" "events" "goes to the events";
    ShowCode "show-code" "code" "goes to the code";
    ZoomPane "zoom-pane" "whole screen" "gives the pane the whole screen; again: its place";
    HidePane "hide-pane" "hide" "hides the pane; its number shows it again";
    LargerPane "larger-pane" "larger" "makes the pane larger";
    SmallerPane "smaller-pane" "smaller" "makes the pane smaller";
    UsualLayout "usual-layout" "usual layout" "shows every pane at its place and in its size again";
    ToggleTwin "toggle-twin" "twin" "lists the twin in Python; again: both; again: the program";
    Run "run" "run" "runs the selected scenario";
    Compare "compare" "compare" "runs its fix, or the next seed, beside it; again: one alone";
    SendSignal "send-signal" "signal" "asks which signal to send to the selected process";
    StopProcess "stop-process" "stop" "stops the selected process (SIGSTOP); again: lets it go on";
    FreezeProgram "freeze-program" "freeze program" "stops the whole program; again: lets it go on";
    PaceDown "pace-down" "slower" "has the program's sleeps and timeouts run slower";
    PaceUp "pace-up" "faster" "has the program's sleeps and timeouts run faster";
    UsualKnobs "usual-knobs" "usual" "sets all knobs of the scenario as they usually are";
    EditKnobs "edit-knobs" "knobs" "edits the scenario's knobs";
    ShowScenarios "show-scenarios" "scenarios" "shows the scenarios to pick from";
    Filter "filter" "filter" "shows only what has certain words";
    NextMatch "next-match" "next match" "goes to the next of what the filter found";
    PreviousMatch "previous-match" "match before" "goes to the match before";
    FoldEnded "fold-ended" "fold ended" "folds the processes that have ended; again: shows them";
    ToggleGroup "toggle-group" "unfold" "unfolds the selected row of folded processes; again: folds it";
    Sort "sort" "sort" "lists the busiest first; then the longest waits; then as they were made";
    StepUp "step-up" "more" "sets a knob to the next value";
    StepDown "step-down" "less" "sets a knob to the value before";
    Confirm "confirm" "keep" "keeps what is typed, does what is chosen";
    Erase "erase" "erase" "takes the last character back";
    EraseAll "erase-all" "erase all" "takes all characters back";
    Back "back" "back" "goes back";
    ToggleHelp "toggle-help" "help" "shows the keys";
    NextTheme "next-theme" "theme" "draws with the next theme";
    OpenPalette "open-palette" "actions" "finds an action by its name, and does it; again: closes";
    Suspend "suspend" "suspend" "goes to the background; `fg` brings it back";
    Quit "quit" "quit" "ends the program that runs, and mpviz";
}

impl Action {
    /// Returns the action that a keymap names.
    pub fn from_name(name: &str) -> Option<Action> {
        Action::ALL.iter().copied().find(|a| a.name() == name)
    }

    /// Returns the action that brings a pane.
    pub const fn show(pane: Pane) -> Action {
        match pane {
            Pane::Processes => Action::ShowProcesses,
            Pane::Flow => Action::ShowFlow,
            Pane::Sequence => Action::ShowSequence,
            Pane::Events => Action::ShowEvents,
            Pane::Code => Action::ShowCode,
        }
    }
}
