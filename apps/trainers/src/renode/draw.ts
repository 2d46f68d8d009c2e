import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import { conflictDrawing, drawingPage } from "@deepgrain/renode/draw";
import forceAtlas2 from "graphology-layout-forceatlas2";
import type { AbstractGraph } from "graphology-types";
import type { drawFlags } from "./flags";
import { scoreGiven } from "./open-graph";

/** Texts of the drawing libraries' scripts, which lie beside what `require` finds. */
function scriptTexts(): Promise<string[]> {
  const require = createRequire(import.meta.url);
  const scripts = [
    join(dirname(require.resolve("graphology")), "graphology.umd.min.js"),
    join(dirname(require.resolve("sigma")), "sigma.min.js"),
  ];
  return Promise.all(scripts.map((path) => readFile(path, "utf8")));
}

const hasPlaces = (graph: AbstractGraph): boolean =>
  graph.everyNode((_, { x, y }) => Number.isFinite(x) && Number.isFinite(y));

/** Lays a graph out from a circle, the same each time. */
function layOut(graph: AbstractGraph, iterations: number): void {
  let turn = 0;
  graph.forEachNode((node) => {
    const angle = (2 * Math.PI * turn++) / graph.order;
    graph.mergeNodeAttributes(node, { x: Math.cos(angle), y: Math.sin(angle) });
  });
  const settings = { ...forceAtlas2.inferSettings(graph), barnesHutOptimize: graph.order > 500 };
  if (iterations > 0) forceAtlas2.assign(graph, { iterations, settings });
}

/** `renode draw`. */
export const draw: RunCommand<typeof drawFlags> = async (
  { out, title, iterations, ...given },
  context,
) => {
  const { graph, result } = await scoreGiven(given, context);
  if (!hasPlaces(graph)) layOut(graph, iterations);
  const drawing = conflictDrawing(graph, result);
  await out.save(drawingPage(drawing, { title, scripts: await scriptTexts() }));
  context.write(`${out.path}\n`);
};
