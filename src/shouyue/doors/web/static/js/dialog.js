// Dialogs open by the platform's own `command`; this serves browsers that do not know it yet.
// data-typed="word" keeps its form's button off until the word is typed.
if (!("command" in HTMLButtonElement.prototype)) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[commandfor]");
    if (!button) return;
    const dialog = document.getElementById(button.getAttribute("commandfor"));
    if (button.getAttribute("command") === "close") dialog.close();
    else dialog.showModal();
  });
}
for (const input of document.querySelectorAll("input[data-typed]")) {
  const button = input.form.querySelector("[data-typed-button]");
  const look = () => { button.disabled = input.value.trim() !== input.dataset.typed; };
  input.addEventListener("input", look);
  look();
}
