import { linearEngine } from "../tokenizer/linear-engine";

/** Whether a module's name matches. */
export type ModuleMatcher = (module: string) => boolean;

const compiled = new Map<string, ModuleMatcher>();
const mostCompiled = 4096; // more than the patterns of two configurations, which are matched in turn

/**
 * Matches module names as PEFT does.
 *
 * @param pattern a regular expression for the end of a name, starting after a dot, or, with `isWhole`, for the whole
 *   name
 * @param options.trustPatterns runs it on JavaScript's engine, where a malicious one may never terminate; default false: on
 *   a linear-time engine, which whoever reads patterns from a file has loaded
 * @throws {Error} for a malformed expression, or one that cannot be run in linear time
 */
export function modulePattern(
  pattern: string,
  {
    isWhole = false,
    trustPatterns = false,
  }: { isWhole?: boolean | undefined; trustPatterns?: boolean | undefined } = {},
): ModuleMatcher {
  const source = isWhole ? `^(?:${pattern})$` : `^(?:.*\\.)?(?:${pattern})$`;
  const name = `${trustPatterns || !linearEngine()}${source}`;
  const known = compiled.get(name);
  if (known) return known;
  if (compiled.size >= mostCompiled) compiled.clear();
  const engine = trustPatterns ? undefined : linearEngine();
  const expression = engine ? engine.compile(source) : new RegExp(source);
  const matcher: ModuleMatcher =
    expression instanceof RegExp
      ? (module) => expression.test(module)
      : (module) => expression.matcher(module).find();
  compiled.set(name, matcher);
  return matcher;
}
