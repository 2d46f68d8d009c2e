/** @file What charts use of Observable Plot, as pages and their bundlers have it. Inside Node `plot-in-node.ts` stands in its place. */
export {
  areaY,
  barX,
  cell,
  dot,
  initializer,
  line,
  type Markish,
  type PlotOptions,
  plot,
  rect,
  ruleX,
  ruleY,
  text,
} from "@observablehq/plot";
