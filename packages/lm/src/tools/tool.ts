import { atOnce, type Budget, type BudgetLimits, shown } from "@deepgrain/support";
import { fail, LmError } from "../errors";
import type { JsonSchema } from "../json-schema";
import { walkJson } from "../walk-json";

/** A function that a model may call. */
export interface Tool {
  /** 1 to 64 letters, digits, `_` and `-`. */
  readonly name: string;
  /** For the model. */
  readonly description?: string | undefined;
  /** JSON schema of the arguments, an object. Default: no arguments. */
  readonly parameters?: JsonSchema | undefined;
}

/** Whether a model calls: never, when it wants to, at least one tool, or the named one. */
export type ToolChoice = "none" | "auto" | "required" | { readonly name: string };

/** A tool with its schema as it is enforced. */
export interface CheckedTool extends Tool {
  readonly parameters: { readonly [key: string]: unknown };
}

/** Tools of one request, as many as OpenAI's API takes. */
const MOST_TOOLS = 128;

/** Limits of all tools of a request together: of their schemas, and of the arguments in its messages. */
export const toolLimits: BudgetLimits = { steps: 2 ** 22, bytes: 2 ** 21, entries: 2 ** 18 };

export const isToolName = (name: unknown): name is string =>
  typeof name === "string" && /^[\w-]{1,64}$/.test(name);

const isObject = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The schema that a call's arguments follow: always that of an object. */
function parametersOf({ name, parameters }: Tool): CheckedTool["parameters"] {
  if (parameters === undefined)
    return { type: "object", properties: {}, additionalProperties: false };
  if (!isObject(parameters) || (parameters.type ?? "object") !== "object")
    throw new LmError(
      "ERR_ARGUMENT",
      `lm/tools: the parameters of ${name} must be a schema of type object`,
      { fields: { tool: name } },
    );
  return { ...parameters, type: "object" };
}

/**
 * Checks the tools of a request.
 * @throws {LmError} `ERR_ARGUMENT` for a name that is malformed or there twice, for parameters that are no schema of an object, and
 *   for what is no JSON; `ERR_RANGE` for fewer than `least` and for more than 128; `ERR_LIMIT`
 */
export function checkTools(tools: readonly Tool[], budget: Budget, least = 1): CheckedTool[] {
  if (!Array.isArray(tools)) fail("ERR_ARGUMENT", "tools: tools must be a list");
  if (tools.length < least || tools.length > MOST_TOOLS)
    throw new LmError(
      "ERR_RANGE",
      `lm/tools: there may be 1 to ${MOST_TOOLS} tools, got ${tools.length}`,
      { fields: { count: tools.length } },
    );
  const names = new Set<string>();
  return tools.map((tool, i) => {
    const { name, description } = tool ?? {};
    if (!isToolName(name))
      return fail(
        "ERR_ARGUMENT",
        `tools: the name of tool ${i} must have 1 to 64 letters, digits, _ and -, got ${shown(name)}`,
      );
    if (names.has(name)) fail("ERR_ARGUMENT", `tools: the name ${name} is there twice`);
    names.add(name);
    const checked = { name, description, parameters: parametersOf(tool) };
    atOnce(
      walkJson(checked, budget, (at, what) =>
        fail("ERR_ARGUMENT", `tools: ${name}: ${["tool", ...at].join(".")} ${what}`),
      ),
    );
    return checked;
  });
}

/**
 * Checks a choice of tools.
 * @throws {LmError} `ERR_ARGUMENT` for one that is none, and for a tool that is not there
 */
export function checkChoice(choice: ToolChoice, tools: readonly Tool[]): ToolChoice {
  if (choice === "none" || choice === "auto" || choice === "required") return choice;
  const name = (choice as { name?: unknown } | null)?.name;
  if (!tools.some((tool) => tool.name === name))
    return fail(
      "ERR_ARGUMENT",
      `tools: the choice must be none, auto, required or the name of a tool, got ${shown(name ?? choice)}`,
    );
  return choice;
}

/** Tools as chat templates take them. */
export const templateTools = (tools: readonly CheckedTool[]): object[] =>
  tools.map(({ name, description, parameters }) => ({
    type: "function",
    function: { name, ...(description === undefined ? {} : { description }), parameters },
  }));
