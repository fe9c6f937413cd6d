// A button with data-wait="60" rests so many seconds; {} in data-waiting is the time left.
for (const button of document.querySelectorAll("[data-wait]")) {
  let left = Number(button.dataset.wait);
  if (!(left > 0)) continue;
  const ready = button.textContent;
  button.disabled = true;
  const tick = () => {
    button.textContent = button.dataset.waiting.replace("{}", left);
    if (left-- > 0) return;
    clearInterval(timer);
    button.textContent = ready;
    button.disabled = false;
  };
  const timer = setInterval(tick, 1000);
  tick();
}
