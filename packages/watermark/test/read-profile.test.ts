import { describe, expect, it } from "vitest";
import { publicProfile, readProfile, spikeMeter } from "../src";

describe("readProfile", () => {
  it("reads a profile, and Hugging Face's dictionary alone or in a generation config", () => {
    expect(readProfile({ scheme: "mpac" }, 64)).toMatchObject({ scheme: "mpac", vocab_size: 64 });
    const config = { greenlist_ratio: 0.5, bias: 3 };
    const alone = readProfile({ ...config, vocab_size: 64 });
    expect(alone).toMatchObject({ scheme: "kgw", compat: "huggingface", greenlist_ratio: 0.5 });
    expect(readProfile({ watermarking_config: config }, 64)).toEqual(alone);
    expect(Object.keys(publicProfile(alone))).not.toContain("hashing_key");
  });

  it("says when nobody names the vocabulary's size, or two differ", () => {
    const profile = { scheme: "kgw" };
    expect(() => readProfile(profile)).toThrow(expect.objectContaining({ code: "ERR_PROFILE" }));
    expect(() => readProfile({ ...profile, vocab_size: 5 }, 6)).toThrow(
      expect.objectContaining({ code: "ERR_SHAPE", fields: { needed: 6, got: 5 } }),
    );
  });
});

describe("spikeMeter", () => {
  it("has the mean over what it saw: S of an even distribution is 1 over 1 + z/n", () => {
    const meter = spikeMeter(readProfile({ scheme: "kgw", vocab_size: 4, bias: 2 }))!;
    expect(meter.mean()).toBeUndefined();
    meter.processor([], new Float32Array(4));
    meter.processor([], new Float32Array(4).fill(9));
    const z = (0.75 * (Math.exp(2) - 1)) / (1 + 0.25 * (Math.exp(2) - 1));
    expect(meter.mean()).toBeCloseTo(1 / (1 + z / 4), 1);
    expect(spikeMeter(readProfile({ scheme: "exp", vocab_size: 4 }))).toBeUndefined();
  });
});
