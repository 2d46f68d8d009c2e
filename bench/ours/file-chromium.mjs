// node file-chromium.mjs <file.gguf> <label> <seconds> <folder with @wllama/wllama>: milliseconds per token of a file in Chromium by
// us and by wllama, one thread, by the wall's clock. Prints a line of JSON per side.
import { readFileSync } from "node:fs";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle, inChromium } from "./page-in-chromium.mjs";

const [file, model, seconds, libraries] = process.argv.slice(2);
const tell = (name, ms) =>
  console.log(JSON.stringify({ name, model, threads: 1, what: "token in Chromium", ms }));
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const types = { ".js": "text/javascript", ".wasm": "application/wasm" };

/** The model, and the files of wllama. */
function read(path) {
  if (path === "/model.gguf") return ["application/octet-stream", readFileSync(file)];
  if (!path.startsWith("/wllama/")) return undefined;
  const inside = normalize(path.slice("/wllama/".length));
  if (inside.startsWith("..") || !(extname(inside) in types)) return undefined;
  const place = join(libraries, "node_modules/@wllama/wllama/esm", inside);
  return [types[extname(inside)], readFileSync(place)];
}

const time = (inPage) => inPage("/model.gguf", Number(seconds));
const sides = {
  "deepgrain-chromium": await bundle(here("./decode-file-page.mjs")),
  wllama: readFileSync(here("../peers/wllama-page.mjs"), "utf8"),
};
for (const [name, script] of Object.entries(sides))
  try {
    const ms = await inChromium(script, time, { read });
    if (ms !== undefined) tell(name, ms);
  } catch (error) {
    console.error(`${name} failed in Chromium: ${error.message.split("\n")[0]}`);
  }
