//! The trace file: write, read, check, versions.
//!
//! A trace (`.mpt`, and what `--json` prints) is lines of JSON: a header, which alone has no
//! `kind`, then an event per line in the order of time. `docs/events.md` describes them.
//!
//! Reading order: [`mod@format`] (which versions are readable), [`header`], [`writer`], [`reader`].
//! What the events mean is not here (`history`), nor where the bytes go (`cli`).

pub mod format;
pub mod header;
pub mod pack;
pub mod reader;
pub mod writer;

pub use format::{Format, Unreadable};
pub use header::{Header, HeaderError};
pub use pack::Packer;
pub use reader::{Chunk, Reader, TraceError};
pub use writer::{Flush, Writer};
