// The text of an answer: paragraphs, the papers' names, claims, and the markers that tie them to words.
import { cutter, length, make, shown, titled } from "./text.js";
import { readable } from "./maths.js";

/**
 * @typedef {object} Told What there is of an answer so far.
 * @property {string} text
 * @property {{number: number, title: string}[]} citations
 * @property {string[]} names of all papers that it may name
 * @property {{start: number, end: number}[]} [sentences] in code points of the text; known once it is whole
 */

/**
 * The elements of an answer. It grows with its text: what stood there stands there again, word for word.
 * @param {Told} told
 * @returns {Node[]}
 */
export function answerNodes(told) {
  const nodes = [];
  let list = null;
  let start = 0;
  for (const line of told.text.split("\n")) {
    const bullet = line.startsWith("- ") ? 2 : 0;
    const inside = () => lineNodes(line.slice(bullet), start + bullet, told);
    if (bullet) {
      if (!list) nodes.push((list = make("ul")));
      list.append(make("li", { dir: "auto" }, ...inside()));
    } else if (line.trim()) {
      list = null;
      nodes.push(make("p", { dir: "auto" }, ...inside()));
    }
    start += length(line) + 1;
  }
  return nodes;
}

function lineNodes(line, start, told) {
  const cited = new Map(told.citations.map((citation) => [citation.number, citation]));
  const lead = leadOf(line, told.names);
  const nodes = lead ? [make("span", { class: "lead" }, shown(readable(lead)))] : [];
  let at = lead.length;
  for (const group of line.matchAll(/(?:\s*\[\d{1,4}\])+/g)) {
    const numbers = [...group[0].matchAll(/\d+/g)].map(Number);
    if (group.index < at || !numbers.every((number) => cited.has(number))) continue;
    nodes.push(...claimNodes(line.slice(at, group.index), start + length(line.slice(0, at)), numbers, told.sentences));
    nodes.push(...numbers.map((number) => marker(number, cited.get(number))));
    at = group.index + group[0].length;
  }
  return [...nodes, shown(line.slice(at))];
}

/** What names a paper at the head of a line, as the API writes it: “Title” (2020): */
function leadOf(line, names) {
  for (const name of names) {
    const after = line.startsWith(name) && /^(?: \(\d{1,4}\))?:/.exec(line.slice(name.length));
    if (after) return name + after[0];
  }
  return "";
}

/** The words in front of markers: what they are tied to is the last sentence of them. */
function claimNodes(text, start, numbers, sentences = []) {
  const size = length(text);
  const blank = length(text) - length(text.trimStart());
  const begins = sentences.map((sentence) => sentence.start - start).filter((begin) => begin > blank && begin < size);
  const from = Math.max(blank, ...begins);
  const cut = cutter(text);
  return [shown(cut(0, from)), make("span", { class: "claim", "data-cites": numbers.join(" ") }, shown(cut(from)))];
}

function marker(number, citation) {
  // The joiner keeps a marker on the line of its last word; in front of a real button a line may always break.
  const label = `Source ${number}: ${titled(citation)}`;
  const mark = make("span", { role: "button", tabindex: "0", class: "mark", "data-cite": number, "aria-label": label, title: label, onkeydown: pressed }, String(number));
  const glued = document.createDocumentFragment();
  glued.append("\u2060", mark);
  return glued;
}

function pressed(event) {
  if (event.key !== "Enter" && event.key !== " ") return;
  event.preventDefault();
  event.currentTarget.click();
}
