import type { Values } from "@deepgrain/command-line/flags/flags";
import { requireOne, requireTogether } from "@deepgrain/command-line/flags/given-together";
import { paddingOf } from "@deepgrain/command-line/trainings/prepare-align";
import { loadTokenizer } from "@deepgrain/lm";
import { generativeScorer, openAiCompleter, type StepScorer, vllmScorer } from "@deepgrain/prm";
import { lmScorer, loadStepRewardModel } from "@deepgrain/prm/lm";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import type { scorerFlags } from "./flags";

export type ScorerValues = Values<typeof scorerFlags>;

/** @throws {UsageError} for both kinds of scorer, half an endpoint, or a judge without one */
function checkScorer({ scorer, scorerEndpoint, scorerModel, scorerKind }: ScorerValues): void {
  if (scorer !== undefined) requireOne({ scorer, scorerEndpoint });
  requireTogether({ scorerEndpoint, scorerModel });
  if (scorerKind === "judge" && scorerEndpoint === undefined)
    throw new UsageError("--scorer-kind judge needs --scorer-endpoint");
}

/** A reward model of ours with its tokenizer, as a scorer. */
export async function openScorerFolder(folder: string, signal: AbortSignal): Promise<StepScorer> {
  const { model, form } = await loadStepRewardModel(folder, { signal });
  const tokenizer = await loadTokenizer(folder);
  const encode = (text: string) => tokenizer.encode(text, { addSpecialTokens: false });
  return lmScorer(model, { encode, form, padTokenId: paddingOf(tokenizer) });
}

/** The scorer that the flags name; undefined without one. @throws {UsageError} as {@link checkScorer} */
export async function openScorer(
  values: ScorerValues,
  signal: AbortSignal,
): Promise<StepScorer | undefined> {
  checkScorer(values);
  const { scorer, scorerEndpoint: baseUrl, scorerModel, scorerKind, stepTag } = values;
  if (scorer !== undefined) return openScorerFolder(scorer, signal);
  if (baseUrl === undefined) return undefined;
  const model = scorerModel!;
  if (scorerKind === "reward") return vllmScorer({ baseUrl, model, stepTag });
  const judge = openAiCompleter({ baseUrl, model, api: "chat", temperature: 0 });
  return generativeScorer(judge, { name: model });
}

/** The scorer that the flags name. @throws {UsageError} without one */
export async function requireScorer(
  values: ScorerValues,
  signal: AbortSignal,
): Promise<StepScorer> {
  const scorer = await openScorer(values, signal);
  if (!scorer) throw new UsageError("give --scorer or --scorer-endpoint");
  return scorer;
}
