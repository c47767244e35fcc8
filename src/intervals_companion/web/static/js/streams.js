// Stacked streams on one time axis: one ink line through all, its time in a pill, its place on the route; intervals
// shaded behind them, and the chosen one on the route.
"use strict";

(() => {
// A body that is put in later draws the same streams: they are asked for once.
const asked = new Map();
const streamsAt = (address) => {
  if (!asked.has(address)) {
    const answer = fetch(address, { headers: { Accept: "application/json" } });
    asked.set(address, answer.then((found) => (found.ok ? found.json() : null)));
  }
  return asked.get(address);
};

const start = async (room) => {
  const told = await streamsAt(room.dataset.streams);
  if (!told) return;
  const { seconds, width, panels, route } = told;
  const end = Number(room.dataset.seconds);
  const GUTTER = 34;

  const cursor = room.querySelector(".streams-cursor");
  const pill = room.querySelector(".streams-pill");
  const band = room.querySelector(".streams-band");
  const axis = room.querySelector(".panel-axis");
  const around = room.closest(".detail");
  const place = around.querySelector(".route .cursor");

  const two = (number) => String(number).padStart(2, "0");
  const clock = (at) => {
    const whole = Math.round(at), hours = Math.floor(whole / 3600), minutes = Math.floor(whole / 60) % 60;
    return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
  };
  const say = (panel, value) => {
    if (value === null || value === undefined) return "–";
    if (panel.pace) return value > 0.2 ? clock(panel.pace / value) : "–";
    return value.toLocaleString(document.documentElement.lang, { minimumFractionDigits: panel.decimals, maximumFractionDigits: panel.decimals });
  };

  const middles = seconds.map((at) => at + width / 2);
  const doubled = seconds.flatMap((at) => [at + width / 4, at + (3 * width) / 4]);
  let view = [0, end];

  // A round number inside the range, for the one grid line of a panel.
  const round = (low, high) => {
    const step = 10 ** Math.floor(Math.log10(high - low || 1));
    const steps = [step, step / 2, step / 5].find((one) => Math.ceil(low / one) * one < high) || step;
    const middle = (low + high) / 2;
    return Math.round(middle / steps) * steps;
  };

  const draw = (panel) => {
    const box = room.querySelector(`[data-stream=${panel.stream}]`);
    const plot = box.querySelector(".panel-plot");
    const style = getComputedStyle(box);
    const colour = style.getPropertyValue("--stream").trim();
    const font = `11px ${getComputedStyle(document.body).fontFamily}`;
    const known = panel.read.filter((value) => value !== null);
    const mark = round(Math.min(...known), Math.max(...known));
    const lined = panel.line && !panel.dots;
    const drawn = new uPlot({
      width: plot.clientWidth, height: plot.clientHeight, cursor: { show: false }, legend: { show: false },
      padding: [2, 0, 0, 0],
      scales: {
        x: { time: false, range: () => view },
        y: { range: (_, low, high) => [panel.filled ? low - (high - low) * 0.1 : low - (high - low) * 0.05 - 0.01, high + (high - low) * 0.05 + 0.01] },
      },
      axes: [
        { show: false },
        { side: 1, size: GUTTER, gap: 6, font, stroke: style.getPropertyValue("--text3").trim(), splits: () => [mark], values: (_, at) => at.map((one) => say({ ...panel, decimals: 0 }, one)), ticks: { show: false }, grid: { stroke: style.getPropertyValue("--band7").trim(), width: 1, dash: [1, 4] } },
      ],
      series: [
        {},
        {
          stroke: colour, width: panel.dots ? 0 : panel.stream === "heart_rate" ? 1.6 : 1.2, spanGaps: false,
          fill: panel.filled ? `${colour}29` : undefined,
          paths: panel.dots ? () => null : undefined,
          points: { show: panel.dots, size: 2.5, width: 0, fill: colour },
        },
      ],
    }, [lined ? doubled : middles, lined ? panel.line : panel.read], plot);
    return { panel, drawn, plot, value: box.querySelector(".panel-value") };
  };

  let charts = panels.map(draw);

  const label = () => {
    axis.replaceChildren(...[0, 1, 2, 3, 4].map((part) => {
      const text = document.createElement("span");
      text.textContent = clock(view[0] + ((view[1] - view[0]) * part) / 4);
      text.style.left = `${part * 25}%`;
      return text;
    }));
  };

  const left = () => room.getBoundingClientRect().left;
  const across = () => room.clientWidth - GUTTER;
  const timeAt = (x) => view[0] + (Math.min(Math.max(x - left(), 0), across()) / across()) * (view[1] - view[0]);
  const pixel = (at) => ((at - view[0]) / (view[1] - view[0])) * across();

  let shown = null;
  const read = (at) => {
    shown = Math.min(seconds.length - 1, Math.max(0, Math.floor(at / width)));
    for (const chart of charts) chart.value.textContent = say(chart.panel, chart.panel.read[shown]);
    const x = pixel(middles[shown]);
    cursor.hidden = pill.hidden = x < 0 || x > across();
    cursor.style.left = `${x}px`;
    pill.style.left = `${Math.min(Math.max(x, 26), across() - 10)}px`;
    pill.textContent = clock(seconds[shown]);
    const here = route[shown];
    if (place) {
      place.setAttribute("visibility", here ? "visible" : "hidden");
      if (here) { place.setAttribute("cx", here[0]); place.setAttribute("cy", here[1]); }
    }
  };

  // An interval is a button in the table below: pressed by finger, mouse or key, or focused, it is the chosen one.
  const parts = [...around.querySelectorAll("button[data-from]")].map((button) => {
    const shade = document.createElement("i");
    shade.className = "streams-part";
    room.prepend(shade);
    return { button, shade, row: button.closest("tr"), from: Number(button.dataset.from), to: Number(button.dataset.to) };
  });
  const shades = () => {
    for (const { shade, from, to } of parts) {
      const [begin, until] = [from, to].map((at) => Math.min(Math.max(pixel(at), 0), across()));
      shade.hidden = until <= begin;
      shade.style.left = `${begin}px`;
      shade.style.width = `${until - begin}px`;
    }
  };
  const way = around.querySelector(".route .d-part");
  const word = around.querySelector(".route-word");
  const choose = (chosen) => {
    for (const part of parts) {
      part.button.setAttribute("aria-pressed", part === chosen);
      part.row.classList.toggle("chosen", part === chosen);
      part.shade.classList.toggle("chosen", part === chosen);
    }
    const points = route.slice(Math.floor(chosen.from / width), Math.ceil(chosen.to / width) + 1).filter(Boolean);
    if (way) way.setAttribute("points", points.map((at) => at.join()).join(" "));
    const name = chosen.button.textContent;
    if (word && points.length) word.textContent = `accent: ${/^\d+$/.test(name) ? "interval " : ""}${name}`;
    read((chosen.from + chosen.to) / 2);
  };
  for (const part of parts) {
    part.row.addEventListener("click", () => choose(part));
    part.button.addEventListener("focus", () => choose(part));
  }

  const zoom = (from, to) => {
    const length = Math.min(end, Math.max(to - from, width * 8, 10));
    const begin = Math.min(Math.max(from, 0), end - length);
    view = [begin, begin + length];
    for (const chart of charts) chart.drawn.setScale("x", { min: view[0], max: view[1] });
    label();
    shades();
    if (shown !== null) read(middles[shown]);
  };

  // One finger reads, two zoom; the browser keeps vertical scrolling (touch-action: pan-y). A mouse reads on its way and
  // zooms where it is dragged.
  const fingers = new Map();
  let pinch = null, drag = null;
  room.addEventListener("pointerdown", (event) => {
    fingers.set(event.pointerId, event.clientX);
    if (event.pointerType === "mouse") { drag = event.clientX; room.setPointerCapture(event.pointerId); }
    if (fingers.size === 2) pinch = [...fingers.values()].map(timeAt).sort((a, b) => a - b);
    else read(timeAt(event.clientX));
  });
  room.addEventListener("pointermove", (event) => {
    if (event.pointerType === "mouse" && drag === null) { read(timeAt(event.clientX)); return; }
    if (!fingers.has(event.pointerId)) return;
    fingers.set(event.pointerId, event.clientX);
    if (pinch && fingers.size === 2) {
      const [low, high] = [...fingers.values()].map((x) => (x - left()) / across()).sort((a, b) => a - b);
      if (high - low < 0.05) return;
      const length = (pinch[1] - pinch[0]) / (high - low);
      zoom(pinch[0] - low * length, pinch[0] + (1 - low) * length);
    } else {
      read(timeAt(event.clientX));
      if (drag !== null) {
        const [from, to] = [drag, event.clientX].map((x) => pixel(timeAt(x))).sort((a, b) => a - b);
        band.hidden = to - from < 6;
        band.style.left = `${from}px`;
        band.style.width = `${to - from}px`;
      }
    }
  });
  const let_go = (event) => {
    fingers.delete(event.pointerId);
    if (fingers.size < 2) pinch = null;
    if (drag !== null && event.type === "pointerup") {
      const [from, to] = [drag, event.clientX].map(timeAt).sort((a, b) => a - b);
      if (Math.abs(event.clientX - drag) >= 6) zoom(from, to);
    }
    drag = null;
    band.hidden = true;
  };
  room.addEventListener("pointerup", let_go);
  room.addEventListener("pointercancel", let_go);
  room.addEventListener("dblclick", () => zoom(0, end));

  const again = () => {
    if (!room.isConnected) return;
    for (const chart of charts) chart.drawn.destroy();
    charts = panels.map(draw);
    shades();
    if (shown !== null) read(middles[shown]);
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  let size = room.clientWidth;
  new ResizeObserver(() => { if (room.clientWidth !== size) { size = room.clientWidth; again(); } }).observe(room);

  label();
  shades();
  // The moment nearest to the middle at which anything is known: in a pause there is nothing to read.
  const half = seconds.length / 2;
  const known = seconds.map((_, at) => at).filter((at) => panels.some((panel) => panel.read[at] !== null));
  read(middles[known.reduce((best, at) => (Math.abs(at - half) < Math.abs(best - half) ? at : best), known[0])]);
};

// htmx tells of the page itself, and of what it puts into it later.
document.addEventListener("htmx:load", (event) => {
  for (const room of event.detail.elt.querySelectorAll("[data-streams]")) start(room);
});
})();
