/** Functions whose first argument is the memory that they work on. */
type On<Memory, Functions> = {
  [Name in keyof Functions]: Functions[Name] extends (...args: infer Arguments) => infer Result
    ? (memory: Memory, ...args: Arguments) => Result
    : never;
};

type AnyFunction = (...args: unknown[]) => unknown;

/**
 * Binds kernels to their memory.
 * @param around wraps each bound kernel; default: no wrapper
 */
export function bindTo<Memory, Functions extends object>(
  memory: Memory,
  functions: On<Memory, Functions>,
  around: (kernel: AnyFunction) => AnyFunction = (kernel) => kernel,
): Functions {
  const bound = Object.entries(functions).map(([name, kernel]) => [
    name,
    around((kernel as AnyFunction).bind(null, memory)),
  ]);
  return Object.fromEntries(bound) as Functions;
}
