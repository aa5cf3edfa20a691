// Dialogs that are asked a question and answer it. The browser keeps the focus inside and gives it back.

const $ = (id) => document.getElementById(id);

/** Opens a dialog and waits until it is closed. @returns {Promise<boolean>} whether it was agreed to */
function agreed(dialog) {
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true }));
}

/** Asks before something that can't be undone. */
export function confirmed(title, text, doing) {
  const dialog = $("confirm");
  $("confirm-title").textContent = title;
  $("confirm-text").textContent = text;
  dialog.querySelector("[value=yes]").textContent = doing;
  return agreed(dialog);
}

/** Asks for an API key; null where none is given. */
export async function askedForKey(refused) {
  const dialog = $("key");
  const input = dialog.querySelector("input");
  input.value = "";
  $("keyless").onclick = () => dialog.close("no");
  $("key-title").textContent = refused ? "The server does not know this key" : "This server asks for a key";
  return (await agreed(dialog)) ? input.value.trim() || null : null;
}
