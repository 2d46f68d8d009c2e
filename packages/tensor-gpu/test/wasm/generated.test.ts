import { readFileSync } from "node:fs";
import { inflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { kernelLayouts, kernelParameters } from "../../scripts/kernel-parameters.mjs";
import { sourcesHash } from "../../scripts/sources-hash.mjs";
import { writeFields } from "../../src/wasm/arguments";
import * as blocks from "../../src/wasm/generated/blocks";
import * as core from "../../src/wasm/generated/core";
import * as layers from "../../src/wasm/generated/layers";
import * as more from "../../src/wasm/generated/more";
import { inflate } from "../../src/wasm/inflate";
import { ARGUMENT_SLOTS } from "../../src/wasm/layout";
import { webAssembly } from "../../src/wasm/web-assembly";

const typesFile = new URL("../../src/wasm/generated/kernels.ts", import.meta.url);
const wholeFile = readFileSync(new URL("../../src/wasm/generated/kernels.wasm", import.meta.url));
const { Module } = webAssembly!;
const whole = new Module(wholeFile);
const bytesOf = ({ base64 }: { base64: string }) => new Uint8Array(Buffer.from(base64, "base64"));

describe("committed WebAssembly", () => {
  it("was built from the AssemblyScript sources as they are (else: npm run build:wasm)", () => {
    for (const part of [core, layers, more, blocks]) expect(part.sourcesHash).toBe(sourcesHash());
    expect(wholeFile.toString("latin1").endsWith(`sources${sourcesHash()}`)).toBe(true);
  });

  it("has the parameters that the sources declare", () => {
    expect(readFileSync(typesFile, "utf8")).toBe(kernelParameters());
  });

  it.each([
    ["core", core.core],
    ["layers", layers.layers],
    ["more", more.more],
    ["blocks", blocks.blocks],
  ])("inflates %s to the byte", (_, part) => {
    const data = bytesOf(part);
    const expected = new Uint8Array(inflateRawSync(data));
    expect(expected.length).toBe(part.size);
    expect(Buffer.compare(inflate(data, part.size), expected)).toBe(0);
  });

  it("has each kernel in one of the parts, and all in one file", () => {
    const layouts = kernelLayouts();
    const inParts = [core.core, layers.layers, more.more, blocks.blocks]
      .flatMap(({ kernels }) => kernels.split(" "))
      .filter((word) => word.includes(":"));
    expect(inParts.sort()).toEqual(Array.from(layouts, (entry) => entry.join(":")).sort());
    const names = Module.exports(whole).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining([...layouts.keys()]));
  });

  it("has slots for the longest arguments of each kernel", () => {
    const words = { ints: new Int32Array(256), floats: new Float32Array(256) };
    const longest = Array(1 + 7 * 4).fill(0);
    for (const layout of kernelLayouts().values()) {
      const values = [...layout].map((kind) => (kind === "l" ? longest : 0));
      expect(writeFields(words, 0, layout, values)).toBeLessThanOrEqual(ARGUMENT_SLOTS);
    }
  });
});
