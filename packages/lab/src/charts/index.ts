export { evidenceSpan, type Html } from "@deepgrain/support/pages";
export * from "./bars";
export * from "./curves";
export type { ChartDocument } from "./document";
export {
  type Axis,
  colorScale,
  type DrawnFigure,
  type FigureOptions,
  figure,
  isNarrow,
  type Key,
  legendOf,
  type Measured,
  seriesColor,
} from "./figure";
export { heatMap } from "./heat-map";
export * from "./matrix";
export * from "./scatter";
export { svgFile } from "./svg-file";
