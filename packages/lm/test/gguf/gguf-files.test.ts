import { describe, expect, it } from "vitest";
import { ggufModels, listed, namesOfType, partNames } from "../../src/gguf/gguf-files";

describe("the names of GGUF files", () => {
  it("of a split model stand for all of its parts", () => {
    expect(partNames("a/m-00002-of-00003.gguf")).toEqual([
      "a/m-00001-of-00003.gguf",
      "a/m-00002-of-00003.gguf",
      "a/m-00003-of-00003.gguf",
    ]);
    for (const whole of ["m.gguf", "m-1-of-3.gguf", "m-00001-of-00000.gguf"])
      expect(partNames(whole)).toEqual([whole]);
  });

  it("are those of models but for projections of pictures and later parts", () => {
    const names = ["b.gguf", "mmproj-b.gguf", "q/mmproj.gguf", "a-00002-of-00002.gguf", "x.bin"];
    expect(ggufModels([...names, "a-00001-of-00002.gguf"])).toEqual([
      "a-00001-of-00002.gguf",
      "b.gguf",
    ]);
  });

  it.each([
    ["Q4_K_M", ["m-Q4_K_M.gguf"]],
    ["q4_k_m", ["m-Q4_K_M.gguf"]],
    ["Q4_K", []],
    ["Q4_0", ["m.q4_0.gguf"]],
    ["4_XS", []],
    ["IQ4_XS", ["iq4_xs/m-00001-of-00002.gguf"]],
  ])("have the type %s as a word of its own", (type, expected) => {
    const names = ["m-Q4_K_M.gguf", "m.q4_0.gguf", "m-Q4_0_4_4.gguf"];
    expect(namesOfType([...names, "iq4_xs/m-00001-of-00002.gguf"], type)).toEqual(expected);
  });

  it("are listed up to 20", () => {
    const names = Array.from({ length: 22 }, (_, i) => `${i}.gguf`);
    expect(listed(names)).toMatch(/19\.gguf, and 2 more$/);
    expect(listed(names.slice(0, 2))).toBe("0.gguf, 1.gguf");
  });
});
