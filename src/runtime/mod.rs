//! Multiprocessing, instrumented.
