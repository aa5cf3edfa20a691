// No answer in the papers: what was looked for, what comes nearest, what to try.
import { button, link, make, shown, titled } from "./text.js";

const HEADINGS = {
  empty_library: "There are no papers yet",
  unclear_question: "What is asked?",
  filtered_out: "Not within these limits",
  off_domain: "These papers are about other things",
  detail_not_in_abstract: "The nearest abstract does not say",
  not_in_corpus: "Not in these papers",
  other_language: "English is read best",
};
const SAID = {
  empty_library: "There is nothing to answer from until papers are added.",
  unclear_question: "The question has no word that could be looked up.",
  filtered_out: "Nothing within these limits answers this.",
  off_domain: "None of them answers this.",
  detail_not_in_abstract: "Abstracts leave details out; the full text may have it.",
  not_in_corpus: "None of the stored papers answers this.",
  other_language: "Nothing that was found answers this for sure.",
};

/**
 * @param {any} body the whole answer
 * @param {{ask: (question: string) => void, reword: () => void, unfilter: (() => void) | null, add: () => void,
 *   open: (paper: any) => void}} acts what its buttons do; no unfilter where no filter is set
 */
export function refusalNodes(body, acts) {
  const { reason, missing, nearest, suggestions } = body.refusal;
  const nodes = [
    make("p", { class: "refused" }, HEADINGS[reason] ?? "Not in these papers"),
    make("p", {}, SAID[reason] ?? shown(body.answer)),
  ];
  if (missing.length) {
    const words = missing.map((word) => make("li", { dir: "auto" }, shown(word)));
    nodes.push(make("div", { class: "missing" }, make("p", { class: "label" }, "Looked for, not found"), make("ul", {}, ...words)));
  }
  if (nearest.length) {
    const cards = nearest.map((paper) => make("li", {}, card(paper, acts)));
    nodes.push(make("p", { class: "label" }, "Nearest papers"), make("ul", { class: "nearest" }, ...cards));
  }
  const tries = triesOf(body.refusal, acts);
  nodes.push(make("p", { class: "label" }, "What to try"), make("div", { class: "tries" }, ...tries));
  return nodes;
}

function card(paper, acts) {
  const open = button(titled(paper), () => acts.open(paper), { class: "open", dir: "auto" });
  const question = `What does “${paper.title}” show?`;
  return make("div", { class: "card" }, open, paper.title !== "" && button("Ask what it shows", () => acts.ask(question), { class: "text", "aria-label": `Ask what it shows: ${titled(paper)}` }));
}

/** A hint; the address of the full text at its end is a link. */
function hint(text) {
  const [, said, address] = /^(.*: )(https?:\/\/\S+)$/s.exec(text) ?? [null, text, null];
  return make("p", { dir: "auto" }, shown(said), address && link(shown(address), address));
}

function triesOf({ reason, suggestions }, acts) {
  const questions = suggestions.filter((text) => text.trim().endsWith("?"));
  const hints = suggestions.filter((text) => !questions.includes(text));
  const adds = button("Add papers", acts.add);
  return [
    ...hints.map(hint),
    ...questions.map((text) => button(shown(text), () => acts.ask(text), { dir: "auto" })),
    reason === "filtered_out" && acts.unfilter && button("Ask without filters", acts.unfilter),
    reason !== "empty_library" && button("Ask in other words", acts.reword),
    adds,
  ].filter(Boolean);
}
