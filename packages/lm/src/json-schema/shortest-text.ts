import { labelOf } from "./automata/dfa";
import { shortestWord } from "./automata/text-costs";
import { valuesOf } from "./cheapest-values";
import { continuesDecimal, shortestDecimal } from "./decimals";
import { headsOf } from "./heads";
import { type ArrayNode, itemNode, type Node, type ObjectNode, type RangeNode } from "./nodes";
import type { Vocabulary } from "./vocabulary";

function rangeText(node: RangeNode): string {
  let text = "";
  for (let left = shortestDecimal(node, ""); left > 0; left--)
    text += Array.from("0123456789.-").find(
      (one) => continuesDecimal(node, text, one) && shortestDecimal(node, text + one) === left - 1,
    )!;
  return text;
}

const isSame = (a: Node, b: Node) =>
  a.cost === b.cost && a.bytes === b.bytes && a.nesting === b.nesting;

/** The shortest text of a node; see `measure`. */
export function shortestText(node: Node, vocabulary: Vocabulary): string {
  const inside = (part: Node) => shortestText(part, vocabulary);
  switch (node.kind) {
    case "any-of":
      return inside(headsOf(node).find((head) => isSame(head, node))!);
    case "literals":
      return JSON.stringify(node.values[node.words.nearest]);
    case "string":
      return `"${vocabulary.plainText(node.min)}"`;
    case "text":
      return JSON.stringify(shortestWord(node.dfa, node.characters!, node.costs!));
    case "number":
      return "0";
    case "range":
      return rangeText(node);
    case "array":
      return `[${items(node, inside).join()}]`;
    case "object":
      return `{${properties(node, inside).join()}}`;
  }
}

function items(node: ArrayNode, inside: (part: Node) => string): string[] {
  if (node.isUnique)
    return node.valueOrder.slice(0, node.min).map((i) => JSON.stringify(valuesOf(node).values[i]));
  return Array.from({ length: node.min }, (_, i) => inside(itemNode(node, i)!));
}

function properties(node: ObjectNode, inside: (part: Node) => string): string[] {
  const found = node.properties
    .filter(({ isRequired }) => isRequired)
    .map(({ name, node: value }) => `${JSON.stringify(name)}:${inside(value)}`);
  const { others, neededOther } = node;
  if (neededOther) {
    const { dfa, characters, costs, nodes } = others!;
    const name = shortestWord(dfa, characters!, costs!);
    found.push(`${JSON.stringify(name)}:${inside(nodes[labelOf(dfa, name)]!)}`);
  }
  return found;
}
