// Conversations, kept in this browser alone.

const KEY = "citewell.conversations";
const MOST = 50;

/** @typedef {{id: string, at: number, turns: {question: string, body: any}[]}} Kept */

/** @returns {Kept[]} newest first */
export function kept() {
  try {
    const list = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(list) ? list.filter(whole) : [];
  } catch {
    return [];
  }
}

/** Whether an entry is one of ours: an older page, or a hand, may have written something else. */
const whole = (one) =>
  typeof one?.id === "string" && Array.isArray(one.turns) && one.turns.length > 0 &&
  one.turns.every(({ question, body }) => typeof question === "string" && ["sentences", "citations", "retrieved", "degraded"].every((list) => Array.isArray(body?.[list])));

/** @param {Kept} conversation takes the place of the one with its id */
export function keep(conversation) {
  write([conversation, ...kept().filter((one) => one.id !== conversation.id)].slice(0, MOST));
}

export function forget(id) {
  write(kept().filter((one) => one.id !== id));
}

export function forgetAll() {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // Storage is shut: nothing is kept anyway.
  }
}

/** The oldest go where there is no room for all. */
function write(list) {
  for (let room = list.length; room >= 0; room = room > 8 ? Math.floor(room / 2) : room - 1) {
    try {
      localStorage.setItem(KEY, JSON.stringify(list.slice(0, room)));
      return;
    } catch {
      // Full, or shut.
    }
  }
}
