//! The trace file: write, read, check, versions.
