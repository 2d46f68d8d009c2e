export { prove } from "./proof/prove.mjs";
export { publishLocally } from "./publish-locally.mjs";
export { readmeProject, runReadme } from "./readmes.mjs";
