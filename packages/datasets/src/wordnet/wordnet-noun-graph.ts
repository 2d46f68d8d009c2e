import { DatasetsError, optionsOf, refuseUnknown } from "../errors";
import type { LoadOptions } from "../package-folder";
import type { SynsetPointer } from "./parse-synset";
import { readSynsets } from "./read-synsets";
import { type WordnetNoun, wordnetNoun, wordnetNounClassNames } from "./wordnet-noun-classes";

export type WordnetRelation =
  | "hypernym"
  | "instanceHypernym"
  | "memberHolonym"
  | "substanceHolonym"
  | "partHolonym"
  | "topicDomain"
  | "regionDomain"
  | "usageDomain"
  | "antonym"
  | "derivation";

/** WordNet's symbol of each relation. The inverse of a relation repeats its edges and is left out. */
const symbols = {
  hypernym: "@",
  instanceHypernym: "@i",
  memberHolonym: "#m",
  substanceHolonym: "#s",
  partHolonym: "#p",
  topicDomain: ";c",
  regionDomain: ";r",
  usageDomain: ";u",
  antonym: "!",
  derivation: "+",
} as const satisfies Record<WordnetRelation, string>;

/** The relations between nouns; "a hypernym b" reads "a is a kind of b". */
export const wordnetRelations = Object.keys(symbols) as readonly WordnetRelation[];

const symmetric: readonly WordnetRelation[] = ["antonym", "derivation"];

/** Options of {@link wordnetNounGraph}. */
export interface WordnetNounGraphOptions extends LoadOptions {
  /** Which relations become edges; default: all of {@link wordnetRelations}. */
  relations?: readonly WordnetRelation[] | undefined;
}

/** A labelled graph over WordNet's nouns. */
export interface WordnetNounGraph {
  /** One node per synset, N in total; its index is its number in `source` and `target`. */
  readonly nodes: readonly WordnetNoun[];
  /** Class names by label. */
  readonly classNames: readonly string[];
  /** Relation names by number. */
  readonly relations: readonly WordnetRelation[];
  /** Node at each edge's start, shape [E]. */
  readonly source: Int32Array;
  /** Node at each edge's end, shape [E]. */
  readonly target: Int32Array;
  /** Number of each edge's relation in `relations`, shape [E]. */
  readonly relation: Uint8Array;
}

/** Ends of one synset's edges of one relation, without repeats and loops. */
function edgeEnds(
  pointers: readonly SynsetPointer[],
  relation: WordnetRelation,
  from: number,
  index: ReadonlyMap<string, number>,
): Set<number> {
  const ends = new Set<number>();
  for (const { symbol, target } of pointers) {
    if (symbol !== symbols[relation] || !target.endsWith("-n")) continue;
    const to = index.get(target);
    if (to === undefined)
      throw new DatasetsError("ERR_FORMAT", `datasets/wordnetNounGraph: no synset ${target}`, {
        fields: {
          target,
        },
      });
    // A symmetric relation is listed at both ends: keep the edge from the lower index.
    if (from !== to && !(symmetric.includes(relation) && from > to)) ends.add(to);
  }
  return ends;
}

/**
 * Returns the graph of WordNet's nouns: one edge for each pair and relation, directed as the
 * relation reads, from the lower to the higher index if it is symmetric; no loops. Edges are
 * sorted by source, then in the order of `relations`.
 *
 * @param options.relations which relations become edges, default all ten
 * @returns 82,192 nodes; 115,642 edges with all relations, 75,916 of them hypernyms
 * @throws {DatasetsError} `ERR_RANGE` for an unknown relation, `ERR_MISSING_PACKAGE`,
 *   `ERR_MISSING_FILE` or `ERR_FORMAT`
 */
export async function wordnetNounGraph(
  options: WordnetNounGraphOptions = {},
): Promise<WordnetNounGraph> {
  const {
    relations = wordnetRelations,
    from,
    signal,
    ...unread
  } = optionsOf("wordnetNounGraph", options);
  refuseUnknown("wordnetNounGraph", unread);
  const unknown = relations.find((relation) => !Object.hasOwn(symbols, relation));
  if (unknown !== undefined)
    throw new DatasetsError(
      "ERR_RANGE",
      `datasets/wordnetNounGraph: relations must be among ${wordnetRelations.join(", ")}, got ${unknown}`,
      { fields: { relations } },
    );
  const nodes: WordnetNoun[] = [];
  const pointers: (readonly SynsetPointer[])[] = [];
  for await (const synset of readSynsets("wordnetNounGraph", "noun", { from, signal })) {
    nodes.push(wordnetNoun(synset));
    pointers.push(synset.pointers);
  }
  const index = new Map(nodes.map(({ id }, i) => [id, i]));
  const edges: [source: number, target: number, relation: number][] = [];
  for (const [from, list] of pointers.entries())
    for (const [number, relation] of relations.entries())
      for (const to of edgeEnds(list, relation, from, index)) edges.push([from, to, number]);
  return {
    nodes,
    classNames: wordnetNounClassNames,
    relations: [...relations],
    source: Int32Array.from(edges, ([from]) => from),
    target: Int32Array.from(edges, ([, to]) => to),
    relation: Uint8Array.from(edges, ([, , number]) => number),
  };
}
