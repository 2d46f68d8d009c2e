import type { Browser, Page } from "playwright";
import type { MemoryReport } from "../../../src";
import { serve } from "./serve";

/** Makes a page cross-origin isolated: only then may its threads share memory. */
export const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

/** A busy machine must not fail a test. */
export const PATIENCE_MS = 240_000;

/** A request to `site/train.js`. */
export interface Training {
  readonly steps: number;
  readonly threads: number;
}

/** Its answer. */
export interface Report {
  readonly threads: number;
  readonly shared: boolean;
  readonly losses: readonly number[];
  readonly memory: MemoryReport;
}

/** A page in which the site is open. */
export interface Visit {
  readonly page: Page;
  /** The browser's complaints so far: errors, and refusals by the content policy. */
  readonly complaints: readonly string[];
  /** Calls a function of the site in the page. */
  call(
    name: "page" | "worker" | "trainOnGpu" | "useDefaults",
    training: Training,
  ): Promise<unknown>;
}

/** Drivers say so where a page waits for the device, as it does to read a loss. */
const isNoteOnSpeed = (text: string) => /GL Driver Message \(OpenGL, Performance/.test(text);

/** Serves a folder with the given headers and opens it; all is closed when `use` has ended. */
export async function visit(
  browser: Browser,
  folder: string,
  headers: Record<string, string>,
  use: (visit: Visit) => Promise<void>,
): Promise<void> {
  const server = await serve(folder, headers);
  const page = await browser.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (!isNoteOnSpeed(message.text())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  const call = (name: string, training: Training) =>
    page.evaluate(
      ([called, options]) =>
        (globalThis as unknown as { site: Record<string, (options: object) => unknown> }).site[
          called
        ]!(options),
      [name, training] as const,
    );
  try {
    await page.goto(`${server.url}/index.html`);
    await use({ page, complaints, call });
  } finally {
    await page.close();
    server.close();
  }
}
