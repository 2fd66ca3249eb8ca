//! Pages in Debian's Chromium.
