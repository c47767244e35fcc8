// Copies a value by one press. Without a clipboard (plain http on a network) the button stays away and the text is selected by a tap.
for (const button of document.querySelectorAll("button[data-copy]")) {
  const value = document.getElementById(button.dataset.copy);
  const word = button.querySelector("span");
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(value.textContent);
    word.textContent = "Copied";
  });
}
