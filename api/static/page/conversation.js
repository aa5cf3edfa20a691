// The conversation: its turns, the box to ask in, and the ones kept from before.
import { button, count, make, shown } from "./text.js";
import { forget, forgetAll, keep, kept } from "./history.js";
import { Turn } from "./turn.js";
import { call } from "./client.js";
import * as filters from "./filters.js";

const $ = (id) => document.getElementById(id);
const GREETING = $("ask-title").cloneNode(true);

export class Conversation {
  /** @param {{announce: (text: string) => void, go: (view: string) => void}} page */
  constructor(page) {
    this.page = page;
    this.turns = [];
    this.id = newId();
    this.question = $("question");
    this.running = null;
    $("ask").addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.running) this.running.stop();
      else this.ask(this.question.value);
    });
    this.question.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      if (!this.running) this.ask(this.question.value);
    });
    $("new").addEventListener("click", () => this.fresh());
    $("open-history").addEventListener("click", () => this.#openHistory());
    $("clear").addEventListener("click", () => {
      forgetAll();
      this.#listKept();
      $("history").querySelector("form button:last-child").focus();
    });
  }

  /** An empty conversation; the one before is kept in the history. */
  fresh() {
    this.running?.stop();
    this.#reset(newId());
    this.page.go("ask");
    this.question.focus();
  }

  /** Asks a question, with all that was said before. */
  async ask(question) {
    question = question.trim();
    if (!question || this.running) return;
    this.page.go("ask");
    const history = this.turns.flatMap((turn) => turn.history).slice(-40);
    const turn = this.#append(question);
    if (this.question.value.trim() === question) this.question.value = "";
    await this.#run(turn, history);
  }

  async #run(turn, history) {
    this.running = turn;
    $("send").textContent = "Stop";
    turn.root.scrollIntoView({ block: "start" });
    const limits = filters.value();
    try {
      await turn.ask({ ...(history.length ? { history } : {}), ...(limits ? { filters: limits } : {}) });
    } finally {
      if (this.running === turn) {
        this.running = null;
        $("send").textContent = "Ask";
        this.#keep();
      }
    }
  }

  /** A conversation that begins with an answer the server has kept. */
  async openSaved(id) {
    this.#reset(newId());
    try {
      const saved = await call(`/v1/answers/${encodeURIComponent(id)}`);
      const body = saved.answer?.sentences ? saved.answer : saved;
      this.#append(body.question).show(body);
      this.#keep();
    } catch (problem) {
      const text = problem.status === 404 ? "There is no saved answer under this link." : problem.message;
      $("turns").replaceChildren(make("p", { class: "warning" }, shown(text)));
    }
  }

  #open(conversation) {
    this.running?.stop();
    this.#reset(conversation.id);
    for (const { question, body } of conversation.turns) this.#append(question).show(body);
    this.page.go("ask");
    const last = this.turns.at(-1);
    last?.root.scrollIntoView({ block: "start" });
    last?.heading.focus({ preventScroll: true });
  }

  #append(question) {
    const turn = new Turn(question, {
      announce: this.page.announce,
      ask: (text) => this.ask(text),
      add: () => this.page.go("papers", "file"),
      reword: (text) => this.#reword(text),
      limited: () => filters.value() !== null,
      unfilter: (text) => {
        filters.clear();
        this.ask(text);
      },
      again: (failed) => this.#again(failed),
    });
    this.turns.push(turn);
    $("turns").append(turn.root);
    document.body.classList.add("talking");
    $("ask-title").replaceChildren("Conversation");
    document.title = `${shown(question).slice(0, 60)} · Citewell`;
    return turn;
  }

  #reword(text) {
    this.question.value = text;
    this.question.focus();
    this.question.select();
  }

  /** The same question once more, in the place of the one that failed. */
  #again(failed) {
    const at = this.turns.indexOf(failed);
    const last = at === this.turns.length - 1;
    if (this.running || at < 0) return;
    if (last) {
      this.turns.pop();
      failed.root.remove();
    }
    this.question.focus();
    this.ask(failed.question);
  }

  #reset(id) {
    this.id = id;
    this.turns = [];
    this.running = null;
    $("send").textContent = "Ask";
    $("turns").replaceChildren();
    $("ask-title").replaceChildren(...GREETING.cloneNode(true).childNodes);
    document.body.classList.remove("talking");
    document.title = "Citewell";
  }

  #keep() {
    const turns = this.turns.filter((turn) => turn.body).map(({ question, body }) => ({ question, body }));
    if (turns.length) keep({ id: this.id, at: Date.now(), turns });
  }

  #openHistory() {
    this.#listKept();
    $("history").showModal();
  }

  #listKept() {
    const rows = kept().map((one) => {
      const title = shown(one.turns[0]?.question ?? "Empty");
      const row = make("li", {},
        button(title, () => { $("history").close(); this.#open(one); }, { class: "open", dir: "auto" }),
        make("span", { class: "note" }, `${new Date(one.at).toLocaleDateString()} · ${count(one.turns.length, "question")}`),
        button("Remove", () => {
          forget(one.id);
          (row.nextElementSibling ?? row.previousElementSibling ?? $("history")).querySelector("button").focus();
          row.remove();
          $("clear").hidden = !kept().length;
        }, { class: "quiet", "aria-label": `Remove: ${title}` }));
      return row;
    });
    $("conversations").replaceChildren(...(rows.length ? rows : [make("li", { class: "note" }, "None yet.")]));
    $("clear").hidden = !rows.length;
  }
}

const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, "0")).join("");
