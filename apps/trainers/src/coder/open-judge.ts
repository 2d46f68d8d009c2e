import { createRequire } from "node:module";
import type { Judge, Program, Tests } from "@deepgrain/coder";
import { createPythonSandbox, type PythonSandbox } from "@deepgrain/coder/python";
import { createSandbox, type Sandbox } from "@deepgrain/coder/sandbox";

const require = createRequire(import.meta.url);

/** A judge whose sandboxes must be ended. */
export interface OpenJudge extends Judge {
  /** How far programs were kept apart, by language; of those that were needed. */
  strengths(): Readonly<Record<string, string>>;
  dispose(): void;
}

/**
 * Runs programs where their language can be run: Python in a process of its own, JavaScript and TypeScript in WebAssembly;
 * what neither knows is `unsupported`. Sandboxes start with the first program that needs them; for TypeScript, `sucrase` must
 * be installed.
 *
 * @param options.limits instructions of a program in WebAssembly
 * @param options.seconds processor time of a program in Python
 */
export function openJudge(
  options: { instructions?: number | undefined; seconds?: number | undefined } = {},
): OpenJudge {
  const { instructions, seconds } = options;
  let wasm: Sandbox | undefined;
  let python: Promise<PythonSandbox> | undefined;
  const strengths: Record<string, string> = {};
  return {
    async test(program: Program, tests: Tests) {
      if (!/^python$/i.test(program.language)) {
        if (/^typescript$/i.test(program.language)) require.resolve("sucrase"); // else it would be `unsupported`
        wasm ??= createSandbox({ limits: { instructions } });
        strengths.JavaScript = wasm.strength;
        return wasm.test(program, tests);
      }
      python ??= createPythonSandbox({ limits: { seconds } });
      const sandbox = await python;
      strengths.Python = sandbox.strength;
      return sandbox.test(program, tests);
    },
    strengths: () => strengths,
    dispose() {
      wasm?.dispose();
      python?.then(
        (sandbox) => sandbox.dispose(),
        () => undefined,
      );
    },
  };
}
