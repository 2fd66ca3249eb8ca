//! Pure drawing: history and ui state in, cells out.

pub mod words;
