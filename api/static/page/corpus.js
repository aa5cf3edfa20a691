// The stored papers: browsed, searched, opened, removed.
import { about, button, count, link, make, shown, titled } from "./text.js";
import { call } from "./client.js";
import { confirmed } from "./dialogs.js";
import { forgetPaper, litAbstract, paperOf } from "./evidence.js";
import * as filters from "./filters.js";

const $ = (id) => document.getElementById(id);
const PAGE = 20;

export class Corpus {
  /** @param {{announce: (text: string) => void, changed: () => void, ask: (question: string) => void}} page */
  constructor(page) {
    this.page = page;
    this.cursor = null;
    this.shownOnce = false;
    $("find").addEventListener("submit", (event) => {
      event.preventDefault();
      this.load();
    });
    $("wanted").addEventListener("input", () => {
      if (!$("wanted").value) this.load();
    });
    $("more").addEventListener("click", () => this.#next());
    filters.onChange(() => this.shownOnce && this.load());
  }

  /** The first page, when the papers are first looked at. */
  open() {
    if (!this.shownOnce) this.load();
  }

  /** Lists anew what could not be listed before. */
  retry() {
    if (this.failed) this.load();
  }

  /** Lists anew: all papers, or the best for what is searched. */
  async load() {
    this.shownOnce = true;
    const wanted = $("wanted").value.trim();
    const turn = (this.turn = Symbol());
    $("papers").setAttribute("aria-busy", "true");
    try {
      const items = wanted ? await this.#search(wanted) : await this.#page(null);
      if (turn !== this.turn) return;
      $("papers").replaceChildren(...items);
      if (!items.length) $("papers-note").textContent = filters.value() ? "Nothing passes the filters." : "Nothing found.";
      this.failed = false;
    } catch (problem) {
      this.failed = true;
      $("papers-note").textContent = shown(problem.message);
    } finally {
      $("papers").removeAttribute("aria-busy");
    }
  }

  async #search(query) {
    const limits = filters.value();
    const found = await call("/v1/search", { json: { query, top_k: 50, ...(limits ? { filters: limits } : {}) } });
    $("more").hidden = true;
    const hidden = found.hidden ? `, ${found.hidden} as good kept away by the filters` : "";
    $("papers-note").textContent = `The nearest ${count(found.results.length, "paper")}, best first${hidden}.`;
    return found.results.map((hit) => this.#item({ ...hit, id: hit.paper_id }, hit.snippet));
  }

  async #page(cursor) {
    const parameters = filters.query();
    parameters.set("limit", PAGE);
    if (cursor) parameters.set("cursor", cursor);
    const page = await call(`/v1/papers?${parameters}`);
    this.cursor = page.next_cursor;
    $("more").hidden = !this.cursor;
    $("papers-note").textContent = filters.value() ? "Papers that pass the filters." : "All papers.";
    return page.items.map((paper) => this.#item(paper, null));
  }

  async #next() {
    const items = await this.#page(this.cursor).catch((problem) => {
      $("papers-note").textContent = shown(problem.message);
      return [];
    });
    $("papers").append(...items);
    items[0]?.querySelector("button").focus();
  }

  #item(paper, snippet) {
    const inside = make("div", { class: "inside", hidden: true });
    const title = button(titled(paper), () => this.#toggle(title, inside, paper, snippet), { class: "open", "aria-expanded": "false", dir: "auto" });
    const line = about(paper);
    const item = make("li", {}, make("h2", {}, title), line && make("p", { class: "about", dir: "auto" }, line));
    if (snippet) item.append(make("p", { class: "snippet", dir: "auto" }, shown(snippet.text)));
    item.append(inside);
    return item;
  }

  async #toggle(title, inside, { id }, snippet) {
    const open = title.getAttribute("aria-expanded") !== "true";
    title.setAttribute("aria-expanded", String(open));
    inside.hidden = !open;
    if (!open || inside.childElementCount) return;
    try {
      const paper = await paperOf(id);
      const spans = snippet ? [{ number: 0, start: snippet.start, end: snippet.end }] : [];
      const more = [paper.categories.join(", "), paper.sources.join(", ")].filter(Boolean).join(" · ");
      inside.replaceChildren(
        make("p", { class: "abstract", dir: "auto" }, ...litAbstract(paper.abstract, spans)),
        more && make("p", { class: "about", dir: "auto" }, shown(more)),
        make("div", { class: "acts" },
          link(paper.url.startsWith("https://scholar.google.") ? "Find the paper" : "Open the paper", paper.url),
          paper.title !== "" && button("Ask what it shows", () => this.page.ask(`What does “${paper.title}” show?`)),
          paper.title !== "" && button("Papers like it", () => this.page.ask(`Which papers are similar to “${paper.title}”?`)),
          button("Remove…", () => this.#remove(paper, title.closest("li")), { class: "danger" })));
    } catch (problem) {
      inside.replaceChildren(make("p", { class: "warning" }, shown(problem.message)));
    }
  }

  async #remove(paper, item) {
    const text = `“${titled(paper)}” goes from the store, the search and every later answer.`;
    if (!(await confirmed("Remove this paper?", text, "Remove"))) return;
    try {
      await call(`/v1/papers/${paper.id.split("/").map(encodeURIComponent).join("/")}`, { method: "DELETE" });
    } catch (problem) {
      if (problem.status !== 404) {
        $("papers-note").textContent = shown(`Not removed: ${problem.message}`);
        return;
      }
    }
    forgetPaper(paper.id);
    const next = item.nextElementSibling ?? item.previousElementSibling;
    item.remove();
    (next?.querySelector("button") ?? $("papers-note")).focus();
    $("papers-note").textContent = "One paper removed.";
    this.page.announce("The paper is removed.");
    this.page.changed();
  }
}
