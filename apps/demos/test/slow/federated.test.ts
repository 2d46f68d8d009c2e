import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Run } from "../../src/federated/names";
import { createSession } from "../../src/federated/session";
import { collect, readShipped, signal } from "./support/shipped";
import { openSite, type Site, savedJson, visit, withoutChromium } from "./support/site";

interface Saved extends Run {
  isRecorded: boolean;
}

/** Test pictures, of 600, whose class may fall otherwise where sums are rounded differently. */
const FEW_ROWS = 3.5 / 600;

/** The accuracies of five rounds in Node. */
async function inNode(ratio: number, hasSecondHead = true, seed = 1) {
  const setup = { ratio, rounds: 5, seed, hasSecondHead };
  const events = await collect(createSession(readShipped).run(setup, signal));
  return events.flatMap((event) => (event.type === "round-end" ? [event.scores] : []));
}

describe.skipIf(withoutChromium)("the page of federations in Chromium", () => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.close());

  const after = (page: Page, round: number) =>
    page.locator("#accuracy", { hasText: `After round ${round},` }).waitFor();

  const roundsOf = async (page: Page) => (await savedJson<Saved>(page)).rounds;

  /** Waits until the page has these accuracies. */
  const has = (page: Page, rounds: Run["rounds"]) =>
    expect.poll(() => roundsOf(page), { interval: 500, timeout: 120_000 }).toEqual(rounds);

  it("has Node's accuracy after five rounds, and again when the second head is switched off", async () => {
    const { page, complaints } = await visit(site.browser, site.url, "federated.html#rounds=5");
    await has(page, await inNode(50));
    expect((await savedJson<Saved>(page)).isRecorded).toBe(false);
    await page.getByLabel("second head").press("Space");
    await page.getByText("RedGrape without its second head").waitFor();
    await has(page, await inNode(50, false));
    expect(new URL(page.url()).hash).toBe("#second=off&rounds=5");
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("spreads the rows anew when the imbalance is dragged, by the keyboard", async () => {
    const { page } = await visit(site.browser, site.url, "federated.html#rounds=5");
    await after(page, 5);
    const slider = page.getByRole("slider");
    await slider.focus();
    await page.keyboard.press("Home");
    await page.getByText("none", { exact: true }).waitFor();
    await page.locator('.client[aria-label*="of 9"]').nth(5).waitFor();
    const first = await inNode(1);
    await has(page, first);
    const { countsPerClient } = await savedJson<Saved>(page);
    expect(countsPerClient.flat().reduce((a, b) => a + b)).toBe(2000);
    await page.getByRole("button", { name: "New weights" }).click();
    await has(page, await inNode(1, true, 2));
    expect(new URL(page.url()).hash).toBe("#ratio=1&rounds=5&seed=2");
    const opened = page.waitForEvent("load");
    await page.evaluate("location.hash = '#ratio=1&rounds=5'");
    await opened;
    await page.getByRole("button", { name: "Replay" }).click();
    await has(page, first);
    await page.close();
  });

  it("says what is wrong in its address, and shows what was recorded", async () => {
    const { page } = await visit(
      site.browser,
      site.url,
      "federated.html#ratio=0&rounds=1&second=yes",
    );
    expect(await page.locator("#live .problems p").allTextContents()).toEqual([
      "ratio in the address must be a whole number from 1 to 100, so it is ignored.",
      "second in the address must be one of on, off, so it is ignored.",
      "rounds in the address must be a whole number from 2 to 200, so it is ignored.",
    ]);
    expect(await page.locator(".tag").count()).toBe(1);
    await page.close();
  });

  it("learns the same on gpu.js, but for rounding", async () => {
    const { page } = await visit(site.browser, site.url, "federated.html#rounds=5&ratio=10");
    await after(page, 5);
    await page.locator(".chip summary").click();
    await page.getByLabel(/gpu.js/).check();
    await page.getByRole("button", { name: "Replay" }).click();
    await after(page, 1);
    await after(page, 5);
    expect(await page.textContent(".chip-card")).toMatch(/gpu\.js computes with webgl2/);
    const accuracies = (rounds: Run["rounds"]) =>
      rounds.flatMap(({ fedavg, redgrape }) => [fedavg.accuracy, redgrape.accuracy]);
    const rounds = await roundsOf(page);
    expect(accuracies(rounds)).toBeAllclose(accuracies(await inNode(10)), { atol: FEW_ROWS });
    await page.close();
  });
});
