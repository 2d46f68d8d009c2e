// The documentation's site: see site.mjs.
export { brokenLinks } from "./check-links.mjs";
export { documents, packageFolders, titleOf } from "./documents.mjs";
export { writeTexts } from "./llms.mjs";
export { entriesOf, writeReference } from "./reference.mjs";
