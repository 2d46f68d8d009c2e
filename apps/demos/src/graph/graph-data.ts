/** A node: its name, its place, and its class where that is known. */
export interface GraphNode {
  name: string;
  x: number;
  y: number;
  /** Number of its class, null if unknown. */
  truth: number | null;
}

/** A graph as pages and workers pass it on; nodes go by their position. */
export interface GraphData {
  title: string;
  classNames: readonly string[];
  nodes: readonly GraphNode[];
  edges: readonly (readonly [source: number, target: number, weight: number])[];
}

/** Labels that a method may use: node and class, in the order of nodes. */
export type Labels = readonly (readonly [node: number, label: number])[];

/** The nodes that labels sit at. */
export const nodesOf = (labels: Labels): number[] => labels.map(([node]) => node);

/** Labels with one of them at another node. */
export const movedLabels = (labels: Labels, from: number, to: number): Labels =>
  labels
    .map(([node, label]) => [node === from ? to : node, label] as const)
    .sort(([a], [b]) => a - b);

/** Labels as an address holds them: "0-1.33-2" are nodes 0 and 33 with the first and the second class. */
export const writeLabels = (labels: Labels): string =>
  labels.map(([node, label]) => `${node}-${label + 1}`).join(".");

/** Labels of an address. @returns undefined for what no graph can have */
export function readLabels(text: string): Labels | undefined {
  if (!/^\d{1,4}-[1-9](\.\d{1,4}-[1-9])*$/.test(text)) return undefined;
  const labels = text.split(".").map((part) => {
    const [node, label] = part.split("-").map(Number) as [number, number];
    return [node, label - 1] as const;
  });
  const nodes = new Set(labels.map(([node]) => node));
  return nodes.size === labels.length ? labels.sort(([a], [b]) => a - b) : undefined;
}

/** Whether a graph can have such labels, of two classes at least. */
export const areLabelsOf = ({ nodes, classNames }: GraphData, labels: Labels): boolean =>
  labels.every(([node, label]) => node < nodes.length && label < classNames.length) &&
  new Set(labels.map(([, label]) => label)).size >= 2;
