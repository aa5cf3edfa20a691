// What questions and searches are limited to: chosen in a dialog, seen and dropped as chips.
import { button, make, shown } from "./text.js";

const $ = (id) => document.getElementById(id);
const NAMED = { sources: "Source", authors: "Author", categories: "Category" };
const SHOWN = 12;

const chosen = { year_from: null, year_to: null, sources: [], authors: [], categories: [] };
const listeners = [];
let facets = { years: [], sources: [], authors: [], categories: [] };

export const onChange = (listener) => listeners.push(listener);

/** The filters as the API takes them; null where nothing is limited. */
export function value() {
  const set = Object.entries(chosen).filter(([, one]) => (Array.isArray(one) ? one.length : one !== null));
  return set.length ? Object.fromEntries(set) : null;
}

/** The filters as `GET /v1/papers` takes them. */
export function query() {
  const parameters = new URLSearchParams();
  for (const year of ["year_from", "year_to"]) if (chosen[year] !== null) parameters.set(year, chosen[year]);
  const names = { source: chosen.sources, author: chosen.authors, category: chosen.categories };
  for (const [name, values] of Object.entries(names)) for (const one of values) parameters.append(name, one);
  return parameters;
}

export function clear() {
  Object.assign(chosen, { year_from: null, year_to: null, sources: [], authors: [], categories: [] });
  changed();
}

/** The names there are to choose from. */
export function offer(found) {
  facets = found;
}

export function start() {
  const dialog = $("filters");
  for (const opener of document.querySelectorAll("[data-open-filters]")) {
    opener.addEventListener("click", () => {
      fill();
      dialog.showModal();
    });
  }
  $("unfilter").addEventListener("click", () => {
    clear();
    fill();
  });
  dialog.addEventListener("change", (event) => {
    if (event.target.name.startsWith("year_")) chosen[event.target.name] = event.target.validity.valid && event.target.value ? Number(event.target.value) : null;
    changed();
  });
}

function fill() {
  const years = facets.years.map((year) => Number(year.name));
  for (const name of ["year_from", "year_to"]) {
    const input = $("filters").querySelector(`[name=${name}]`);
    input.value = chosen[name] ?? "";
    input.placeholder = years.length ? String(name === "year_from" ? years.at(-1) : years[0]) : "any";
  }
  $("facets").replaceChildren(...Object.entries(NAMED).map(([field, label]) => facet(field, label)).filter(Boolean));
}

function facet(field, label) {
  const offered = facets[field].slice(0, SHOWN);
  const extra = chosen[field].filter((name) => !offered.some((one) => one.name === name)).map((name) => ({ name, papers: null }));
  if (!offered.length) return null;
  const list = make("div", { class: "options" }, ...[...offered, ...extra].map((one) => option(field, one)));
  const box = make("fieldset", {}, make("legend", {}, label), list);
  if (facets[field].length > SHOWN) box.append(other(field, label, list));
  return box;
}

function option(field, { name, papers }) {
  const box = make("input", { type: "checkbox", name: field });
  box.checked = chosen[field].includes(name);
  box.addEventListener("change", () => {
    chosen[field] = box.checked ? [...chosen[field], name] : chosen[field].filter((one) => one !== name);
  });
  return make("label", {}, box, make("bdi", {}, shown(name)), papers !== null && make("small", {}, ` ${papers}`));
}

/** A name beyond the commonest: typed, with the next ones offered. */
function other(field, label, list) {
  const id = `other-${field}`;
  const input = make("input", { type: "text", name: "other", list: id, "aria-label": `Another ${label.toLowerCase()}`, placeholder: "Another…" });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const name = input.value.trim();
    if (!name || chosen[field].includes(name)) return;
    chosen[field] = [...chosen[field], name];
    list.append(option(field, { name, papers: null }));
    input.value = "";
    changed();
  });
  const more = facets[field].slice(SHOWN).map((one) => make("option", { value: shown(one.name) }));
  return make("div", {}, input, make("datalist", { id }, ...more));
}

function changed() {
  for (const place of document.querySelectorAll("[data-chips]")) place.replaceChildren(...chips(place));
  for (const listener of listeners) listener();
}

function chips(place) {
  const { year_from: from, year_to: to } = chosen;
  const list = [];
  const chip = (text, drop) =>
    list.push(button(make("bdi", {}, shown(text)), () => {
      drop();
      changed();
      (place.querySelector("button") ?? place.parentElement.querySelector("[data-open-filters]"))?.focus();
    }, { class: "chip", "aria-label": `Drop the filter ${shown(text)}` }));
  if (from !== null || to !== null) {
    chip(from === to ? String(from) : `${from ?? "…"} – ${to ?? "…"}`, () => Object.assign(chosen, { year_from: null, year_to: null }));
  }
  for (const field of Object.keys(NAMED)) {
    for (const name of chosen[field]) chip(name, () => (chosen[field] = chosen[field].filter((one) => one !== name)));
  }
  return list;
}
