import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createWasmBackend, nn, ones, setBackend, TensorError } from "../../src";
import { webAssembly } from "../../src/wasm/web-assembly";
import { thrownBy } from "../support/thrown-by";

const { Module } = webAssembly!;
const compiled = new Module(
  readFileSync(new URL("../../src/wasm/generated/kernels.wasm", import.meta.url)),
);
const refusal = new Error("Wasm code generation disallowed by embedder");

describe("in a runtime that compiles no bytes", () => {
  beforeEach(() => {
    webAssembly!.Module = new Proxy(Module, {
      construct() {
        throw refusal;
      },
    });
  });
  afterEach(() => {
    webAssembly!.Module = Module;
  });

  it("the error names the file to import", () => {
    const error = thrownBy(() => createWasmBackend({ threads: 1 }));
    expect(error).toBeInstanceOf(TensorError);
    expect(error).toMatchObject({ code: "ERR_BACKEND", cause: refusal });
    expect(error.message).toContain("@deepgrain/tensor-gpu/kernels.wasm");
    expect(error.message).toContain("createWasmBackend({ module })");
  });

  it("the file runs, operators of all parts included", async () => {
    const backend = createWasmBackend({ module: compiled, threads: 4 });
    expect(backend).toMatchObject({ threads: 1, shared: false, relaxed: false });
    setBackend(backend);
    const out = new nn.LayerNorm(8).forward(new nn.Linear(4, 8).forward(ones([2, 4])));
    expect(out.shape).toEqual([2, 8]);
    await backend.dispose();
  });
});

describe("a module that is given", () => {
  it.each([[new Uint8Array(8)], [{}], ["kernels.wasm"]])("must be one, not %s", (module) => {
    const error = thrownBy(() => createWasmBackend({ module: module as object }));
    expect(error.code).toBe("ERR_ARGUMENT");
  });

  it("must be that of this package", () => {
    const other = new Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
    const error = thrownBy(() => createWasmBackend({ module: other }));
    expect(error.code).toBe("ERR_BACKEND");
    expect(error.message).toContain("kernels.wasm");
  });
});
