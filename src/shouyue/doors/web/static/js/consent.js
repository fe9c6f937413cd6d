// A form with data-consent keeps its button off until each required box is ticked (clause 0.4).
// The server asks again: this only spares a round trip.
for (const form of document.querySelectorAll("form[data-consent]")) {
  const boxes = [...form.querySelectorAll("input[type=checkbox][required]")];
  const button = form.querySelector("[data-consent-button]");
  const look = () => { button.disabled = boxes.some((box) => !box.checked); };
  form.addEventListener("change", look);
  look();
}
