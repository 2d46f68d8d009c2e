import { mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type {} from "@deepgrain/vitest/describe-chromium";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright";
import { build } from "vite";
import { inject } from "vitest";

const types: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".txt": "text/plain",
  ".wasm": "application/wasm",
};

const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

/** Where the site is served: as deep as on a project's page of a host. */
const BASE = "/a/base/path/";

/** The built site. */
export interface Site {
  folder: string;
  /** With a slash at the end. */
  url: string;
  /** The same with isolation headers. */
  isolatedUrl: string;
  browser: Browser;
  close(): Promise<void>;
}

function serve(folder: string, headers: Record<string, string>) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url!, "http://localhost");
    const path = pathname.startsWith(BASE) ? pathname.slice(BASE.length) : "missing";
    const file = join(folder, path === "" ? "index.html" : path);
    const body = await readFile(file).catch(() => undefined);
    if (!body) return void response.writeHead(404).end();
    const type = types[extname(file)] ?? "application/octet-stream";
    response.writeHead(200, { "Content-Type": type, ...headers }).end(body);
  });
  return new Promise<{ url: string; close(): void }>((listening) =>
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      const close = () => {
        server.closeAllConnections();
        server.close();
      };
      listening({ url: `http://127.0.0.1:${port}${BASE}`, close });
    }),
  );
}

/** Builds the site into a folder of its own, serves it twice and opens a browser. */
export async function openSite(): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), "deepgrain-demos-"));
  const root = fileURLToPath(new URL("../../../", import.meta.url));
  await build({ root, logLevel: "error", build: { outDir: folder, emptyOutDir: true } });
  const [plain, isolated] = [await serve(folder, {}), await serve(folder, isolation)];
  const browser = await chromium.launch({
    executablePath: inject("chromium")!,
    args: ["--no-sandbox", ...inject("softwareWebGl")],
  });
  return {
    folder,
    url: plain.url,
    isolatedUrl: isolated.url,
    browser,
    async close() {
      await browser.close();
      plain.close();
      isolated.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A page, and what must not happen on it: errors, policy reports, requests to other hosts. */
export interface Visit {
  page: Page;
  complaints: string[];
}

/** Opens a page of the site. @param path such as "mixture.html#seed=2" */
export async function visit(
  context: Browser | BrowserContext,
  url: string,
  path: string,
): Promise<Visit> {
  const page = await context.newPage();
  // Generous, as those of tests are.
  page.setDefaultTimeout(300_000);
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("request", (request) => {
    const address = request.url();
    if (!address.startsWith(url) && !/^(blob|data):/.test(address)) complaints.push(address);
  });
  await page.goto(`${url}${path}`);
  return { page, complaints };
}

/** Puts a script before each of the site's: a worker's imports run before its own. */
export const beforeScripts = (target: BrowserContext, script: string): Promise<unknown> =>
  target.route("**/assets/*.js", async (route) => {
    try {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, body: `${script};\n${await answer.text()}` });
    } catch {
      // The page was closed meanwhile; a script that is missing fails the test by itself.
    }
  });

/** Takes WebAssembly from a page and from the workers that it starts. */
export async function withoutWebAssembly(context: BrowserContext): Promise<void> {
  const script = "delete globalThis.WebAssembly";
  await context.addInitScript(script);
  await beforeScripts(context, script);
}

/** The file of "Save as JSON". */
export async function savedJson<T>(page: Page): Promise<T> {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Save as JSON" }).click(),
  ]);
  return JSON.parse(await readFile(await download.path(), "utf8"));
}

/** Whether tests in a browser are left out here, as they must not be in CI. */
export const withoutChromium = inject("chromium") === undefined && !process.env.CI;
