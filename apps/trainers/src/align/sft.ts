import {
  encodeConversation,
  encodePrompt,
  parseConversations,
  repetitionRatio,
  type SftRecord,
  sft as trainSft,
} from "@deepgrain/align";
import type { CommandContext } from "@deepgrain/command-line/commands/context";
import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import type { AlignValues } from "@deepgrain/command-line/trainings/align-flags";
import { driveAlign, type Outcome } from "@deepgrain/command-line/trainings/drive-align";
import { measuredBatches } from "@deepgrain/command-line/trainings/packing-note";
import {
  describeTrained,
  type Prepared,
  prepare,
  readData,
  saveTrained,
  splitRows,
  trainingOptions,
} from "@deepgrain/command-line/trainings/prepare-align";
import type { EncodedChat } from "@deepgrain/lm";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { removeFolder } from "@deepgrain/support/files";
import { listCheckpoints } from "@deepgrain/trainer";
import type { sftFlags } from "./flags";

/** Prompts whose answers are checked for repetitions. */
const REPETITION_PROMPTS = 64;

interface Row {
  record: SftRecord;
  sample: EncodedChat;
}

/** The prompt of a conversation: everything before its last answer. */
function promptOf(
  { record }: Row,
  { tokenizer, maxLength }: Prepared,
  room: number,
): number[] | null {
  const { place } = record;
  const turns = record.form === "text" ? record.prompt : record.messages.slice(0, -1);
  const asked =
    typeof turns === "string"
      ? ({ form: "text", prompt: turns, place, rest: {} } as const)
      : ({ form: "messages", prompt: turns, place, rest: {} } as const);
  if (turns.length === 0) return null;
  try {
    return encodePrompt(asked, tokenizer, { maxLength, maxNewTokens: room });
  } catch {
    return null; // no room for an answer that could repeat itself
  }
}

async function stage(
  name: string,
  rows: readonly Row[],
  heldOut: readonly Row[],
  { values, prepared }: { values: AlignValues; prepared: Prepared },
  context: CommandContext,
): Promise<Outcome> {
  const { model, lora, maxLength: sequenceLength, padTokenId, checkpoints } = prepared;
  const { batchSize, evaluateEvery: everySteps } = values;
  const shape = { sequenceLength, padTokenId, batchSize };
  const samples = heldOut.map(({ sample }) => sample);
  const folder = name === "second" ? `${checkpoints}-second` : checkpoints;
  if (values.overwrite && name === "second")
    for (const { path } of await listCheckpoints(folder)) await removeFolder(path);
  const events = trainSft(
    model,
    rows.map(({ sample }) => sample),
    {
      ...trainingOptions(values, { checkpoints: folder, signal: context.signal }),
      ...shape,
      lora,
      evaluation:
        samples.length > 0
          ? { batches: measuredBatches(samples, shape).batches, everySteps }
          : undefined,
    },
  );
  const title = name === "second" ? "Second stage" : "Fine-tuning";
  const drive = { stage: `sft-${name}`, title, out: values.out, isPerToken: true };
  return driveAlign(events, drive, context);
}

/** `align sft`. */
export const alignSft: RunCommand<typeof sftFlags> = async (values, context) => {
  const { secondSteps, without, repetitionTokens: room, heldOut: share, out } = values;
  const { signal, write } = context;
  const records = await readData(values, parseConversations, context);
  const settings = {
    secondSteps: secondSteps ?? null,
    without: secondSteps ? without : null,
    heldOut: share,
  };
  const left = new Set(without.split(",").map((name) => name.trim()));
  const isKept = ({ category }: SftRecord) => category === undefined || !left.has(category);
  if (secondSteps !== undefined && !records.some(isKept))
    throw new UsageError(`--without ${without} leaves no conversation for the second stage`);
  const prepared = await prepare(values, {
    command: "sft",
    settings,
    signal,
    claim: context.claim,
    encode: (tokenizer, options) =>
      records.map((record) => ({
        record,
        sample: encodeConversation(record, tokenizer, options),
      })),
  });
  const { model, rows } = prepared;
  const { train, heldOut } = splitRows(rows, share);
  const asked = (heldOut.length > 0 ? heldOut : train).slice(0, REPETITION_PROMPTS);
  const ratio = async (): Promise<number | null> => {
    if (room === undefined) return null;
    const prompts = asked.flatMap((row) => {
      const prompt = promptOf(row, prepared, room);
      return prompt ? [prompt] : [];
    });
    if (prompts.length === 0) return null;
    return repetitionRatio(model, prompts, { maxNewTokens: room, signal });
  };
  const repetition: (number | null)[] = [await ratio()];
  const first = await stage("first", train, heldOut, { values, prepared }, context);
  repetition.push(await ratio());
  let second: Outcome | undefined;
  if (secondSteps !== undefined) {
    const own = { values: { ...values, steps: secondSteps }, prepared };
    second = await stage(
      "second",
      train.filter(({ record }) => isKept(record)),
      heldOut,
      own,
      context,
    );
    repetition.push(await ratio());
  }
  await saveTrained(values, prepared);
  await context.assertOutputs();
  await describeTrained(values, prepared, "supervised fine-tuning", second ?? first);
  if (room !== undefined)
    context.progress.note(
      `endless repetition before and after: ${repetition.map((x) => (x === null ? "–" : `${(100 * x).toFixed(1)} %`)).join(", ")}`,
    );
  const result = {
    out,
    ...first,
    second,
    repetition: room === undefined ? undefined : repetition,
  };
  write(values.json ? `${JSON.stringify(result)}\n` : `${out}\n`);
};
