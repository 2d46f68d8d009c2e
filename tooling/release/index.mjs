export { freePort } from "./local-registry.mjs";
export { publishLocally } from "./publish-locally.mjs";
export { readmeProject, runReadme } from "./readmes.mjs";
