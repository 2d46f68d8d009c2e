import type { AbstractGraph } from "graphology-types";

/** Sets one attribute of the nodes in `values`; other nodes are not changed. */
export function writeAttribute(
  graph: AbstractGraph,
  name: string,
  values: Readonly<Record<string, unknown>>,
): void {
  graph.updateEachNodeAttributes(
    (node, attributes) =>
      Object.hasOwn(values, node) ? { ...attributes, [name]: values[node] } : attributes,
    { attributes: [name] },
  );
}
