// Shows how much of a file has been sent. Without this script the form works all the same.
(() => {
  const form = document.getElementById("upload");
  const part = (name) => document.getElementById(name);
  const megabytes = (bytes) => Math.round(bytes / 1e6).toLocaleString(document.documentElement.lang);

  function showProblem(cause, cure) {
    const place = part("problem");
    const words = document.createElement("b");
    words.textContent = cause;
    place.replaceChildren(words, ` ${cure}`);
    place.hidden = false;
    part("sending").hidden = true;
    part("send").hidden = false;
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      part("sent").textContent = megabytes(loaded);
      part("size").textContent = megabytes(total);
      part("bar").value = (100 * loaded) / total;
    });
    request.addEventListener("load", () => {
      const answer = request.response;
      if (answer && answer.watch) window.location.assign(answer.watch);
      else if (answer && answer.cause) showProblem(answer.cause, answer.cure);
      else showProblem("The file was not taken.", "Reload the page and send it again.");
    });
    request.addEventListener("error", () => showProblem("The connection broke off.", "Send it again; nothing was stored."));
    part("stop").onclick = () => { request.abort(); showProblem("Stopped by you.", "Nothing was stored."); };
    part("problem").hidden = true;
    part("send").hidden = true;
    part("sending").hidden = false;
    request.send(new FormData(form));
  });
})();
