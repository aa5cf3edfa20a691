// Text and elements. Whatever the server sends becomes text nodes; nothing here makes markup of it.
import { readable } from "./maths.js";

const OBEYED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** Text without what a screen would obey (controls, direction overrides), as many characters as before. */
export const shown = (text) => String(text).replace(OBEYED, "\ufffd");

/** A title as a person writes it: no LaTeX left. */
export const titled = (paper) => shown(readable(paper.title || "")) || "Untitled paper";

/** What an answer calls a paper, as the API writes it. */
export const named = ({ title, paper_id: id }) => {
  const [name, key] = [title, id].map((text) => text.trim().split(/\s+/).join(" "));
  return name ? `“${name}”` : `Untitled paper ${key}`;
};

/**
 * An element. `on…` attributes are listeners; `true` is a bare attribute; null and false are left out.
 * @param {string} tag
 * @param {Record<string, any>} [attributes] names are ours; text of a paper only ever as a child or a label
 * @param {...(Node|string|null|false)} children strings become text nodes
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** A button that does something. */
export const button = (label, onclick, attributes = {}) => make("button", { type: "button", onclick, ...attributes }, label);

/** A link that leaves the page, or plain text where the address is no web address. */
export function link(label, address) {
  const safe = webAddress(address);
  return safe ? make("a", { href: safe, target: "_blank", rel: "noopener noreferrer" }, label) : make("span", {}, label);
}

export function webAddress(address) {
  try {
    const url = new URL(address);
    return /^https?:$/.test(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/**
 * Cuts by code points, which is what the API counts; JavaScript counts UTF-16 units.
 * @returns {(start: number, end?: number) => string}
 */
export function cutter(text) {
  if (!/[\ud800-\udfff]/.test(text)) return (start, end) => text.slice(start, end);
  const points = Array.from(text);
  return (start, end) => points.slice(start, end).join("");
}

/** How many code points a text has. */
export const length = (text) => (/[\ud800-\udfff]/.test(text) ? Array.from(text).length : text.length);

export const count = (number, one, many = `${one}s`) => `${number.toLocaleString("en")} ${number === 1 ? one : many}`;

/** Authors and year in one line; a long list of authors is cut. */
export function about(paper) {
  const authors = paper.authors || [];
  const named = authors.length > 6 ? `${authors.slice(0, 5).join(", ")} and ${authors.length - 5} more` : authors.join(", ");
  return shown([named, paper.year].filter(Boolean).join(" · "));
}

const ICONS = {
  up: "M7 10v10H4V10zm0 0 4-7c2 0 2.500 1.500 2 3l-.8 3H19c1.500 0 2 1.200 1.700 2.500l-1.500 6C19 19 18 20 16.500 20H7",
  check: "m4 12.500 5.500 5.500L20 7",
};

/** A small drawing without a name of its own. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", `icon ${name}`);
  path.setAttribute("d", ICONS[name === "down" ? "up" : name]);
  svg.append(path);
  return svg;
}
