/** @file Pages opened once in Chromium. */
import { once as occurs } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium as executablePath } from "@deepgrain/vitest/chromium";
import { NotAvailable } from "./cells.mjs";

/** A page may take so long to say something. */
const patienceMs = 240_000;

const kinds = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
  ".json": "application/json",
};

/** Serves the files of a folder on the loopback address. @returns `url`, and `close` */
export async function serveFolder(folder) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://127.0.0.1");
    const file = join(folder, normalize(decodeURIComponent(pathname)));
    if (!existsSync(file) || extname(file) === "") return response.writeHead(404).end();
    const type = kinds[extname(file)] ?? "application/octet-stream";
    return response.writeHead(200, { "content-type": type }).end(readFileSync(file));
  });
  server.listen(0, "127.0.0.1");
  await occurs(server, "listening");
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${server.address().port}`, close };
}

/**
 * @returns `at(url, use)`: what `use` makes of the page; `textAt(url)`: what its `<output>` says once it says something; and
 *   `close`
 */
export function createBrowser(tools) {
  let starting;
  const start = async () => {
    if (!executablePath) throw new NotAvailable("no Chromium here (DEEPGRAIN_CHROMIUM)");
    const { chromium } = await import(pathToFileURL(await tools.file("playwright")).href);
    return chromium.launch({ executablePath, args: ["--no-sandbox"] });
  };
  const at = async (url, use) => {
    starting ??= start();
    const page = await (await starting).newPage();
    page.setDefaultTimeout(patienceMs);
    const errors = [];
    page.on("pageerror", ({ message }) => errors.push(message));
    try {
      await page.goto(url);
      return await use(page);
    } catch ({ message }) {
      throw new Error([...errors, message].join("\n"));
    } finally {
      await page.close();
    }
  };
  return {
    at,
    textAt: (url) =>
      at(url, async (page) => {
        const output = page.locator("output", { hasText: /./ });
        await output.waitFor();
        return output.textContent();
      }),
    close: async () => (await starting?.catch(() => undefined))?.close(),
  };
}
