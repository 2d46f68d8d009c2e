import { isolate } from "@deepgrain/icl-anchors";
import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Look, promptsOf } from "../../src/anchors/look";
import { type Both, modelNames, type Target } from "../../src/anchors/names";
import { openModels } from "../../src/anchors/open-models";
import type { Reading } from "../../src/anchors/reading";
import type { RecordedAnchors } from "../../src/anchors/recorded";
import { readRecorded } from "../../src/site/read-recorded";
import { anchorsInNode, collect, readShipped, signal } from "./support/shipped";
import { openSite, type Site, savedJson, visit, withoutChromium } from "./support/site";

interface Saved {
  isRecorded: boolean;
  looks: Both<Look>;
  reading: Reading;
}

const recorded = readRecorded<RecordedAnchors>("anchors");

async function looksInNode(seed: number, target: Target) {
  const events = await collect(anchorsInNode().look({ seed, target }, signal));
  return Object.fromEntries(events.map(({ name, look }) => [name, look]));
}

describe("what the anchors' page shows at first", () => {
  it("is what the shipped models do", async () => {
    const {
      of: { seed, target },
      looks,
    } = recorded;
    expect(await looksInNode(seed, target)).toEqual(looks);
  });

  it("shows that one model breaks without label words in its first layers, and the other does not", () => {
    const loyalty = (name: "anchors" | "control", where: "first" | "last") =>
      recorded.looks[name].cuts.find((cut) => cut.where === where && cut.layers === 2)!
        .labelLoyalty;
    expect(loyalty("anchors", "first")).toBeLessThan(0.5);
    expect(loyalty("anchors", "last")).toBeGreaterThan(0.95);
    expect(loyalty("control", "first")).toBeGreaterThan(0.9);
  });
});

describe.skipIf(withoutChromium)("the anchors' page in Chromium", () => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.close());

  const isDone = async (page: Page) => {
    await page.locator("#live:not(:has(.tag))").first().waitFor();
    await page.locator(".status:empty").waitFor({ state: "attached" });
  };
  const percent = (share: number) => `${Math.round(100 * share)}\u00a0%`;

  it.each([
    ["without isolation headers", () => site.url],
    ["with them", () => site.isolatedUrl],
  ])("cuts random words with the package's label loyalty, %s", async (_, address) => {
    const { page, complaints } = await visit(site.browser, address(), "anchors.html");
    expect(await page.textContent("#live")).toContain("Recorded");
    await page.selectOption("#target", "random");
    await isDone(page);
    const saved = await savedJson<Saved>(page);
    expect(saved).toMatchObject({ isRecorded: false, looks: await looksInNode(1, "random") });
    const models = await openModels(readShipped);
    for (const name of modelNames) {
      const options = { where: "first", layers: 2, target: "random", seed: 1 } as const;
      const { labelLoyalty } = await isolate(models[name], promptsOf(1), options);
      expect(await page.textContent(`#${name}-loyalty`)).toBe(percent(labelLoyalty));
    }
    expect(new URL(page.url()).hash).toBe("#target=random");
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("cuts other layers by the keyboard, and opens so again", async () => {
    const { page } = await visit(site.browser, site.url, "anchors.html");
    await page.locator("#layers").focus();
    await page.keyboard.press("ArrowRight");
    await page.locator("#where").focus();
    await page.keyboard.press("ArrowDown");
    await isDone(page);
    expect(new URL(page.url()).hash).toBe("#where=last&layers=3");
    const cut = recorded.looks.anchors.cuts.find(
      ({ where, layers }) => where === "last" && layers === 3,
    )!;
    const loyalty = () => page.textContent("#anchors-loyalty");
    expect(await loyalty()).toBe(percent(cut.labelLoyalty));
    await page.reload();
    await expect.poll(loyalty, { timeout: 120_000 }).toBe(percent(cut.labelLoyalty));
    await page.locator("#layers").fill("0");
    expect(await loyalty()).toBe("100\u00a0%");
    await page.close();
  });

  it("repeats a run, and asks about new prompts", async () => {
    const { page } = await visit(site.browser, site.url, "anchors.html");
    await page.getByRole("button", { name: "Replay" }).click();
    await isDone(page);
    expect((await savedJson<Saved>(page)).looks).toEqual(recorded.looks);
    const prompt = await page.inputValue("#prompt");
    await page.getByRole("button", { name: "New prompts" }).click();
    const looks = async () => (await savedJson<Saved>(page)).looks;
    const inNode = await looksInNode(2, "labels");
    await expect.poll(looks, { interval: 1000, timeout: 120_000 }).toEqual(inNode);
    await expect.poll(() => page.inputValue("#prompt"), { timeout: 120_000 }).not.toBe(prompt);
    expect(new URL(page.url()).hash).toBe("#seed=2");
    await page.close();
  });

  it("answers a prompt that is typed as Node does, from the keyboard and from its address", async () => {
    const { page, complaints } = await visit(site.browser, site.url, "anchors.html");
    await page.fill("#prompt", "owl hawk: red\ntea cocoa: blue\ncoffee, tea");
    await isDone(page);
    const prompt = "owl hawk: red; tea cocoa: blue; coffee tea";
    const asked = await anchorsInNode().ask({ seed: 1, target: "labels", prompt }, signal).next();
    const { reading } = await savedJson<Saved>(page);
    expect(reading).toEqual(asked.value);
    const { label, sure } = reading.models.anchors.whole;
    const told = await page.textContent(".one-prompt .moved");
    expect(told).toContain(`says ${label} (${percent(sure)})`);
    expect(await page.textContent("#anchors-answer")).toBe(label);
    expect(new URLSearchParams(new URL(page.url()).hash.slice(1)).get("prompt")).toBe(prompt);
    await page.fill("#prompt", "owl hawk: red\nglorp 🙂: blue\ntea");
    const problem = page.locator("#prompt-problems p");
    expect(await problem.textContent()).toContain("do not know “glorp”, “🙂”;");
    expect((await savedJson<Saved>(page)).reading).toEqual(reading);
    await page.reload();
    await expect
      .poll(async () => (await savedJson<Saved>(page)).reading, {
        interval: 1000,
        timeout: 120_000,
      })
      .toEqual(reading);
    expect(await page.inputValue("#prompt")).toBe(reading.text);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("draws another layer between the words without a run, and says its flow", async () => {
    const { page } = await visit(site.browser, site.url, "anchors.html#step=5");
    await page.getByText("Step 5 of 6").waitFor();
    const picture = page.locator("svg.between");
    const before = await picture.innerHTML();
    await page.locator("#layer").focus();
    await page.keyboard.press("ArrowLeft");
    expect(await picture.innerHTML()).not.toBe(before);
    const { into } = recorded.reading.models.anchors.flow[0]!;
    const told = `Layer 1: ${percent(into)} of the flow runs into label words`;
    await page.locator(".one-prompt .moved", { hasText: told }).waitFor();
    expect(await page.locator("#live .tag").count()).toBe(1);
    expect(page.workers()).toHaveLength(0);
    await page.close();
  });

  it("is busy while it asks, and Stop brings the settings of what is shown back", async () => {
    const { page } = await visit(site.browser, site.url, "anchors.html");
    const before = await page.textContent("#models-part");
    // Work rests while a page is hidden, so that it does not end too early.
    await page.evaluate(`
      Object.defineProperty(document, "hidden", { value: true });
      document.dispatchEvent(new Event("visibilitychange"));
    `);
    await page.selectOption("#target", "random");
    await page.locator('.outcome[aria-busy="true"][data-old]').waitFor();
    await page.getByRole("button", { name: "Stop" }).click();
    expect(await page.locator('.outcome[aria-busy="false"]:not([data-old])').count()).toBe(1);
    expect(await page.inputValue("#target")).toBe("labels");
    expect(await page.textContent("#models-part")).toBe(before);
    expect(new URL(page.url()).hash).toBe("");
    await page.close();
  });

  it("ignores an address that is wrong, and says so", async () => {
    const { page } = await visit(
      site.browser,
      site.url,
      "anchors.html#layers=5&where=middle&target=&seed=x&layer=0&prompt=owl",
    );
    expect(await page.locator(".problems p").allTextContents()).toEqual([
      "target in the address must be one of labels, random, so it is ignored.",
      "where in the address must be one of first, last, so it is ignored.",
      "layers in the address must be a whole number from 0 to 4, so it is ignored.",
      "layer in the address must be a whole number from 1 to 4, so it is ignored.",
      "seed in the address must be a whole number from 0 to 2147483647, so it is ignored.",
      "prompt in the address must be lines such as “owl hawk: red; tea cocoa: blue; coffee”, so it is ignored.",
    ]);
    const { labelLoyalty } = recorded.looks.anchors.cuts[1]!;
    expect(await page.textContent("#anchors-loyalty")).toBe(percent(labelLoyalty));
    await page.close();
  });
});
