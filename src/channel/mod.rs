//! How events travel: the shared arena, its rings, the control page, the collector.
