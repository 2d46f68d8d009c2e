// node encoding.mjs <file>: MB of a text encoded per second of processor time, by libraries with vocabularies of their own; the
// second of two runs.
import { readFileSync } from "node:fs";

const text = readFileSync(process.argv[2], "utf8");
const { get_encoding: encodingOf } = await import("tiktoken");
const { encode } = await import("gpt-tokenizer/encoding/o200k_base");
const tiktoken = encodingOf("o200k_base");
const peers = {
  "tiktoken 1.0.22": (part) => tiktoken.encode(part),
  "gpt-tokenizer 4.0.0": (part) => encode(part),
};
for (const [name, run] of Object.entries(peers)) {
  run(text.slice(0, text.length / 8)); // V8 compiles it
  const begun = process.cpuUsage();
  const { length: tokens } = run(text);
  const { user, system } = process.cpuUsage(begun);
  const rate = Buffer.byteLength(text) / (user + system);
  console.log(JSON.stringify({ name, vocabulary: "200 k, o200k", tokens, rate }));
}
