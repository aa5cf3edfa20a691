// The page: its views, and who knows whom.
import { Conversation } from "./conversation.js";
import { Corpus } from "./corpus.js";
import { Service } from "./service.js";
import { askedForKey } from "./dialogs.js";
import { button, make, shown } from "./text.js";
import * as filters from "./filters.js";
import { onKeyNeeded } from "./client.js";
import { startUploads } from "./upload.js";

const $ = (id) => document.getElementById(id);

/** Said once to whoever listens; the same words twice are said twice. */
function announce(text) {
  $("announcer").replaceChildren();
  setTimeout(() => $("announcer").append(shown(text)), 50);
}

/** Shows a view; focus goes to `focused` where one is named. */
function go(view, focused) {
  if (location.hash !== `#${view}`) history.pushState(null, "", `#${view}`);
  show(view);
  if (focused) $(focused).focus();
}

function show(view) {
  for (const name of ["ask", "papers"]) {
    $(`view-${name}`).hidden = name !== view;
    const tab = document.querySelector(`nav a[href="#${name}"]`);
    if (name === view) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  }
  if (view === "papers") corpus.open();
}

function route() {
  const [name, id] = location.hash.slice(1).split("=");
  show(name === "papers" ? "papers" : "ask");
  if (name === "answer" && id) conversation.openSaved(decodeURIComponent(id));
}

function offerExamples(questions) {
  $("examples").replaceChildren(...questions.map((question) => make("li", {}, button(shown(question), () => {
    conversation.question.focus();
    conversation.ask(question);
  }, { dir: "auto" }))));
  $("starters").hidden = !questions.length;
}

onKeyNeeded(askedForKey);
const service = new Service({
  announce,
  corpus: (found) => {
    filters.offer(found.facets);
    offerExamples(found.examples);
    corpus.retry();
  },
});
const conversation = new Conversation({ announce, go });
const corpus = new Corpus({ announce, changed: () => service.refresh(), ask: (question) => conversation.ask(question) });
startUploads({
  announce,
  changed: () => {
    service.refresh();
    corpus.load();
  },
});
filters.start();
for (const tab of document.querySelectorAll('a[href="#ask"], a[href="#papers"]')) {
  tab.addEventListener("click", (event) => {
    event.preventDefault();
    const view = tab.getAttribute("href").slice(1);
    go(view, view === "papers" ? "papers-title" : "question");
  });
}
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  $($("view-papers").hidden ? "question" : "papers-title").focus();
});
window.addEventListener("popstate", route);
document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details.state[open], details.menu[open]")) if (!open.contains(event.target)) open.open = false;
});
service.refresh();
route();
