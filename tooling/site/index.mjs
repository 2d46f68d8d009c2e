// The documentation's site: see site.mjs.
export { brokenLinks } from "./check-links.mjs";
export { documents, packageFolders, packagePages, titleOf } from "./documents.mjs";
export { writeTexts } from "./llms.mjs";
export { entriesOf } from "./reference.mjs";
export { writeDocs } from "./site.mjs";
