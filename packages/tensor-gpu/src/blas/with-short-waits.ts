type Environment = Record<string, string | undefined>;

/**
 * Environment variables that the thread pools of BLAS libraries read on loading. By default their threads spin for
 * milliseconds after each product, on the cores that our own threads need next. If they slept immediately, they would
 * wake too late for the next of several consecutive products.
 */
const SHORT_WAITS: readonly { name: string; value: string; unless: readonly string[] }[] = [
  { name: "GOMP_SPINCOUNT", value: "10000", unless: ["GOMP_SPINCOUNT", "OMP_WAIT_POLICY"] },
  { name: "OPENBLAS_THREAD_TIMEOUT", value: "14", unless: ["OPENBLAS_THREAD_TIMEOUT"] },
];

/** Runs `load` with these settings in the environment; a setting made by the user is left unchanged. */
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
