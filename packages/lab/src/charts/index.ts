/**
 * Charts as SVG: curves, bars, scatter plots, matrices and coloured text, in Node and in pages.
 *
 * @packageDocumentation
 */
export type { Html } from "@deepgrain/support/pages";
export * from "./bars";
export * from "./curves";
export { evidenceText } from "./evidence-text";
export { figure, type Key, type Measured, seriesColor } from "./figure";
export { heatMap } from "./heat-map";
export * from "./matrix";
export * from "./scatter";
export { svgFile } from "./svg-file";
