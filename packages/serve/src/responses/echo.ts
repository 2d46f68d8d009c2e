import type { ChatRequest } from "../fields/chat-fields";
import type { Fields } from "../fields/fields";
import { refuse } from "../http/refusal";

/** The part of a request that its answer repeats. */
export interface Echo {
  readonly instructions: string | null;
  readonly max_output_tokens: number | null;
  readonly metadata: object;
  readonly parallel_tool_calls: boolean;
  readonly reasoning: { readonly effort: null; readonly summary: null };
  readonly temperature: number;
  readonly text: { readonly format: object };
  readonly tool_choice: unknown;
  readonly tools: readonly object[];
  readonly top_p: number;
}

/** Bytes that an answer repeats: a stream has them three times. */
const mostBytes = 2 ** 20;

/** Objects and lists inside one another that an answer repeats. */
const mostNested = 256;

/** Whether values are nested too deep to be written. */
function isDeep(value: unknown): boolean {
  let level = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > mostNested) return true;
    level = level.flatMap((one) =>
      typeof one === "object" && one !== null ? Object.values(one) : [],
    );
  }
  return false;
}

/** @throws {ServeError} `ERR_REQUEST`, status 400, for more than 1 MiB, and for 256 levels */
function checked(echo: Echo): Echo {
  const parts = "instructions, tools, text and metadata";
  if (isDeep(echo)) refuse(400, `${parts} may be nested ${mostNested} times.`);
  const { length } = new TextEncoder().encode(JSON.stringify(echo));
  if (length > mostBytes)
    refuse(400, `${parts}, which answers repeat, may have ${mostBytes} bytes, got ${length}.`, {
      code: "request_too_large",
    });
  return echo;
}

/**
 * The part of a request that its answer repeats.
 *
 * @param fields that have been checked
 * @throws {ServeError} `ERR_REQUEST`, status 400, for more than 1 MiB, and for 256 levels
 */
export function echoOf(fields: Fields, { sampling, schema, maxTokens, asked }: ChatRequest): Echo {
  const format = fields.object("text")?.any("format") as { type?: unknown } | undefined;
  const tools = (fields.any("tools") ?? []) as object[];
  return checked({
    instructions: fields.text("instructions") ?? null,
    max_output_tokens: maxTokens ?? null,
    metadata: (fields.any("metadata") ?? {}) as object,
    parallel_tool_calls: asked.isParallel,
    reasoning: { effort: null, summary: null },
    temperature: sampling.temperature,
    text: {
      format:
        format?.type === "json_schema"
          ? { ...format, schema: schema!.value }
          : (format ?? { type: "text" }),
    },
    tool_choice: fields.any("tool_choice") ?? "auto",
    tools: tools.map((tool) => ({ description: null, parameters: null, strict: true, ...tool })),
    top_p: sampling.topP ?? 1,
  });
}
