import type { Page } from "playwright";
import type { PageId } from "../../../src/site/document";

/** Something to run on a page. */
export interface PageRun {
  /** Touches a control. */
  start(page: Page): Promise<unknown>;
  /** Waits until it has run. */
  isDone(page: Page): Promise<unknown>;
}

const isLive = (page: Page) => page.locator("#live:not(:has(.tag))").waitFor();

/** What is run on each page where all pages are tested. */
export const runs: Record<PageId, PageRun> = {
  index: {
    start: (page) => page.locator("#sentence").press("!"),
    isDone: (page) => page.locator("#written.writing, #written.done").waitFor(),
  },
  mixture: {
    start: (page) => page.locator(".map.fine .cell").first().click(),
    isDone: (page) => page.locator(".rise").first().waitFor(),
  },
  watermark: {
    start: (page) => page.locator("#key").selectOption("wrong"),
    isDone: (page) => page.getByText("no mark found").first().waitFor(),
  },
  anchors: {
    start: (page) => page.selectOption("#target", "random"),
    isDone: async (page) => {
      await isLive(page);
      await page.locator('.outcome[aria-busy="false"]').waitFor();
    },
  },
  graph: {
    start: (page) => page.locator("#labels select").first().selectOption("3"),
    isDone: isLive,
  },
  verifier: {
    start: (page) => page.locator("#problem").press("ArrowRight"),
    isDone: async (page) => {
      await isLive(page);
      await page.locator(".status:empty").waitFor({ state: "attached" });
    },
  },
  code: {
    start: (page) => page.getByRole("radio", { name: "After GRPO" }).check(),
    isDone: async (page) => {
      await page.locator("#passed").getByText("10 of 16").waitFor();
      await page.locator("#live .status:empty").first().waitFor({ state: "attached" });
    },
  },
  purify: {
    start: (page) => page.locator("#rho").press("ArrowLeft"),
    isDone: async (page) => {
      await page.locator("#live .tag").waitFor({ state: "detached" });
      await page.getByText("Purified at ρ = 97").waitFor();
    },
  },
  federated: {
    start: (page) => page.getByRole("slider").press("ArrowLeft"),
    isDone: async (page) => {
      await isLive(page);
      await page.getByText(/^After round [1-9]/).waitFor();
      await page.locator('.outcome[aria-busy="false"]').waitFor();
    },
  },
  scaling: {
    start: async (page) => {
      await page.getByRole("button", { name: "Reveal" }).click();
      await page.getByRole("slider", { name: /^C, / }).press("ArrowRight");
    },
    isDone: (page) => page.getByText("Fitted in this page").waitFor(),
  },
  model: {
    start: (page) => page.getByRole("button", { name: "Write", exact: true }).click(),
    isDone: async (page) => {
      await page.locator("#live .tag").waitFor({ state: "detached" });
      await page.locator('.outcome[aria-busy="false"]').waitFor();
    },
  },
};
