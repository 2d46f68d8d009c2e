import { describe, expect, it } from "vitest";
import { sourcesHash } from "../../scripts/sources-hash.mjs";
import * as plain from "../../src/wasm/generated/plain";
import * as relaxed from "../../src/wasm/generated/relaxed";

describe("committed WebAssembly", () => {
  it("was built from the AssemblyScript sources as they are (else: npm run build:wasm)", () => {
    expect(relaxed.sourcesHash).toBe(sourcesHash());
    expect(plain.sourcesHash).toBe(sourcesHash());
  });
});
