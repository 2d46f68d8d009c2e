/** @file Two conversations to learn by heart. */
import { encodeConversation, parseConversations } from "../../src";
import { byteTokenizer } from "./tokenizer";

export const rows = ["a", "b"].map((letter) => ({
  messages: [
    { role: "user", content: letter },
    { role: "assistant", content: letter === "a" ? "yes" : "no" },
  ],
}));

export async function samplesOf() {
  const tokenizer = await byteTokenizer();
  const records = parseConversations(rows.map((row) => JSON.stringify(row)).join("\n"));
  return {
    tokenizer,
    samples: records.map((record) => encodeConversation(record, tokenizer, { maxLength: 64 })),
  };
}
