// A form with data-passkey="get" or "create" and data-options (WebAuthn Level 3 JSON) gets its
// answer from an authenticator. Without support the button stays hidden and a code serves instead.
const made = { get: "parseRequestOptionsFromJSON", create: "parseCreationOptionsFromJSON" };
for (const form of document.querySelectorAll("form[data-passkey]")) {
  const way = form.dataset.passkey;
  const button = form.querySelector("[data-passkey-button]");
  const parse = window.PublicKeyCredential?.[made[way]];
  if (!parse) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const needed = [...form.querySelectorAll("[data-passkey-needed]")];
    if (!needed.every((field) => field.reportValidity())) return;
    button.disabled = true;
    try {
      const publicKey = parse.call(PublicKeyCredential, JSON.parse(form.dataset.options));
      const credential = await navigator.credentials[way]({ publicKey });
      form.elements.answer.value = JSON.stringify(credential.toJSON());
      form.submit();
    } catch {
      button.disabled = false; // cancelled or refused: the person may try again or use a code
    }
  });
}
