#!/usr/bin/env bash
# A film as GIF beside agg, which makes the same one of its cast: bytes and seconds of CPU. Records
# the run (30 s) first, or takes the trace that is named.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v agg >/dev/null || { echo "agg is missing: build it from asciinema/agg" >&2; exit 1; }
mpviz=target/release/mpviz
[ -x "$mpviz" ] || { echo "$mpviz is missing: cargo build --release" >&2; exit 1; }
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
trace=${1:-$folder/pool.mpt}
[ -e "$trace" ] || "$mpviz" pool --json --pace 0.13 >"$trace"
render() { # ending
  "$mpviz" render "$trace" -o "$folder/film.$1" --force --size 100x30 --fps 10 --hold 0 --longest-pause 100 --dwell 0
}
TIMEFORMAT="%U s of CPU, %R s by the clock"
render cast
echo "mpviz"; time render gif; stat -c "%s bytes" "$folder/film.gif"
echo "agg"
time agg --quiet --fps-cap 10 --idle-time-limit 100 "$folder/film.cast" "$folder/agg.gif"
stat -c "%s bytes" "$folder/agg.gif"
