import { expect, it } from "vitest";
import * as api from "../src";

it("refuses a misspelt alpha instead of taking none", () => {
  const shares = {} as never;
  const options = { alpha: 0.1, aplha: 3 };
  for (const loss of [api.expertBalanceLoss, api.deviceBalanceLoss])
    expect(() => loss(shares, options as never)).toThrow(
      expect.objectContaining({
        code: "ERR_ARGUMENT",
        message: expect.stringContaining(`moe/${loss.name}: unknown option "aplha"; options are `),
      }),
    );
});

it("names the option that was meant by normTopKProb", () => {
  const sizes = { hiddenSize: 4, expertSize: 4, experts: 2, topK: 1 };
  expect(() => new api.MoeLayer({ ...sizes, normTopKProb: true } as never)).toThrow(
    'moe/MoeLayer: unknown option "normTopKProb"; did you mean "normTopkProb"?',
  );
});
