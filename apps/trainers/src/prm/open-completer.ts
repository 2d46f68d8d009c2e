import type { Values } from "@deepgrain/command-line/flags/flags";
import { modelName } from "@deepgrain/command-line/flags/hub-name";
import { requireModel } from "@deepgrain/command-line/models/endpoint-flags";
import type { Progress } from "@deepgrain/command-line/terminal/progress";
import { loadModel, loadTokenizer } from "@deepgrain/lm";
import {
  type Completer,
  createAnswerChecker,
  createRequestGate,
  createTokenLedger,
  meteredCompleter,
  openAiCompleter,
  type RequestGate,
  type TokenLedger,
} from "@deepgrain/prm";
import { batchCompleter } from "@deepgrain/prm/lm";
import { fingerprintModel } from "@deepgrain/studies/shared/fingerprint";
import type { answerFlags, completerFlags } from "./flags";

export const checkerOf = ({ rules, marker }: Values<typeof answerFlags>) =>
  createAnswerChecker({ format: rules, marker });

export type CompleterValues = Values<typeof completerFlags>;

/** A completer with its name, and its tokens. */
export interface OpenCompleter {
  completer: Completer;
  /** Names it in labels. */
  id: string;
  ledger: TokenLedger;
}

/**
 * Opens what the flags name.
 * @param options.spentTokens of the budget by earlier runs
 * @param options.gate of an endpoint that several processes ask; by default the limits are this process's own
 * @throws {UsageError} as {@link requireModel}
 */
export async function openCompleter(
  values: CompleterValues,
  {
    spentTokens = 0,
    signal,
    gate: shared,
  }: { spentTokens?: number; signal: AbortSignal; gate?: RequestGate | undefined },
): Promise<OpenCompleter> {
  requireModel(values);
  const { endpoint, endpointModel, chat, apiKeyVariable, model: folder, temperature } = values;
  const { dtype } = values;
  const { maxNewTokens, tokenBudget, concurrency, requestsPerMinute } = values;
  const ledger = createTokenLedger({ maxTokens: tokenBudget, spentTokens });
  if (folder === undefined) {
    const gate = shared ?? createRequestGate({ concurrency, requestsPerMinute });
    const api = chat ? "chat" : "completions";
    const options = {
      model: endpointModel!,
      temperature,
      maxTokens: maxNewTokens,
      gate,
      ledger,
      retries: values.retries,
      timeoutMs: Math.ceil(1000 * values.timeout),
      completionsPerRequest: values.completionsPerRequest,
    };
    const completer = openAiCompleter({ baseUrl: endpoint!, apiKeyVariable, api, ...options });
    return { completer, id: await completerId(values), ledger };
  }
  const model = await loadModel(folder, { dtype, signal });
  const tokenizer = await loadTokenizer(folder);
  const completer = batchCompleter(model, {
    tokenizer,
    temperature,
    maxTokens: maxNewTokens,
    eosTokenId: tokenizer.eosTokenId,
  });
  return {
    completer: meteredCompleter(completer, ledger, maxNewTokens),
    id: await completerId(values),
    ledger,
  };
}

/** The name of a completer, with all settings that determine its output. */
export async function completerId(values: CompleterValues): Promise<string> {
  const { model, dtype, endpointModel, temperature, maxNewTokens, chat } = values;
  const name =
    model === undefined
      ? endpointModel!
      : `${modelName(model)} ${(await fingerprintModel(model)).sha256.slice(0, 12)}${dtype === "float32" ? "" : ` ${dtype}`}`;
  return `${name}, temperature ${temperature}, ${maxNewTokens} tokens${chat ? ", chat" : ""}`;
}

/** Says how many requests were counted at their upper bound, if any were. */
export function noteEstimates({ ledger }: OpenCompleter, { note }: Pick<Progress, "note">): void {
  const { estimatedRequests, requests } = ledger.counts();
  if (estimatedRequests > 0)
    note(
      `tokens of ${estimatedRequests} of ${requests} requests are estimated: the endpoint reported none that can be right, so their upper bound counts`,
    );
}

/** Share of truncated completions above which results are off. */
const muchTruncated = 0.05;

/** Says how many completions were cut at the token limit, with a warning above 5 %. */
export function noteTruncated(
  { truncated, completions }: { truncated: number; completions: number },
  { note }: Pick<Progress, "note">,
): void {
  if (truncated === 0) return;
  note(`${truncated} of ${completions} completions were cut at --max-new-tokens`);
  if (truncated > muchTruncated * completions)
    note("warning: above 5 % they bias the result; raise --max-new-tokens");
}
