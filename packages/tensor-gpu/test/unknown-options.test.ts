import { describe, expect, it } from "vitest";
import * as api from "../src";

describe("what people write who know other libraries", () => {
  it.each<[string, () => unknown, string]>([
    [
      "learningRate",
      () => new api.optim.AdamW([api.zeros([1])], { learningRate: 0.1 } as never),
      'tensor-gpu/AdamW: unknown option "learningRate"; did you mean "lr"?',
    ],
    [
      "keepdim",
      () => api.sum(api.zeros([2]), { dim: 0, keepdim: true } as never),
      'tensor-gpu/sum: unknown option "keepdim"; did you mean "keepDim"?',
    ],
    [
      "a type in place of options",
      () => api.zeros([2]).to("float32" as never),
      "tensor-gpu/to: options must be an object, got float32",
    ],
    [
      "a rate in place of options",
      () => new api.optim.AdamW([api.zeros([1])], 0.1 as never),
      "tensor-gpu/AdamW: options must be an object, got 0.1",
    ],
  ])("is refused with the right name: %s", (_, call, message) => {
    expect(call).toThrow(message);
  });
});
