import { readFileSync } from "node:fs";
import type {} from "@deepgrain/vitest/describe-chromium";
import { chromium } from "playwright";
import { describe, expect, inject, it } from "vitest";
import { finishFederation, inProcessTransport, tensorChecksum } from "../support/all";
import { buildSupport } from "../support/build";
import { toyClients, toyInitial, toyStrategy, toyTrain } from "../support/toy";

const program = inject("chromium");

describe.skipIf(program === undefined && !process.env.CI)("a page without isolation", () => {
  it("trains in web workers, and gets the bits of one thread", async () => {
    const [page, worker] = await Promise.all(
      ["toy-page", "toy-web-worker"].map(async (name) =>
        readFileSync(await buildSupport(name, { forBrowser: true }), "utf8"),
      ),
    );
    const browser = await chromium.launch({ executablePath: program!, args: ["--no-sandbox"] });
    try {
      const tab = await browser.newPage();
      await tab.addScriptTag({ content: page! });
      const found = await tab.evaluate(`runToy(${JSON.stringify(worker)})`);
      const { state } = await finishFederation({
        transport: inProcessTransport({ clients: toyClients, train: toyTrain }),
        strategy: toyStrategy,
        initial: await toyInitial(),
        rounds: 3,
        seed: 5,
      });
      expect(found).toEqual({ sum: tensorChecksum(state.params), hasShared: false });
    } finally {
      await browser.close();
    }
  });
});
