import { rm } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll } from "vitest";
import { bundleForTest, sandboxEntries } from "../build-for-test";

type SandboxModule = typeof import("@deepgrain/coder/sandbox");

/** `@deepgrain/coder/sandbox` with a worker that is bundled from its source, for `vi.mock`. */
export async function sandboxFromSource(original: () => Promise<unknown>): Promise<SandboxModule> {
  const actual = (await original()) as SandboxModule;
  const folder = await bundleForTest({ worker: sandboxEntries.worker });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const worker = pathToFileURL(join(folder, "worker.js"));
  return { ...actual, createSandbox: (options) => actual.createSandbox({ ...options, worker }) };
}
