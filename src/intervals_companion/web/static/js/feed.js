// While somebody looks the feed looks again; what they look at stays where it is when the list is drawn anew.
"use strict";

(() => {
  const list = document.getElementById("feed-list");
  const watch = document.getElementById("feed-watch");
  if (!watch) return;

  const look = () => {
    if (document.visibilityState !== "visible" || watch.firstElementChild) return;
    const shown = list.querySelectorAll(".feed-row").length;
    htmx.ajax("GET", watch.dataset.due + shown, { target: watch, swap: "innerHTML" });
  };
  setInterval(look, 60_000);
  document.addEventListener("visibilitychange", look);

  // The last event closes the line first and is drawn after that.
  document.addEventListener("htmx:sseClose", () => setTimeout(() => watch.replaceChildren()));

  const whom = () => document.getElementById("whom");
  let place = null, open = false;
  document.addEventListener("htmx:sseBeforeMessage", () => {
    const line = [...list.querySelectorAll(".feed-line")].find((one) => one.getBoundingClientRect().bottom > 0);
    place = window.scrollY > 0 && line ? { id: line.id, top: line.getBoundingClientRect().top } : null;
    open = Boolean(whom()?.open);
  });
  document.addEventListener("htmx:sseMessage", () => {
    if (whom()) whom().open = open;
    const line = place && document.getElementById(place.id);
    if (line) window.scrollBy(0, line.getBoundingClientRect().top - place.top);
  });
})();
