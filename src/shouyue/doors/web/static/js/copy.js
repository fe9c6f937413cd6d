// A button with data-copy="id" copies that element's text and says so in its own words.
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  const before = button.textContent;
  button.addEventListener("click", async () => {
    const from = document.getElementById(button.dataset.copy);
    await navigator.clipboard.writeText((from.value ?? from.textContent).trim());
    button.textContent = button.dataset.copied;
    setTimeout(() => { button.textContent = before; }, 2000);
  });
}
