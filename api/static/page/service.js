// How the service is: what it holds, what writes, what is not well; and the way back when it is gone.
import { call, onContact } from "./client.js";
import { count, make, shown } from "./text.js";

const $ = (id) => document.getElementById(id);
const WAITS_S = [1, 2, 4, 8, 15];

export class Service {
  /** @param {{announce: (text: string) => void, corpus: (corpus: any) => void}} page */
  constructor(page) {
    this.page = page;
    this.failures = 0;
    this.timer = null;
    this.well = null;
    $("banner").querySelector("button").addEventListener("click", () => this.refresh());
    window.addEventListener("online", () => this.refresh());
    onContact((problem) => {
      if (problem?.unreachable && this.well !== false) this.#lost(problem);
    });
  }

  /** Asks the service how it is, and again later while it is not well. */
  async refresh() {
    clearTimeout(this.timer);
    if (this.asking) return;
    this.asking = true;
    try {
      this.#found(await call("/v1/corpus"));
    } catch (problem) {
      this.#lost(problem);
    } finally {
      this.asking = false;
    }
  }

  #found(corpus) {
    if (this.well === false) this.page.announce("The service is ready.");
    this.well = true;
    this.failures = 0;
    if ($("banner").contains(document.activeElement)) $("question").focus();
    $("banner").hidden = true;
    const model = corpus.mode === "llm" ? shown(corpus.model) : "quotes only";
    $("state").className = "state ready";
    $("state-line").replaceChildren(corpus.papers.toLocaleString("en"), make("span", { class: "wide" }, ` ${corpus.papers === 1 ? "paper" : "papers"} · ${model}`));
    $("state").firstElementChild.setAttribute("aria-label", `State of the service: ready, ${count(corpus.papers, "paper")}, ${model}`);
    const rows = [
      ["Answers", corpus.mode === "llm" ? `written by ${shown(corpus.model)}, each sentence checked` : "quoted from the abstracts, word for word"],
      ["Papers", corpus.papers.toLocaleString("en")],
      ["Search", shown(corpus.embedding_model)],
      ["Index", `generation ${corpus.generation}`],
    ];
    $("state-more").replaceChildren(...rows.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]));
    this.page.corpus(corpus);
  }

  #lost(problem) {
    if (problem.status === 401 || problem.status === 403) return this.#banner(problem.detail || problem.title, "shut", "No key");
    this.well = false;
    const wait = problem.retryAfter || WAITS_S[Math.min(this.failures++, WAITS_S.length - 1)];
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.refresh(), wait * 1000);
    if (problem.unreachable) this.#banner("The server can't be reached. The page tries again by itself.", "gone", "Offline");
    else this.#banner(`${problem.detail || problem.title} The page waits for it.`, "starting", "Getting ready");
  }

  #banner(text, state, line) {
    $("state").className = `state ${state}`;
    $("state-line").textContent = line;
    $("state").firstElementChild.setAttribute("aria-label", `State of the service: ${line}`);
    $("state-more").replaceChildren(make("dt", {}, "Now"), make("dd", {}, shown(text)));
    const place = $("banner").querySelector("p");
    if (place.textContent !== text) place.textContent = shown(text);
    $("banner").hidden = false;
  }
}
