//! Programs written on the runtime, one file each, and their catalogue.
