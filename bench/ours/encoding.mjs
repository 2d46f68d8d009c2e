// node encoding.mjs <threads> <file>: writes a text to the file, and prints the MB of English encoded per second of processor time, by a byte-level BPE of 8,000 tokens trained on
// other addresses: the first time, again with the words that are known by then, and by @huggingface/tokenizers alone.
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { sotu } from "@deepgrain/datasets";
import { createTokenizer, trainBpe } from "@deepgrain/lm";

const LENGTH = 2 ** 20;

const texts = [];
for await (const { text } of sotu()) texts.push(text);
const tokenizer = await trainBpe(texts.slice(0, 60), { vocabSize: 8000 });
const text = texts.slice(60).join("\n").slice(0, LENGTH);
writeFileSync(process.argv[3], text);

/** MB per second of processor time. */
function rateOf(encode) {
  const begun = process.cpuUsage();
  const ids = encode(text);
  const { user, system } = process.cpuUsage(begun);
  return { tokens: ids.length, rate: Buffer.byteLength(text) / (user + system) };
}

const fromLm = createRequire(import.meta.resolve("@deepgrain/lm"));
const library = await import(pathToFileURL(fromLm.resolve("@huggingface/tokenizers")).href);
const alone = new (library.Tokenizer ?? library.default.Tokenizer)(tokenizer, {});
const { encode } = await createTokenizer({ tokenizer });
const rows = {
  deepgrain: encode,
  "deepgrain, known words": encode,
  "@huggingface/tokenizers": (text) => alone.encode(text, { add_special_tokens: false }).ids,
};
for (const [name, run] of Object.entries(rows)) {
  if (name.startsWith("@")) run(text.slice(0, LENGTH / 8)); // V8 compiles it
  console.log(JSON.stringify({ name, vocabulary: "8 k, trained", ...rateOf(run) }));
}
