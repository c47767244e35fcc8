// Reading a chart of days by touch or pointer. What is said comes from the table below the chart.
"use strict";

for (const chart of document.querySelectorAll("[data-days]")) {
  const around = chart.closest("section, .metric-chart");
  const middle = chart.querySelector(".c-middle");
  const cursor = chart.querySelector(".c-cursor");
  const mark = chart.querySelector(".c-mark");
  const reading = around.querySelector(".c-reading");
  const heads = [...around.querySelectorAll(".c-table thead th")];
  const rows = [...around.querySelectorAll(".c-table tbody tr")];
  if (!rows.length) continue;

  const said = (row) => {
    const [day, ...cells] = row.cells;
    const parts = cells.map((cell, place) => {
      const head = heads[place + 1];
      const text = cell.textContent.trim();
      return text && text !== "–" ? (head.dataset.before || "") + text + (head.dataset.after || "") : "";
    });
    return `${day.textContent.trim()}: ${parts.filter(Boolean).join(", ") || "nothing"}`;
  };

  const show = (event) => {
    const box = middle.getBoundingClientRect();
    const at = (event.clientX - box.left) / box.width;
    const day = Math.min(rows.length - 1, Math.max(0, Math.floor(at * rows.length)));
    const row = rows[rows.length - 1 - day]; // the newest stands first
    const link = row.querySelector("a");
    chart.querySelector(".c-asked")?.remove();
    cursor.hidden = false;
    cursor.style.left = `${((day + 0.5) / rows.length) * 100}%`;
    mark.hidden = !row.dataset.y;
    mark.style.left = cursor.style.left;
    mark.style.top = `${row.dataset.y}px`;
    reading.textContent = said(row);
    if (link && "href" in reading) reading.href = link.href;
  };

  let held = false;
  chart.addEventListener("pointerdown", (event) => { held = true; show(event); });
  chart.addEventListener("pointermove", (event) => { if (held || event.pointerType === "mouse") show(event); });
  for (const end of ["pointerup", "pointercancel", "pointerleave"]) chart.addEventListener(end, () => { held = false; });
}
