// Server-sent events of a response, one after the other. EventSource can't post, so the stream is read here.

import { Problem } from "./client.js";

/**
 * @param {Response} response
 * @returns {AsyncGenerator<{name: string, data: any}>}
 */
export async function* events(response) {
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await read(reader);
      if (done) return;
      const blocks = (rest + decoder.decode(value, { stream: true })).split(/\r?\n\r?\n/);
      rest = blocks.pop();
      for (const block of blocks) {
        const event = parsed(block);
        if (event) yield event;
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

async function read(reader) {
  try {
    return await reader.read();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw broken();
  }
}

/** What a stream that ends too early is told as. */
export const broken = () =>
  new Problem({ title: "The connection broke", detail: "The answer is not whole. What is shown had been checked." });

/** A block's event; null for a comment, which only keeps the connection open. */
function parsed(block) {
  let name = "message";
  const data = [];
  for (const line of block.split(/\r?\n/)) {
    if (line.startsWith("event:")) name = line.slice(6).trim();
    else if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
  }
  return data.length ? { name, data: JSON.parse(data.join("\n")) } : null;
}
