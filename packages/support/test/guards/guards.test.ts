import { describe, expect, it } from "vitest";
import { errorClass, guards } from "../../src";

class GatesError extends errorClass(
  "gates",
  ["ERR_ARGUMENT", "ERR_RANGE", "ERR_SHAPE", "ERR_NOT_FINITE"],
  "GatesError",
) {}
const { fail, finite, oneOf, optionsOf, real, refuseUnknown, shape, whole } = guards(GatesError);

describe("guards", () => {
  it("return what they accept", () => {
    expect(whole("gate", "k", 3, { min: 1, max: 3 })).toBe(3);
    expect(real("gate", "tau", 0.5, { above: 0, below: 1 })).toBe(0.5);
    expect(oneOf("gate", "mode", "top", ["top", "hash"])).toBe("top");
    const options = { k: 1 };
    expect(optionsOf("gate", options)).toBe(options);
    shape("gate", "scores", [2, 8], [-1, 8]);
    finite("gate", "scores", [0, -1]);
    refuseUnknown("gate", {});
  });

  it.each([
    [
      () => whole("gate", "k", 0, { min: 1 }),
      "ERR_RANGE",
      "k must be a whole number of at least 1, got 0",
    ],
    [
      () => whole("gate", "k", 9, { min: 1, max: 8 }),
      "ERR_RANGE",
      "k must be a whole number from 1 to 8, got 9",
    ],
    [() => whole("gate", "k", 1.5), "ERR_RANGE", "k must be a whole number, got 1.5"],
    [() => whole("gate", "k", "2"), "ERR_RANGE", 'k must be a whole number, got "2"'],
    [
      () => real("gate", "p", 0, { above: 0, max: 1 }),
      "ERR_RANGE",
      "p must be a finite number above 0 and of at most 1, got 0",
    ],
    [
      () => real("gate", "p", 1, { min: 0, below: 1 }),
      "ERR_RANGE",
      "p must be a finite number of at least 0 and below 1, got 1",
    ],
    [() => real("gate", "p", Number.NaN), "ERR_RANGE", "p must be a finite number, got NaN"],
    [() => real("gate", "p", null), "ERR_RANGE", "p must be a finite number, got null"],
    [
      () => oneOf("gate", "mode", "x", ["top", "hash"]),
      "ERR_ARGUMENT",
      'mode must be one of top, hash, got "x"',
    ],
    [
      () => shape("gate", "scores", [2], [-1, 8]),
      "ERR_SHAPE",
      "scores must have shape [*, 8], got [2]",
    ],
    [
      () => finite("gate", "scores", [0, Infinity]),
      "ERR_NOT_FINITE",
      "scores[1] must be a finite number, got Infinity",
    ],
    [() => optionsOf("gate", null as never), "ERR_ARGUMENT", "options must be an object, got null"],
    [
      () => optionsOf("gate", [] as never),
      "ERR_ARGUMENT",
      "options must be an object, got an array",
    ],
    [() => fail("ERR_RANGE", "gate: no"), "ERR_RANGE", "no"],
  ])("refuse in one wording: %#", (call, code, message) => {
    expect(call).toThrow(expect.objectContaining({ code, message: `gates/gate: ${message}` }));
  });
});

describe("what is left of options", () => {
  const left = (given: object) => given as Record<string, never>;

  it("is named, with a hint where names are given", () => {
    expect(() => refuseUnknown("gate", left({ top: 1 }))).toThrow(
      'gates/gate: unknown option "top"',
    );
    expect(() => refuseUnknown("gate", left({ learningRate: 1 }), ["lr"])).toThrow(
      'unknown option "learningRate"; did you mean "lr"?',
    );
    expect(() => refuseUnknown("gate", left({ colour: 1 }), ["lr", "steps"])).toThrow(
      'unknown option "colour"; options are lr, steps',
    );
  });

  it("does not compile where an option is not read", () => {
    interface Options {
      k?: number | undefined;
      jitter?: number | undefined;
    }
    const read = ({ k, jitter, ...rest }: Options) => refuseUnknown("gate", rest) ?? [k, jitter];
    // @ts-expect-error jitter is left unread
    const forget = ({ k, ...rest }: Options) => refuseUnknown("gate", rest) ?? k;
    expect(read({ k: 1 })).toEqual([1, undefined]);
    expect(() => forget({ jitter: 1 })).toThrow('unknown option "jitter"');
  });
});
