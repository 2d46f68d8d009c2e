/** @file The same names as in `plot.ts`. Plot, which takes longer to load than all else here, is loaded by the first chart. */
import { createRequire } from "node:module";
import type * as Plot from "@observablehq/plot";

export type { Markish, PlotOptions } from "@observablehq/plot";

let loaded: typeof Plot | undefined;

function library(): typeof Plot {
  loaded ??= createRequire(import.meta.url)("@observablehq/plot") as typeof Plot;
  return loaded;
}

export const areaY: typeof Plot.areaY = (...args) => library().areaY(...args);
export const barX: typeof Plot.barX = (...args) => library().barX(...args);
export const cell: typeof Plot.cell = (...args) => library().cell(...args);
export const dot: typeof Plot.dot = (...args) => library().dot(...args);
export const line: typeof Plot.line = (...args) => library().line(...args);
export const plot: typeof Plot.plot = (...args) => library().plot(...args);
export const rect: typeof Plot.rect = (...args) => library().rect(...args);
export const ruleX: typeof Plot.ruleX = (...args) => library().ruleX(...args);
export const ruleY: typeof Plot.ruleY = (...args) => library().ruleY(...args);
export const text: typeof Plot.text = (...args) => library().text(...args);
export const initializer: typeof Plot.initializer = ((
  ...args: Parameters<typeof Plot.initializer>
) => library().initializer(...args)) as typeof Plot.initializer;
