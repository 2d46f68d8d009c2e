import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { learnSentence } from "../../src/landing/learn-sentence";
import { SENTENCE } from "../../src/landing/limits";
import { pages } from "../../src/site/document";
import { runs } from "./support/runs";
import { seriousProblems } from "./support/serious-problems";
import { collect, sessionInNode, signal } from "./support/shipped";
import { openSite, type Site, savedJson, visit, withoutChromium } from "./support/site";

const ids = pages.map(({ id }) => id);
const names = ids.map((id) => `${id}.html`);

/** Threads of a page after its run: its worker, and on one page the sandbox that the worker starts. */
const threadsOf = (id: string) => (id === "code" ? 2 : 1);

const bytesOf = (file: string) => gzipSync(readFileSync(file)).length;

/** A script and all that it imports at once. */
function withImports(folder: string, file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  const code = readFileSync(join(folder, file), "utf8");
  for (const [, next] of code.matchAll(/(?:from|import)\s*["'`]\.\/([\w.-]+\.js)["'`]/g))
    withImports(folder, next!, found);
  return found;
}

describe.skipIf(withoutChromium)("every page in Chromium", () => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.close());

  describe.each(["light", "dark"] as const)("in the %s scheme", (colorScheme) => {
    it.each(ids)(
      "%s has no serious problem of accessibility, opened up or not, before and after a run",
      async (id) => {
        const context = await site.browser.newContext({ colorScheme });
        const { page, complaints } = await visit(context, site.url, `${id}.html`);
        expect(await seriousProblems(page)).toEqual([]);
        await page.evaluate(
          "for (const one of document.querySelectorAll('details')) one.open = true",
        );
        expect(await seriousProblems(page)).toEqual([]);
        await runs[id].start(page);
        await runs[id].isDone(page);
        expect(await seriousProblems(page)).toEqual([]);
        expect(complaints).toEqual([]);
        await context.close();
      },
    );
  });

  it.each(names.flatMap((name) => [360, 800, 1200].map((width) => [name, width] as const)))(
    "%s fits into %d pixels, opened up or not",
    async (name, width) => {
      const context = await site.browser.newContext({ viewport: { width, height: 800 } });
      const { page } = await visit(context, site.url, name);
      const over = "document.documentElement.scrollWidth - innerWidth";
      expect(await page.evaluate(over)).toBeLessThanOrEqual(0);
      await page.evaluate(
        "for (const one of document.querySelectorAll('details')) one.open = true",
      );
      expect(await page.evaluate(over)).toBeLessThanOrEqual(0);
      await context.close();
    },
  );

  it.each(ids)(
    "%s fits into 360 pixels after a run, with a complaint about its address",
    async (id) => {
      const context = await site.browser.newContext({ viewport: { width: 360, height: 800 } });
      const { page } = await visit(context, site.url, `${id}.html#${"unknown".repeat(30)}=1`);
      await page.locator("#live .problems p").waitFor();
      await runs[id].start(page);
      await runs[id].isDone(page);
      const over = "document.documentElement.scrollWidth - innerWidth";
      expect(await page.evaluate(over)).toBeLessThanOrEqual(0);
      await context.close();
    },
  );

  it.each(ids)(
    "%s keeps its address when its header is skipped, and follows an edited one",
    async (id) => {
      const { page } = await visit(site.browser, site.url, `${id}.html#x=1`);
      await page.locator(".skip").focus();
      await page.keyboard.press("Enter");
      expect(await page.evaluate("document.activeElement.id")).toBe("live");
      expect(new URL(page.url()).hash).toBe("#x=1");
      const opened = page.waitForEvent("load");
      await page.evaluate("location.hash = '#y=1'");
      await opened;
      await page.getByText("The address has “y”, which this page does not know.").waitFor();
      await page.close();
    },
  );

  it.each(names)("every control of %s is reached by the keyboard", async (name) => {
    const { page } = await visit(site.browser, site.url, name);
    await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
    // Arrows lead to the other radio buttons of a group.
    const controls = `[...document.querySelectorAll("a, button, input, select, textarea, summary")]
      .filter((one) => one.tabIndex >= 0 && !one.disabled)
      .filter((one) => one.type !== "radio" || one.checked)`;
    const count = await page.evaluate<number>(`${controls}.length`);
    await page.evaluate("globalThis.reached = new Set(); document.body.focus()");
    for (let presses = 0; presses < 2 * count + 10; presses++) {
      await page.keyboard.press("Tab");
      await page.evaluate("void reached.add(document.activeElement)");
    }
    // Those of now: a page that has just opened may still enable or replace some.
    const missed = await page.evaluate(
      `${controls}.filter((one) => !reached.has(one)).map(({ outerHTML }) => outerHTML)`,
    );
    expect(count).toBeGreaterThan(0);
    expect(missed).toEqual([]);
    const unlabelled = await page.evaluate(`
      [...document.querySelectorAll("button, input, select, textarea")].filter((one) =>
        !one.ariaLabel && !one.labels?.length && !one.textContent.trim()).length
    `);
    expect(unlabelled).toBe(0);
    await page.close();
  });

  it.each(ids)("%s leaves no worker behind, opened, run and left twice", async (id) => {
    const { page, complaints } = await visit(site.browser, site.url, `${id}.html`);
    for (let time = 0; time < 2; time++) {
      await page.goto(`${site.url}${id}.html`);
      await runs[id].start(page);
      await runs[id].isDone(page);
      expect(page.workers()).toHaveLength(threadsOf(id));
      await page.goto("about:blank");
      expect(page.workers()).toHaveLength(0);
    }
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("work rests while its page is hidden", async () => {
    const { page } = await visit(site.browser, site.url, "index.html");
    const hide = (isHidden: boolean) =>
      page.evaluate(`
        Object.defineProperty(document, "hidden", { value: ${isHidden}, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
      `);
    await page.locator("#sentence").press("!");
    await page.locator("#written.learning, #written.writing").first().waitFor();
    await hide(true);
    const frames =
      "new Promise((done) => { let n = 0; const next = () => ++n < 30 ? requestAnimationFrame(next) : done(); next(); })";
    await page.evaluate(frames);
    const before = await page.textContent("#live");
    await page.evaluate(frames);
    expect(await page.textContent("#live")).toBe(before);
    await hide(false);
    await page.locator("#written.done").waitFor();
    await page.close();
  });

  it("all cores can be used through the site's own service worker, which a button removes", async () => {
    const context = await site.browser.newContext();
    const { page, complaints } = await visit(context, site.url, "index.html");
    expect(await page.evaluate("crossOriginIsolated")).toBe(false);
    await page.locator(".chip summary").click();
    const loaded = page.waitForEvent("load");
    await page.getByRole("button", { name: "Use all cores" }).click();
    await loaded;
    expect(await page.evaluate("crossOriginIsolated")).toBe(true);
    await page.locator("#sentence").press("End");
    await page.keyboard.press("!");
    await page.locator("#written.done").waitFor();
    let text = "";
    const run = learnSentence({ sentence: `${SENTENCE}!`, seed: 1 }, new AbortController().signal);
    for await (const event of run) if (event.type === "letter") text += event.letter.text;
    expect(await page.textContent("#written")).toBe(text);
    await page.goto(`${site.url}mixture.html#fine=1-4`);
    expect(await page.evaluate("crossOriginIsolated")).toBe(true);
    await page.locator(".rise").waitFor();
    const look = { kind: "fine", off: [[3], []], seed: 1 } as const;
    const [probe] = await collect(sessionInNode().look(look, signal));
    expect(await page.textContent("#fine-loss")).toBe(probe!.loss.toFixed(3));
    await page.goto("about:blank");
    await page.goto(`${site.url}mixture.html#steps=20`);
    await page.locator("#live:not(:has(.tag))").waitFor();
    const { curve } = await savedJson<{ curve: unknown }>(page);
    const events = await collect(sessionInNode().train({ seed: 1, steps: 20 }, signal));
    expect(curve).toEqual(
      events.flatMap((event) =>
        event.type === "eval-end" ? [{ step: event.step, losses: event.losses }] : [],
      ),
    );
    await page.locator(".chip summary").click();
    const reloaded = page.waitForEvent("load");
    await page.getByRole("button", { name: "Remove the service worker" }).click();
    await reloaded;
    await page.reload();
    expect(await page.evaluate("crossOriginIsolated")).toBe(false);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("all pages, walked once, share the engine and the reader of GGUF files", async () => {
    const context = await site.browser.newContext();
    const scripts = new Set<string>();
    context.on("request", (request) => {
      const { pathname } = new URL(request.url());
      if (pathname.endsWith(".js")) scripts.add(basename(pathname));
    });
    for (const id of ids) {
      const { page } = await visit(context, site.url, `${id}.html`);
      await runs[id].start(page);
      await runs[id].isDone(page);
      await page.close();
    }
    const folder = join(site.folder, "assets");
    const bytes = [...scripts].reduce((sum, file) => sum + bytesOf(join(folder, file)), 0);
    // 505 kB; it was 1,513 kB when each worker had a bundle of its own.
    expect(bytes).toBeLessThanOrEqual(700_000);
    const built = readdirSync(folder).filter((file) => file.endsWith(".js"));
    for (const part of ["gpu-browser", "load-gguf", "create-gpu-backend", "hub"])
      expect(built.filter((file) => file.startsWith(`${part}-`))).toHaveLength(1);
    await context.close();
  });

  it("pages and what they ship are small", () => {
    const folder = join(site.folder, "assets");
    const files = readdirSync(folder);
    for (const name of names) {
      const html = readFileSync(join(site.folder, name), "utf8");
      const scripts = [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.js)"/g)];
      const first = scripts.map(([, file]) => bytesOf(join(site.folder, file!)));
      expect(first.length).toBeGreaterThan(0);
      expect(first.reduce((a, b) => a + b)).toBeLessThanOrEqual(60_000);
    }
    const workers = files.filter((file) => /^worker-.*\.js$/.test(file));
    expect(workers).toHaveLength(names.length);
    for (const file of workers) {
      const scripts = [...withImports(folder, file)].map((one) => bytesOf(join(folder, one)));
      expect(scripts.reduce((a, b) => a + b)).toBeLessThanOrEqual(200_000);
    }
    const shipped = files.filter((file) => /\.(safetensors|gguf|txt|json|csv|bin)$/.test(file));
    const bytes = shipped.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
    expect(bytes).toBeLessThanOrEqual(4_000_000);
  });
});
