type Environment = Record<string, string | undefined>;

/**
 * What the thread pools of BLAS libraries read as they load. By default their threads spin for milliseconds
 * after each product, on the cores that our own threads need next; if they sleep at once, they wake too late for the next
 * product of a row of them.
 */
const SHORT_WAITS: readonly { name: string; value: string; unless: readonly string[] }[] = [
  { name: "GOMP_SPINCOUNT", value: "10000", unless: ["GOMP_SPINCOUNT", "OMP_WAIT_POLICY"] },
  { name: "OPENBLAS_THREAD_TIMEOUT", value: "14", unless: ["OPENBLAS_THREAD_TIMEOUT"] },
];

/** Runs `load` with these settings in the environment; a setting by the user is left alone. */
export function withShortWaits<T>(load: () => T): T {
  const { process } = globalThis as { process?: { env?: Environment } };
  const env = process?.env;
  if (!env) return load();
  const added = SHORT_WAITS.filter(({ unless }) => unless.every((name) => env[name] === undefined));
  for (const { name, value } of added) env[name] = value;
  try {
    return load();
  } finally {
    for (const { name } of added) delete env[name];
  }
}
