import { listed } from "../guards/argument-guards";
import { type Bounds, inWords, isWithin, shown } from "../guards/guards";
import { type GivenTo, type Option, type Others, Problem, type Required } from "./option";

type Bound = number | string | undefined;

/** Bounds of a number; the name of an option that is declared before stands for that option's value. */
export interface Range {
  readonly min?: Bound;
  readonly max?: Bound;
  readonly above?: Bound;
  readonly below?: Bound;
}

/** The range with numbers in place of names. */
function bounds(range: Range, others: Others): Bounds {
  const at = (bound: Bound) => (typeof bound === "string" ? Number(others[bound]) : bound);
  const { min, max, above, below } = range;
  return { min: at(min), max: at(max), above: at(above), below: at(below) };
}

const mustBe = (name: string, wanted: string, value: unknown, code: Problem["code"]) =>
  new Problem(code, `${name} must be ${wanted}, got ${shown(value)}`, { [name]: value });

/** An option whose values a function recognises. */
const option = <Value, Usual>(
  kind: string,
  wanted: (others: Others) => string,
  is: (value: unknown, others: Others) => boolean,
  usual: Usual | undefined,
  details: Pick<Option, "range" | "choices" | "kinds"> = {},
): Option<Value, Usual> => ({
  kind,
  ...details,
  usual: usual as Usual,
  wanted,
  take: (value, name, others) =>
    is(value, others)
      ? value
      : mustBe(name, wanted(others), value, details.range ? "ERR_RANGE" : "ERR_ARGUMENT"),
});

const number = <Usual>(
  kind: "whole" | "real",
  words: string,
  is: (value: unknown) => boolean,
  range: Range,
  usual: Usual | undefined,
) =>
  option<number, Usual>(
    kind,
    (others) => words + inWords(bounds(range, others)),
    (value, others) => is(value) && isWithin(value as number, bounds(range, others)),
    usual,
    { range },
  );

/** A whole number within a range. */
// @__NO_SIDE_EFFECTS__
export const whole = <const Usual extends number | undefined = undefined>(
  range: Range = {},
  usual?: Usual,
) => number("whole", "a whole number", Number.isSafeInteger, range, usual);

/** A finite number within a range. */
// @__NO_SIDE_EFFECTS__
export const real = <const Usual extends number | undefined = undefined>(
  range: Range = {},
  usual?: Usual,
) => number("real", "a finite number", Number.isFinite, range, usual);

/** One of a few values. */
// @__NO_SIDE_EFFECTS__
export const oneOf = <const Choice, const Usual extends Choice | undefined = undefined>(
  choices: readonly Choice[],
  usual?: Usual,
) =>
  option<Choice, Usual>(
    "oneOf",
    () => `one of ${choices.join(", ")}`,
    (value) => choices.includes(value as Choice),
    usual,
    { choices },
  );

const isOf = (type: string) => (value: unknown) => typeof value === type;

/** A text. */
// @__NO_SIDE_EFFECTS__
export const text = <const Usual extends string | undefined = undefined>(usual?: Usual) =>
  option<string, Usual>("text", () => "a text", isOf("string"), usual);

/** True or false. */
// @__NO_SIDE_EFFECTS__
export const boolean = <const Usual extends boolean | undefined = undefined>(usual?: Usual) =>
  option<boolean, Usual>("boolean", () => "true or false", isOf("boolean"), usual);

const isObject = (value: unknown) => value === Object(value) && !Array.isArray(value);

type Members<Value> = readonly (keyof Value & string)[];

/** An object, or a function, that has some members; an instance of another installed copy of its class has them, too. */
export function instance<Value>(members: Members<Value>): Option<Value, undefined>;
export function instance<Value>(members: Members<Value>, usual: Value): Option<Value, Value>;
// @__NO_SIDE_EFFECTS__
export function instance<Value>(members: Members<Value>, usual?: Value) {
  const wanted = members.length > 0 ? `an object with ${listed(members)}` : "an object";
  const has = (value: unknown) => members.every((name) => (value as Value)[name] !== undefined);
  return option<Value, Value | undefined>(
    "instance",
    () => wanted,
    (value) => value === Object(value) && has(value) && (members.length > 0 || isObject(value)),
    usual,
  );
}

/** A signal that ends long work. */
// @__NO_SIDE_EFFECTS__
export const signal = () => instance<AbortSignal>(["aborted", "addEventListener"]);

/** A function. */
export function fn<Callable>(): Option<Callable, undefined>;
export function fn<Callable>(usual: Callable): Option<Callable, Callable>;
// @__NO_SIDE_EFFECTS__
export function fn<Callable>(usual?: Callable) {
  return option<Callable, Callable | undefined>("fn", () => "a function", isOf("function"), usual);
}

/** Values that are all of one kind; what holds them is not copied. */
const entries = <Value, Usual>(
  kind: "list" | "record",
  of: Option,
  is: (value: unknown) => boolean,
  usual?: Usual,
): Option<Value, Usual> => {
  const whole = option(kind, () => (kind === "list" ? "a list" : "an object"), is, usual);
  const isBad = (value: unknown, others: Others) => of.take(value, "", others) instanceof Problem;
  const take: Option["take"] = (value, name, others) => {
    const taken = whole.take(value, name, others);
    if (taken instanceof Problem) return taken;
    if (kind === "list") {
      const values = value as readonly unknown[];
      for (let i = 0; i < values.length; i++)
        if (isBad(values[i], others)) return of.take(values[i], `${name}[${i}]`, others);
    } else
      for (const [key, entry] of Object.entries(value as Others))
        if (isBad(entry, others)) return of.take(entry, `${name}.${key}`, others);
    return value;
  };
  return { ...whole, kinds: [of], take } as Option<Value, Usual>;
};

const isList = (value: unknown) =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));

/** An array or a typed array of one kind of value. */
// @__NO_SIDE_EFFECTS__
export const list = <Entry, const Usual extends readonly Entry[] | undefined = undefined>(
  of: Option<Entry>,
  usual?: Usual,
) => entries<readonly Entry[], Usual>("list", of, isList, usual);

/** An object with one kind of value under any names. */
// @__NO_SIDE_EFFECTS__
export const record = <Entry>(of: Option<Entry>) =>
  entries<Readonly<Record<string, Entry>>, undefined>("record", of, isObject);

const isNull = (value: unknown) => value === null;

/** Null, as an alternative of `either`. */
export const none = /* @__PURE__ */ option<null, undefined>(
  "none",
  () => "null",
  isNull,
  undefined,
);

/** A value of the first kind that it fits. */
// @__NO_SIDE_EFFECTS__
export function either<
  const Kinds extends readonly Option[],
  const Usual extends GivenTo<Kinds[number]> | undefined = undefined,
>(kinds: Kinds, usual?: Usual): Option<GivenTo<Kinds[number]>, Usual> {
  const wanted = (others: Others) => kinds.map((kind) => kind.wanted(others)).join(" or ");
  const take: Option["take"] = (value, name, others) => {
    for (const kind of kinds) {
      const taken = kind.take(value, name, others);
      if (!(taken instanceof Problem)) return taken;
    }
    return mustBe(name, wanted(others), value, "ERR_ARGUMENT");
  };
  return { kind: "either", kinds, usual: usual as Usual, wanted, take };
}

/** Makes an option one that may not be left out. */
// @__NO_SIDE_EFFECTS__
export const required = <Given, Read>(
  of: Option<Given, undefined, Read>,
): Required<Given, Read> => ({
  ...of,
  isRequired: true,
});
