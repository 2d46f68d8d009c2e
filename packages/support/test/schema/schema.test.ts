import fc from "fast-check";
import { describe, expect, expectTypeOf, it } from "vitest";
import { errorClass } from "../../src";
import {
  boolean,
  either,
  fn,
  type Given,
  instance,
  list,
  nested,
  none,
  oneOf,
  options,
  reader,
  real,
  record,
  required,
  type Settled,
  signal,
  text,
  whole,
} from "../../src/schema";

class GatesError extends errorClass("gates", ["ERR_ARGUMENT", "ERR_RANGE"], "GatesError") {}
const { check, read } = reader(GatesError);

const device = options({ devices: required(whole({ min: 1 })), limit: whole({ max: "devices" }) });
const gate = options({
  k: whole({ min: 1, max: 8 }, 2),
  tau: real({ min: 0, below: 1 }, 0),
  mode: oneOf(["hard", "soft"], "hard"),
  name: text(),
  isFused: boolean(false),
  betas: list(real({ min: 0 }), [0.9, 0.999]),
  rates: record(real()),
  random: fn<() => number>(),
  mask: either([instance<{ shape: number[]; size: number }>(["shape", "size"]), none], null),
  signal: signal(),
  device: nested(device),
});
interface GateOptions extends Given<typeof gate> {}

const defaults = {
  k: 2,
  tau: 0,
  mode: "hard",
  name: undefined,
  isFused: false,
  betas: [0.9, 0.999],
  rates: undefined,
  random: undefined,
  mask: null,
  signal: undefined,
  device: undefined,
};
const reading = (given: unknown) => () => read(gate, "gate", given as GateOptions);
const refusal = (code: string, message: string) => expect.objectContaining({ code, message });

describe("options", () => {
  it("are read with defaults, into an object of their own", () => {
    expect(read(gate, "gate", {})).toEqual(defaults);
    const given = { k: 4, mode: "soft" as const, name: undefined };
    expect(read(gate, "gate", given)).toEqual({ ...defaults, k: 4, mode: "soft" });
    expect(given).toEqual({ k: 4, mode: "soft", name: undefined });
  });

  it("are handed on as they are: neither lists nor objects are copied", () => {
    const given = {
      betas: [0.5, 0.5],
      rates: { a: 1 },
      random: Math.random,
      mask: { shape: [2], size: 2 },
      signal: new AbortController().signal,
    };
    const settled = read(gate, "gate", Object.freeze(given));
    for (const name of Object.keys(given) as (keyof typeof given)[])
      expect(settled[name]).toBe(given[name]);
  });

  it("of a group inside have defaults, bounds and names of their own", () => {
    expect(read(gate, "gate", { device: { devices: 4 } }).device).toEqual({
      devices: 4,
      limit: undefined,
    });
    expect(reading({ device: {} })).toThrow(
      refusal(
        "ERR_RANGE",
        "gates/gate: device.devices must be a whole number of at least 1, got undefined",
      ),
    );
    expect(reading({ device: { devices: 4, limit: 5 } })).toThrow(
      "gates/gate: device.limit must be a whole number of at most 4, got 5",
    );
    expect(reading({ device: { device: 4 } })).toThrow(
      'gates/gate: unknown option "device.device"; did you mean "device.devices"?',
    );
    expect(reading({ device: 4 })).toThrow("gates/gate: device must be an object, got 4");
  });

  it.each([
    ["K", 'unknown option "K"; did you mean "k"?'],
    ["is_fused", 'unknown option "is_fused"; did you mean "isFused"?'],
    ["colour", `unknown option "colour"; options are ${Object.keys(gate).join(", ")}`],
  ])("that do not exist are refused: %s", (name, message) => {
    expect(reading({ [name]: 1 })).toThrow(refusal("ERR_ARGUMENT", `gates/gate: ${message}`));
  });

  it.each([
    [{ k: 9 }, "ERR_RANGE", "k must be a whole number from 1 to 8, got 9"],
    [{ tau: 1 }, "ERR_RANGE", "tau must be a finite number of at least 0 and below 1, got 1"],
    [{ mode: "x" }, "ERR_ARGUMENT", 'mode must be one of hard, soft, got "x"'],
    [{ name: 3 }, "ERR_ARGUMENT", "name must be a text, got 3"],
    [{ isFused: 1 }, "ERR_ARGUMENT", "isFused must be true or false, got 1"],
    [{ betas: 0.9 }, "ERR_ARGUMENT", "betas must be a list, got 0.9"],
    [{ betas: [0, -1] }, "ERR_RANGE", "betas[1] must be a finite number of at least 0, got -1"],
    [{ rates: [] }, "ERR_ARGUMENT", "rates must be an object, got an array"],
    [{ rates: { a: "b" } }, "ERR_RANGE", 'rates.a must be a finite number, got "b"'],
    [{ random: 1 }, "ERR_ARGUMENT", "random must be a function, got 1"],
    [
      { mask: { shape: [] } },
      "ERR_ARGUMENT",
      "mask must be an object with shape and size or null, got an object",
    ],
    [
      { signal: {} },
      "ERR_ARGUMENT",
      "signal must be an object with aborted and addEventListener, got an object",
    ],
  ])("of the wrong kind are refused in the words of the guards: %j", (given, code, message) => {
    const fields = { [message.split(" ")[0]!]: expect.anything() };
    expect(reading(given)).toThrow(
      expect.objectContaining({ code, message: `gates/gate: ${message}`, fields }),
    );
  });

  it("have the types that were declared", () => {
    expectTypeOf<GateOptions["k"]>().toEqualTypeOf<number | undefined>();
    expectTypeOf<GateOptions["mode"]>().toEqualTypeOf<"hard" | "soft" | undefined>();
    expectTypeOf<Given<typeof device>["devices"]>().toEqualTypeOf<number>();
    type Read = Settled<typeof gate>;
    expectTypeOf<Read["k"]>().toEqualTypeOf<number>();
    expectTypeOf<Read["mode"]>().toEqualTypeOf<"hard" | "soft">();
    expectTypeOf<Read["name"]>().toEqualTypeOf<string | undefined>();
    expectTypeOf<NonNullable<Read["device"]>["devices"]>().toEqualTypeOf<number>();
    // @ts-expect-error it may not be left out
    expect(() => read(device, "gate", {})).toThrow("devices must be");
    // @ts-expect-error no such option
    expect(() => read(gate, "gate", { kk: 1 })).toThrow("unknown option");
  });

  it("may be taken into another group", () => {
    const wide = options({ ...gate, seed: whole({}, 7) });
    expect(read(wide, "wide", { k: 3 })).toEqual({ ...defaults, k: 3, seed: 7 });
    expect(() => read(gate, "gate", { seed: 1 } as never)).toThrow("unknown option");
  });

  it("have defaults that they accept", () => {
    for (const [name, { usual, take }] of Object.entries(gate))
      if (usual !== undefined) expect(take(usual, name, {})).toBe(usual);
  });

  it("accept and refuse as one argument does", () => {
    fc.assert(
      fc.property(fc.oneof(fc.integer(), fc.double(), fc.string(), fc.constant(null)), (k) => {
        const one = () => check("gate", "k", k, gate.k);
        const isWithin = Number.isInteger(k) && Number(k) >= 1 && Number(k) <= 8;
        if (isWithin) expect(one()).toBe(reading({ k })().k);
        else {
          expect(one).toThrow("k must be a whole number from 1 to 8");
          expect(reading({ k })).toThrow("k must be a whole number from 1 to 8");
        }
      }),
    );
  });
});
