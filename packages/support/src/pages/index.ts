export { contentPolicy } from "./content-policy";
export { Html, html, inlineJson, inlineScript, type Part } from "./html";
export {
  type Bounds,
  decimal,
  decimals,
  pValue,
  type Spread,
  signed,
  spread,
  whole,
  within,
} from "./numbers";
export { folded, grid, type PageOptions, page, section } from "./page";
export { type Box, type Labelled, placeLabels } from "./place-labels";
export { style } from "./style";
export { type Cell, type TableOptions, table } from "./table";
export { type TextTableOptions, textRecords, textTable } from "./text-table";
export { logTicks, shorten, tickText, wholeTicks } from "./ticks";
export { evidenceSpan, type Standing, terms, verdict } from "./verdict";
