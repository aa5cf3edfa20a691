// Beside an answer: the abstracts it rests on, the very words lit up, and why each paper was found.
import { about, button, count, cutter, icon, link, make, shown, titled } from "./text.js";
import { call } from "./client.js";
import { thumbs } from "./feedback.js";

const STAGES = {
  bm25: "Shared words",
  dense: "Meaning of the abstract",
  sentence: "Meaning of its nearest sentence",
  late: "Meaning, word by word",
  rerank: "Last reordering",
};

/** One stored paper, read once. */
const papers = new Map();
export function paperOf(id) {
  if (!papers.has(id)) {
    const reading = call(`/v1/papers/${id.split("/").map(encodeURIComponent).join("/")}`);
    reading.catch(() => papers.delete(id));
    papers.set(id, reading);
  }
  return papers.get(id);
}
export const forgetPaper = (id) => papers.delete(id);

/**
 * An abstract with the cited words marked, cut where any of them begins or ends.
 * @param {string} abstract
 * @param {{number: number, start: number, end: number}[]} citations
 * @returns {Node[]}
 */
export function litAbstract(abstract, citations) {
  const cut = cutter(abstract);
  const ends = [...new Set(citations.flatMap(({ start, end }) => [start, end]))].sort((a, b) => a - b);
  const nodes = [shown(cut(0, ends[0]))];
  ends.forEach((start, at) => {
    const end = ends[at + 1];
    const text = shown(cut(start, end));
    const over = citations.filter((one) => one.start <= start && end !== undefined && one.end >= end);
    if (!over.length) nodes.push(text);
    else nodes.push(make("mark", { class: over.some((one) => String(one.number).startsWith("x")) && "against", "data-cites": over.map((one) => one.number).join(" ") }, text));
  });
  return nodes;
}

/** The evidence of one turn. */
export class Evidence {
  /** @param {() => string|null} answerId of the answer that feedback is about */
  constructor(answerId) {
    this.answerId = answerId;
    this.sheets = new Map();
    this.pages = make("div", { class: "sheets" });
    this.tabs = make("div", { class: "tabs", role: "group", "aria-label": "Papers" });
    this.others = make("div");
    this.root = make("div", { class: "evidence", role: "group", "aria-label": "Evidence", tabindex: "0", hidden: true }, this.tabs, this.pages, this.others);
    this.retrieved = [];
    this.filling = Promise.resolve();
  }

  /** Papers found, before anything is written of them. */
  found(retrieved) {
    this.retrieved = retrieved;
    this.root.hidden = !retrieved.length;
    const heading = `Reading ${count(retrieved.length, "paper")}`;
    this.others.replaceChildren(make("p", { class: "label" }, heading), make("ol", { class: "found" }, ...retrieved.map((hit) => make("li", { dir: "auto" }, titled(hit)))));
  }

  /** A citation: its paper's sheet, and its words lit there. */
  cite(citation) {
    this.root.hidden = false;
    const sheet = this.sheets.get(citation.paper_id) ?? this.#add(citation);
    this.others.replaceChildren();
    if (sheet.citations.some((known) => known.number === citation.number)) return;
    sheet.citations.push(citation);
    sheet.cites.append(this.#row(citation));
    sheet.tab.textContent = sheet.citations.map((one) => one.number).join(" ");
    sheet.tab.setAttribute("aria-label", `Sources ${sheet.tab.textContent}: ${titled(citation)}`);
    this.#fill(sheet, citation.paper_id);
  }

  /** Words that seem to say the opposite of a sentence, in the sheet of their paper. */
  against(found) {
    const sheet = this.sheets.get(found.paper_id) ?? this.#add(found);
    sheet.against.push(found);
    sheet.root.classList.add("against");
    const label = "Seems to say the opposite";
    sheet.cites.append(make("li", { class: "against", "data-cite": found.number }, make("span", { class: "label" }, label), make("q", { dir: "auto" }, shown(found.quote))));
    this.#fill(sheet, found.paper_id);
  }

  /** The rest of what was found, folded away once the answer stands. */
  settle() {
    const rest = this.retrieved.filter((hit) => !this.sheets.has(hit.paper_id));
    this.others.replaceChildren();
    if (!rest.length) return;
    const items = rest.map((hit) => make("li", { dir: "auto" }, button(titled(hit), () => this.open(hit), { class: "text" })));
    const summary = this.sheets.size ? `${count(rest.length, "other paper")} looked at` : `${count(rest.length, "paper")} looked at`;
    this.others.append(make("details", {}, make("summary", {}, summary), make("ol", { class: "found" }, ...items)));
  }

  /** Opens a paper that nothing is cited from; quietly: focus and view stay where they are. */
  async open(paper, { quietly = false } = {}) {
    this.root.hidden = false;
    const sheet = this.sheets.get(paper.paper_id) ?? this.#add(paper);
    await this.#fill(sheet, paper.paper_id);
    this.show(paper.paper_id);
    if (quietly) return;
    sheet.root.scrollIntoView({ block: "nearest" });
    sheet.heading.focus({ preventScroll: true });
  }

  /** Which paper is seen where there is room for one. */
  show(paperId) {
    for (const [id, sheet] of this.sheets) {
      sheet.root.classList.toggle("current", id === paperId);
      sheet.tab.setAttribute("aria-pressed", String(id === paperId));
    }
  }

  /** Brings the words of a citation into sight, within the pane alone where it scrolls. */
  reveal(number) {
    const mark = this.root.querySelector(`mark[data-cites~="${number}"]`);
    const sheet = [...this.sheets].find(([, one]) => [...one.citations, ...one.against].some((span) => String(span.number) === String(number)));
    if (sheet) this.show(sheet[0]);
    if (!mark) return;
    if (this.root.scrollHeight > this.root.clientHeight) {
      const [pane, at] = [this.root.getBoundingClientRect(), mark.getBoundingClientRect()];
      if (at.top < pane.top + 16 || at.bottom > pane.bottom - 16) this.root.scrollTop += at.top - pane.top - pane.height / 3;
    }
  }

  #add(paper) {
    const tab = button("", () => this.show(paper.paper_id), { "aria-pressed": "false" });
    tab.textContent = "Paper";
    const heading = make("h3", { tabindex: "-1", dir: "auto" }, titled(paper));
    const line = make("p", { class: "about", dir: "auto" }, about(paper));
    const abstract = make("p", { class: "abstract", dir: "auto" });
    const cites = make("ol", { class: "cites" });
    const hit = this.retrieved.findIndex((one) => one.paper_id === paper.paper_id);
    const root = make("article", { class: "sheet", "data-paper": paper.paper_id }, heading, line, abstract, cites, hit >= 0 && why(this.retrieved[hit], hit + 1));
    const sheet = { root, tab, heading, line, abstract, cites, citations: [], against: [] };
    this.sheets.set(paper.paper_id, sheet);
    this.tabs.append(tab);
    if (this.sheets.size === 1) this.show(paper.paper_id);
    this.tabs.hidden = this.sheets.size < 2;
    return sheet;
  }

  #row(citation) {
    const verified = citation.verified && make("span", { class: "ok" }, icon("check"), "verified");
    const quote = make("q", { dir: "auto" }, shown(citation.quote));
    const number = make("button", { type: "button", class: "mark", "data-cite": citation.number, "aria-label": `Source ${citation.number}: show the sentence that rests on it` }, String(citation.number));
    const row = make("li", { "data-cite": citation.number }, number, quote, verified);
    if (this.answerId()) row.append(thumbs(this.answerId, citation.number));
    return row;
  }

  /** Feedback needs the answer's id, which is known once it is whole. */
  rateable() {
    for (const sheet of this.sheets.values()) {
      for (const row of sheet.cites.children) {
        if (!row.querySelector(".thumbs")) row.append(thumbs(this.answerId, Number(row.dataset.cite)));
      }
    }
  }

  /** Sheets are put in once they are whole, one after the other, so that nothing moves. */
  #fill(sheet, paperId) {
    this.filling = this.filling.then(() => this.#read(sheet, paperId));
    return this.filling;
  }

  async #read(sheet, paperId) {
    try {
      const paper = await paperOf(paperId);
      sheet.heading.replaceChildren(link(titled(paper), paper.url));
      sheet.line.textContent = [about(paper), shown(paper.categories.join(", "))].filter(Boolean).join(" · ");
      const same = sheet.citations.filter((citation) => !citation.sha256 || citation.sha256 === paper.sha256);
      sheet.abstract.replaceChildren(...litAbstract(paper.abstract, [...same, ...sheet.against]));
      if (same.length < sheet.citations.length) sheet.abstract.prepend(make("em", {}, "This abstract has changed since the answer was written. "));
    } catch (problem) {
      const gone = problem.status === 404 ? "This paper is no longer stored; the quote is what it said." : `The abstract can't be shown. ${problem.message}`;
      sheet.abstract.replaceChildren(make("em", {}, gone));
    }
    if (!sheet.root.isConnected) this.pages.append(sheet.root);
    sheet.root.dispatchEvent(new CustomEvent("filled", { bubbles: true }));
  }
}

/** Rank and score of a paper, stage by stage. */
function why(hit, rank) {
  const rows = Object.entries(hit.stages ?? {}).map(([name, stage]) => row(STAGES[name] ?? name, stage.rank, stage.score));
  const head = make("tr", {}, ...["Looked at", "Rank", "Score"].map((name) => make("th", { scope: "col" }, name)));
  const body = make("tbody", {}, ...rows, row("All together", rank, hit.score));
  return make("details", { class: "why" }, make("summary", {}, "Why this paper"), make("table", {}, make("thead", {}, head), body));
}

const row = (name, rank, score) =>
  make("tr", {}, make("th", { scope: "row" }, name), make("td", {}, String(rank)), make("td", {}, score.toFixed(3)));
