import type { Slices } from "@deepgrain/support";
import type { NodeStore } from "./nodes";
import { wordTrie } from "./word-trie";

/** Spells the values and names of all nodes, once those that are not allowed are gone. */
export function* spellWords(nodes: NodeStore): Slices<void> {
  const encoder = new TextEncoder();
  const spell = (words: readonly string[]) => {
    for (const { length } of words) nodes.characters += length;
    return wordTrie(words);
  };
  for (const node of nodes.all) {
    if (node.kind === "literals") {
      node.values = node.fitting ?? node.values;
      node.base = undefined;
      if (node.values.length === 0) node.why ??= "no value of enum or const is allowed";
      node.words = yield* spell(node.values.map((value) => JSON.stringify(value)));
    } else if (node.kind === "object") {
      const names = node.properties.map(({ name }) => JSON.stringify(name));
      for (const [i, name] of names.entries()) node.properties[i]!.key = encoder.encode(`${name}:`);
      node.names = yield* spell(names.map((name) => name.slice(1, -1)));
    }
  }
}
