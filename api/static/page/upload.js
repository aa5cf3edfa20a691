// Papers added from files: dropped or chosen, one after the other, with how far each is.
import { call } from "./client.js";
import { count, make, shown } from "./text.js";

const $ = (id) => document.getElementById(id);
const ENDED = ["succeeded", "failed", "cancelled"];
const LISTED = 200;

/** @param {{announce: (text: string) => void, changed: () => void}} page */
export function startUploads(page) {
  const drop = $("drop");
  const input = $("file");
  let last = Promise.resolve();
  const add = (files) => {
    for (const file of files) {
      const entry = new Entry(file, page);
      last = last.then(() => entry.run());
    }
  };
  input.addEventListener("change", () => {
    add(input.files);
    input.value = "";
  });
  for (const name of ["dragenter", "dragover"]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
  }
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    add(event.dataTransfer.files);
  });
}

class Entry {
  constructor(file, page) {
    this.file = file;
    this.page = page;
    this.bar = make("progress", { "aria-label": `Adding ${shown(file.name)}` });
    this.note = make("p", { class: "note" }, "Waiting");
    this.root = make("li", {}, make("strong", { dir: "auto" }, shown(file.name)), this.bar, this.note);
    $("uploads").prepend(this.root);
  }

  async run() {
    const form = new FormData();
    form.append("file", this.file);
    this.note.textContent = "Sending";
    try {
      let job = await call("/v1/papers", { body: form });
      while (!ENDED.includes(job.state)) {
        this.#progress(job);
        await new Promise((resolve) => setTimeout(resolve, 400));
        job = await call(`/v1/jobs/${job.id}`);
      }
      this.#ended(job);
    } catch (problem) {
      this.#failed(problem.message);
    }
  }

  #progress(job) {
    if (job.total) Object.assign(this.bar, { max: job.total, value: job.done });
    const far = job.total ? `${job.done} of ${job.total} records` : job.done ? `${count(job.done, "record")} so far` : "reading";
    this.note.textContent = job.state === "queued" ? "Waiting for its turn" : `Adding: ${far}`;
  }

  #ended(job) {
    if (job.state === "failed") return this.#failed(job.error?.detail ?? "The server could not add it.");
    const rejected = job.rejected.length;
    const parts = [`${job.added} added`, job.updated && `${job.updated} updated`, job.unchanged && `${job.unchanged} known already`, rejected && `${rejected} rejected`];
    const said = `${parts.filter(Boolean).join(", ")}${job.state === "cancelled" ? "; the server stopped before the end" : ""}.`;
    this.bar.remove();
    this.note.textContent = said;
    if (rejected) this.root.append(rejections(job.rejected));
    this.page.announce(`${shown(this.file.name)}: ${said}`);
    if (job.added || job.updated) this.page.changed();
  }

  #failed(why) {
    this.bar.remove();
    this.note.className = "warning";
    this.note.textContent = shown(why);
    this.page.announce(`${shown(this.file.name)} could not be added.`);
  }
}

/** What was rejected, where it stands, and why. */
function rejections(list) {
  const items = list.slice(0, LISTED).map(({ where, why }) => make("li", {}, make("code", { dir: "auto" }, shown(where)), " ", shown(why)));
  if (list.length > LISTED) items.push(make("li", {}, `… and ${list.length - LISTED} more`));
  return make("details", { open: true }, make("summary", {}, `${count(list.length, "record")} rejected`), make("ul", {}, ...items));
}
