/**
 * @file The assertions that scripts of tests call: `console.assert`, and of `node:assert` `ok`, `equal`, `strictEqual`,
 * `deepEqual`, `deepStrictEqual` and `throws`. It is JavaScript that runs inside the sandbox before the program does and
 * captures every intrinsic that it needs; it never writes into an array, because the program may put setters on prototypes.
 */

/** Evaluates to a function of the host's `fail` that returns `{ console, assert, require }`. */
export const harnessSource = `
((() => {
  const { apply, ownKeys, getPrototypeOf } = Reflect;
  const { is, getOwnPropertyDescriptor, freeze, create } = Object;
  const { isArray } = Array;
  const { isView } = ArrayBuffer;
  const enumerable = Object.prototype.propertyIsEnumerable;
  const classOf = Object.prototype.toString;
  const TypeErrorClass = TypeError;
  const ErrorClass = Error;
  const text = String;
  const stringOf = Symbol.prototype.toString;
  const dateTime = Date.prototype.getTime;
  const patternText = RegExp.prototype.toString;
  const mapEach = Map.prototype.forEach;
  const mapHas = Map.prototype.has;
  const mapGet = Map.prototype.get;
  const mapSize = getOwnPropertyDescriptor(Map.prototype, "size").get;
  const setEach = Set.prototype.forEach;
  const setHas = Set.prototype.has;
  const setSize = getOwnPropertyDescriptor(Set.prototype, "size").get;
  const isInstance = Function.prototype[Symbol.hasInstance];
  const test = RegExp.prototype.test;
  const number = Number.prototype.valueOf;
  const string = String.prototype.valueOf;
  const boolean = Boolean.prototype.valueOf;

  const shown = (value) => {
    try {
      if (typeof value === "string") return '"' + value + '"';
      if (typeof value === "symbol") return apply(stringOf, value, []);
      if (typeof value === "object" && value !== null) return "an object";
      return text(value);
    } catch (_) {
      return "a value";
    }
  };

  const enumerableKeys = (value) => {
    const keys = ownKeys(value);
    let list = null;
    let count = 0;
    for (let i = keys.length - 1; i >= 0; i--) {
      const key = keys[i];
      if (apply(enumerable, value, [key])) {
        list = { key, next: list };
        count++;
      }
    }
    return { list, count };
  };

  const seenIn = (pairs, a, b) => {
    for (let pair = pairs; pair !== null; pair = pair.next)
      if (pair.a === a && pair.b === b) return true;
    return false;
  };

  const same = (a, b, strict) => (strict ? is(a, b) : a == b || (a !== a && b !== b));

  const sameMaps = (a, b, strict, pairs) => {
    if (apply(mapSize, a, []) !== apply(mapSize, b, [])) return false;
    let equal = true;
    apply(mapEach, a, [(value, key) => {
      if (!equal) return;
      if (apply(mapHas, b, [key])) equal = deep(value, apply(mapGet, b, [key]), strict, pairs);
      else {
        let found = false;
        apply(mapEach, b, [(other, otherKey) => {
          if (!found && deep(key, otherKey, strict, pairs) && deep(value, other, strict, pairs)) found = true;
        }]);
        equal = found;
      }
    }]);
    return equal;
  };

  const sameSets = (a, b, strict, pairs) => {
    if (apply(setSize, a, []) !== apply(setSize, b, [])) return false;
    let equal = true;
    apply(setEach, a, [(value) => {
      if (!equal || apply(setHas, b, [value])) return;
      let found = false;
      apply(setEach, b, [(other) => {
        if (!found && deep(value, other, strict, pairs)) found = true;
      }]);
      equal = found;
    }]);
    return equal;
  };

  const deep = (a, b, strict, pairs) => {
    if (is(a, b)) return true;
    const isObject = typeof a === "object" && a !== null && typeof b === "object" && b !== null;
    if (!isObject) return typeof a === "object" && a !== null || typeof b === "object" && b !== null ? false : same(a, b, strict);
    if (seenIn(pairs, a, b)) return true;
    const inside = { a, b, next: pairs };
    if (isArray(a) !== isArray(b)) return false;
    if (strict && getPrototypeOf(a) !== getPrototypeOf(b)) return false;
    const tag = apply(classOf, a, []);
    if (tag !== apply(classOf, b, [])) return false;
    try {
      if (tag === "[object Date]" && apply(dateTime, a, []) !== apply(dateTime, b, [])) return false;
      if (tag === "[object RegExp]" && apply(patternText, a, []) !== apply(patternText, b, [])) return false;
      if (tag === "[object Number]" && !is(apply(number, a, []), apply(number, b, []))) return false;
      if (tag === "[object String]" && apply(string, a, []) !== apply(string, b, [])) return false;
      if (tag === "[object Boolean]" && apply(boolean, a, []) !== apply(boolean, b, [])) return false;
      if (tag === "[object Map]" && !sameMaps(a, b, strict, inside)) return false;
      if (tag === "[object Set]" && !sameSets(a, b, strict, inside)) return false;
    } catch (_) {
      return false; // a tag that lies
    }
    if (isView(a) !== isView(b)) return false;
    const left = enumerableKeys(a);
    if (left.count !== enumerableKeys(b).count) return false;
    if (isArray(a) && a.length !== b.length) return false;
    if (tag === "[object Error]" && (a.message !== b.message || a.name !== b.name)) return false;
    for (let item = left.list; item !== null; item = item.next) {
      if (!apply(enumerable, b, [item.key])) return false;
      if (!deep(a[item.key], b[item.key], strict, inside)) return false;
    }
    return true;
  };

  return (fail) => {
    class AssertionError extends ErrorClass {}
    const failed = (message, own) => {
      const said = own === undefined ? message : typeof own === "string" ? own : message;
      fail(said);
      throw new AssertionError(said);
    };
    const ok = (value, message) => {
      if (!value) failed("expected a true value, got " + shown(value), message);
    };
    const equal = (actual, expected, message) => {
      if (!same(actual, expected, false)) failed(shown(actual) + " == " + shown(expected), message);
    };
    const strictEqual = (actual, expected, message) => {
      if (!is(actual, expected)) failed(shown(actual) + " is not " + shown(expected), message);
    };
    const deepEqual = (actual, expected, message) => {
      if (!deep(actual, expected, false, null)) failed(shown(actual) + " is not deeply equal to " + shown(expected), message);
    };
    const deepStrictEqual = (actual, expected, message) => {
      if (!deep(actual, expected, true, null)) failed(shown(actual) + " is not deeply equal to " + shown(expected), message);
    };
    const matches = (error, wanted) => {
      if (wanted === undefined || typeof wanted === "string") return true;
      if (typeof wanted === "function") {
        if (wanted.prototype !== undefined && apply(isInstance, wanted, [error])) return true;
        return wanted.prototype instanceof ErrorClass || wanted === ErrorClass ? false : wanted(error) === true;
      }
      if (apply(classOf, wanted, []) === "[object RegExp]") return apply(test, wanted, [text(error)]);
      for (let item = enumerableKeys(wanted).list; item !== null; item = item.next)
        if (!deep(error[item.key], wanted[item.key], true, null)) return false;
      return true;
    };
    const throws = (call, wanted, message) => {
      let error;
      let hasThrown = false;
      try {
        call();
      } catch (thrown) {
        error = thrown;
        hasThrown = true;
      }
      if (!hasThrown) failed("expected a function that throws", typeof wanted === "string" ? wanted : message);
      if (!matches(error, wanted)) failed("the function threw " + shown(error), message);
    };
    const assert = (value, message) => ok(value, message);
    assert.ok = ok;
    assert.equal = equal;
    assert.strictEqual = strictEqual;
    assert.deepEqual = deepEqual;
    assert.deepStrictEqual = deepStrictEqual;
    assert.throws = throws;
    assert.AssertionError = AssertionError;
    assert.strict = assert;
    freeze(assert);
    const print = () => {};
    const console = freeze({
      log: print,
      info: print,
      warn: print,
      error: print,
      debug: print,
      assert(value, message) {
        if (!value) fail(message === undefined ? "an assertion failed" : shown(message));
      },
    });
    const require = (name) => {
      if (name === "assert" || name === "node:assert" || name === "assert/strict" || name === "node:assert/strict") return assert;
      throw new TypeErrorClass("there is no module " + shown(name));
    };
    return { console, assert, require };
  };
})())`;
