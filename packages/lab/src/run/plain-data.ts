import { LabError } from "../errors";

function fail(what: string, path: string, found: string): never {
  const place = path === "" ? what : `${what}: ${path}`;
  throw new LabError(
    "ERR_RESULT",
    `lab: ${place} is ${found}, expected plain data of finite numbers`,
    {
      fields: { path },
    },
  );
}

const isPlain = (value: object) => {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

/**
 * Checks that a value survives JSON: null, booleans, strings, finite numbers, lists and plain objects of those. Fields that
 * are undefined are left out, as JSON does.
 *
 * @throws {LabError} `ERR_RESULT` naming the first place that does not
 */
export function assertPlainData(value: unknown, what: string, path = ""): void {
  if (value === null || typeof value === "string" || typeof value === "boolean") return;
  if (typeof value === "number") {
    if (!Number.isFinite(value)) fail(what, path, String(value));
  } else if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) assertPlainData(item, what, `${path}[${i}]`);
  } else if (typeof value === "object" && isPlain(value)) {
    for (const [key, item] of Object.entries(value))
      if (item !== undefined) assertPlainData(item, what, path === "" ? key : `${path}.${key}`);
  } else fail(what, path, typeof value === "object" ? `a ${value.constructor.name}` : typeof value);
}
