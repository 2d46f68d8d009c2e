import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { kernelParameters } from "../../scripts/kernel-parameters.mjs";
import { sourcesHash } from "../../scripts/sources-hash.mjs";
import { writeFields } from "../../src/wasm/arguments";
import { KERNEL_LAYOUTS } from "../../src/wasm/generated/kernels";
import * as plain from "../../src/wasm/generated/plain";
import * as relaxed from "../../src/wasm/generated/relaxed";
import { ARGUMENT_SLOTS } from "../../src/wasm/layout";
import { createLinearMemory } from "../../src/wasm/memory";
import { compileKernels } from "../../src/wasm/module";
import { instantiate } from "../../src/wasm/web-assembly";

describe("committed WebAssembly", () => {
  it("was built from the AssemblyScript sources as they are (else: npm run build:wasm)", () => {
    expect(relaxed.sourcesHash).toBe(sourcesHash());
    expect(plain.sourcesHash).toBe(sourcesHash());
  });

  it("has the parameters that the sources declare", () => {
    const file = new URL("../../src/wasm/generated/kernels.ts", import.meta.url);
    expect(readFileSync(file, "utf8")).toBe(kernelParameters());
  });

  it("exports a kernel for each layout, whose longest arguments fit into the slots", () => {
    const { memory } = createLinearMemory({
      initialBytes: 2 ** 17,
      maximumBytes: 2 ** 17,
      shared: false,
    });
    const exports = instantiate(compileKernels({ relaxed: false, shared: false }), memory);
    const words = { ints: new Int32Array(256), floats: new Float32Array(256) };
    const longest = Array(1 + 7 * 4).fill(0);
    for (const [kernel, layout] of Object.entries(KERNEL_LAYOUTS)) {
      expect(exports[kernel]).toBeTypeOf("function");
      const values = [...layout].map((kind) => (kind === "l" ? longest : 0));
      expect(writeFields(words, 0, layout, values)).toBeLessThanOrEqual(ARGUMENT_SLOTS);
    }
  });
});
