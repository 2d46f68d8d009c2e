export { Html, html, inlineJson, inlineScript, type Part } from "./html";
export { decimal, pValue, type Spread, signed, spread, whole } from "./numbers";
export { type PageOptions, page, section } from "./page";
export { style } from "./style";
export { type Cell, type TableOptions, table } from "./table";
