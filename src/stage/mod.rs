//! Puts a program on: launch, supervisor, containment, exits, kernel samples, output.
