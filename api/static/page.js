// The page that asks. Whatever comes from the server is put in as text, never as markup.
"use strict";

const form = document.getElementById("ask");
const question = document.getElementById("question");
const button = form.querySelector("button");
const state = document.getElementById("state");
const result = document.getElementById("result");

/** An element with text and children. */
function make(tag, text, ...children) {
  const element = document.createElement(tag);
  element.textContent = text;
  element.append(...children);
  return element;
}

/** A link, or plain text where the address is no web address. */
function link(text, address) {
  if (!/^https?:\/\//i.test(address)) return make("span", text);
  const anchor = make("a", text);
  anchor.href = address;
  anchor.rel = "noopener noreferrer";
  anchor.target = "_blank";
  return anchor;
}

/** The answer with each marker [n] of a known citation as a link to its source. */
function withMarkers(body) {
  const known = new Set(body.citations.map((citation) => citation.number));
  return body.answer.split(/(\[\d+\])/).map((part) => {
    const number = Number(part.slice(1, -1));
    if (!/^\[\d+\]$/.test(part) || !known.has(number)) return document.createTextNode(part);
    const anchor = make("a", part);
    anchor.href = `#source-${number}`;
    anchor.setAttribute("aria-label", `Source ${number}`);
    return make("sup", "", anchor);
  });
}

function source(citation) {
  const about = [citation.authors.join(", "), citation.year].filter(Boolean).join(", ");
  const item = make("li", "", link(citation.title, citation.url), make("blockquote", citation.quote));
  if (about) item.append(make("div", about));
  item.id = `source-${citation.number}`;
  item.value = citation.number;
  return item;
}

function show(body) {
  document.getElementById("answer").replaceChildren(...withMarkers(body));
  document.getElementById("sources").replaceChildren(...body.citations.map(source));
  document.getElementById("sources-title").hidden = body.citations.length === 0;
  const nearest = body.refusal ? body.refusal.nearest : [];
  document.getElementById("nearest").replaceChildren(...nearest.map((paper) => make("li", paper.title)));
  document.getElementById("nearest-title").hidden = nearest.length === 0;
  result.hidden = false;
  const count = body.citations.length;
  state.textContent = body.refusal ? "No answer in the stored papers." : `Answered with ${count} quote${count === 1 ? "" : "s"}.`;
  document.getElementById("result-title").focus();
}

async function ask() {
  button.disabled = true;
  result.hidden = true;
  state.textContent = "Looking…";
  try {
    const response = await fetch("/v1/ask", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ question: question.value }),
    });
    const body = await response.json();
    if (response.ok) show(body);
    else state.textContent = `${body.title}: ${body.detail}`;
  } catch {
    state.textContent = "The server can't be reached, or sent something unreadable.";
  } finally {
    button.disabled = false;
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (!button.disabled) ask();
});
question.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit();
  }
});
