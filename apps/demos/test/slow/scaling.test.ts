import { readFileSync } from "node:fs";
import { createRandom } from "@deepgrain/lm";
import { fitParts, type Plan, plan, type Quantity } from "@deepgrain/scaling-laws";
import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Look } from "../../src/scaling/look";
import type { RecordedScaling } from "../../src/scaling/recorded";
import { readTable } from "../../src/scaling/table";
import { readRecorded } from "../../src/site/read-recorded";
import { openSite, type Site, savedJson, visit, withoutChromium } from "./support/site";

interface Saved extends Omit<Look, "runs" | "line"> {
  isRecorded: boolean;
  table: string;
}

const shipped = readFileSync(new URL("../../recorded/scaling.csv", import.meta.url), "utf8");

/** The plan of the package itself, with the largest budgets left out. */
function planInNode(flops: number, hidden: number) {
  const { sizes, batches, rates } = readTable(shipped, "runs");
  const budgets = [2e9, 4e9, 8e9, 1.6e10, 3.2e10];
  const most = budgets.at(-1 - hidden)!;
  const [own, ofBatch, ofRate] = [sizes, batches, rates].map((runs) =>
    runs.filter(({ budget }) => budget! <= most),
  );
  const { next: random } = createRandom([1, hidden]);
  const options = { minBudgets: 3, resamples: 400, band: 0.01, random };
  const { law, draws } = fitParts({ sizes: own!, batches: ofBatch!, rates: ofRate! }, options);
  return plan(flops, law, { draws });
}

/** Browser and Node round powers and exponentials to different last digits. */
const ULPS = { rtol: 1e-9 };

const valuesOf = ({ value, lower, upper }: Quantity) => [value, lower!, upper!];

const numbersOf = ({ model, tokens, batchTokens, learningRate, loss }: Plan) =>
  [model, tokens, batchTokens, learningRate, loss].flatMap((one) => valuesOf(one!));

describe.skipIf(withoutChromium)("the scaling page in Chromium", () => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.close());

  const isLive = (page: Page) => page.getByText("Fitted in this page").waitFor();
  const choose = (page: Page, name: string, content: string | Buffer) =>
    page.setInputFiles("input[type=file]", {
      name,
      mimeType: "text/csv",
      buffer: Buffer.from(content),
    });

  it("plans a budget as the package does, by the keyboard", async () => {
    const { page, complaints } = await visit(site.browser, site.url, "scaling.html");
    expect(await page.locator(".tag").textContent()).toBe("Recorded");
    await page.getByRole("button", { name: "Reveal" }).click();
    await page.getByRole("slider").focus();
    for (let i = 0; i < 4; i++) await page.keyboard.press("ArrowRight");
    expect(new URL(page.url()).hash).toBe("#budget=11.15&guess=2.71");
    await isLive(page);
    await expect
      .poll(async () => (await savedJson<Saved>(page)).plan.flops, { timeout: 60_000 })
      .toBe(10 ** 11.15);
    const { plan: planned, isRecorded } = await savedJson<Saved>(page);
    expect(isRecorded).toBe(false);
    expect(numbersOf(planned)).toBeAllclose(numbersOf(planInNode(10 ** 11.15, 0)), ULPS);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("lets a visitor foretell the larger run first, and sets the error beside the law's", async () => {
    const { page, complaints } = await visit(site.browser, site.url, "scaling.html");
    const live = page.locator("#live");
    const { look } = readRecorded<RecordedScaling>("scaling");
    const { measured, predicted } = look.forecasts.find(({ isLarger }) => isLarger)!;
    const shows = async (number: number) => (await live.innerHTML()).includes(number.toFixed(3));
    expect([await shows(measured), await shows(predicted.value)]).toEqual([false, false]);
    await page.getByRole("slider").focus();
    for (let i = 0; i < 11; i++) await page.keyboard.press("ArrowLeft");
    await page.getByText("2.60 bits per byte").waitFor();
    const ring = (await page.locator(".chart-wide .guess circle").boundingBox())!;
    const [x, y] = [ring.x + ring.width / 2, ring.y + ring.height / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x, y + 30);
    await page.mouse.up();
    const guess = Number(await page.getByRole("slider").inputValue());
    expect(guess).toBeLessThan(2.6);
    await page.getByRole("button", { name: "Reveal" }).click();
    const signed = (value: number) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(3)}`;
    const outcome = `You foretold ${guess.toFixed(2)}: off by ${signed(guess - measured)} bits per byte. The law foretold ${predicted.value.toFixed(3)}: off by ${signed(predicted.value - measured)}. Measured: ${measured.toFixed(3)}.`;
    expect(await page.textContent("#outcome p")).toBe(outcome);
    await page.reload();
    await page.getByText("You foretold").waitFor();
    expect(await page.textContent("#outcome p")).toBe(outcome);
    await page.getByRole("button", { name: "Foretell again" }).click();
    expect(new URL(page.url()).hash).toBe("");
    expect([await shows(measured), await shows(predicted.value)]).toEqual([false, false]);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("foretells the budgets that are hidden, and keeps the law where too few are left", async () => {
    const { page } = await visit(site.browser, site.url, "scaling.html#hidden=1");
    await isLive(page);
    await page.getByLabel("Hide from the law").selectOption("2");
    await page.locator("#forecasts tbody tr").nth(2).waitFor();
    const { forecasts } = await savedJson<Saved>(page);
    const { flops, predicted } = forecasts[0]!;
    const { loss } = planInNode(flops, 2);
    expect(valuesOf(predicted)).toBeAllclose(valuesOf(loss!), ULPS);
    const before = await page.textContent("#forecasts");
    await page.getByLabel("Hide from the law").selectOption("3");
    await page.getByText(/2 of 2 budgets have a usable profile, 3 are needed/).waitFor();
    expect(await page.textContent("#forecasts")).toBe(before);
    expect(new URL(page.url()).hash).toBe("#hidden=2");
    await page.close();
  });

  it("fits a visitor's table, and says what is wrong with others", async () => {
    const { page, complaints } = await visit(site.browser, site.url, "scaling.html");
    const rows = [1e18, 4e18, 1.6e19, 6.4e19].flatMap((flops) =>
      [0.25, 0.5, 1, 2, 4].map((size) => {
        const model = flops ** 0.5 * size;
        return [flops, model, flops / model, 1.7 + 30 / model ** 0.2 + 30 / (flops / model) ** 0.2];
      }),
    );
    const csv = (lines: unknown[][]) => `flops,model,tokens,loss\n${lines.join("\n")}\n`;
    await choose(page, "own.csv", csv(rows));
    await page.getByText("to own.csv").waitFor();
    expect(new URL(page.url()).hash).toBe("#budget=20.41");
    const { law, table } = await savedJson<Saved>(page);
    expect(table).toBe("own.csv");
    expect([law.allocation!.model.exponent.value]).toBeAllclose([0.5], { atol: 1e-3 });
    const before = await page.textContent("#plan");
    const wrong: [string, string | Buffer, RegExp][] = [
      ["empty.csv", "", /empty.csv is empty/],
      [
        "nan.csv",
        csv([[1e18, 1e9, 1e9, Number.NaN]]),
        /nan.csv, row 1 \(line 2\), loss: .* got "NaN"/,
      ],
      ["short.csv", csv(rows.slice(0, 10)), /2 of 2 budgets have a usable profile, 3 are needed/],
      ["other.csv", "a,b\n1,2\n", /other.csv, row 1 \(line 2\), \w+: is missing/],
      ["photo.jpg", Buffer.alloc(3000, 0xff), /photo.jpg is no text in UTF-8/],
      ["huge.csv", "1".repeat(1_000_001), /huge.csv has 1,001 kB; at most 1,000 kB are read/],
    ];
    for (const [name, content, message] of wrong) {
      await choose(page, name, content);
      await page.getByText(message).waitFor();
      expect(await page.textContent("#plan")).toBe(before);
    }
    await page.getByRole("slider").press("ArrowLeft");
    await expect.poll(() => page.textContent("#plan"), { timeout: 60_000 }).not.toBe(before);
    expect((await savedJson<Saved>(page)).table).toBe("own.csv");
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("ignores what is wrong in its address, and offers the runs as a table", async () => {
    const { page } = await visit(site.browser, site.url, "scaling.html#budget=NaN&hidden=-1");
    expect(await page.locator("#live .problems p").allTextContents()).toEqual([
      "budget in the address must be a number from 9 to 26 with at most two decimals, so it is ignored.",
      "hidden in the address must be a whole number from 0 to 20, so it is ignored.",
    ]);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "The runs above as CSV" }).click(),
    ]);
    expect(readFileSync(await download.path(), "utf8")).toBe(shipped);
    await page.close();
  });
});
