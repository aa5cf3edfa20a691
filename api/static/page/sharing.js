// An answer taken elsewhere: copied with its sources, linked to, exported.
import { button, make, shown, titled } from "./text.js";
import { send } from "./client.js";

const FORMATS = [["bibtex", "BibTeX", "bib"], ["ris", "RIS", "ris"], ["csl", "CSL JSON", "json"], ["markdown", "Markdown", "md"]];

/** The answer as plain text, its sources numbered below it. */
export function asText(body) {
  const sources = body.citations.map((one) => {
    const about = [one.authors.join(", "), one.year].filter(Boolean).join(", ");
    return `[${one.number}] ${titled(one)}.${about ? ` ${about}.` : ""}${one.url ? ` ${one.url}` : ""}\n    “${one.quote}”`;
  });
  return [body.question, "", body.answer, ...(sources.length ? ["", ...sources] : [])].join("\n");
}

async function toClipboard(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // Plain HTTP from another machine has no clipboard of that name.
  const area = make("textarea", { class: "unseen" });
  const focused = document.activeElement;
  area.value = text;
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  focused?.focus();
  if (!copied) throw new Error("The browser did not let the page copy.");
}

async function download(id, [format, , ending]) {
  const response = await send(`/v1/answers/${encodeURIComponent(id)}/export?format=${format}`);
  const address = URL.createObjectURL(await response.blob());
  make("a", { href: address, download: `citewell-${id.slice(0, 8)}.${ending}` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** Copy, link and export of one answer. */
export function sharing(body) {
  const said = make("span", { class: "note", role: "status" });
  const does = (work, done) => async () => {
    try {
      await work();
      said.textContent = done;
    } catch (problem) {
      said.textContent = shown(problem.message);
    }
  };
  const address = `${location.origin}/#answer=${encodeURIComponent(body.id)}`;
  const formats = FORMATS.map((format) => button(format[1], async () => {
    menu.open = false;
    menu.firstChild.focus();
    await does(() => download(body.id, format), `${format[1]} saved.`)();
  }));
  const menu = make("details", { class: "menu" }, make("summary", {}, "Export"), make("div", {}, ...formats));
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menu.open = false;
    menu.firstChild.focus();
  });
  menu.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
  });
  return [
    button("Copy", does(() => toClipboard(asText(body)), "Copied with its sources.")),
    button("Copy link", does(() => toClipboard(address), "Link copied.")),
    body.citations.length > 0 && menu,
    said,
  ].filter(Boolean);
}
