import "@deepgrain/vitest/allclose";
import { selectExperts } from "@deepgrain/esft";
import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { busiestExperts, countOff } from "../../src/mixture/busiest";
import { kinds } from "../../src/mixture/pair-names";
import type { RecordedMixture } from "../../src/mixture/recorded";
import { readRecorded } from "../../src/site/read-recorded";
import { collect, sessionInNode, signal } from "./support/shipped";
import { openSite, type Site, savedJson, visit, withoutChromium } from "./support/site";

type Saved = Pick<RecordedMixture, "curve" | "probes" | "scores" | "drops" | "tuning"> & {
  isRecorded: boolean;
};

const off = [[3], []];

/** A training of a few steps, in Node. */
async function trainedInNode(seed: number, bytes?: Uint8Array) {
  const events = await collect(sessionInNode().train({ seed, steps: 20, bytes }, signal));
  const curve = events.flatMap((event) =>
    event.type === "eval-end" ? [{ step: event.step, losses: event.losses }] : [],
  );
  const last = events.at(-1)!;
  if (last.type !== "probes") throw new Error("a training ends with probes");
  return { curve, probes: last.probes, scores: last.scores, drops: last.drops };
}

describe("what the mixture's page shows at first", () => {
  const recorded = readRecorded<RecordedMixture>("mixture");

  it("is what the shipped models do", async () => {
    const session = sessionInNode();
    for (const kind of ["coarse", "fine"] as const) {
      const look = { kind, off: [], seed: recorded.seed };
      expect(await collect(session.look(look, signal))).toEqual([recorded.probes[kind]]);
    }
  });
});

describe.skipIf(withoutChromium)("the mixture's page in Chromium", () => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.close());

  /** Waits until nothing is being done. */
  const isIdle = (page: Page) => page.locator('.outcome[aria-busy="false"]').waitFor();
  const expert = (page: Page) => page.getByRole("button", { name: /^Expert 4 of layer 1/ }).nth(1);

  it("loses what Node's model loses without an expert", async () => {
    const { page, complaints } = await visit(site.browser, site.url, "mixture.html");
    await expert(page).click();
    await isIdle(page);
    expect(await expert(page).getAttribute("aria-pressed")).toBe("false");
    const { probes } = await savedJson<Saved>(page);
    const [look] = await collect(sessionInNode().look({ kind: "fine", off, seed: 1 }, signal));
    expect(probes.fine).toEqual(look);
    expect(await page.textContent("#fine-loss")).toBe(look!.loss.toFixed(3));
    expect(new URL(page.url()).hash).toBe("#fine=1-4");
    await page.reload();
    await page.locator(".rise").waitFor();
    expect(await page.textContent("#fine-loss")).toBe(look!.loss.toFixed(3));
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("switches the like share of both models off by one slider, the busiest first, to Node's losses", async () => {
    const { page, complaints } = await visit(site.browser, site.url, "mixture.html");
    const slider = page.getByRole("slider", { name: /^Share of the experts off/ });
    await slider.focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    expect(await slider.getAttribute("aria-valuetext")).toBe("25 %");
    await isIdle(page);
    const { probes, drops } = await savedJson<Saved>(page);
    const whole = readRecorded<RecordedMixture>("mixture").probes;
    for (const kind of kinds) {
      const off = busiestExperts(whole[kind].loads, countOff(kind, 2));
      const [look] = await collect(sessionInNode().look({ kind, off, seed: 1 }, signal));
      expect(probes[kind]).toEqual(look);
      expect(drops[kind][2]).toBe(look!.loss);
      expect(await page.locator(`.map.${kind} .cell.off`).count()).toBe(2 * countOff(kind, 2));
    }
    const rise = (kind: "coarse" | "fine") => `+${(drops[kind][2]! - drops[kind][0]!).toFixed(3)}`;
    const sentence = `2 of 8 coarse experts off: ${rise("coarse")} nats per letter; 8 of 31 fine experts off: ${rise("fine")} nats per letter.`;
    expect(await page.textContent(".moved")).toBe(sentence);
    await page.reload();
    await page.locator(".rise").nth(1).waitFor();
    expect(await page.textContent(".moved")).toBe(sentence);
    await expert(page).click();
    await isIdle(page);
    expect(await slider.getAttribute("aria-valuetext")).toBe("own choice");
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("shows the experts of a letter, and switches experts, by the keyboard alone", async () => {
    const { page } = await visit(site.browser, site.url, "mixture.html");
    await page.locator(".sample").first().focus();
    await page.keyboard.press("ArrowRight");
    expect(await page.textContent(".said")).toMatch(
      /^“.+” was written by the experts of layer 1: /,
    );
    expect(await page.locator(".cell.lit").count()).toBe(4);
    await page.locator(".map.coarse .cell").first().focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    expect(await page.textContent(".said")).toMatch(/expert 3 of layer 1/);
    await page.keyboard.press("Space");
    await isIdle(page);
    expect(new URL(page.url()).hash).toBe("#coarse=1-3");
    await page.close();
  });

  it("refuses to switch off more experts than a letter can do without", async () => {
    const names = [1, 2, 3, 4, 5, 6].map((name) => `1-${name}`).join(".");
    const { page } = await visit(site.browser, site.url, `mixture.html#coarse=${names}`);
    await isIdle(page);
    const before = await page.textContent("#coarse-loss");
    await page.locator(".map.coarse .cell").nth(6).click();
    expect(await page.textContent(".explorer .problems p")).toBe(
      "A letter needs 2 experts, so at most 6 of a layer's 8 can be off.",
    );
    expect(await page.textContent("#coarse-loss")).toBe(before);
    await page.close();
  });

  it("switches no expert while the models are in training, and says so until they are done", async () => {
    const { page } = await visit(site.browser, site.url, "mixture.html");
    await page.getByRole("button", { name: "Tune both ways" }).click();
    await page
      .getByText(/^Tuning the chosen/)
      .first()
      .waitFor();
    await expert(page).click();
    const said = page.getByText("The models are in training; switch experts when they are done.");
    await said.waitFor();
    expect(await expert(page).getAttribute("aria-pressed")).toBe("true");
    await page.locator("#tuned:not(:has(.tag))").waitFor();
    await said.waitFor({ state: "detached" });
    await page.close();
  });

  it.each([
    ["without isolation headers", () => site.url],
    ["with them", () => site.isolatedUrl],
  ])("trains to Node's losses, %s", async (_, address) => {
    const { page, complaints } = await visit(
      site.browser,
      address(),
      "mixture.html#seed=3&steps=20",
    );
    await page.locator("#live:not(:has(.tag))").waitFor();
    await isIdle(page);
    const saved = await savedJson<Saved>(page);
    const { curve, probes, scores, drops } = await trainedInNode(3);
    expect(saved.isRecorded).toBe(false);
    const { curve: losses, probes: looks, scores: shares, drops: falls } = saved;
    const inPage = { curve: losses, probes: looks, scores: shares, drops: falls };
    expect(inPage).toEqual({ curve, probes, scores, drops });
    expect(await page.locator("#loss-chart figure").count()).toBe(1);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("chooses the experts that the package chooses, and tunes to Node's numbers", async () => {
    const { page, complaints } = await visit(site.browser, site.url, "mixture.html");
    const slider = page.getByRole("slider", { name: /^p, / });
    await slider.focus();
    for (let i = 0; i < 10; i++) await page.keyboard.press("ArrowLeft");
    expect(new URL(page.url()).hash).toBe("#p=0.2");
    const { scores, seed } = readRecorded<RecordedMixture>("mixture");
    const token = new Map(scores.map((own, layer) => [layer, Float64Array.from(own)]));
    const { config } = selectExperts({ token, gate: token }, { topP: 0.2 });
    const chosen = [...config.experts.values()];
    const said = await page
      .locator(".affinity svg")
      .evaluateAll((all) => all.map((one) => one.querySelectorAll(".chosen").length));
    expect(said).toEqual(chosen.map(({ length }) => length));
    await page.getByRole("button", { name: "Tune both ways" }).click();
    await page.locator("#tuned:not(:has(.tag))").waitFor();
    const { tuning } = await savedJson<Saved>(page);
    const events = await collect(sessionInNode().tune({ chosen, seed }, signal));
    const tuned = events.flatMap((event) => (event.type === "tuned" ? [event] : []));
    for (const { way, tuned: standing } of tuned) expect(tuning.tuned[way]).toEqual(standing);
    expect(tuned).toHaveLength(2);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("looks again at both models where the address says so, and ignores what is wrong in it", async () => {
    const { page } = await visit(
      site.browser,
      site.url,
      "mixture.html#coarse=1-1&fine=2-31&p=7&steps=0",
    );
    await page.locator(".rise").nth(1).waitFor();
    expect(await page.locator(".training .problems p").allTextContents()).toEqual([
      "steps in the address must be a whole number from 20 to 5000, so it is ignored.",
      "p in the address must be a number from 0.05 to 1 with at most two decimals, so it is ignored.",
    ]);
    await page.close();
  });

  it("learns from a visitor's text, and says what is wrong with other files", async () => {
    const { page } = await visit(site.browser, site.url, "mixture.html#steps=20&seed=1");
    await page.locator("#live:not(:has(.tag))").waitFor();
    await isIdle(page);
    const before = await page.textContent("#fine-loss");
    const choose = (name: string, buffer: Buffer) =>
      page.setInputFiles("input[type=file]", { name, mimeType: "text/plain", buffer });
    const wrong: [string, Buffer, string][] = [
      ["empty.txt", Buffer.alloc(0), "empty.txt is empty; choose a text of at least 20 kB."],
      [
        "short.txt",
        Buffer.from("short"),
        "short.txt has 1 kB; at least 20 kB are needed to learn from.",
      ],
      [
        "huge.txt",
        Buffer.alloc(2_000_001, "a"),
        "huge.txt has 2,001 kB; at most 2000 kB are read.",
      ],
      [
        "photo.jpg",
        Buffer.alloc(30_000, 0xff),
        "photo.jpg is no text in UTF-8; choose a plain text file.",
      ],
      ["zeros.bin", Buffer.alloc(30_000), "zeros.bin is no text: it holds zero bytes."],
    ];
    for (const [name, content, sentence] of wrong) {
      await choose(name, content);
      await page.getByText(sentence).waitFor();
      expect(await page.textContent("#fine-loss")).toBe(before);
    }
    const own = Buffer.from("The rain in Spain stays mainly in the plain. ".repeat(600));
    await choose("rain.txt", own);
    const { curve } = await trainedInNode(1, new Uint8Array(own));
    const inPage = async () => (await savedJson<Saved>(page)).curve;
    await expect.poll(inPage, { interval: 1000, timeout: 300_000 }).toEqual(curve);
    await page.close();
  });

  it.each([
    ["gpu.js", "gpu.js computes with webgl2"],
    ["WebGPU", "WebGPU computes on"],
  ])("gives the same losses on %s, but for rounding", async (name, computes) => {
    const { page } = await visit(site.browser, site.url, "mixture.html");
    await page.locator(".chip summary").click();
    await page.getByLabel(name).check();
    await expert(page).click();
    await isIdle(page);
    expect(await page.textContent(".chip-card")).toContain(computes);
    const { probes } = await savedJson<Saved>(page);
    const [look] = await collect(sessionInNode().look({ kind: "fine", off, seed: 1 }, signal));
    expect([probes.fine.loss]).toBeAllclose([look!.loss], { rtol: 1e-4 });
    await page.close();
  });
});
