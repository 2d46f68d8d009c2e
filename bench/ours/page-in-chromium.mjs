// A page in Chromium that is isolated from others, as only such a page has a clock of microseconds.
import { createServer } from "node:http";
import { chromium as executablePath } from "@deepgrain/vitest/chromium";
import { build } from "esbuild";
import { chromium } from "playwright";

const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

/** One script with all that it imports. */
export async function bundle(entry) {
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

/** Serves what `read` answers for a path: its type and its bytes. @param headers sent with each answer */
export async function serve(read, headers = isolation) {
  const server = createServer(({ url }, response) => {
    const found = read(url);
    if (!found) return response.writeHead(404, headers).end();
    const [type, body] = found;
    response.writeHead(200, { ...headers, "Content-Type": type }).end(body);
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return { server, url: `http://127.0.0.1:${server.address().port}/` };
}

const page = ["text/html", '<!doctype html><script type="module" src="/page.js"></script>'];

/**
 * Opens a page whose script makes a function global, and calls `use` with one that calls it there; says so and does nothing where
 * there is no Chromium.
 *
 * @param script text of the module
 * @param use what to do with the page; its second argument is the browser's version
 * @param options.name the global function's name (default "tokenMs")
 * @param options.read further files by path
 * @param options.args further arguments of the browser
 */
export async function inChromium(
  script,
  use,
  { name = "tokenMs", read = () => undefined, args = [] } = {},
) {
  if (!executablePath) return console.error("No Chromium: its rows are empty.");
  const own = { "/": page, "/page.js": ["text/javascript", script] };
  const { server, url } = await serve((path) => own[path] ?? read(path));
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", ...args] });
  try {
    const tab = await browser.newPage();
    tab.setDefaultTimeout(120_000);
    await tab.goto(url);
    await tab.waitForFunction((expected) => expected in globalThis, name);
    const call = (...given) =>
      tab.evaluate(([called, values]) => globalThis[called](...values), [name, given]);
    return await use(call, browser.version());
  } finally {
    await browser.close();
    server.close();
  }
}
