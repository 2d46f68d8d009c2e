import type { Budget, Slices } from "@deepgrain/support";
import { cheapestCharacters, textCosts } from "./automata/text-costs";
import { CostQueue } from "./cost-queue";
import type { ArrayNode, Node, NodeStore, ObjectNode, Others } from "./nodes";
import { type Prices, shortestCost } from "./shortest-cost";
import type { Vocabulary } from "./vocabulary";

/** Tokens of a text beyond which no text can be: positions are numbers of 32 bits. */
const MOST_TOKENS = 2 ** 31 - 1;

/** Nodes between two slices. */
const SLICE = 64;

/** Decimals that are tried to find the shortest within two bounds, roughly. */
const STEPS_PER_RANGE = 1000;

/** The nodes that every text of a node holds; of a choice, those of which it holds one. */
export function* neededParts(node: Node): Generator<Node> {
  if (node.kind === "any-of") yield* node.branches;
  if (node.kind === "object") {
    for (const { isRequired, node: value } of node.properties) if (isRequired) yield value;
    if (node.neededOther) yield node.neededOther;
  }
  if (node.kind !== "array") return;
  const { prefix, rest, min, isUnique } = node;
  if (isUnique && min > 0) yield rest!;
  if (isUnique) return;
  for (let i = 0; i < min && i < prefix.length; i++) yield prefix[i]!;
  if (min > prefix.length && rest) yield rest;
}

/** The edges between nodes, by the numbers of the nodes. */
interface Edges {
  /** The nodes that need each one, as often as they do. */
  readonly users: readonly Node[][];
  /** How many parts each node needs. */
  readonly needed: Int32Array;
}

function edgesOf(all: readonly Node[]): Edges {
  const users: Node[][] = all.map(() => []);
  const needed = new Int32Array(all.length);
  for (const node of all)
    for (const part of neededParts(node)) {
      users[part.id]!.push(node);
      needed[node.id]!++;
    }
  return { users, needed };
}

/** Keys, words and texts, spelled in the vocabulary. */
function* measureTexts(
  all: readonly Node[],
  vocabulary: Vocabulary,
  prices: Prices,
  budget: Budget,
): Slices<void> {
  for (const node of all) {
    if (node.kind === "literals") yield* vocabulary.measureWords(node.words, budget);
    if (node.kind === "array" && node.isUnique) yield* measureValues(node, vocabulary, budget);
    if (node.kind === "text") {
      node.characters = cheapestCharacters(node.dfa.alphabet, vocabulary, budget);
      node.costs = yield* textCosts(node.dfa, node.characters, () => prices.quote, budget);
    }
    if (node.kind !== "object") continue;
    if (node.neededOther) yield* measureNames(node.others!, vocabulary, budget);
    for (const property of node.properties) {
      property.keyCosts = vocabulary.costs(property.key, budget);
      yield;
    }
  }
}

/** The values of a list whose items differ. */
function* measureValues(node: ArrayNode, vocabulary: Vocabulary, budget: Budget): Slices<void> {
  const found: number[][] = [];
  const encoder = new TextEncoder();
  if (node.rest?.kind === "literals")
    for (const value of node.rest.values) {
      found.push(vocabulary.costs(encoder.encode(JSON.stringify(value)), budget));
      yield;
    }
  node.valueCosts = found;
  node.valueOrder = [...found.keys()].sort((a, b) => found[a]![0]! - found[b]![0]! || a - b);
}

/** The shortest name of each label. */
function* measureNames(others: Others, vocabulary: Vocabulary, budget: Budget): Slices<void> {
  const { dfa, nodes } = others;
  const characters = cheapestCharacters(dfa.alphabet, vocabulary, budget);
  const found: number[] = [];
  for (const own of nodes.keys()) {
    const endCost = (label: number) => (label === own ? 0 : Infinity);
    const { tokens } = yield* textCosts(dfa, characters, endCost, budget);
    found.push(tokens[dfa.start]!);
  }
  others.nameCosts = found;
}

/** Names that are not declared, with their values. */
function* measureOthers(
  others: Others,
  vocabulary: Vocabulary,
  { quote, colon }: Prices,
  budget: Budget,
): Slices<void> {
  const { dfa, nodes } = others;
  others.characters = cheapestCharacters(dfa.alphabet, vocabulary, budget);
  const endCost = (label: number) => quote + colon + nodes[label]!.cost;
  others.costs = yield* textCosts(dfa, others.characters, endCost, budget);
}

/**
 * Finds each node's shortest text: at each choice the one that takes the fewest tokens, each sign, key and value spelled for
 * itself. A node's cost stays Infinity if every text of it would be without end, cannot be spelled, or is longer than 2^31 tokens.
 *
 * Costs become final in ascending order, each once: as no text costs less than a part of it, the cheapest node that is not final
 * cannot become cheaper. Each edge is looked at when it is listed, when its part is final, when costs are summed up, and once more
 * for what is left of an object.
 *
 * @param budget a step is a look at an edge, or at a byte of a key or a word
 * @see Knuth 1977, A generalization of Dijkstra's algorithm, section 2
 */
export function* measure(
  { all }: NodeStore,
  vocabulary: Vocabulary,
  prices: Prices,
  budget: Budget,
): Slices<void> {
  for (const node of all) Object.assign(node, { cost: Infinity, bytes: Infinity, nesting: 0 });
  yield* measureTexts(all, vocabulary, prices, budget);
  const look = (edges: number) => budget.spendSteps(edges);
  const { users, needed } = edgesOf(all);
  for (const count of needed) look(count);
  yield;
  const queue = new CostQueue();
  const put = (node: Node, branch: Node) => {
    if (node.kind !== "any-of") look(needed[node.id]!);
    if (node.kind === "range") budget.spendSteps(STEPS_PER_RANGE);
    const found = node.kind === "any-of" ? branch : shortestCost(node, prices, vocabulary);
    const { cost, bytes, nesting } = found;
    if (cost <= MOST_TOKENS) queue.put(node, { cost, bytes, nesting });
  };
  const missing = needed.slice();
  let visited = 0;
  for (const node of all) {
    if (missing[node.id] === 0 && node.kind !== "any-of") put(node, node);
    if (++visited % SLICE === 0) yield;
  }
  for (let next = queue.take(); next; next = queue.take()) {
    const { node, cost } = next;
    Object.assign(node, cost);
    look(users[node.id]!.length);
    for (const user of users[node.id]!) {
      const left = --missing[user.id]!;
      const isReady = user.kind === "any-of" ? left === needed[user.id]! - 1 : left === 0;
      if (isReady) put(user, node);
    }
    if (++visited % SLICE === 0) yield;
  }
  for (const node of all)
    if (node.kind === "object") {
      look(node.properties.length);
      node.restCosts = restCosts(node, prices);
      if (node.others) yield* measureOthers(node.others, vocabulary, prices, budget);
    }
}

/** Tokens that are still required from each property on. */
function restCosts({ properties }: ObjectNode, { comma }: Prices): number[] {
  const costs = Array<number>(properties.length + 1).fill(0);
  for (let i = properties.length - 1; i >= 0; i--) {
    const { isRequired, keyCosts, node: value } = properties[i]!;
    costs[i] = costs[i + 1]! + (isRequired ? comma + keyCosts[0]! + value.cost : 0);
  }
  return costs;
}
