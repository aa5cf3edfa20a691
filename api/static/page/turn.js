// One question and its answer: asked, streamed, lit up, or refused.
import { answerNodes } from "./answer.js";
import { Evidence } from "./evidence.js";
import { broken, events } from "./events.js";
import { button, count, make, named, shown } from "./text.js";
import { refusalNodes } from "./refusal.js";
import { send } from "./client.js";
import { sharing } from "./sharing.js";
import { thumbs } from "./feedback.js";

let made = 0;

export class Turn {
  /**
   * @param {string} question
   * @param {object} acts what a turn can have done for it: announce, ask, reword, limited, unfilter, add, again
   */
  constructor(question, acts) {
    this.question = question;
    this.acts = acts;
    this.body = null;
    this.text = "";
    this.citations = [];
    this.pinned = null;
    this.evidence = new Evidence(() => this.body?.id ?? null);
    this.heading = make("h2", { id: `turn-${++made}`, dir: "auto", tabindex: "-1" }, shown(question));
    this.read = make("p", { class: "note", dir: "auto", hidden: true });
    this.progress = make("p", { class: "progress" });
    this.answer = make("div", { class: "answer" });
    this.foot = make("footer", {});
    const said = make("div", { class: "said" }, this.heading, this.read, this.answer, this.progress);
    this.root = make("article", { class: "turn", "aria-labelledby": this.heading.id }, said, this.foot, this.evidence.root);
    this.#listen();
  }

  /** What a later question is told of this one. */
  get history() {
    const content = this.body?.answer ?? this.text;
    return content ? [{ role: "user", content: this.question }, { role: "assistant", content }] : [];
  }

  /**
   * Asks, and shows what comes as it comes.
   * @returns {Promise<boolean>} whether there is a whole answer
   */
  async ask(request) {
    this.stopper = new AbortController();
    this.root.setAttribute("aria-busy", "true");
    this.#say("Looking through the papers");
    const started = performance.now();
    const clock = setInterval(() => {
      const seconds = Math.floor((performance.now() - started) / 1000);
      if (seconds >= 2) this.elapsed.textContent = ` ${seconds} s`;
    }, 500);
    try {
      const response = await send("/v1/ask", { json: { ...request, question: this.question, stream: true }, signal: this.stopper.signal });
      let ended = false;
      for await (const event of events(response)) {
        this.#take(event);
        ended ||= event.name === "done" || event.name === "error";
        if (event.name === "error") this.#fail(event.data);
      }
      if (!ended) throw broken();
      return this.body !== null;
    } catch (error) {
      if (error.name === "AbortError") this.#stopped();
      else this.#fail(error);
      return false;
    } finally {
      clearInterval(clock);
      this.root.removeAttribute("aria-busy");
      this.stopper = null;
    }
  }

  stop() {
    this.stopper?.abort();
  }

  #take({ name, data }) {
    if (name === "retrieval") {
      this.evidence.found(data.retrieved);
      this.#say(`Reading ${count(data.retrieved.length, "paper")}`);
    } else if (name === "citation") {
      this.citations.push(data);
      this.evidence.cite(data);
    } else if (name === "delta") {
      this.text += data.text;
      this.#say("Writing, each sentence checked first");
      this.#paint();
    } else if (name === "final") {
      this.show(data);
      this.acts.announce(heard(data));
    }
  }

  /** A whole answer, just come or kept. */
  show(body) {
    this.body = body;
    this.text = body.answer;
    this.citations = body.citations;
    this.progress.hidden = true;
    this.read.hidden = body.standalone_question === body.question;
    this.read.textContent = `Searched as “${shown(body.standalone_question)}”`;
    if (!this.evidence.retrieved.length) this.evidence.found(body.retrieved);
    if (body.refusal) {
      const open = (paper) => this.evidence.open(paper);
      const reword = () => this.acts.reword(this.question);
      const unfilter = this.acts.limited() ? () => this.acts.unfilter(this.question) : null;
      if (body.refusal.nearest.length) this.evidence.open(body.refusal.nearest[0], { quietly: true });
      this.root.classList.add("refusal");
      this.answer.replaceChildren(...refusalNodes(body, { ...this.acts, open, reword, unfilter }));
    } else {
      for (const citation of body.citations) this.evidence.cite(citation);
      this.#paint(body.sentences);
      this.#contradictions(body.sentences);
    }
    this.evidence.settle();
    this.evidence.rateable();
    this.#footer(body);
    if (body.citations.length && !this.pinned) this.light([body.citations[0].number], { pin: true });
  }

  #paint(sentences) {
    const focused = this.answer.contains(document.activeElement) ? document.activeElement.dataset.cite : null;
    const names = [...this.citations, ...this.evidence.retrieved].map(named);
    this.answer.replaceChildren(...answerNodes({ text: this.text, citations: this.citations, names, sentences }));
    if (focused) this.answer.querySelector(`[data-cite="${focused}"]`)?.focus();
    this.#relight();
  }

  #contradictions(sentences) {
    const against = sentences.flatMap((sentence) => (sentence.contradicted_by ?? []).map((found) => ({ ...found, of: sentence.citations })));
    against.forEach((found, at) => {
      const name = `x${at + 1}`;
      this.evidence.against({ ...found, number: name });
      for (const claim of this.answer.querySelectorAll(".claim")) {
        if (claim.dataset.cites.split(" ").map(Number).some((number) => found.of.includes(number))) claim.dataset.cites += ` ${name}`;
      }
    });
    if (against.length) this.#abreast(true);
  }

  #footer(body) {
    const papers = new Set(body.citations.map((citation) => citation.paper_id)).size;
    const facts = [
      body.citations.length && `${count(body.citations.length, "quote")} from ${count(papers, "paper")}, each checked against its abstract`,
      body.mode === "llm" ? `written by ${shown(body.model)}` : body.citations.length && "in the papers' own words",
      body.retrieved.length && `${sure(body.confidence)} sure that these papers answer this`,
    ].filter(Boolean);
    const nodes = [make("p", { class: "facts" }, facts.join(" · "))];
    if (body.degraded.length) nodes.unshift(make("p", { class: "warning" }, `Worked around: ${shown(body.degraded.join(", "))}`));
    const acts = make("div", { class: "acts" });
    if (this.evidence.sheets.size > 1) {
      this.abreast = button("Side by side", () => this.#abreast(!this.root.classList.contains("abreast")), { "aria-pressed": "false", class: "wide" });
      acts.append(this.abreast);
    }
    acts.append(...sharing(body), thumbs(() => body.id));
    this.foot.replaceChildren(...nodes, acts);
    if (this.root.classList.contains("abreast")) this.abreast?.setAttribute("aria-pressed", "true");
  }

  #abreast(on) {
    this.root.classList.toggle("abreast", on);
    this.abreast?.setAttribute("aria-pressed", String(on));
  }

  #say(text) {
    if (this.doing === text) return;
    this.doing = text;
    this.elapsed = make("span", { "aria-hidden": "true" });
    this.progress.hidden = false;
    this.progress.replaceChildren(make("span", { class: "pulse", "aria-hidden": "true" }), `${text}…`, this.elapsed);
  }

  #stopped() {
    this.#end("Stopped. What is shown had been checked.", "Stopped.");
  }

  #fail(problem) {
    const wait = problem.retryAfter ? ` It may answer in ${problem.retryAfter} s.` : "";
    const number = problem.requestId ?? problem.request_id;
    const id = number ? ` (request ${number})` : "";
    const title = problem.title ?? "The answer can't be read";
    this.#end(`${title}. ${problem.detail ?? ""}${wait}${id}`, title);
  }

  #end(text, announced) {
    this.progress.hidden = true;
    if (!this.citations.length) this.evidence.root.hidden = true;
    this.evidence.settle();
    this.foot.replaceChildren(make("p", { class: "warning" }, shown(text)), make("div", { class: "acts" }, button("Ask again", () => this.acts.again(this))));
    this.acts.announce(announced);
  }

  #listen() {
    const numbersAt = (target) => {
      const place = target.closest?.("[data-cites], [data-cite]");
      return place && this.root.contains(place) ? (place.dataset.cites ?? place.dataset.cite).split(" ") : null;
    };
    this.root.addEventListener("pointerover", (event) => {
      if (event.pointerType === "touch") return;
      const numbers = numbersAt(event.target);
      if (numbers) this.light(numbers, { scroll: this.answer.contains(event.target) });
      else this.#relight();
    });
    this.root.addEventListener("pointerleave", () => this.#relight());
    this.root.addEventListener("focusin", (event) => {
      const numbers = numbersAt(event.target);
      if (numbers && event.target.matches(".mark")) this.light(numbers, { pin: true, scroll: this.answer.contains(event.target) });
    });
    this.root.addEventListener("click", (event) => {
      const numbers = numbersAt(event.target);
      if (!numbers || event.target.closest(".thumbs")) return;
      this.light(numbers, { pin: true, scroll: true });
      const there = this.answer.contains(event.target) ? this.evidence.root.querySelector("mark.lit") : this.answer.querySelector(".claim.lit");
      there?.scrollIntoView({ block: "nearest" });
    });
    this.root.addEventListener("filled", () => {
      this.#relight();
      if (this.pinned) this.evidence.reveal(this.pinned[0]);
    });
  }

  /**
   * Lights the claims, markers, cards and words of citations.
   * @param {(number|string)[]} numbers
   * @param {{pin?: boolean, scroll?: boolean}} [how] pinned ones stay lit once the pointer has left
   */
  light(numbers, { pin = false, scroll = false } = {}) {
    const wanted = new Set(numbers.map(String));
    if (pin) this.pinned = [...wanted];
    for (const element of this.root.querySelectorAll("[data-cites], [data-cite]")) {
      const own = (element.dataset.cites ?? element.dataset.cite).split(" ");
      element.classList.toggle("lit", own.some((number) => wanted.has(number)));
    }
    if (pin || scroll) this.evidence.reveal([...wanted][0]);
  }

  #relight() {
    this.light(this.pinned ?? []);
  }
}

const sure = (confidence) => (confidence < 0.01 ? "less than 1 %" : confidence > 0.99 ? "more than 99 %" : `${Math.round(confidence * 100)} %`);

/** What a screen reader is told once, when an answer is whole. */
function heard(body) {
  if (body.refusal) return `No answer in the stored papers. ${count(body.refusal.nearest.length, "nearest paper")} listed.`;
  const papers = new Set(body.citations.map((citation) => citation.paper_id)).size;
  return papers ? `Answered: ${count(body.citations.length, "quote")} from ${count(papers, "paper")}.` : body.answer;
}
