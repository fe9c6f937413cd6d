// Menus made of <details>: Escape or a click elsewhere closes them, and focus goes back.
const menus = document.querySelectorAll("details[data-menu]");
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus) {
    if (!menu.open) continue;
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
document.addEventListener("click", (event) => {
  for (const menu of menus) if (menu.open && !menu.contains(event.target)) menu.open = false;
});
// Beside the text contents stay open; above it, on a narrow screen, they would push it away.
if (matchMedia("(max-width: 1080px)").matches) {
  for (const contents of document.querySelectorAll("details[data-contents]")) contents.open = false;
}
// The first fault of a refused form gets the focus (WCAG 3.3.1).
document.querySelector("[data-fault]")?.focus();
