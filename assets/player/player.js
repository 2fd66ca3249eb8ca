// The player of a film that stands in its page: decodes the frames, paints the one whose time has
// come, and moves through them by buttons and keys. It loads nothing and keeps nothing.
"use strict";
(() => {
  const by = (id) => document.getElementById(id);
  const film = JSON.parse(by("data").textContent);
  const { columns, rows: height, fps, length, looks, shapes, curves, shades, clusters } = film;

  // The frames. A number has digits of five bits from "=" on, the lowest first; 32 says that another
  // follows. A frame: how many ticks after the one before, how many rows change; each with its
  // distance from the last one and either how long ago it was new or, odd, from which row of the
  // frame before it is made by which spans of cells.
  const stream = film.frames;
  let read = 0;
  const number = () => {
    let value = 0;
    let factor = 1;
    for (;;) {
      const digit = stream.charCodeAt(read++) - 61;
      value += (digit & 31) * factor;
      if (digit < 32) return value;
      factor *= 32;
    }
  };
  const changed = (row) => {
    let { text, look } = row;
    let x = 0;
    for (let spans = number(); spans > 0; spans--) {
      x += number();
      const cells = number();
      let looked = "";
      while (looked.length < cells) {
        const one = String.fromCharCode(number());
        looked += one.repeat(number());
      }
      text = text.slice(0, x) + stream.slice(read, read + cells) + text.slice(x + cells);
      look = look.slice(0, x) + looked + look.slice(x + cells);
      read += cells;
      x += cells;
    }
    return { text, look };
  };
  const known = [{ text: " ".repeat(columns), look: "\0".repeat(columns) }];
  const ticks = [];
  const frames = [];
  const blank = new Array(height).fill(0);
  for (let tick = 0; read < stream.length; ) {
    tick += number();
    const before = frames[frames.length - 1] || blank;
    const frame = before.slice();
    let y = -1;
    for (let rows = number(); rows > 0; rows--) {
      y += number() + 1;
      const code = number();
      if (code % 2) {
        const from = y + (code % 4 === 1 ? (code - 1) / 4 : -(code + 1) / 4);
        frame[y] = known.push(changed(known[before[from]])) - 1;
      } else {
        frame[y] = known.length - 1 - code / 2;
      }
    }
    ticks.push(tick);
    frames.push(frame);
  }
  if (!frames.length) {
    ticks.push(0);
    frames.push(blank);
  }

  // Painting a row: grounds, then geometry, then text, as the still picture has them.
  const make = (parent, name, attributes) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const key in attributes) made.setAttribute(key, attributes[key]);
    parent.appendChild(made);
    return made;
  };
  const WEIGHT = ["", " b", " bd", " bl"];
  const box = (group, colour, x, cells, y, high) =>
    make(group, "rect", { class: "c" + colour, x: x * 9, y, width: cells * 9, height: high });
  const paint = (behind, front, { text, look }) => {
    behind.textContent = front.textContent = "";
    const at = (x) => looks[look.charCodeAt(x)];
    for (let x = 0, end; x < columns; x = end) {
      const ground = at(x)[1];
      for (end = x + 1; end < columns && at(end)[1] === ground; ) end++;
      if (ground >= 0) box(behind, ground, x, end - x, -14, 18);
    }
    const isShape = (x) => shapes[text[x]] !== undefined;
    // The boxes of one colour are one path, in which those that go on are one, so that they join.
    const paths = new Map();
    for (let x = 0; x < columns; x++) {
      if (!isShape(x)) continue;
      const shade = shades[text[x]] || "";
      const key = at(x)[0] + " " + shade;
      if (!paths.has(key)) paths.set(key, { colour: at(x)[0], shade, boxes: [], more: [] });
      const path = paths.get(key);
      for (const [left, top, right, bottom] of shapes[text[x]]) {
        const from = left + x * 72;
        const old = path.boxes.findLast((b) => b[1] === top && b[3] === bottom && b[2] === from);
        if (old) old[2] = right + x * 72;
        else path.boxes.push([from, top, right + x * 72, bottom]);
      }
      for (const curve of curves[text[x]] || []) path.more.push("M" + x * 9 + " 0" + curve);
    }
    for (const { colour, shade, boxes, more } of paths.values()) {
      const boxed = boxes.map(
        ([left, top, right, bottom]) =>
          `M${left / 8} ${top / 8}h${(right - left) / 8}v${(bottom - top) / 8}h${(left - right) / 8}z`,
      );
      for (const d of [boxed.join(""), ...more].filter(Boolean)) {
        const drawn = make(front, "path", { class: "c" + colour, d });
        if (shade) drawn.setAttribute("opacity", shade);
      }
    }
    for (let x = 0; x < columns; x++) {
      if (at(x)[3] & 1) box(front, at(x)[0], x, 1, 2, 1);
      if (at(x)[3] & 2) box(front, at(x)[0], x, 1, -5, 1);
    }
    // What the font lacks has a private character, and so have the cells that a wide one covers.
    const isForeign = (x) => text[x] >= "\ue000" && text[x] <= "\uf8ff";
    const isText = (x) => x < columns && text[x] !== " " && !isShape(x) && !isForeign(x);
    for (let x = 0; x < columns; ) {
      const begin = x++;
      const [colour, , bold] = at(begin);
      const name = "c" + colour + WEIGHT[bold];
      if (isForeign(begin)) {
        while (text[x] === "\ue000") x++;
        const foreign = clusters[text.charCodeAt(begin) - 0xe001];
        make(front, "text", { class: name + " m", x: (begin + x) * 4.5 }).textContent = foreign;
      } else if (isText(begin)) {
        for (;;) {
          const next = text[x] === " " ? x + 1 : x;
          if (!isText(next) || at(next)[0] !== colour || at(next)[2] !== bold) break;
          x = next + 1;
        }
        const length = (x - begin) * 9;
        make(front, "text", { class: name, x: begin * 9, textLength: length }).textContent =
          text.slice(begin, x);
      }
    }
  };
  const [behind, front] = document.querySelectorAll("#picture > g");
  let shown = blank;
  const draw = (frame) => {
    for (let y = 0; y < height; y++)
      if (shown === blank || frame[y] !== shown[y]) 
        paint(behind.children[y], front.children[y], known[frame[y]]);
    shown = frame;
  };

  // What is told beside the frames stands in the page already.
  const timeOf = (link) => Math.round(parseFloat(link.hash.slice(3)) * 1000);
  const listed = (id) =>
    [...document.querySelectorAll("#" + id + " a")].map((link) => ({
      link,
      item: link.parentNode,
      at: timeOf(link),
    }));
  const lines = listed("transcript");
  const marks = listed("marks");
  const captions = listed("captions");
  // Returns how many are at or before a time.
  const before = (items, time) => {
    let [low, high] = [0, items.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (items[middle].at <= time) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  // The one position, in milliseconds of the film, and all that follows from it.
  const [play, seekBar, clock, speed, said] = ["play", "seek", "time", "speed", "said"].map(by);
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const seconds = (time) => (Math.floor(time / 10) / 100).toFixed(2);
  let position = 0;
  let isPlaying = false;
  let index = -1;
  let current = null;
  const frameAt = (time) => {
    const tick = Math.floor((time * fps) / 1000 + 1e-6);
    let [low, high] = [0, ticks.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ticks[middle] <= tick) low = middle + 1;
      else high = middle;
    }
    return Math.max(low - 1, 0);
  };
  const timeAt = (frame) => Math.ceil((ticks[frame] * 1000) / fps - 1e-6);
  const follow = () => {
    const line = lines[before(lines, position) - 1] || null;
    if (line === current) return;
    if (current) {
      current.item.removeAttribute("aria-current");
      current.link.tabIndex = -1;
    } else if (lines.length) lines[0].link.tabIndex = -1;
    current = line;
    (line || lines[0]).link.tabIndex = 0;
    if (!line) return;
    line.item.setAttribute("aria-current", "true");
    const box = by("transcript");
    if (!box.matches(":hover, :focus-within"))
      box.scrollTop = line.item.offsetTop - (box.clientHeight - line.item.offsetHeight) / 2;
  };
  const update = () => {
    const next = frameAt(position);
    if (next !== index) draw(frames[(index = next)]);
    seekBar.value = position;
    seekBar.style.setProperty("--done", length ? (100 * position) / length + "%" : "0%");
    const told = seconds(position) + " / " + seconds(length) + " s";
    if (clock.textContent !== told) clock.textContent = told;
    if (!isPlaying || !(Math.floor(position / 10) % 100))
      seekBar.setAttribute("aria-valuetext", seconds(position) + " of " + seconds(length) + " s");
    if (lines.length) follow();
    const caption = captions[before(captions, position) - 1];
    const words = caption && position < +caption.item.dataset.until ? caption.item.lastChild.data : "";
    if (said.textContent !== words.trim()) said.textContent = words.trim();
  };

  // Playing. Who asks for less motion gets a picture a second.
  let last = 0;
  let due = 0;
  const step = (now) => {
    if (!isPlaying) return;
    position += Math.min(now - last, 250) * speed.value;
    last = now;
    if (position >= length) {
      position = length;
      stop();
    } else {
      if (!calm.matches || now >= due) {
        due = now + 1000;
        update();
      }
      requestAnimationFrame(step);
    }
  };
  const told = () => {
    const word = isPlaying ? "Pause" : "Play";
    play.setAttribute("aria-label", word);
    play.title = word + " (space)";
    document.body.classList.toggle("playing", isPlaying);
  };
  const stop = () => {
    isPlaying = false;
    told();
    update();
  };
  const start = () => {
    if (position >= length) position = 0;
    isPlaying = true;
    last = performance.now();
    due = last + 1000;
    told();
    update();
    requestAnimationFrame(step);
  };
  const toggle = () => (isPlaying ? stop() : start());
  const seek = (time) => {
    position = Math.min(Math.max(time, 0), length);
    due = 0;
    update();
  };
  const look = (time) => {
    stop();
    seek(time);
  };
  const stepFrame = (by) => {
    const frame = frameAt(position) + by;
    if (frame < 0) look(0);
    else look(frame < frames.length ? timeAt(frame) : length);
  };
  const neighbour = (items, by) => {
    const here = before(items, position);
    if (by > 0) {
      if (here < items.length) seek(items[here].at);
    } else {
      const earlier = before(items, position - 1) - 1;
      // While it plays, what has only just begun is not gone back to.
      const late = isPlaying && earlier > 0 && position - items[earlier].at < 500;
      seek(earlier >= 0 ? items[late ? earlier - 1 : earlier].at : 0);
    }
  };
  const faster = (by) => {
    const next = speed.selectedIndex + by;
    if (next >= 0 && next < speed.options.length) speed.selectedIndex = next;
  };
  const jump = (link) => {
    seek(timeOf(link));
    try {
      history.replaceState(null, "", link.hash);
    } catch {
      // A page from disk may keep its address.
    }
  };

  // A page for both grounds follows the reader's preference until the reader says otherwise.
  const light = by("light");
  const theme = () => {
    if (!light || !by("theme")) return;
    light.media = matchMedia(light.media).matches ? "not all" : "all";
  };
  const zoom = () => {
    const large = by("stage").classList.toggle("large");
    by("zoom").setAttribute("aria-pressed", large);
    by("stage").tabIndex = large ? 0 : -1;
  };
  const help = () => (by("help").open ? by("help").close() : by("help").showModal());

  const keys = {
    " ": toggle,
    k: toggle,
    ArrowLeft: () => seek(position - 5000),
    ArrowRight: () => seek(position + 5000),
    Home: () => seek(0),
    End: () => seek(length),
    ",": () => stepFrame(-1),
    ".": () => stepFrame(1),
    "<": () => faster(-1),
    ">": () => faster(1),
    m: () => neighbour(marks, 1),
    M: () => neighbour(marks, -1),
    n: () => neighbour(lines, 1),
    p: () => neighbour(lines, -1),
    t: theme,
    z: zoom,
    "?": help,
  };
  for (let tenth = 0; tenth < 10; tenth++) keys[tenth] = () => seek((length * tenth) / 10);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const on = event.target;
    if (by("help").open && event.key !== "?") return;
    // What a control does with its own keys is left to it.
    if (on.tagName === "SELECT" && !"<>".includes(event.key)) return;
    if (event.key === " " && on.closest("button, a, summary")) return;
    if (on.id === "stage" && /^(Arrow|Home|End)/.test(event.key)) return;
    if (/^Arrow(Up|Down)$/.test(event.key) && on.closest("#transcript a")) {
      const items = on.closest("li");
      const to = event.key === "ArrowUp" ? items.previousElementSibling : items.nextElementSibling;
      if (to) to.querySelector("a").focus();
      event.preventDefault();
      return;
    }
    if (!Object.hasOwn(keys, event.key)) return;
    keys[event.key]();
    event.preventDefault();
  });

  const buttons = {
    play: toggle,
    back: () => neighbour(lines, -1),
    next: () => neighbour(lines, 1),
    theme,
    zoom,
    keys: help,
    close: help,
  };
  for (const id in buttons) if (by(id)) by(id).addEventListener("click", buttons[id]);
  seekBar.addEventListener("input", () => seek(+seekBar.value));
  by("stage").addEventListener("click", () => getSelection().isCollapsed && toggle());
  for (const id of ["transcript", "marks", "captions"]) {
    if (!by(id)) continue;
    by(id).addEventListener("click", (event) => {
      const item = event.target.closest("li");
      if (!item || !getSelection().isCollapsed) return;
      event.preventDefault();
      jump(item.querySelector("a"));
    });
  }
  // What is copied from the picture keeps its rows and columns; within one text it is left to the browser.
  document.addEventListener("copy", (event) => {
    const chosen = getSelection();
    const [begin, end] = [chosen.anchorNode, chosen.focusNode];
    if (begin === end || !by("picture").contains(begin) || !by("picture").contains(end)) return;
    const copied = [];
    for (const row of front.children) {
      let line = "";
      for (const text of row.querySelectorAll("text"))
        if (chosen.containsNode(text, true))
          line = line.padEnd(text.getAttribute("x") / 9) + text.textContent;
      if (line) copied.push(line);
    }
    event.clipboardData.setData("text/plain", copied.join("\n"));
    event.preventDefault();
  });
  const fromAddress = () => {
    const time = /^#t=([0-9]+(?:\.[0-9]+)?)$/.exec(location.hash);
    if (time) look(Math.round(time[1] * 1000));
    return !!time;
  };
  addEventListener("hashchange", fromAddress);

  for (const { link } of lines) link.tabIndex = -1;
  if (lines.length) lines[0].link.tabIndex = 0;
  for (const { at } of marks) {
    const tick = document.createElement("i");
    tick.style.left = (length ? (100 * at) / length : 0) + "%";
    by("ticks").appendChild(tick);
  }
  by("controls").hidden = false;
  told();
  update();
  if (!fromAddress() && !calm.matches && length) start();
})();
