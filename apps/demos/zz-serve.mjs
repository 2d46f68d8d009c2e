// node serve.mjs build|shot ...
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { chromium } from "playwright";
import { build } from "vite";

const types = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".txt": "text/plain",
  ".wasm": "application/wasm",
};
const folder = "/tmp/p1/site";
if (process.argv[2] === "build") {
  await build({
    root: process.cwd(),
    logLevel: "warn",
    build: { outDir: folder, emptyOutDir: true },
  });
}
const server = createServer(async (q, r) => {
  const p = new URL(q.url, "http://l").pathname.slice(1);
  const b = await readFile(join(folder, p)).catch(() => 0);
  if (!b) return void r.writeHead(404).end();
  r.writeHead(200, { "Content-Type": types[extname(p)] ?? "application/octet-stream" }).end(b);
});
await new Promise((d) => server.listen(0, "127.0.0.1", d));
const url = `http://127.0.0.1:${server.address().port}/`;
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
  ],
});
const name = process.argv[3],
  script = process.argv[4];
const mod = script ? await import(script) : undefined;
for (const [w, s] of [
  [1200, "light"],
  [360, "dark"],
  [360, "light"],
  [1200, "dark"],
].slice(0, Number(process.argv[5] ?? 2))) {
  const c = await browser.newContext({ viewport: { width: w, height: 900 }, colorScheme: s });
  const page = await c.newPage();
  page.setDefaultTimeout(30000);
  page.on("pageerror", (e) => console.log("ERR", String(e)));
  page.on(
    "console",
    (m) => ["error", "warning"].includes(m.type()) && console.log(m.type(), m.text()),
  );
  await page.goto(url + name);
  if (mod) await mod.default(page, w, s);
  await page.waitForTimeout(500);
  await page.screenshot({ path: `/tmp/p1/${name.split(".")[0]}-${w}-${s}.png`, fullPage: true });
}
await browser.close();
server.close();
