// The one way to the API: keys, problem documents, and word of what went wrong.

/** What the API answered when it did not do as asked, or what kept the request from reaching it. */
export class Problem extends Error {
  /** @param {{title: string, detail?: string, status?: number, retryAfter?: number, request_id?: string}} document */
  constructor({ title, detail = "", status = 0, retryAfter = 0, request_id = "" }) {
    super(detail || title);
    Object.assign(this, { title, detail, status, retryAfter, requestId: request_id });
  }
  /** Whether the server could not be reached at all. */
  get unreachable() {
    return this.status === 0;
  }
}

const KEY = "citewell.key";
let askForKey = async () => null;
const listeners = [];

/** Who asks the user for a key; it resolves to one, or to null. */
export const onKeyNeeded = (asker) => (askForKey = asker);

/** Told of every response and of every failure to get one. */
export const onContact = (listener) => listeners.push(listener);

let asking = null;

/** One question for a key at a time, however many requests need one. */
function newKey(refused) {
  asking ??= askForKey(refused).finally(() => (asking = null));
  return asking;
}

/**
 * Sends a request and hands back the response once it is a good one.
 * @param {string} path
 * @param {{method?: string, json?: any, body?: BodyInit, signal?: AbortSignal}} [options]
 * @returns {Promise<Response>}
 * @throws {Problem} anything but success; an AbortError passes through.
 */
export async function send(path, { method, json, body, signal } = {}) {
  const used = sessionStorage.getItem(KEY);
  const headers = {};
  if (used) headers.Authorization = `Bearer ${used}`;
  if (json !== undefined) headers["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(path, {
      method: method ?? (json !== undefined || body ? "POST" : "GET"),
      headers,
      body: json !== undefined ? JSON.stringify(json) : body,
      signal,
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw told(new Problem({ title: "The server can't be reached", detail: "Is it running? The page tries again by itself." }));
  }
  if (response.status === 401) {
    const current = sessionStorage.getItem(KEY);
    const key = current && current !== used ? current : await newKey(Boolean(used));
    if (key) {
      sessionStorage.setItem(KEY, key);
      return send(path, { method, json, body, signal });
    }
  }
  if (!response.ok) throw told(await problemOf(response));
  told(null);
  return response;
}

/** As `send`; hands back the decoded body. */
export async function call(path, options) {
  const response = await send(path, options);
  return response.status === 204 ? null : response.json();
}

export const forgetKey = () => sessionStorage.removeItem(KEY);

function told(problem) {
  for (const listener of listeners) listener(problem);
  return problem;
}

async function problemOf(response) {
  const retryAfter = Number(response.headers.get("Retry-After")) || 0;
  try {
    return new Problem({ ...(await response.json()), status: response.status, retryAfter });
  } catch {
    return new Problem({ title: `The server answered ${response.status}`, status: response.status, retryAfter });
  }
}
