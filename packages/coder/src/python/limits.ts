import { optionsOf, real, refuseUnknown, whole } from "../errors";

/** Limits of a Python program, and as much again for its tests. */
export interface PythonLimits {
  /** Processor time, read from outside; default 30 s: a busy machine doubles what a program takes. */
  seconds?: number | undefined;
  /** Memory of the process, Python's own 170 MB included; default 1 GiB. */
  memoryBytes?: number | undefined;
  /** Maximum output in UTF-16 units; default 65,536. */
  outputLength?: number | undefined;
  /** Time after which it is killed, and run once more, unless it has used a 25th of its seconds meanwhile; default 60 s. */
  killMs?: number | undefined;
}

/** Limits without gaps. */
export type CheckedLimits = { readonly [Name in keyof PythonLimits]-?: number };

/** Fills the gaps with defaults. @throws {CoderError} `ERR_RANGE` */
export function checkLimits(limits: PythonLimits = {}): CheckedLimits {
  const {
    seconds = 30,
    memoryBytes = 2 ** 30,
    outputLength = 2 ** 16,
    killMs = 60_000,
    ...rest
  } = optionsOf("createPythonSandbox", limits);
  refuseUnknown("createPythonSandbox", rest);
  real("createPythonSandbox", "seconds", seconds, { above: 0 });
  const checked = { memoryBytes, outputLength, killMs };
  for (const [name, value] of Object.entries(checked))
    whole("createPythonSandbox", name, value, { min: 1 });
  return { seconds, ...checked };
}
