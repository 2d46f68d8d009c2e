import { type Generator, rand } from "@deepgrain/tensor-gpu";

/** A graph of documents: who cites whom, which words each has, and the class of some. */
export interface CitationGraph {
  nodes: number;
  /** Size of the vocabulary. */
  words: number;
  classes: number;
  /** Directed edges; an undirected citation is two of them. */
  source: Int32Array;
  target: Int32Array;
  /** Word `word[i]` occurs in document `document[i]`. */
  document: Int32Array;
  word: Int32Array;
  /** Class of each node, −100 where it is not trained on. */
  labels: Int32Array;
}

/** How large a random graph is to be. */
export interface GraphSizes {
  nodes: number;
  /** Directed edges. */
  edges: number;
  words: number;
  /** Words of all documents together. */
  occurrences: number;
  classes: number;
  /** Labelled nodes. */
  labelled: number;
}

/** A random graph of given sizes; edges come in pairs of both directions. */
export function randomGraph(sizes: GraphSizes, generator: Generator): CitationGraph {
  const { nodes, edges, words, occurrences, classes, labelled } = sizes;
  const draw = (count: number, limit: number) => {
    const values = rand([count], { high: limit, generator });
    const whole = Int32Array.from(values.dataSync());
    values.dispose();
    return whole;
  };
  const [a, b] = [draw(edges / 2, nodes), draw(edges / 2, nodes)];
  const all = draw(nodes, classes);
  return {
    nodes,
    words,
    classes,
    source: Int32Array.of(...a, ...b),
    target: Int32Array.of(...b, ...a),
    document: draw(occurrences, nodes),
    word: draw(occurrences, words),
    labels: all.map((label, node) => (node < labelled ? label : -100)),
  };
}
