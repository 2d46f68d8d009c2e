import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  brokenLinks,
  documents,
  entriesOf,
  packageFolders,
  packagePages,
  titleOf,
  writeDocs,
  writeTexts,
} from "@deepgrain/site";
import { chromium as browserPath } from "@deepgrain/vitest/chromium";
import { type Browser, chromium, type Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { files, type Loopback, serveLoopback } from "../support/loopback";

const root = fileURLToPath(new URL("../../../..", import.meta.url));

/** Pages of the playground about a method, one of them about two. */
const figures = [
  "anchors",
  "code",
  "federated",
  "graph",
  "mixture",
  "mixture",
  "purify",
  "scaling",
  "verifier",
  "watermark",
];

/** A name as TypeDoc's JSON describes it. */
interface Described {
  id: number;
  name: string;
  kind: number;
  children?: Described[];
  categories?: { title: string; children: number[] }[];
  comment?: { summary: { text: string }[] };
  signatures?: Described[];
}

const kinds = { module: 2, namespace: 4, variable: 32, function: 64, class: 128 };
const holders = [kinds.module, kinds.namespace];
const values = [kinds.variable, kinds.function, kinds.class];

const below = ({ children = [] }: Described): Described[] =>
  children.flatMap((child) => [child, ...below(child)]);

const sentenceOf = ({ comment, signatures = [] }: Described) =>
  [comment, ...signatures.map((one) => one.comment)].some((one) =>
    one?.summary.some(({ text }) => text.trim() !== ""),
  );

describe("the documentation's site", () => {
  const here = process.cwd();
  let folder: string;
  let isSound: boolean;
  let reference: Described;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "deepgrain-site-"));
    process.chdir(root);
    const home = join(folder, "base/index.html");
    mkdirSync(join(folder, "base"));
    writeFileSync(home, "<title>Playground</title>"); // apps/demos tests its pages
    for (const name of ["embed.js", ...figures.map((page) => `${page}.html`)])
      writeFileSync(join(folder, "base", name), "");
    const commands = "# The command line\n\nWhat each command prints.";
    const json = join(folder, "reference.json");
    isSound = await writeDocs(join(folder, "base/docs"), { home, commands, json });
    reference = JSON.parse(readFileSync(json, "utf8"));
    writeTexts(join(folder, "base"));
  });
  afterAll(() => {
    process.chdir(here);
    rmSync(folder, { recursive: true, force: true });
  });

  it("is written without a warning, and every link leads somewhere", () => {
    expect(isSound).toBe(true);
    expect(brokenLinks(folder)).toEqual([]);
  });

  it("shows the playground's figure on each method's page and on each paper's", () => {
    const [methods, papers] = ["modules", "documents"].map((part) =>
      readdirSync(join(folder, "base/docs", part)).flatMap((name) => {
        const page = readFileSync(join(folder, "base/docs", part, name), "utf8");
        const [, figure] = /<deepgrain-figure page="([a-z]+)">/.exec(page) ?? [];
        if (figure) expect(page).toContain("frame-src 'self'");
        return figure ? [figure] : [];
      }),
    );
    expect(methods!.toSorted()).toEqual(figures);
    expect(papers!.toSorted()).toEqual(figures);
  });

  it("leads from every page to the playground", () => {
    const page = join(folder, "base/docs/functions/_deepgrain_lm._deepgrain_lm.packSequences.html");
    for (const [path, home] of [
      [page, "../../index.html"],
      [join(folder, "base/docs/index.html"), "../index.html"],
    ])
      expect(readFileSync(path!, "utf8")).toContain(`href="${home}"`);
  });

  it("leads to the repository for files that are no pages of the site", () => {
    const home = readFileSync(join(folder, "base/docs/index.html"), "utf8");
    expect(home).toContain("https://github.com/deepgrain/deepgrain/blob/main/bench/README.md");
    const copied = readdirSync(join(folder, "base/docs/media"));
    expect(copied.filter((name) => !name.endsWith(".svg"))).toEqual([]);
  });

  it("says in llms.txt where each page is", () => {
    const index = readFileSync(join(folder, "base/llms.txt"), "utf8");
    const linked = Array.from(index.matchAll(/\]\((text\/[^)]+)\): \S/g), ([, path]) => path!);
    expect(linked.length).toBeGreaterThan(50);
    const there = new Set(readdirSync(join(folder, "base"), { recursive: true, encoding: "utf8" }));
    expect(linked.filter((path) => !there.has(path))).toEqual([]);
  });

  it("has a content policy on every page, which allows the site's own files alone", () => {
    const pages = readdirSync(join(folder, "base/docs"), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".html"))
      .map((name) => readFileSync(join(folder, "base/docs", name), "utf8"));
    expect(pages.length).toBeGreaterThan(1000);
    const policies = pages.map(
      (text) => /<meta http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(text)?.[1],
    );
    const own = policies.map((policy) => policy?.replace(" frame-src 'self';", ""));
    expect([...new Set(own)]).toEqual([
      expect.stringMatching(
        /^default-src 'none'; script-src 'self' 'sha256-[\w+/]{43}='; style-src 'self' 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'none'$/,
      ),
    ]);
    const framing = pages.filter((_, i) => policies[i]?.includes("frame-src"));
    expect(framing.length).toBeGreaterThan(0);
    for (const text of framing) expect(text).toContain("<deepgrain-figure");
  });

  it("puts every function, class and constant into a group of at most eight, with a sentence", () => {
    const packages = reference.children!.filter(({ kind }) => kind === kinds.module);
    expect(packages.length).toBeGreaterThan(15);
    const faults: string[] = [];
    for (const each of packages) {
      const modules = [each, ...below(each)].filter(({ kind }) => holders.includes(kind));
      const titles = modules.flatMap(({ categories = [] }) => categories.map(({ title }) => title));
      expect(new Set(titles).size, each.name).toBeLessThanOrEqual(8);
      for (const { name, children = [], categories = [] } of modules) {
        const grouped = new Set(categories.flatMap((category) => category.children));
        for (const one of children.filter(({ kind }) => values.includes(kind))) {
          if (!grouped.has(one.id)) faults.push(`${name}: ${one.name} is in no group`);
          if (!sentenceOf(one)) faults.push(`${name}: ${one.name} has no sentence`);
        }
        const types = children
          .filter(({ id, kind }) => grouped.has(id) && !values.includes(kind))
          .map((one) => one.name);
        for (const type of types.filter((one) => one.endsWith("Options")))
          faults.push(`${name}: ${type} is listed`);
      }
    }
    expect(faults).toEqual([]);
  });

  it("begins a package's page with its README's first block, then names it once", () => {
    const page = readFileSync(join(folder, "base/docs/modules/_deepgrain_lm.html"), "utf8");
    const [block, group, rest] = [
      /<code class="[jt]s">/,
      />Looking inside</,
      />What it does not do</,
    ].map((text) => page.search(text));
    expect(block).toBeGreaterThan(0);
    expect(group).toBeGreaterThan(block!);
    expect(rest).toBeGreaterThan(group!);
    const own = "base/docs/functions/_deepgrain_lm._deepgrain_lm.packSequences.html";
    const [, trail] = /<ul class="tsd-breadcrumb"[^>]*>(.*?)<\/ul>/s.exec(
      readFileSync(join(folder, own), "utf8"),
    )!;
    expect(
      trail!
        .replaceAll(/<[^>]*>/g, " ")
        .trim()
        .split(/\s+/),
    ).toEqual(["@deepgrain/lm", "packSequences"]);
  });

  it("has four doors on its first page, before the table of papers", () => {
    const page = readFileSync(join(folder, "base/docs/index.html"), "utf8");
    const doors = ["Use a package", "Look inside a model", "Re-run a paper", "Run the apps"];
    const places = doors.map((door) => page.indexOf(`<strong>${door}</strong>`));
    expect(places.toSorted((a, b) => a - b)).toEqual(places);
    expect(places[0]).toBeGreaterThan(0);
    expect(places.at(-1)).toBeLessThan(page.indexOf("<table>"));
  });

  it("has examples from the READMEs", () => {
    const page = join(folder, "base/docs/functions/_deepgrain_lm._deepgrain_lm.packSequences.html");
    expect(readFileSync(page, "utf8")).toContain(">Example<");
  });

  describe.skipIf(!browserPath && !process.env.CI)("searched under a base path", () => {
    let server: Loopback;
    let browser: Browser;
    let page: Page;
    const complaints: string[] = [];
    beforeAll(async () => {
      server = await serveLoopback(files(folder));
      browser = await chromium.launch({ executablePath: browserPath!, args: ["--no-sandbox"] });
      page = await browser.newPage();
      page.on("console", (message) => {
        if (message.text().includes("Content Security Policy")) complaints.push(message.text());
      });
      page.on("pageerror", (error) => complaints.push(String(error)));
      await page.goto(`${server.url}/base/docs/index.html`);
      await page.keyboard.press("/");
    });
    afterAll(async () => {
      await browser.close();
      server.close();
    });

    it("finds each package with its sub-paths, each guide, each paper, commands and changes", async () => {
      const entries = packageFolders().flatMap((path) => [...entriesOf(path).keys()]);
      const guides = packagePages().filter((path) => !path.endsWith("README.md"));
      const pages = [...documents(), ...guides].map((path) => titleOf(readFileSync(path, "utf8"))!);
      const titles = [...pages, "The command line", "Changelog"];
      expect(entries.length).toBeGreaterThan(35);
      const missing: string[] = [];
      for (const name of [...entries, ...titles]) {
        await page.locator("#tsd-search-input").fill(name);
        const found = page.locator("#tsd-search-results").getByText(name, { exact: false });
        await found
          .first()
          .waitFor({ timeout: 20_000 })
          .catch(() => missing.push(name));
      }
      expect(missing).toEqual([]);
    });

    it("lists guides and papers under headings of their own", async () => {
      await page.goto(`${server.url}/base/docs/index.html`);
      const headings = page.locator(".tsd-navigation > ul > li > details > summary");
      await expect
        .poll(() => headings.allTextContents(), { timeout: 120_000 })
        .toEqual(["Guides", "Modules", "Papers", "Project"]);
    });

    it("works under its policy: search, navigation, themes and filters without a complaint", async () => {
      const errors = "classes/_deepgrain_lm._deepgrain_lm.LmError.html";
      await page.goto(`${server.url}/base/docs/${errors}`);
      await page.locator(".tsd-navigation > ul > li").first().waitFor({ state: "attached" });
      await page.locator("#tsd-theme").selectOption("dark", { force: true }); // in a closed menu
      expect(await page.locator("html").getAttribute("data-theme")).toBe("dark");
      const inherited = page.locator(".tsd-is-inherited").first();
      const filter = page.locator("#tsd-filter-inherited");
      const isShown = await filter.isChecked();
      await filter.dispatchEvent("click");
      await expect.poll(() => inherited.isVisible(), { timeout: 120_000 }).toBe(!isShown);
      expect(complaints).toEqual([]);
    });
  });
});
