import type { GraphTable } from "./read-csv";

type Attributes = Record<string, unknown>;

const textOf = (value: unknown): string | undefined =>
  typeof value === "string" || typeof value === "number" ? String(value) : undefined;

const numberOf = (value: unknown): number | undefined =>
  typeof value === "number" ? value : undefined;

/**
 * The nodes and edges of a graph as graphology's `export` gives it.
 * @throws {Error} with a sentence for the visitor about what is wrong
 */
export function tableOfJson(text: string, name: string): GraphTable {
  let value: { nodes?: unknown; edges?: unknown };
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(`${name} is no JSON, or was cut off.`);
  }
  const { nodes, edges } = value;
  if (!Array.isArray(nodes) || !Array.isArray(edges))
    throw new Error(`${name} must have the lists nodes and edges, as graphology exports a graph.`);
  return {
    nodes: nodes.map((node: { key?: unknown; attributes?: Attributes } | null, i) => {
      const id = textOf(node?.key);
      if (id === undefined) throw new Error(`Node ${i + 1} of ${name} has no key.`);
      const { label, train, name: title, x, y } = node?.attributes ?? {};
      return {
        id,
        name: textOf(title),
        label: textOf(label),
        train: train === undefined ? undefined : train === true,
        x: numberOf(x),
        y: numberOf(y),
      };
    }),
    edges: edges.map(
      (edge: { source?: unknown; target?: unknown; attributes?: Attributes } | null, i) => {
        const [source, target] = [textOf(edge?.source), textOf(edge?.target)];
        if (source === undefined || target === undefined)
          throw new Error(`Edge ${i + 1} of ${name} has no source or no target.`);
        const { weight = 1 } = edge?.attributes ?? {};
        return { source, target, weight: typeof weight === "number" ? weight : Number.NaN };
      },
    ),
  };
}
