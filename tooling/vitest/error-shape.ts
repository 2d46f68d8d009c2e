/** @file The one shape of error that all packages throw. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

interface PackageError extends Error {
  readonly code: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

interface ErrorClass {
  new (
    code: string,
    message: string,
    values?: { fields?: Record<string, unknown>; cause?: unknown },
  ): PackageError;
  readonly codes: readonly string[];
  isInstance(value: unknown): boolean;
}

/** The comment above the type of codes in the text of `errors.ts`. */
const commentOf = (text: string) =>
  /\/\*\*([\s\S]*?)\*\/\s*export type \w+Code =/.exec(text)?.[1] ?? "";

/**
 * Tests that a package has one error class, in `src/errors.ts`, of the shape of all others: a code from a documented list, a
 * message, `fields` and `cause`, recognised across copies of the package.
 *
 * @param folder the package's folder
 * @param api its exports
 */
export function describeErrors(folder: URL, api: Record<string, unknown>): void {
  const source = new URL("src/", folder);
  const { name: fullName } = JSON.parse(readFileSync(new URL("package.json", folder), "utf8"));
  const name = String(fullName).replace("@deepgrain/", "");
  const text = readFileSync(new URL("errors.ts", source), "utf8");
  const comment = commentOf(text);
  const className = /class (\w+) extends errorClass/.exec(text)?.[1] ?? "";
  const Class = api[className] as ErrorClass;
  const codes = Class?.codes ?? [];

  describe(`errors of ${name}`, () => {
    it("are of one exported class, in src/errors.ts", () => {
      expect(Class).toBeTypeOf("function");
      const elsewhere = readdirSync(source, { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".ts") && file !== "errors.ts")
        .filter((file) => / extends \w*Error\b/.test(readFileSync(new URL(file, source), "utf8")));
      expect(elsewhere).toEqual([]);
    });

    it("have codes that the comment explains", () => {
      expect(codes.length).toBeGreaterThan(0);
      for (const code of codes) expect(comment).toContain(`\`${code}\``);
    });

    it("carry code, message, fields and cause", () => {
      const cause = new Error("below");
      const error = new Class(codes[0]!, `${name}/f: k must be 1, got 2`, {
        fields: { k: 2 },
        cause,
      });
      expect(error).toBeInstanceOf(Error);
      expect(error).toMatchObject({ name: className, code: codes[0], fields: { k: 2 }, cause });
      expect(error.message).toContain("k must be 1, got 2");
      const bare = new Class(codes[0]!, "no more");
      expect(bare.fields).toEqual({});
      expect("cause" in bare).toBe(false);
    });

    it("are recognised across copies of the package, and nothing else is", () => {
      expect(Class.isInstance(new Class(codes[0]!, "own"))).toBe(true);
      expect(Class.isInstance({ [Symbol.for(`deepgrain.${name}.error`)]: true })).toBe(true);
      for (const other of [new Error("x"), null, undefined, codes[0]])
        expect(Class.isInstance(other)).toBe(false);
    });
  });
}
