//! The vocabulary itself: one enum, declared once.
//!
//! Everything that must agree with it is made from the same declaration: the binary form, the
//! JSON form, the table that `docs/events.md` is held to. To add a kind, add it here.

use super::id::{ActorId, FileId, MessageId, ObjectId, TaskId};
use super::lean::Cursor;
use super::time::{Span, Time};
use super::wire::{Reader, Wire, Writer};
use super::words::{
    Class, End, Ending, GapReason, KernelState, Method, Operation, Outcome, Part, Role, Sight,
    Stream,
};
use serde::ser::SerializeMap;
use serde_json::{Map, Value};

/// A text. Up to 24 bytes stand in the event itself.
pub type Text = compact_str::CompactString;

/// The most bytes that an event takes in a ring: 255 slots of 64 bytes.
pub const WIRE_MAX: usize = 255 * 64;

/// One thing that happened.
#[derive(Clone, PartialEq, Debug)]
pub struct Event {
    /// When.
    pub t: Time,
    /// Whom it is about.
    pub actor: ActorId,
    /// Who says so, where that is another than `actor`.
    pub by: Option<ActorId>,
    /// The sayer's own count, so that a gap shows.
    pub seq: u32,
    /// The line of the program's own source that led to it, from 1.
    pub line: Option<u32>,
    /// The file of `line`, where it is not the first.
    pub file: Option<FileId>,
    /// What happened.
    pub kind: Kind,
}

/// How a kind is stamped, which decides how events of one time are ordered.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Nature {
    /// Stamped before its operation: others may follow from it.
    Cause,
    /// The beginning of a state.
    Begin,
    /// Neither.
    Fact,
    /// Stamped after its operation: it follows from others.
    Effect,
    /// The end of a state.
    Finish,
}

impl Nature {
    /// Returns the word for it, as `docs/events.md` says it.
    pub const fn text(self) -> &'static str {
        match self {
            Nature::Cause => "cause",
            Nature::Begin => "begin",
            Nature::Fact => "fact",
            Nature::Effect => "effect",
            Nature::Finish => "end",
        }
    }
}

/// What there is to know about a kind.
#[derive(Debug)]
pub struct KindInfo {
    /// Its name, as in JSON.
    pub name: &'static str,
    /// How it is stamped.
    pub nature: Nature,
    /// What it means.
    pub doc: &'static [&'static str],
    /// Its fields.
    pub fields: &'static [FieldInfo],
}

/// What there is to know about a field of a kind.
#[derive(Debug)]
pub struct FieldInfo {
    /// Its name, as in JSON.
    pub name: &'static str,
    /// Its type.
    pub ty: &'static str,
    /// What it means, with its unit.
    pub doc: &'static [&'static str],
}

/// A kind that this mpviz does not know, kept as it was read.
#[derive(Clone, PartialEq, Debug)]
pub struct UnknownKind {
    /// Its name.
    pub name: Text,
    /// Its fields, in the order of the line.
    pub fields: Map<String, Value>,
}

macro_rules! vocabulary {
    ($(
        $(#[doc = $doc:literal])*
        $nature:ident $name:ident {
            $($(#[doc = $fdoc:literal])* $field:ident: $ty:ty,)*
        }
    )*) => {
        /// What happened. Names are past tense; `docs/events.md` tells each with its fields.
        #[derive(Clone, PartialEq, Debug)]
        pub enum Kind {
            $($(#[doc = $doc])* $name { $($(#[doc = $fdoc])* $field: $ty,)* },)*
            /// A kind of a newer trace. Never in a ring.
            Unknown(Box<UnknownKind>),
        }

        /// A kind without its fields: one byte in a ring.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[repr(u8)]
        pub enum Tag {
            $(#[doc = concat!("[`Kind::", stringify!($name), "`].")] $name,)*
            /// [`Kind::Unknown`].
            Unknown,
        }

        /// Every kind, in the order of the vocabulary.
        pub const KINDS: &[KindInfo] = &[$(KindInfo {
            name: stringify!($name),
            nature: Nature::$nature,
            doc: &[$($doc),*],
            fields: &[$(FieldInfo {
                name: stringify!($field),
                ty: stringify!($ty),
                doc: &[$($fdoc),*],
            }),*],
        }),*];

        const TAGS: &[Tag] = &[$(Tag::$name),*];

        impl Kind {
            /// Returns the kind without its fields.
            #[inline]
            pub fn tag(&self) -> Tag {
                match self {
                    $(Kind::$name { .. } => Tag::$name,)*
                    Kind::Unknown(_) => Tag::Unknown,
                }
            }

            /// Returns the kind's name, as in JSON.
            pub fn name(&self) -> &str {
                match self {
                    $(Kind::$name { .. } => stringify!($name),)*
                    Kind::Unknown(unknown) => &unknown.name,
                }
            }

            #[inline]
            fn write_fields<const PACKED: bool>(&self, w: &mut Writer<'_, PACKED>) {
                match self {
                    $(Kind::$name { $($field),* } => { $($field.write(w);)* })*
                    Kind::Unknown(_) => {}
                }
                let _ = w;
            }

            // Not inlined and through `into`, or an event is put together on the stack and copied,
            // which takes longer than all else that the collector does with it.
            #[inline(never)]
            fn read_fields<const PACKED: bool>(
                tag: Tag,
                r: &mut Reader<'_, PACKED>,
                into: &mut Kind,
            ) -> Option<()> {
                let _ = &r;
                match tag {
                    $(Tag::$name => {
                        $(let $field = Wire::read(r)?;)*
                        replace(into, Kind::$name { $($field),* });
                    })*
                    Tag::Unknown => return None,
                }
                Some(())
            }

            /// Adds the fields to a JSON map. A field without a value is left out.
            pub(super) fn serialize_fields<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
                match self {
                    $(Kind::$name { $($field),* } => {
                        $(if $field.is_there() {
                            map.serialize_entry(stringify!($field), $field)?;
                        })*
                    })*
                    Kind::Unknown(unknown) => {
                        for (name, value) in &unknown.fields {
                            map.serialize_entry(name, value)?;
                        }
                    }
                }
                Ok(())
            }

            /// Makes a kind of what is left of a line, whose fields are in their order; `None` of any
            /// other, and of a kind that is not known.
            pub(super) fn read_lean(name: &str, line: &mut Cursor<'_>) -> Option<Kind> {
                let _ = &line;
                Some(match name {
                    $(stringify!($name) => Kind::$name {
                        $($field: line.field(stringify!($field))?),*
                    },)*
                    _ => return None,
                })
            }

            /// Makes a kind of a JSON map; `Err` names the field that is missing or wrong.
            pub(super) fn from_fields(
                name: &str,
                fields: &mut Map<String, Value>,
            ) -> Result<Kind, (&'static str, serde_json::Error)> {
                Ok(match name {
                    $(stringify!($name) => Kind::$name {
                        $($field: serde_json::from_value(
                            fields.remove(stringify!($field)).unwrap_or(Value::Null),
                        ).map_err(|error| (stringify!($field), error))?),*
                    },)*
                    _ => Kind::Unknown(Box::new(UnknownKind {
                        name: name.into(),
                        fields: std::mem::take(fields),
                    })),
                })
            }
        }
    };
}

/// Replaces a kind that has nothing to drop, which the compiler can't know.
#[inline(always)]
fn replace(placeholder: &mut Kind, kind: Kind) {
    std::mem::forget(std::mem::replace(placeholder, kind));
}

/// Whether a field has a value that a trace must tell.
trait IsThere {
    fn is_there(&self) -> bool {
        true
    }
}

impl<T> IsThere for Option<T> {
    fn is_there(&self) -> bool {
        self.is_some()
    }
}

macro_rules! always_there {
    ($($t:ty)*) => { $(impl IsThere for $t {})* };
}
always_there! {
    u32 u64 i32 f64 bool Text Time Span ActorId ObjectId TaskId FileId MessageId
    Class End Ending GapReason KernelState Method Operation Outcome Part Role Sight Stream
}
impl<T> IsThere for Vec<T> {}
impl<T> IsThere for Box<T> {}

// An event is two cache lines. The one kind with many texts has them in boxes.
const _: () = assert!(size_of::<Event>() <= 128);

vocabulary! {
    /// A run begins. The first event, said by the stage.
    Fact RunStarted {
        /// The program's name: a scenario's, or the file's that is run.
        program: Box<Text>,
        /// What it is, in a few words.
        title: Box<Text>,
        /// Each knob's name and value.
        knobs: Vec<(Text, Text)>,
        /// What random sleeps come from.
        seed: u64,
        /// How many times as fast as written sleeps and timeouts run; 0 leaves sleeps out.
        pace: f64,
        /// mpviz's own pid.
        viewer: u32,
        /// The supervisor's pid: it adopts orphans. 0 if there is none: mpviz was attached to a
        /// program that ran before.
        supervisor: u32,
        /// Kernel and architecture.
        machine: Box<Text>,
        /// The CPUs that the program may use.
        cpus: u32,
        /// When, by the clock on the wall: RFC 3339, UTC.
        wall: Box<Text>,
    }
    /// A run has ended: its last process, orphans included, is gone, or mpviz has left a program
    /// that it was attached to. The last event.
    Fact RunEnded {
        /// How it came to its end.
        ending: Ending,
        /// MainProcess's exit code, if it was seen.
        code: Option<i32>,
    }
    /// Up to here everything is known.
    Fact Horizon {}
    /// Events are missing.
    Fact Gap {
        /// Why.
        reason: GapReason,
        /// How many, if that is known.
        count: Option<u64>,
        /// Since when they may be missing.
        since: Time,
    }
    /// The pace was changed.
    Fact PaceChanged {
        /// How many times as fast as written.
        factor: f64,
    }
    /// The program was stopped by the viewer.
    Fact Frozen {}
    /// The program goes on.
    Fact Thawed {}
    /// A process object was made. There is no process of the kernel yet.
    Fact ProcessCreated {
        /// The process-to-be.
        child: ActorId,
        /// Its name.
        name: Text,
        /// Whether it ends with its parent.
        daemon: bool,
    }
    /// A process is about to be made: said by its parent, before the fork.
    Cause ProcessForked {
        /// The process-to-be.
        child: ActorId,
        /// Its name.
        name: Text,
        /// How it is made.
        method: Method,
        /// Whether it ends with its parent.
        daemon: bool,
        /// The function that it is to run, where that is known.
        function: Option<Text>,
    }
    /// The call that made a process returned in the parent.
    Effect ForkReturned {
        /// The process that was made.
        child: ActorId,
        /// Its pid.
        pid: u32,
    }
    /// The call that was to make a process failed: `child` never came to be.
    Effect ForkFailed {
        /// The process that is not.
        child: ActorId,
        /// The system's error, with its name.
        error: Text,
    }
    /// A process lives: its own first word, or its parent's where it can't speak (an exec). One
    /// that joins after it was told says it again: from here on it speaks for itself.
    Effect ProcessStarted {
        /// Its pid.
        pid: u32,
        /// Its parent; 0 is mpviz.
        parent: ActorId,
        /// Its name; empty where it was told before.
        name: Text,
    }
    /// A process becomes another program.
    Cause ProcessExec {
        /// The program and its arguments.
        argv: Vec<Text>,
    }
    /// A thread of the runtime begins. `actor` is the thread.
    Effect ThreadStarted {
        /// The process that it belongs to.
        process: ActorId,
        /// What it is for.
        role: Role,
        /// The object that it serves.
        object: Option<ObjectId>,
    }
    /// A thread ends.
    Cause ThreadEnded {}
    /// A process's own function is over. What every process does at its end comes now: it ends its
    /// daemonic children, joins the others, and its queues join their feeders.
    Cause ProcessFinishing {}
    /// A process is about to end by itself. An intention: it may still be killed.
    Cause ProcessExiting {
        /// The exit code that it means to have.
        code: i32,
    }
    /// A process has ended. A second one of the same actor counts for nothing.
    Effect ProcessExited {
        /// Its exit code, −N if signal N killed it; absent if nobody saw it.
        code: Option<i32>,
    }
    /// A parent has taken note of a child's end: it is no zombie any more.
    Effect ProcessReaped {
        /// The child.
        child: ActorId,
        /// The exit code that the reaper was told.
        code: Option<i32>,
    }
    /// A process has asked for the exit code of a child that has ended.
    Effect ExitCodeRead {
        /// The child.
        child: ActorId,
        /// Its exit code.
        code: i32,
    }
    /// A process's parent ended first, and it has a new one.
    Effect ProcessAdopted {
        /// The new parent; 0 is mpviz's supervisor, or without one somebody outside.
        adopter: ActorId,
        /// The new parent's pid.
        ppid: u32,
        /// Since when: its parent's exit, if that is known.
        since: Option<Time>,
    }
    /// A signal is sent.
    Cause SignalSent {
        /// To whom.
        to: ActorId,
        /// Its number.
        signal: i32,
    }
    /// An actor goes to sleep.
    Begin Slept {
        /// Until when it means to sleep.
        until: Time,
    }
    /// An actor wakes from its sleep.
    Finish Woke {}
    /// A queue, pipe, lock, pool or a part of one was made.
    Effect ObjectCreated {
        /// The object.
        object: ObjectId,
        /// What it is.
        class: Class,
        /// Its name; empty if the program gave none.
        name: Text,
        /// The object that it is a part of.
        part_of: Option<ObjectId>,
        /// What it is to that object.
        part: Option<Part>,
        /// The most items that it takes; absent if there is no bound.
        maxsize: Option<u64>,
        /// The bytes that the kernel takes in each direction before a write waits.
        capacity: Option<u64>,
    }
    /// An actor has an end of a pipe. A fork copies all ends; that is not said again.
    Effect EndOpened {
        /// The pipe.
        object: ObjectId,
        /// The end.
        end: End,
    }
    /// An actor closes its copy of an end.
    Cause EndClosed {
        /// The pipe.
        object: ObjectId,
        /// The end.
        end: End,
    }
    /// An operation begins that may wait. They nest: the innermost is what it waits for. A wait for
    /// a lock is said again when the lock has another holder; that does not nest.
    Begin Blocked {
        /// What it does.
        operation: Operation,
        /// On which object.
        object: Option<ObjectId>,
        /// On which process or thread, where it waits for one.
        on: Option<ActorId>,
        /// How long it waits at most.
        timeout: Option<Span>,
    }
    /// The wait that the actor begins next is for one of several things, and these are they.
    Cause WaitListed {
        /// The pipes that something may come out of.
        objects: Vec<ObjectId>,
        /// The processes that may end.
        actors: Vec<ActorId>,
        /// How many other descriptors it is for.
        others: u32,
    }
    /// The innermost blocked operation of the actor is over.
    Finish Unblocked {
        /// How it ended.
        outcome: Outcome,
        /// Who ended it, where that is known.
        waker: Option<ActorId>,
    }
    /// A lock was taken.
    Effect LockTaken {
        /// The lock.
        object: ObjectId,
    }
    /// A lock is given back.
    Cause LockReleased {
        /// The lock.
        object: ObjectId,
    }
    /// A lock was taken and given back several times, for a moment each: told in one, because the
    /// reader of the events did not keep up.
    Effect LockUsed {
        /// The lock.
        object: ObjectId,
        /// How often.
        times: u64,
    }
    /// A semaphore's, a barrier's or a joinable queue's count is another.
    Effect CountChanged {
        /// The object.
        object: ObjectId,
        /// The new count.
        value: u64,
    }
    /// A shared value, or items of a shared array, was read.
    Effect ValueRead {
        /// The value or the array.
        object: ObjectId,
        /// Of an array: the index of the item, or of the first of several.
        index: Option<u64>,
        /// What was read, in a few characters.
        label: Text,
    }
    /// A shared value, or items of a shared array, is written.
    Cause ValueWritten {
        /// The value or the array.
        object: ObjectId,
        /// Of an array: the index of the item, or of the first of several.
        index: Option<u64>,
        /// What is written, in a few characters.
        label: Text,
    }
    /// An item was put into a queue's buffer.
    Cause MessagePut {
        /// The queue.
        object: ObjectId,
        /// The message.
        message: MessageId,
        /// Its size in the pipe, header included.
        bytes: u64,
        /// What it is, in a few characters.
        label: Text,
    }
    /// A message goes into a pipe, once per message.
    Cause MessageSent {
        /// The pipe.
        object: ObjectId,
        /// The message.
        message: MessageId,
        /// Its size in the pipe, header included.
        bytes: u64,
        /// What it is, where no `MessagePut` said so.
        label: Option<Text>,
        /// The end that it goes into, where the pipe is duplex.
        end: Option<End>,
    }
    /// A message came out of a pipe, whole.
    Effect MessageReceived {
        /// The pipe.
        object: ObjectId,
        /// The message.
        message: MessageId,
        /// The end that it came out of, where the pipe is duplex.
        end: Option<End>,
    }
    /// Bytes go into a stream that has no messages.
    Cause BytesWritten {
        /// The pipe.
        object: ObjectId,
        /// How many.
        bytes: u64,
        /// Their beginning, as text.
        label: Text,
    }
    /// Bytes came out of a stream that has no messages.
    Effect BytesRead {
        /// The pipe.
        object: ObjectId,
        /// How many.
        bytes: u64,
        /// Their beginning, as text.
        label: Text,
    }
    /// A reader has learned that nothing will come any more.
    Effect EofSeen {
        /// The pipe.
        object: ObjectId,
    }
    /// A task is handed to a pool.
    Cause TaskSubmitted {
        /// The pool.
        pool: ObjectId,
        /// The task.
        task: TaskId,
        /// The function with its arguments, in a few characters.
        function: Text,
    }
    /// A worker begins a task.
    Effect TaskStarted {
        /// The task.
        task: TaskId,
    }
    /// A worker has ended a task, and is about to send its result.
    Cause TaskFinished {
        /// The task.
        task: TaskId,
        /// Whether it went well.
        ok: bool,
        /// Its error, if it did not.
        error: Option<Text>,
    }
    /// A task's result was handed over to who asked for it, or to a callback.
    Effect TaskFetched {
        /// The task.
        task: TaskId,
    }
    /// Something was printed. A long text comes in several.
    Cause Output {
        /// Where to.
        stream: Stream,
        /// The text as it was written, line ends included; what is no UTF-8 is replaced.
        text: Text,
        /// Whether the stage read it from a pipe, after the fact; else the printer said so before.
        captured: bool,
    }
    /// A text of the program's own source. `line` of other events points into it.
    Fact SourceSeen {
        /// Its number.
        file: FileId,
        /// Its path.
        path: Text,
        /// Its text, cut at 256 KiB.
        text: Text,
    }
    /// An error or panic that nobody in the program handled.
    Effect Failed {
        /// What kind of error.
        error: Text,
        /// What it says.
        text: Text,
    }
    /// Something can't be seen, from here on. Of mpviz (0) it holds for the whole program.
    Fact Unseen {
        /// What.
        what: Sight,
        /// Why not, in plain words.
        why: Text,
    }
    /// What the kernel says of a process.
    Fact Sampled {
        /// What it does.
        state: KernelState,
        /// CPU time used since its start.
        cpu: Span,
        /// Anonymous memory in bytes.
        memory: u64,
        /// Time that it could have run and had no CPU.
        run_delay: Option<Span>,
    }
    /// Who holds the ends of a pipe, as the kernel says.
    Fact EndsSampled {
        /// The pipe.
        object: ObjectId,
        /// Each holder with an end that it holds. 0 is somebody outside of the program, or
        /// whether there is one is not known.
        holders: Vec<(ActorId, End)>,
    }
    /// A recording begins: what the viewer does from here on is shown. All before it is known at once.
    Fact RecordingStarted {
        /// When, by the viewer's clock.
        at: Time,
        /// How wide the screen is, in cells.
        columns: u32,
        /// How high it is, in cells.
        rows: u32,
        /// How many times as fast as the viewer's clock the run goes; 0 where all of it is known.
        speed: f64,
    }
    /// The recording pauses: what follows is not shown, up to `RecordingResumed`.
    Fact RecordingPaused {
        /// When, by the viewer's clock.
        at: Time,
    }
    /// The recording goes on.
    Fact RecordingResumed {
        /// When, by the viewer's clock.
        at: Time,
    }
    /// The recording ends.
    Fact RecordingEnded {
        /// When, by the viewer's clock.
        at: Time,
    }
    /// The viewer did something.
    Fact ViewerActed {
        /// When, by the viewer's clock.
        at: Time,
        /// What, as the keymap names it; `type` for a character that was typed, `point` for what a
        /// pointer asked for.
        action: Text,
        /// The key; of `type` the character, of `point` what is asked for (`docs/trace.md`).
        key: Text,
        /// The moment that was shown, where it was not the last one known.
        moment: Option<Time>,
    }
    /// The screen has another size.
    Fact ViewerResized {
        /// When, by the viewer's clock.
        at: Time,
        /// How wide it is, in cells.
        columns: u32,
        /// How high it is, in cells.
        rows: u32,
    }
    /// The viewer set a mark.
    Fact MarkSet {
        /// When, by the viewer's clock.
        at: Time,
        /// The moment that is marked.
        moment: Time,
        /// Its name; may be empty.
        name: Text,
    }
    /// The viewer said something, which is shown for a while.
    Fact CaptionShown {
        /// When, by the viewer's clock.
        at: Time,
        /// What.
        text: Box<Text>,
        /// For how long, by the viewer's clock.
        lasts: Span,
        /// The moment that was shown, where it was not the last one known.
        moment: Option<Time>,
    }
    /// From here on the recording is shown so many times as fast as it was made.
    Fact SpeedSet {
        /// When, by the viewer's clock.
        at: Time,
        /// How many times as fast.
        speed: f64,
    }
}

impl Tag {
    /// Returns the kind with a number, as `as u8` gives it; [`Tag::Unknown`] has none.
    #[inline]
    pub fn from_number(number: u8) -> Option<Tag> {
        TAGS.get(usize::from(number)).copied()
    }
}

impl Kind {
    /// Returns whether it is about the viewer of the run instead of the program, and when that was
    /// by the viewer's clock. Such a kind stands in traces alone, and no history knows of it; its
    /// event's time is up to when the viewer knew everything.
    pub fn viewers(&self) -> Option<Time> {
        match self {
            Kind::RecordingStarted { at, .. }
            | Kind::RecordingPaused { at }
            | Kind::RecordingResumed { at }
            | Kind::RecordingEnded { at }
            | Kind::ViewerActed { at, .. }
            | Kind::ViewerResized { at, .. }
            | Kind::MarkSet { at, .. }
            | Kind::CaptionShown { at, .. }
            | Kind::SpeedSet { at, .. } => Some(*at),
            _ => None,
        }
    }

    /// Returns what there is to know about the kind; `None` for one that is unknown.
    pub fn info(&self) -> Option<&'static KindInfo> {
        KINDS.get(self.tag() as usize)
    }

    /// Returns how the kind is stamped.
    pub fn nature(&self) -> Nature {
        match self {
            // A captured line was read after it was written.
            Kind::Output { captured: true, .. } => Nature::Effect,
            kind => kind.info().map_or(Nature::Fact, |info| info.nature),
        }
    }
}

const NOBODY: u32 = u32::MAX;

/// An event without its kind, for writing it without owning the kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Head {
    /// [`Event::t`].
    pub t: Time,
    /// [`Event::actor`].
    pub actor: ActorId,
    /// [`Event::by`].
    pub by: Option<ActorId>,
    /// [`Event::seq`].
    pub seq: u32,
    /// [`Event::line`].
    pub line: Option<u32>,
    /// [`Event::file`].
    pub file: Option<FileId>,
}

impl Head {
    /// Appends the event that consists of this and `kind`, in its ring form.
    #[inline]
    pub fn write(&self, w: &mut Writer<'_>, kind: &Kind) {
        // In few and wide writes: each is a store into a cache line that another core has read.
        let by = self.by.map_or(NOBODY, |by| by.0);
        // Files of one program beyond 65,534 share the last number.
        let file = self
            .file
            .map_or(u16::MAX, |f| u16::try_from(f.0).unwrap_or(u16::MAX - 1));
        self.t.write(w);
        (u64::from(self.actor.0) | u64::from(by) << 32).write(w);
        (u64::from(self.seq) | u64::from(self.line.unwrap_or(0)) << 32).write(w);
        (u32::from(file) | u32::from(kind.tag() as u8) << 16).write(w);
        kind.write_fields(w);
    }
}

impl Kind {
    /// Appends the fields, without what kind it is.
    #[inline]
    pub fn write<const PACKED: bool>(&self, w: &mut Writer<'_, PACKED>) {
        self.write_fields(w);
    }

    /// Takes the fields of the kind with a number, as [`Kind::tag`] gives it.
    #[inline]
    pub fn read<const PACKED: bool>(number: u8, r: &mut Reader<'_, PACKED>) -> Option<Kind> {
        let mut kind = Kind::Horizon {};
        Kind::read_fields(*TAGS.get(usize::from(number))?, r, &mut kind).map(|()| kind)
    }
}

impl Event {
    /// Appends the event in its ring form. The last byte of the 28-byte head is left 0, for the
    /// ring's slot count.
    #[inline]
    pub fn write(&self, w: &mut Writer<'_>) {
        self.head().write(w, &self.kind);
    }

    /// Returns what stands before the kind.
    #[inline]
    pub fn head(&self) -> Head {
        Head {
            t: self.t,
            actor: self.actor,
            by: self.by,
            seq: self.seq,
            line: self.line,
            file: self.file,
        }
    }

    /// Returns an event to be [read into](Event::read_into). No constant: that would be copied,
    /// with all its unused bytes.
    #[inline(always)]
    pub fn empty() -> Event {
        Event {
            t: Time::ZERO,
            actor: ActorId::MPVIZ,
            by: None,
            seq: 0,
            line: None,
            file: None,
            kind: Kind::Horizon {},
        }
    }

    /// Takes an event in its ring form; `None` if the bytes make no sense.
    pub fn read(r: &mut Reader<'_>) -> Option<Event> {
        let mut event = Event::empty();
        event.read_into(r).map(|()| event)
    }

    /// Takes an event in its ring form, in the place of an [empty](Event::empty) one; `None` if the
    /// bytes make no sense, and then what is in its place means nothing.
    #[inline]
    pub fn read_into(&mut self, r: &mut Reader<'_>) -> Option<()> {
        self.t = Wire::read(r)?;
        self.actor = Wire::read(r)?;
        self.by = Some(u32::read(r)?).filter(|&by| by != NOBODY).map(ActorId);
        self.seq = Wire::read(r)?;
        self.line = Some(u32::read(r)?).filter(|&line| line != 0);
        self.file = Some(u16::read(r)?)
            .filter(|&f| f != u16::MAX)
            .map(|f| FileId(u32::from(f)));
        let tag = *TAGS.get(usize::from(r.u8()?))?;
        r.u8()?;
        Kind::read_fields(tag, r, &mut self.kind)
    }
}

/// A hash of the vocabulary: two programs with the same one write the same rings.
pub fn layout_hash() -> u64 {
    // FNV-1a over every name and type.
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    let mut feed = |text: &str| {
        for byte in text.bytes().chain([0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    feed(env!("CARGO_PKG_VERSION"));
    for kind in KINDS {
        feed(kind.name);
        for field in kind.fields {
            feed(field.name);
            feed(field.ty);
        }
    }
    hash
}
