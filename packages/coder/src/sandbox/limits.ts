import { optionsOf, refuseUnknown, whole } from "../errors";

/** Limits of a program. */
export interface Limits {
  /**
   * Instructions, counted in steps of 10,000, and one for every 32 bytes by which memory grows: this alone decides, so that a
   * verdict is the same on a busy machine. Default 500 million.
   */
  instructions?: number | undefined;
  /** Memory beyond the engine's own 16 MiB, in pages of 64 KiB, at most 2 GiB with it. Default 64 MiB. */
  memoryBytes?: number | undefined;
  /** Default 512 KiB. */
  stackBytes?: number | undefined;
  /** Maximum output in UTF-16 units; default 65,536. */
  outputLength?: number | undefined;
  /**
   * Time after which it is ended from outside, and run once more, alone. A program that has counted a 25th of its instructions
   * meanwhile gets as long again. Default 20 s.
   */
  killMs?: number | undefined;
}

/** Limits without gaps. */
export type CheckedLimits = { readonly [Name in keyof Limits]-?: number };

/** Fills the gaps with defaults. @throws {CoderError} `ERR_RANGE` for a limit that is no whole number above 0 */
export function checkLimits(where: string, limits: Limits = {}): CheckedLimits {
  const {
    instructions = 500_000_000,
    memoryBytes = 2 ** 26,
    stackBytes = 2 ** 19,
    outputLength = 2 ** 16,
    killMs = 20_000,
    ...rest
  } = optionsOf(where, limits);
  refuseUnknown(where, rest);
  const checked = { instructions, memoryBytes, stackBytes, outputLength, killMs };
  for (const [name, value] of Object.entries(checked)) whole(where, name, value, { min: 1 });
  return checked;
}
