//! The recorder: writes a run's trace beside the screen.
//!
//! When the disk is full the run goes on; what stands in the file until then opens.

use crate::channel::Batch;
use crate::event::Kind;
use crate::trace::{Flush, Header, Writer};
use std::fs::File;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

/// Why a trace can't be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write `{}`", path.display())]
pub(super) struct RecordError {
    /// The file.
    path: PathBuf,
    /// Why.
    source: io::Error,
}

/// A trace that is being written.
pub(super) struct Recorder {
    path: PathBuf,
    file: Option<BufWriter<File>>,
    writer: Option<Writer<BufWriter<File>>>,
}

impl Recorder {
    /// Creates the file. One that is there is replaced.
    pub(super) fn create(path: &Path) -> Result<Recorder, RecordError> {
        let fail = |source| RecordError {
            path: path.to_owned(),
            source,
        };
        let file = File::create(path).map_err(fail)?;
        Ok(Recorder {
            path: path.to_owned(),
            file: Some(BufWriter::new(file)),
            writer: None,
        })
    }

    /// Writes a batch. Returns what is to be told when that fails: it is the last then.
    pub(super) fn take(&mut self, batch: &Batch) -> Option<String> {
        let written = self.write(batch);
        if written.is_err() {
            // A half line at the end is what a reader says is cut; all before it is whole.
            self.writer = None;
        }
        let path = self.path.display();
        written
            .err()
            .map(|error| format!("`{path}` is no longer written: {error}"))
    }

    fn write(&mut self, batch: &Batch) -> io::Result<()> {
        if let Some(file) = self.file.take() {
            let program = batch.events.iter().find_map(|event| match &event.kind {
                Kind::RunStarted { program, .. } => Some(program.as_str()),
                _ => None,
            });
            let header = Header::new(program.unwrap_or_default());
            self.writer = Some(Writer::new(file, &header, Flush::AtEnd)?);
        }
        match &mut self.writer {
            Some(writer) => {
                writer.batch(&batch.events, batch.horizon)?;
                writer.flush()
            }
            None => Ok(()),
        }
    }

    /// Writes what is left.
    pub(super) fn finish(self) -> Result<(), RecordError> {
        let Some(writer) = self.writer else {
            return Ok(());
        };
        writer.finish().map(drop).map_err(|source| RecordError {
            path: self.path,
            source,
        })
    }
}
