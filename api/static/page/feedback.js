// Thumbs on an answer or on one of its citations, and a line on why.
import { button, icon, make } from "./text.js";
import { call } from "./client.js";

/**
 * @param {() => string|null} answerId
 * @param {number|null} citation its number; null for the whole answer
 */
export function thumbs(answerId, citation = null) {
  const what = citation === null ? "this answer" : `source ${citation}`;
  const said = make("span", { class: "note", role: "status" });
  const make1 = (rating, label) => {
    const one = button(icon(rating), () => rate(rating), { class: "thumb", "aria-label": label, title: label, "aria-pressed": "false" });
    return one;
  };
  const up = make1("up", `Good: ${what}`);
  const down = make1("down", `Bad: ${what}`);
  const comment = make("input", { type: "text", maxlength: 2000, placeholder: "Why? (optional)", "aria-label": `Why? On ${what}` });
  const form = make("form", { class: "comment", hidden: true }, comment, make("button", {}, "Send"));
  let rating = null;

  // One after the other: what is said last must be what is kept last.
  let before = Promise.resolve();
  const tell = (body, thanks) => (before = before.then(() => told(body, thanks)));

  async function told(body, thanks) {
    try {
      await call(`/v1/answers/${encodeURIComponent(answerId())}/feedback`, { json: body });
      said.textContent = thanks;
      return true;
    } catch (problem) {
      said.textContent = `Not kept: ${problem.message}`;
      return false;
    }
  }
  const bodyOf = () => ({ rating, ...(citation === null ? {} : { citation }), ...(comment.value.trim() ? { comment: comment.value.trim() } : {}) });

  async function rate(chosen) {
    rating = chosen;
    up.setAttribute("aria-pressed", String(chosen === "up"));
    down.setAttribute("aria-pressed", String(chosen === "down"));
    form.hidden = false;
    await tell(bodyOf(), "Thank you.");
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (await tell(bodyOf(), "Thank you, kept.")) {
      (rating === "up" ? up : down).focus();
      form.hidden = true;
    }
  });
  return make("div", { class: "thumbs" }, up, down, form, said);
}
