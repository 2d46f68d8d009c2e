/** @file Whatever is passed as options is read or refused with the package's error, and is never changed. */
import { describe, expect, it } from "vitest";
import { errorClass } from "../../src";
import {
  either,
  type Given,
  list,
  nested,
  none,
  type Option,
  options,
  reader,
  real,
  record,
  whole,
} from "../../src/schema";

class GatesError extends errorClass("gates", ["ERR_ARGUMENT", "ERR_RANGE"], "GatesError") {}
const { check, read } = reader(GatesError);

const gate = options({ count: whole({ min: 0 }, 2), tau: real({}, 0.5), ids: list(whole()) });
const reading = (given: unknown) => () => read(gate, "gate", given as Given<typeof gate>);
const refused = (message: string) => expect.objectContaining({ code: "ERR_ARGUMENT", message });

class Settings {
  count = 3;
}

class Computed {
  get count() {
    return 4;
  }
}

describe("what is no object of options", () => {
  it.each([
    [null, "null"],
    [[], "an array"],
    [new Float32Array(2), undefined],
    ["k", '"k"'],
    [8n, "8"],
    [Symbol("k"), "Symbol(k)"],
    [() => 1, "a function"],
    [Number.NaN, "NaN"],
    [true, "true"],
  ])("is refused: %o", (given, shown) => {
    const message = shown
      ? `gates/gate: options must be an object, got ${shown}`
      : 'gates/gate: unknown option "0"; options are count, tau, ids';
    expect(reading(given)).toThrow(refused(message));
  });
});

describe("objects of every kind", () => {
  it.each([
    ["a class instance", new Settings(), 3],
    ["an instance whose class computes the option", new Computed(), 4],
    ["an object without prototype", Object.assign(Object.create(null), { count: 5 }), 5],
    ["an inherited option", Object.create({ count: 6 }), 6],
    ["a proxy", new Proxy({ count: 7 }, {}), 7],
    ["a Map, which has no names", new Map([["count", 1]]), 2],
    ["a prototype in the literal", { __proto__: { count: 1 } }, 1],
    ["a symbol as a name", { [Symbol("count")]: 1 }, 2],
  ])("are read: %s", (_, given, k) => {
    expect(reading(given)().count).toBe(k);
  });

  it.each([
    ["__proto__", JSON.parse('{ "__proto__": { "k": 1 } }')],
    ["constructor", { constructor: 1 }],
    ["toString", { toString: () => "" }],
    ["hasOwnProperty", { hasOwnProperty: 1 }],
    ["", { "": 1 }],
  ])("are refused for a name that is no option: %s", (name, given) => {
    expect(reading(given)).toThrow(
      refused(`gates/gate: unknown option "${name}"; options are count, tau, ids`),
    );
  });

  it("are refused where a getter or a proxy throws, with what it threw", () => {
    const thrown = new RangeError("no");
    const throwing = () => {
      throw thrown;
    };
    const getter = Object.defineProperty({}, "count", { get: throwing, enumerable: true });
    const proxies = [
      { ownKeys: throwing },
      { get: throwing },
      { getOwnPropertyDescriptor: throwing },
    ];
    for (const given of [getter, ...proxies.map((traps) => new Proxy({ count: 1 }, traps))])
      expect(reading(given)).toThrow(
        expect.objectContaining({
          code: "ERR_ARGUMENT",
          message: "gates/gate: options cannot be read",
          cause: thrown,
        }),
      );
  });

  it("are read once, and not changed", () => {
    let reads = 0;
    const given = Object.freeze(
      Object.defineProperty({}, "count", { get: () => ++reads, enumerable: true }),
    );
    expect(reading(given)().count).toBe(1);
    expect(reads).toBe(1);
  });

  it("do not change the defaults of the next call", () => {
    const first = reading({})() as { count: number };
    first.count = 9;
    expect(reading({})().count).toBe(2);
  });
});

describe("numbers", () => {
  it.each([
    Number.NaN,
    Infinity,
    -Infinity,
    "8",
    8n,
    null,
    [],
    {},
    true,
    Symbol("8"),
    2 ** 53,
    0.5,
  ])("that are not whole are refused: %o", (k) => {
    expect(reading({ count: k })).toThrow(expect.objectContaining({ code: "ERR_RANGE" }));
  });

  it("may be −0, which is 0", () => {
    expect(reading({ count: -0 })().count).toBe(-0);
    expect(reading({ tau: -0 })().tau).toBe(-0);
  });

  it("are shown as what they are", () => {
    expect(reading({ count: 8n })).toThrow("must be a whole number of at least 0, got 8n");
    expect(reading({ count: "8" })).toThrow('must be a whole number of at least 0, got "8"');
  });
});

describe("what is large", () => {
  const million = 1_000_000;

  it("is read without a copy", () => {
    const ids = new Array<number>(million).fill(1);
    expect(reading({ ids })().ids).toBe(ids);
    const typed = new Int32Array(million);
    expect(reading({ ids: typed })().ids).toBe(typed);
    ids[million - 1] = 0.5;
    expect(reading({ ids })).toThrow("ids[999999] must be a whole number, got 0.5");
  });

  it("is named in part: names, values and numbers of options", () => {
    const long = "k".repeat(million);
    const error = expect.objectContaining({
      message: `gates/gate: unknown option "${"k".repeat(59)}…"; options are count, tau, ids`,
    });
    expect(reading({ [long]: 1 })).toThrow(error);
    expect(reading({ count: long })).toThrow(/got "k{59}…"$/);
    const many = Object.fromEntries(Array.from({ length: 1e5 }, (_, i) => [`x${i}`, 1]));
    expect(reading(many)).toThrow('unknown option "x0"');
  });
});

describe("a schema that contains itself", () => {
  interface Tree {
    children?: Tree[] | undefined;
  }
  const tree: Record<string, Option> = {};
  tree.children = list(nested(tree) as Option);
  const readTree = (given: Tree) => read(tree, "tree", given as never);
  const cyclic: Tree = {};
  cyclic.children = [cyclic];
  const deep = (levels: number) => {
    let node: Tree = {};
    for (let level = 0; level < levels; level++) node = { children: [node] };
    return node;
  };

  it("reads what ends", () => {
    const given = deep(50);
    expect(readTree(given).children).toBe(given.children);
    expect(() => readTree({ children: [{ child: [] } as Tree] })).toThrow(
      'tree: unknown option "children[0].child"; did you mean "children[0].children"?',
    );
  });

  it("refuses what does not end, or is too deep", () => {
    for (const given of [cyclic, deep(1e5)])
      expect(() => readTree(given)).toThrow(refused("gates/tree: options cannot be read"));
  });

  it("cannot be made of a declared group, whose options stay as they are", () => {
    expect(() => Object.assign(gate, { count: nested(gate) })).toThrow(TypeError);
    const loose: Option[] = [none];
    const kind = either(loose);
    loose.push(record(kind));
    const own: Record<string, unknown> = {};
    own.own = own;
    expect(() => check("gate", "k", own, kind)).toThrow(refused("gates/gate: k cannot be read"));
  });
});
