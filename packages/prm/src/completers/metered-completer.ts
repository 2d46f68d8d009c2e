import { functionOf } from "../errors";
import type { Completer, Completion } from "./completer";
import type { TokenLedger } from "./token-ledger";

/** Total tokens of one kind over all completions. */
const sumOf = (
  made: readonly (string | Completion)[],
  kind: "promptTokens" | "completionTokens",
): number => made.reduce((sum, one) => sum + ((typeof one === "string" ? 0 : one[kind]) ?? 0), 0);

/**
 * A completer whose tokens count against a ledger's budget, as those of an endpoint do: for models on this machine. The completions of a
 * call share their prompt, which is counted once.
 *
 * @param maxTokens maximum tokens per completion
 * @throws {PrmError} on a call `ERR_BUDGET` where the budget does not cover the maximum that the call can use; nothing
 * is generated then
 */
export const meteredCompleter = (
  completer: Completer,
  ledger: TokenLedger,
  maxTokens: number,
): Completer => {
  functionOf("meteredCompleter", "completer", completer);
  return async (prefix, options) => {
    const text = [prefix.problem, ...prefix.steps].join("\n");
    const most = Math.min(options.maxTokens ?? maxTokens, maxTokens) * options.seeds.length;
    // A token is at least one byte; a few more are added at the start of the text.
    const reservation = ledger.reserve(new TextEncoder().encode(text).length + 16, most);
    try {
      const made = await completer(prefix, options);
      const prompt = sumOf(made, "promptTokens") / Math.max(1, made.length);
      reservation.settle(Math.ceil(prompt), sumOf(made, "completionTokens"));
      return made;
    } catch (error) {
      reservation.release();
      throw error;
    }
  };
};
