// node decode-chromium.mjs <seconds a case>: milliseconds per token of two models in Chromium and in Node, in turns, one thread,
// by the wall's clock. Prints a line of JSON per model and side; says so and prints none where there is no Chromium.
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { chromium as executablePath } from "@deepgrain/vitest/chromium";
import { build } from "esbuild";
import { chromium } from "playwright";
import { tokenMs } from "./decode-page.mjs";

const seconds = Number(process.argv[2] ?? 2);
const models = ["15M", "110M"];
const ROUNDS = 3;

/** Only a page that is isolated from others has a clock of microseconds. */
const headers = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

async function bundle() {
  const entry = fileURLToPath(new URL("./decode-page.mjs", import.meta.url));
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    format: "esm",
    minify: true,
    keepNames: true,
    write: false,
    logLevel: "error",
  });
  return outputFiles[0].text;
}

/** @returns the server and its address */
async function serve(script) {
  const page = '<!doctype html><script type="module" src="/page.js"></script>';
  const server = createServer(({ url }, response) => {
    const isScript = url === "/page.js";
    const type = isScript ? "text/javascript" : "text/html";
    response.writeHead(200, { ...headers, "Content-Type": type }).end(isScript ? script : page);
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return { server, url: `http://127.0.0.1:${server.address().port}/` };
}

const tell = (name, model, ms) =>
  console.log(JSON.stringify({ name, model, threads: 1, what: "token at 16, wall", ms }));

async function measure(script) {
  const { server, url } = await serve(script);
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(120_000);
    await page.goto(url);
    await page.waitForFunction(() => "tokenMs" in globalThis);
    const inPage = (model) =>
      page.evaluate(([label, time]) => globalThis.tokenMs(label, time), [model, seconds]);
    for (let round = 0; round < ROUNDS; round++)
      for (const model of models) {
        tell("deepgrain-chromium", model, await inPage(model));
        tell("deepgrain-node", model, await tokenMs(model, seconds));
      }
  } finally {
    await browser.close();
    server.close();
  }
}

if (executablePath) await measure(await bundle());
else console.error("No Chromium: its rows are empty.");
