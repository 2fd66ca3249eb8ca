//! Everything known, over time, and questions to it.
