import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { percentText, scientific, signedText } from "../../src/drawing/numbers";
import { nats } from "../../src/landing/moved";
import { wordsText } from "../../src/model/moved";
import type { PageId } from "../../src/site/document";
import { saidAnswer } from "../../src/verifier/moved";
import { runs } from "./support/runs";
import { openSite, type Site, savedJson, visit, withoutChromium } from "./support/site";

// biome-ignore lint/suspicious/noExplicitAny: what any page saves
type Saved = any;

/** The main move of a page, and the numbers of its sentence by what the page saves before and after it. */
interface Move {
  prepare?(page: Page): Promise<unknown>;
  /** Default: the page's run. */
  start?(page: Page): Promise<unknown>;
  said(before: Saved, after: Saved): string[];
}

const moves: Partial<Record<PageId, Move>> = {
  index: {
    start: (page) => page.getByRole("button", { name: /^Expert 2, / }).click(),
    said: (before, after) => [`${nats(after.losses[0])} nats`, `was ${nats(before.losses[0])}`],
  },
  mixture: {
    said: (before, after) => [
      `${signedText(after.probes.coarse.loss - before.probes.coarse.loss)} nats`,
      `${signedText(after.probes.fine.loss - before.probes.fine.loss)} nats`,
    ],
  },
  watermark: {
    said: (_, { readings }) => [
      `${scientific(readings.balanced.pValue)} in the balanced`,
      `${scientific(readings.plain.pValue)} in the plain`,
    ],
  },
  graph: {
    start: (page) => page.getByRole("button", { name: "Worst seats" }).click(),
    said(_, { accuracies }) {
      const mean = (all: number[]) => all.reduce((a, b) => a + b, 0) / all.length;
      return [percentText(mean(accuracies.renode)), percentText(mean(accuracies.equal))];
    },
  },
  anchors: {
    start: (page) => page.selectOption("#target", "random"),
    said: (_, { where, layers, looks }) =>
      ["anchors", "control"].map((name) => {
        const cut = looks[name].cuts.find(
          (one: Saved) => one.where === where && one.layers === layers,
        );
        return percentText(cut.labelLoyalty, 0);
      }),
  },
  verifier: {
    said: (_, { chosen }) => [
      `${percentText(chosen.majority.share)} say ${saidAnswer(chosen.majority.answer)}`,
      `${percentText(chosen.weighted.share)} of the scores speak for ${saidAnswer(chosen.weighted.answer)}`,
    ],
  },
  code: {
    start: (page) => page.getByRole("radio", { name: "After GRPO" }).click(),
    said: (before, after) => [
      `${after.programs.passed} of ${after.programs.n} programs`,
      `${before.programs.passed} of ${before.programs.n} programs before`,
    ],
  },
  purify: {
    said: (before, after) => [
      `${after.outcome.purified.flipped} test texts`,
      `${before.outcome.purified.flipped} at ${percentText(before.outcome.rho, 0)}`,
    ],
  },
  federated: {
    said: (before, after) =>
      ["fedavg", "redgrape"].map(
        (method) =>
          `${percentText(after.rounds.at(-1)[method].tail)} (was ${percentText(before.rounds.at(-1)[method].tail)})`,
      ),
  },
  scaling: {
    prepare: (page) => page.getByRole("button", { name: "Reveal" }).click(),
    start: (page) => page.getByRole("slider", { name: /^C, / }).press("ArrowRight"),
    said: (before, after) => [
      `loss of ${after.plan.loss.value.toFixed(3)}`,
      `${before.plan.loss.value.toFixed(3)} before`,
    ],
  },
  model: { said: (_, after) => [wordsText(after)] },
};

/** Presses Stop as soon as the result is busy. @returns whether it was busy then, and what it says one frame later */
const stopped = `new Promise((done) => {
  const outcome = document.querySelector(".outcome[aria-busy]");
  const watch = new MutationObserver(() => {
    const stop = [...outcome.querySelectorAll("button")].find((one) => one.textContent === "Stop");
    if (outcome.ariaBusy !== "true" || !stop) return;
    watch.disconnect();
    stop.click();
    requestAnimationFrame(() => done(outcome.ariaBusy));
  });
  watch.observe(outcome, { attributes: true, childList: true, subtree: true });
})`;

describe.skipIf(withoutChromium)("the main move of a page, in Chromium", () => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.close());

  it.each(Object.keys(moves) as PageId[])(
    "%s: ends at Stop, and its sentence has the numbers that are saved",
    async (id) => {
      const { prepare, start = runs[id].start, said } = moves[id]!;
      const { page, complaints } = await visit(site.browser, site.url, `${id}.html`);
      await prepare?.(page);
      const before = await savedJson(page);
      const ended = page.evaluate(stopped);
      await start(page);
      expect(await ended).toBe("false");
      await start(page);
      await page.locator(".outcome .moved:not(:empty)").first().waitFor();
      await page.locator('.outcome[aria-busy="false"]').first().waitFor();
      const sentence = await page.textContent(".outcome .moved");
      const after = await savedJson(page);
      for (const part of said(before, after)) expect(sentence).toContain(part);
      expect(complaints).toEqual([]);
      await page.close();
    },
  );

  it("its program follows the state once it is opened", async () => {
    const { page, complaints } = await visit(site.browser, site.url, "graph.html");
    const code = () => page.textContent("#code-panel code");
    expect(await code()).toContain("10 * 1 + run");
    await page.locator("#code-panel summary").click();
    await page.getByRole("button", { name: "New weights" }).click();
    await page.locator("#code-panel code", { hasText: "10 * 2 + run" }).waitFor();
    expect(complaints).toEqual([]);
    await page.goto("about:blank");
    await page.goto(`${site.url}purify.html`);
    await page.locator("#code-panel summary").click();
    await page
      .locator("#code-panel code", { hasText: `const files = "${site.url}recorded/";` })
      .waitFor();
    const file = await page.request.get(`${site.url}recorded/poisoned.safetensors`);
    expect(file.ok()).toBe(true);
    await page.close();
  });
});
