// node decode-chromium.mjs <seconds a case>: milliseconds per token of two models in Chromium and in Node, in turns, one thread,
// by the wall's clock. Prints a line of JSON per model and side.
import { fileURLToPath } from "node:url";
import { tokenMs } from "./decode-page.mjs";
import { bundle, inChromium } from "./page-in-chromium.mjs";

const seconds = Number(process.argv[2] ?? 2);
const models = ["15M", "110M"];
const ROUNDS = 3;

const tell = (name, model, ms) =>
  console.log(JSON.stringify({ name, model, threads: 1, what: "token at 16, wall", ms }));

const script = await bundle(fileURLToPath(new URL("./decode-page.mjs", import.meta.url)));
await inChromium(script, async (inPage) => {
  for (let round = 0; round < ROUNDS; round++)
    for (const model of models) {
      tell("deepgrain-chromium", model, await inPage(model, seconds));
      tell("deepgrain-node", model, await tokenMs(model, seconds));
    }
});
