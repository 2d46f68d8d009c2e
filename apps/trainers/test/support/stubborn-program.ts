/** @file A program whose commands look at nothing while they work, for tests of Ctrl-C. Each prints when it is at it. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { isMainThread } from "node:worker_threads";
import { runOnThread } from "@deepgrain/command-line/commands/command-thread";
import { defineCommand, defineGroup } from "@deepgrain/command-line/commands/define-command";
import { superviseCommand } from "@deepgrain/command-line/commands/supervise-command";
import { createWasmBackend, ones, setBackend } from "@deepgrain/tensor-gpu";

/** A WebAssembly module of one exported function that never returns: (loop (br 0)). */
const endless = Uint8Array.from([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 7, 1, 3, 114, 117, 110, 0, 0, 10,
  9, 1, 7, 0, 3, 64, 12, 0, 11, 11,
]);

/** As much of it as is used here; the compiler has no types for it without those of browsers. */
interface Wasm {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { exports: { run(): void } };
}

const kinds: Record<string, (signal: AbortSignal, write: (text: string) => void) => Promise<void>> =
  {
    /** A command of many steps, which saves when it is asked to stop. */
    async steps(signal, write) {
      while (!signal.aborted) await nextTurn();
      write("saved\n");
      signal.throwIfAborted();
    },
    async waiting() {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    },
    async kernel() {
      const { Instance, Module } = (globalThis as unknown as { WebAssembly: Wasm }).WebAssembly;
      new Instance(new Module(endless)).exports.run();
    },
    /** The engine's own threads: the command's thread waits for theirs. */
    async products() {
      setBackend(createWasmBackend({ threads: 2 }));
      const x = ones([2500, 2500]);
      for (;;) x.matmul(x).dispose();
    },
  };

const commands = Object.entries(kinds).map(([name, run]) => {
  const command = defineCommand({
    description: name,
    examples: [],
    flags: {},
    async run(_, { signal, write }) {
      write("working\n");
      await nextTurn();
      await run(signal, write);
    },
  });
  return [name, { summary: name, load: async () => command }] as const;
});

const root = defineGroup("", Object.fromEntries(commands));

if (isMainThread)
  process.exit(await superviseCommand(new URL(import.meta.url), process.argv.slice(2)));
else await runOnThread(root);
