import { GatedMlp, MoeLayer, Router } from "@deepgrain/moe";
import { nn } from "@deepgrain/tensor-gpu";
import { describe, expect, it } from "vitest";
import { CausalLM } from "../../src";
import { tinyDeepseek, tinyGpt2 } from "../support/tiny-models";

describe("a model's layers", () => {
  it("have names of their own, which survive bundling", () => {
    for (const config of [tinyDeepseek(), tinyGpt2()]) {
      const model = new CausalLM(config);
      const classes = new Set([...model.modules()].map((one) => one.constructor));
      for (const one of classes) expect(Object.hasOwn(one, "name"), one.name).toBe(true);
      for (const one of classes) {
        const { writable } = Object.getOwnPropertyDescriptor(one, "name")!;
        expect(writable, one.name).toBe(true); // a static field; a class's own name is not writable
      }
      model.dispose();
    }
    for (const one of [GatedMlp, MoeLayer, Router, nn.Linear])
      expect(Object.getOwnPropertyDescriptor(one, "name")!.writable).toBe(true);
  });
});

describe("a configuration that was not parsed", () => {
  it("is refused with a word of parseConfig", () => {
    for (const json of [{ model_type: "llama", vocab_size: 3 }, {}, null])
      expect(() => new CausalLM(json as never)).toThrow(
        expect.objectContaining({
          code: "ERR_CONFIG",
          message: expect.stringContaining("parseConfig"),
        }),
      );
  });
});
