// The table of what a JSON schema costs per token.
import { markdownTable, show } from "./markdown.mjs";

const names = {
  object: "list of objects of three properties",
  bounded: "the same, strings of at most 200 characters",
  any: "any object",
};

/** The part of `npm run bench -- --only schema`. */
export function jsonSchema({ ours }) {
  const [line = {}] = ours("json-schema.mjs", 5);
  const { vocabSize, vocabularyMs } = line;
  console.log(
    `\n### JSON schemas, a vocabulary of ${vocabSize} tokens (read once, ${show(vocabularyMs, 0)} ms)\n`,
  );
  const rows = Object.entries(names).map(([key, name]) => {
    const { compileMs, tokens, first, again } = line[key] ?? {};
    return [name, show(compileMs), String(tokens), show(first, 0), show(again, 0)];
  });
  const head = ["schema", "made ready, ms", "tokens", "µs per token, first text", "third text"];
  console.log(markdownTable([head, ...rows]));
}
