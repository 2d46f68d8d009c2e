import type { PyodideInterface } from "pyodide";

type Callable = (...args: unknown[]) => unknown;

/** Parts of Python that the child needs, captured before a program can change them. */
export interface Realm {
  /** Runs a program and its tests; returns `[verdict, message]`. */
  run(program: string, tests: string, secret: string): readonly [string, string];
  /** Whether builtins and loaded modules are as at the start. */
  isClean(): boolean;
}

/**
 * The code that runs programs, in a module of its own. It keeps references to what it uses; a program that replaces
 * `builtins.exec` or `sys.modules` changes nothing here, and makes the interpreter unclean.
 */
const source = `
def _make():
    import builtins, sys
    exec_, compile_, dict_, type_, str_, len_, repr_ = exec, compile, dict, type, str, len, repr
    int_, float_, bool_, list_, tuple_, NoneType = int, float, bool, list, tuple, type(None)
    base, name_error, system_exit, memory_error, recursion = BaseException, NameError, SystemExit, MemoryError, RecursionError
    syntax_error, assertion = SyntaxError, AssertionError
    eval_, isinstance_, sorted_, iter_ = eval, isinstance, sorted, iter
    modules = sys.modules
    start_builtins = {name: id(value) for name, value in vars(builtins).items()}
    start_modules = {name: id(value) for name, value in modules.items()}
    same_id, vars_, list_of = id, vars, list

    def said(error):
        try:
            text = str_(error)
            name = type_(error).__name__
            return (name + ": " + text if text else name)[:300] if type_(text) is str_ else name
        except base:
            return "an error"

    def run(program, tests, secret):
        space = {"__name__": "__main__", "__builtins__": builtins}
        try:
            code = compile_(program, "program.py", "exec")
        except base as error:
            return ("error", said(error))
        try:
            exec_(code, space)
        except memory_error as error:
            return ("memory", said(error))
        except base as error:
            return ("error", said(error))
        try:
            exec_(compile_(tests, "tests.py", "exec"), space)
        except memory_error as error:
            return ("memory", said(error))
        except base as error:
            return ("failed", said(error))
        return ("passed", secret)

    def is_clean():
        now = vars_(builtins)
        if len_(now) != len_(start_builtins):
            return False
        for name in list_of(now):
            if start_builtins.get(name) != same_id(now[name]):
                return False
        for name in list_of(start_modules):
            if same_id(modules.get(name)) != start_modules[name]:
                return False
        return sys.modules is modules

    return run, is_clean

_make()
`;

/** Prepares an interpreter. */
export function openRealm(pyodide: PyodideInterface): Realm {
  const pair = pyodide.runPython(source) as { get(i: number): Callable };
  const [run, isClean] = [pair.get(0), pair.get(1)];
  return {
    run(program, tests, secret) {
      const result = run(program, tests, secret) as { toJs(): [string, string] };
      return result.toJs();
    },
    isClean: () => isClean() === true,
  };
}
