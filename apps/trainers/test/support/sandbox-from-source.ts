import { buildWorker } from "@deepgrain/vitest/sandbox-worker";

type SandboxModule = typeof import("@deepgrain/coder/sandbox");

/** `@deepgrain/coder/sandbox` with a worker that is bundled from its source, for `vi.mock`. */
export async function sandboxFromSource(original: () => Promise<unknown>): Promise<SandboxModule> {
  const actual = (await original()) as SandboxModule;
  const worker = await buildWorker();
  return { ...actual, createSandbox: (options) => actual.createSandbox({ ...options, worker }) };
}
