import { beforeEach, describe, expect, it } from "vitest";
import {
  createJsBackend,
  createWasmBackend,
  grad,
  ones,
  setBackend,
  tensor,
  tracked,
} from "../../src";
import { thrownBy } from "../support/thrown-by";

beforeEach(() => void setBackend(createWasmBackend({ threads: 1 })));

describe("a gradient of another shape than its tensor is refused", () => {
  it("from an operator of one's own", () => {
    const x = ones([400]).requireGrad();
    const own = tracked("own", ones([1]), [x.mul(2)], () => () => [ones([1])]);
    const error = thrownBy(() => own.backward());
    expect(error.code).toBe("ERR_SHAPE");
    expect(error.message).toMatch(
      /gradient of a tensor \[400\] must be float32 of its shape, got float32 \[1\]/,
    );
  });

  it("from a hook", () => {
    const x = ones([4]).requireGrad();
    x.registerHook(() => ones([2]));
    expect(thrownBy(() => x.mul(2).sum().backward()).code).toBe("ERR_SHAPE");
  });

  it("as the seed, which must also be float32 and on the same backend", () => {
    const y = ones([4]).requireGrad().mul(2);
    expect(thrownBy(() => y.backward({ gradient: ones([2]) })).code).toBe("ERR_SHAPE");
    expect(thrownBy(() => y.backward({ gradient: tensor(new Int32Array(4)) })).code).toBe(
      "ERR_DTYPE",
    );
    const here = setBackend(createJsBackend());
    expect(thrownBy(() => y.backward({ gradient: ones([4]) })).code).toBe("ERR_BACKEND");
    expect(here.name).toBe("js");
  });

  it("and grad() takes tensors only", () => {
    expect(thrownBy(() => grad(ones([1]), [3 as never])).code).toBe("ERR_ARGUMENT");
  });
});

describe("setBackend", () => {
  it("refuses what is not a backend", () => {
    expect(thrownBy(() => setBackend(5 as never)).code).toBe("ERR_ARGUMENT");
    expect(thrownBy(() => setBackend("constructor")).code).toBe("ERR_BACKEND");
    expect(thrownBy(() => ones([1]).to({ backend: {} as never })).code).toBe("ERR_ARGUMENT");
  });
});
