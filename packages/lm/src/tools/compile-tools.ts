import { type Budget, type BudgetLimits, inSlices } from "@deepgrain/support";
import { budgetOf, having, LmError, optionsOf, refuseUnknown } from "../errors";
import type { Constraint } from "../generation/constraint";
import { compileJsonSchema } from "../json-schema";
import type { SpellingTokenizer } from "../json-schema/token-bytes";
import { callConstraint } from "./call-constraint";
import { CallMachine } from "./call-machine";
import { checkFormat, toolForms } from "./forms";
import { bytesOf, type MarkedTokens, markedTokens } from "./marked-tokens";
import { type CheckedTool, checkChoice, checkTools, toolLimits } from "./tool";
import type { ToolRules } from "./tool-rules";

/** Options of {@link compileTools}. */
export interface CompileToolsOptions {
  /** Limits of all schemas together: 4,194,304 steps, 2,097,152 bytes and 262,144 entries by default. */
  budget?: BudgetLimits | Budget | undefined;
  /** Ends the work. */
  signal?: AbortSignal | undefined;
}

/** @throws {LmError} `ERR_ARGUMENT` where the tokenizer cannot spell what stands around names and arguments */
function assertSpelled(texts: readonly string[], { byFirst, bytes, whole }: MarkedTokens): void {
  const rest = whole.reduce((text, mark) => text.replaceAll(mark, ""), texts.join(""));
  const missing = bytesOf(rest).find(
    (byte) => !byFirst[byte]!.some((id) => bytes[id]!.length === 1),
  );
  if (missing !== undefined)
    throw new LmError(
      "ERR_ARGUMENT",
      `lm/tools: the tokenizer has no token for the byte 0x${missing.toString(16)}, which calls have`,
      { fields: { byte: missing } },
    );
}

/** The constraint of one tool's arguments; errors name the tool. */
async function schemaOf(
  { name, parameters }: CheckedTool,
  tokenizer: SpellingTokenizer,
  budget: Budget,
  signal: AbortSignal | undefined,
): Promise<Constraint> {
  try {
    return await compileJsonSchema(parameters, tokenizer, { budget, signal });
  } catch (error) {
    if (!LmError.isInstance(error)) throw error;
    const message = error.message.replace(/^lm\/jsonSchema: /, "");
    throw new LmError(error.code, `lm/tools: the parameters of ${name}: ${message}`, {
      fields: { ...error.fields, tool: name },
      cause: error,
    });
  }
}

/**
 * Makes the constraint of an answer with calls. Schemas are compiled in slices, between which others have their turn.
 *
 * @returns a constraint for `complete` and batchers, which can be sent to another thread, where `toolBatcher` makes it again
 * @throws {LmError} `ERR_ARGUMENT` for tools, choices and forms that are malformed, and for a schema that is not enforced, naming the
 *   tool; `ERR_RANGE` for more than 128 tools; `ERR_LIMIT` for what is beyond the budget; the signal's reason
 */
export async function compileTools(
  rules: ToolRules,
  tokenizer: SpellingTokenizer,
  options: CompileToolsOptions = {},
): Promise<Constraint> {
  const { budget: given, signal, ...rest } = optionsOf("compileTools", options);
  refuseUnknown("compileTools", rest, ["budget", "signal"]);
  having("compileTools", "tokenizer", tokenizer, "encode", "decode", "idToToken");
  const budget = budgetOf("tools", given, toolLimits);
  const form = toolForms[checkFormat(rules.format)];
  const all = checkTools(rules.tools, budget);
  const choice = checkChoice(rules.choice, all);
  const tools = typeof choice === "string" ? all : all.filter(({ name }) => name === choice.name);
  const tokens = await inSlices(markedTokens(tokenizer, form), () => budget.turn(signal));
  const schemas: Constraint[] = [];
  for (const tool of tools) schemas.push(await schemaOf(tool, tokenizer, budget, signal));
  const isRequired = choice !== "auto";
  const names = tools.map(({ name }) => name);
  const whole = tokens.whole;
  const isParallel = rules.isParallel && typeof choice === "string";
  const { isThinking } = rules;
  const further = Array.isArray(form.further) ? form.further : [];
  const around = [
    ...form.first,
    ...names.flatMap(form.call),
    ...form.close,
    ...further,
    ...form.last,
  ];
  assertSpelled(around, tokens);
  const machine = new CallMachine(
    { form, names, isRequired, isParallel, isThinking, whole },
    (text) => [...bytesOf(text)],
  );
  const constraint = callConstraint({ machine, form, tokens, schemas }, isRequired);
  return Object.assign(constraint, { toolRules: rules });
}
