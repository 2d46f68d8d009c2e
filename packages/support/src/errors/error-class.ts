/** Details of an error besides its code and message. */
export interface ErrorDetails {
  /** The offending values. */
  readonly fields?: Readonly<Record<string, unknown>> | undefined;
  readonly cause?: unknown;
}

/** An error of a package: `code` gives the kind, `fields` the offending values. */
export interface PackageError<Code extends string = string> extends Error {
  readonly code: Code;
  readonly fields: Readonly<Record<string, unknown>>;
  /** The message without the package and function in front, for programs that name the place in their own words. */
  readonly problem: string;
}

/** The class of a package's errors. */
export interface ErrorClass<Code extends string = string> {
  new (code: Code, message: string, details?: ErrorDetails): PackageError<Code>;
  /** Every code of the class. */
  readonly codes: readonly Code[];
  /** True for an error of this class, also of another installed copy of its package. */
  isInstance(value: unknown): value is PackageError<Code>;
}

/**
 * The one error class of a package. Its messages begin with the package's name (`prm/verify: …`, or `prm: …` where no
 * function is to be named); the name is put before those that lack it. The class's own name survives minification.
 *
 * @param packageName without scope, such as `prm`
 * @param codes every code that its errors may have
 * @param className such as `PrmError`
 */
export function errorClass<const Codes extends readonly string[]>(
  packageName: string,
  codes: Codes,
  className: string,
): ErrorClass<Codes[number]> {
  const marker = Symbol.for(`deepgrain.${packageName}.error`);
  const place = new RegExp(`^${packageName}(/[\\w.]+(?=:))?[/:] *`);
  class OwnError extends Error {
    static readonly codes = codes;
    readonly fields: Readonly<Record<string, unknown>>;

    constructor(
      readonly code: Codes[number],
      message: string,
      { fields = {}, cause }: ErrorDetails = {},
    ) {
      super(
        place.test(message) ? message : `${packageName}/${message}`,
        cause === undefined ? undefined : { cause },
      );
      this.fields = fields;
    }

    get problem(): string {
      return this.message.replace(place, "");
    }

    static isInstance(value: unknown): value is OwnError {
      return Object(value) === value && marker in (value as object);
    }
  }
  // On the prototype, where the header of a stack trace finds the name.
  Object.assign(OwnError.prototype, { name: className, [marker]: true });
  return OwnError;
}
