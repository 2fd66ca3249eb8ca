//! Words: what the fields of an event may say.
//!
//! Each word is one byte in a ring and a lower-case text in a trace. The numbers are positions:
//! rings are read by the program that wrote them, so they may change; the texts may not.

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($($(#[doc = $doc:literal])* $name:ident { $($(#[doc = $vdoc:literal])* $variant:ident = $text:literal,)* })*) => {$(
        $(#[doc = $doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        #[repr(u8)]
        pub enum $name {
            $($(#[doc = $vdoc])* #[serde(rename = $text)] $variant,)*
        }

        impl $name {
            /// Every word, in order.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];

            /// Returns the word as traces write it.
            pub const fn text(self) -> &'static str {
                match self { $($name::$variant => $text,)* }
            }
        }

        impl super::lean::Lean for $name {
            fn read(line: &mut super::lean::Cursor<'_>) -> Option<Self> {
                super::lean::word(line, Self::ALL, Self::text)
            }
        }

        impl super::wire::Wire for $name {
            #[inline]
            fn write<const PACKED: bool>(&self, w: &mut super::wire::Writer<'_, PACKED>) {
                w.u8(*self as u8);
            }
            #[inline]
            fn read<const PACKED: bool>(
                r: &mut super::wire::Reader<'_, PACKED>,
            ) -> Option<Self> {
                Self::ALL.get(usize::from(r.u8()?)).copied()
            }
        }
    )*};
}

words! {
    /// How a process is made.
    Method {
        /// `fork` by multiprocessing: a copy of its parent goes on in a target function.
        Fork = "fork",
        /// A bare `fork()`: both go on from the same line.
        BareFork = "bare-fork",
        /// The program started anew, with the target's registered name.
        Spawn = "spawn",
        /// A copy of a server that was started for that: Python's forkserver.
        Forkserver = "forkserver",
        /// Another program, as `subprocess` starts it.
        Exec = "exec",
        /// mpviz put it on the stage: MainProcess.
        Stage = "stage",
    }
    /// What a thread of the runtime is for.
    Role {
        /// Moves items from a queue's buffer into its pipe.
        Feeder = "feeder",
        /// Moves a pool's tasks into its inqueue.
        TaskHandler = "task handler",
        /// Takes a pool's results out of its outqueue.
        ResultHandler = "result handler",
        /// Replaces workers of a pool that ended.
        WorkerHandler = "worker handler",
        /// Reads or writes a subprocess's pipes for `communicate`.
        Communicator = "communicator",
        /// Any other.
        Other = "other",
    }
    /// What may be out of sight.
    Sight {
        /// What a process does with messages, tasks and locks. Of the process only what the kernel tells
        /// is shown.
        Messages = "messages, tasks and locks",
        /// What is printed.
        Output = "what it printed",
        /// How some processes ended.
        ExitCodes = "some exit codes",
        /// What is waited for.
        Waits = "some of what it waits for",
    }
    /// What an object is.
    Class {
        /// A buffer, a feeder, two locks and a pipe.
        Queue = "queue",
        /// A pipe and two locks.
        SimpleQueue = "simple queue",
        /// A queue that counts tasks done.
        JoinableQueue = "joinable queue",
        /// A one-way pipe of the kernel: its ends are `read` and `write`.
        Pipe = "pipe",
        /// A two-way pipe, which is a socket pair: its ends are `a` and `b`.
        DuplexPipe = "duplex pipe",
        /// A mutual exclusion lock.
        Lock = "lock",
        /// A lock that its holder may take again.
        RLock = "rlock",
        /// A counter that blocks at zero.
        Semaphore = "semaphore",
        /// A semaphore with an upper bound.
        BoundedSemaphore = "bounded semaphore",
        /// A condition variable.
        Condition = "condition",
        /// A flag that can be waited for.
        Event = "event",
        /// A meeting point for a number of processes.
        Barrier = "barrier",
        /// A shared value.
        Value = "value",
        /// A shared array.
        Array = "array",
        /// A pool of workers.
        Pool = "pool",
        /// A started program, as its starter holds it.
        Popen = "popen",
    }
    /// What an object is to the object that it is a part of.
    Part {
        /// A queue's pipe.
        Pipe = "pipe",
        /// The lock that a reader of a queue holds while it takes an item out.
        ReadLock = "read lock",
        /// The lock that a writer of a queue holds while it puts bytes into the pipe.
        WriteLock = "write lock",
        /// The semaphore that counts a bounded queue's free places.
        Slots = "slots",
        /// A pool's queue of tasks.
        Inqueue = "inqueue",
        /// A pool's queue of results.
        Outqueue = "outqueue",
        /// A subprocess's standard input.
        Stdin = "stdin",
        /// A subprocess's standard output.
        Stdout = "stdout",
        /// A subprocess's standard error.
        Stderr = "stderr",
        /// The counter of unfinished tasks of a joinable queue, and the like.
        Count = "count",
    }
    /// An end of a pipe.
    End {
        /// The end that bytes come out of.
        Read = "read",
        /// The end that bytes go into.
        Write = "write",
        /// The first end of a duplex pipe.
        A = "a",
        /// The second end of a duplex pipe.
        B = "b",
    }
    /// What an actor does while it is blocked.
    Operation {
        /// Puts into a queue that is full.
        Put = "put",
        /// Gets from a queue.
        Get = "get",
        /// Sends into a pipe.
        Send = "send",
        /// Receives from a pipe.
        Recv = "recv",
        /// A feeder writes its queue's pipe.
        Write = "write",
        /// A feeder waits for items in its buffer: it is idle.
        Idle = "idle",
        /// Acquires a lock or semaphore.
        Acquire = "acquire",
        /// Joins a process.
        Join = "join",
        /// Joins its feeder: waits until the buffer is in the pipe.
        JoinFeeder = "join feeder",
        /// Joins a pool: waits until its workers have ended.
        JoinPool = "join pool",
        /// Waits for a subprocess to end.
        Wait = "wait",
        /// Writes a subprocess's input and reads its outputs until EOF.
        Communicate = "communicate",
        /// Reads a stream of bytes.
        Read = "read",
        /// Waits for a task's result.
        Fetch = "fetch",
        /// Waits until something can be read.
        Poll = "poll",
        /// Waits for a condition, an event or a barrier.
        Await = "await",
        /// Waits until those that it has notified have woken.
        Notify = "notify",
    }
    /// How a blocked operation ended.
    Outcome {
        /// It was done.
        Done = "done",
        /// The queue had no free place in time.
        Full = "full",
        /// The queue had no item in time.
        Empty = "empty",
        /// The time was over.
        TimedOut = "timed out",
        /// Every copy of the other end is closed, and nothing is left to read.
        Eof = "eof",
        /// The other end is gone, and nobody will ever read.
        Broken = "broken",
        /// A signal came.
        Interrupted = "interrupted",
        /// Another error.
        Failed = "failed",
    }
    /// A standard stream.
    Stream {
        /// File descriptor 1.
        Stdout = "stdout",
        /// File descriptor 2.
        Stderr = "stderr",
    }
    /// What the kernel says a process does, as in `/proc/PID/stat`.
    KernelState {
        /// Runs or could run.
        Running = "R",
        /// Sleeps, and a signal would wake it.
        Sleeping = "S",
        /// Sleeps in the kernel, and no signal wakes it.
        DiskSleep = "D",
        /// Ended, and not yet reaped.
        Zombie = "Z",
        /// Stopped by a signal or a tracer.
        Stopped = "T",
        /// Anything else.
        Other = "?",
    }
    /// Why events are missing.
    GapReason {
        /// The ring was full: the program was faster than the collector.
        RingFull = "ring full",
        /// No ring was free for a thread: it ran unobserved.
        NoRing = "no ring",
        /// A ring's contents made no sense.
        Damaged = "damaged",
        /// Messages of which the send or the receive is not known.
        Unpaired = "unpaired",
    }
    /// How a run came to its end.
    Ending {
        /// Its last process ended.
        Finished = "finished",
        /// The viewer ended it.
        Stopped = "stopped",
        /// The supervisor was killed, and everything below it was ended.
        SupervisorLost = "supervisor lost",
        /// The program could not be started.
        NotStarted = "not started",
        /// The viewer left, and the program goes on: mpviz was only attached to it.
        Left = "left",
    }
}
