// A file input with data-most (bytes) and data-preview (id of an img): shows the photo here,
// and refuses one that is too large before a byte of it leaves the device (clause 5.2).
for (const input of document.querySelectorAll("input[type=file][data-most]")) {
  const preview = document.getElementById(input.dataset.preview);
  input.addEventListener("change", () => {
    const file = input.files[0];
    const large = Boolean(file) && file.size > Number(input.dataset.most);
    input.setCustomValidity(large ? input.dataset.large : "");
    if (preview.src) URL.revokeObjectURL(preview.src);
    preview.hidden = !file || large || !file.type.startsWith("image/");
    if (preview.hidden) preview.removeAttribute("src");
    else preview.src = URL.createObjectURL(file);
    if (large) input.reportValidity();
  });
}
