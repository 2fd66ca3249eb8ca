//! Which mpviz this is.

/// The version, and the commit that it was built from where `build.rs` saw one.
pub(super) const VERSION: &str = env!("MPVIZ_VERSION");
