import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { drawPng } from "../../scripts/draw-png";
import { shareFiles } from "../../scripts/share-files";
import { pages } from "../../src/site/document";
import { metaTags } from "../../src/site/meta-tags";
import { type RenderedSite, renderSite } from "../../src/site/render-site";

const URL_OF_SITE = "https://deepgrain.example/play";
const ids = pages.map(({ id }) => id);
const files = [...ids, "lesson"] as const;
const content = (meta: string, name: string) =>
  new RegExp(`<meta (?:name|property)="${name}" content="([^"]*)">`).exec(meta)?.[1];

describe("what a page is shared by", () => {
  let site: RenderedSite;
  let shared: Map<string, string | Uint8Array>;
  beforeAll(async () => {
    vi.stubEnv("DEEPGRAIN_URL", URL_OF_SITE);
    site = await renderSite();
    shared = new Map(shareFiles(site.figures));
  });
  afterAll(() => vi.unstubAllEnvs());

  it("is a title and a description of its own, of at most 160 characters, and tags with absolute addresses", () => {
    const descriptions = files.map((id) => {
      const { title, meta } = site.pages[id];
      const description = content(meta, "description")!;
      expect(description.length).toBeGreaterThan(40);
      expect(description.length).toBeLessThanOrEqual(160);
      expect(content(meta, "og:title")).toBe(title);
      expect(content(meta, "og:description")).toBe(description);
      expect(content(meta, "og:url")).toBe(`${URL_OF_SITE}/${id === "index" ? "" : `${id}.html`}`);
      expect(content(meta, "og:image")).toBe(`${URL_OF_SITE}/previews/${id}.png`);
      return description;
    });
    expect(new Set(descriptions).size).toBe(files.length);
  });

  it.each(files)(
    "%s has a preview of 1200 × 630 pixels, of at most 100 kB and not of one colour",
    (id) => {
      const png = Buffer.from(shared.get(`previews/${id}.png`)!);
      expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1200, 630]);
      expect(png.length).toBeLessThanOrEqual(100_000);
      const flat = `<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="630"><rect width="1200" height="630" fill="#fcfcfa"/></svg>`;
      expect(png.length).toBeGreaterThan(5 * drawPng(flat).length);
    },
  );

  it.each(files)("%s has a poster that needs nothing else, in words too", (id) => {
    const poster = String(shared.get(`figures/${id}.svg`));
    expect(poster).not.toMatch(/var\(|NaN|undefined|\[object|href=|url\(|<script|<foreignObject/);
    expect(poster).toMatch(/<title>.{40,}<\/title>/);
    expect(poster).toContain("prefers-color-scheme:dark");
    expect(site.figures[id].light).not.toContain("@media");
  });

  it("is a script for other pages of at most 3 kB, which knows every page", () => {
    const script = String(shared.get("embed.js"));
    expect(gzipSync(script).length).toBeLessThanOrEqual(3_000);
    expect(script).not.toMatch(/\bimport\b|FIGURES/);
    for (const id of ids) expect(script).toContain(`${id}:[`);
    expect(script).not.toContain("lesson:[");
  });
});

describe("without the site's address", () => {
  it("there are no tags and no pictures that would need it", async () => {
    const { pages: built, figures } = await renderSite();
    for (const id of files) {
      expect(built[id].meta).not.toContain("og:");
      expect(content(built[id].meta, "description")).toBeDefined();
    }
    expect(shareFiles(figures).filter(([name]) => name.endsWith(".png"))).toEqual([]);
    // The picture of the repository's front page: `-u` writes it anew.
    const path = new URL("../../../../docs/pictures/playground.svg", import.meta.url).pathname;
    await expect(figures.index.poster).toMatchFileSnapshot(path);
  });

  it.each([
    "http://a.example",
    "https://a.example/?x",
    "https://a.example/#x",
    "https://u:p@a.example",
    "a",
    "https://",
  ])("%s is refused", (address) => {
    vi.stubEnv("DEEPGRAIN_URL", address);
    expect(() => metaTags("index", "", "")).toThrow(
      "demos: DEEPGRAIN_URL must be an https address",
    );
    vi.unstubAllEnvs();
  });
});
