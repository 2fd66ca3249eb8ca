#!/usr/bin/env bash
# Makes the README's picture, the gallery's pictures and docs/gallery.md, by mpviz alone, from the
# traces and scripts here. With --check: fails where what is there is not what is made.
#
#   assets/gallery/make.sh [--check] [MPVIZ]
set -euo pipefail
cd "$(dirname "$0")/../.."

check=
[ "${1:-}" = --check ] && { check=1; shift; }
mpviz=${1:-target/release/mpviz}
command -v "$mpviz" >/dev/null || { echo "$mpviz is missing: cargo build --release" >&2; exit 1; }
new=$(mktemp -d)
trap 'rm -rf "$new"' EXIT
mkdir -p "$new/assets/gallery" "$new/docs"
page=$new/docs/gallery.md

picture() { # file below assets, what it is called, what is to be said of it, trace, options
  local file=assets/$1 title=$2 text=$3 trace=assets/gallery/$4
  shift 4
  "$mpviz" render "$trace" -o "$new/$file" "$@"
  local words=
  for word in "$@"; do
    case $word in *" "*) words+=" \"$word\"" ;; *) words+=" $word" ;; esac
  done
  {
    printf '\n## %s\n\n%s\n\n' "$title" "$text"
    case $file in
      *.html | *.cast | *.txt | *.json) printf '[%s](../%s)\n\n' "$file" "$file" ;;
      *) printf '![%s](../%s)\n\n' "$title" "$file" ;;
    esac
    printf '    mpviz render %s -o %s%s\n' "$trace" "$file" "$words"
  } >>"$page"
}

cat >"$page" <<'PAGE'
# Gallery

Everything here is made by mpviz alone: `assets/gallery/make.sh` renders all of it from the recorded runs and the scripts in
`assets/gallery`, and writes this page. Below each picture stands what made it. What a script says is described in
[scripts.md](scripts.md).
PAGE

picture pool.svg "A pool" \
  "An animated SVG that follows its reader's preference for dark or light. It has no script in it, so that it moves in a README too." \
  pool.mpt.zst --script assets/pool.script --theme both --title "mpviz pool"
picture gallery/deadlock.svg "A deadlock" \
  "The script waits until mpviz has found the circle, opens the finding, and follows who waits for whom." \
  two-locks.mpt.zst --script assets/gallery/deadlock.script --theme both --keys
picture gallery/killed-reader.gif "A killed reader" \
  "A GIF, where nothing else moves." \
  killed-reader.mpt.zst --script assets/gallery/killed-reader.script --size 80x24
picture gallery/pipe.html "Messages through a pipe" \
  "A page with a player: play, seek, speed, captions and transcript, all in one file, without network." \
  pipe.mpt.zst --script assets/gallery/pipe.script --theme both --title "Messages through a pipe"
picture gallery/queue-limits.png "A full queue" \
  "One moment as a picture." \
  queue-limits.mpt.zst --at 0.6
picture gallery/fork.svg "A fork" \
  "One moment as a still SVG, on a light ground, for a page that is printed." \
  fork.mpt.zst --at 0.2 --theme light --size 80x24
picture gallery/fork.txt "The same to read" \
  "What happens, in sentences." \
  fork.mpt.zst
picture gallery/pool.cast "The pool again, followed" \
  "What asciinema and its players play: without a script the run is followed, and the film dwells where things happen." \
  pool.mpt.zst --size 100x30 --fps 15

wrong=0
while IFS= read -r file; do
  if [ -n "$check" ]; then
    cmp -s "$new/$file" "$file" || { echo "$file is not what is made now: assets/gallery/make.sh" >&2; wrong=1; }
  else
    cp "$new/$file" "$file"
  fi
done < <(cd "$new" && find . -type f | sed 's|^\./||' | sort)
exit "$wrong"
