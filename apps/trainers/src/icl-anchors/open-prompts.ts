import { existsSync } from "node:fs";
import type { CliContext } from "@deepgrain/command-line/commands/context";
import { readLabelledTexts } from "@deepgrain/command-line/files/labelled-texts";
import { shownToken } from "@deepgrain/command-line/files/shown-token";
import type { Values } from "@deepgrain/command-line/flags/flags";
import { modelName } from "@deepgrain/command-line/flags/hub-name";
import type { Dtype } from "@deepgrain/command-line/trainings/weight-types";
import {
  blockPromptSet,
  blockTask,
  blockTokenName,
  blockVocabulary,
  examplesOf,
  lookAlikeTask,
  type PromptSet,
  type PromptTemplate,
  parseTemplate,
  type ShippedModel,
  shippedModelFolder,
  shippedModels,
  templates,
  textPromptSet,
} from "@deepgrain/icl-anchors";
import { type CausalLM, createRandom, loadModel, loadTokenizer, permutation } from "@deepgrain/lm";
import { readJson } from "@deepgrain/studies/shared/read-json";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { decimal, textTable } from "@deepgrain/support/pages";
import { z } from "zod";
import type { promptFlags } from "./flags";

/** A model with prompts for it. */
export interface OpenPrompts {
  model: CausalLM;
  sets: PromptSet[];
  classNames: string[];
  /** Token ids as readable text. */
  tokens(ids: ArrayLike<number>): string[];
  /** Names of model and task, for results. */
  about: { model: string; task: string; shots: number; items: number; seeds: number[] };
}

/**
 * `fresh`: each prompt has demonstrations of its own. `fixed`: all texts of a seed have the same, as in the paper, but made-up
 * blocks, of which one set says little, have their own. `shared`: one set per seed for blocks too.
 */
export type Demonstrations = "fresh" | "fixed" | "shared";

type Given = Omit<Values<typeof promptFlags>, "json"> & { dtype?: Dtype | undefined };

/** The folder of a shipped model, or the model that is named otherwise. */
export const modelFolder = async (name: string): Promise<string> =>
  shippedModels.includes(name as ShippedModel) ? shippedModelFolder(name as ShippedModel) : name;

/** The model, prompts of each seed, and how to show tokens. */
export async function openPrompts(
  given: Given,
  demonstrations: Demonstrations,
  context: CliContext,
): Promise<OpenPrompts> {
  const { model: name, shots, items } = given;
  const folder = await modelFolder(name);
  const isShipped = shippedModels.includes(name as ShippedModel);
  const task = given.task ?? (isShipped ? "blocks" : undefined);
  if (task === undefined) throw new UsageError("--task must say what the texts are, such as sst2");
  if (task === "blocks" && (given.data ?? given.test) !== undefined)
    throw new UsageError("--data and --test do not go with --task blocks, which draws its own");
  const template = task === "blocks" ? undefined : await openTemplate(task, context);
  const seeds = Array.from({ length: given.seeds }, (_, i) => given.seed + i);
  const model = await loadModel(folder, { dtype: given.dtype, signal: context.signal });
  const about = { model: modelName(name), task, shots, items, seeds };
  if (!template) return { model, about, ...blockSets(given, demonstrations, seeds, model) };
  return {
    model,
    about,
    ...(await textSets(given, demonstrations, { template, folder, seeds })),
  };
}

function blockSets(
  { model: name, shots, items }: Given,
  demonstrations: Demonstrations,
  seeds: readonly number[],
  model: CausalLM,
): Pick<OpenPrompts, "sets" | "classNames" | "tokens"> {
  const task = name === "look-alike" ? lookAlikeTask : blockTask;
  const { vocabSize } = model.config;
  const wanted = blockVocabulary(task);
  if (vocabSize !== wanted)
    throw new UsageError(
      `--task blocks needs a model of ${wanted} tokens, this one has ${vocabSize}`,
    );
  const sets = seeds.map((seed) => {
    // The unsure model is asked about two pairs of siblings.
    const pairs = [...permutation(task.topics / 2, createRandom([seed, 1]).next)].slice(0, 2);
    const topics = pairs.flatMap((pair) => [2 * pair, 2 * pair + 1]);
    return blockPromptSet(task, {
      seed,
      items,
      shots,
      topics: task.siblingRows > 0 ? topics : undefined,
      demonstrations: demonstrations === "shared" ? "fixed" : "fresh",
    });
  });
  const classNames = ["class 0", "class 1", "class 2", "class 3"];
  return { sets, classNames, tokens: (ids) => Array.from(ids, (id) => blockTokenName(task, id)) };
}

/** @throws {UsageError} for what is neither a known task nor a file */
export async function openTemplate(task: string, { resolve }: CliContext): Promise<PromptTemplate> {
  if (Object.hasOwn(templates, task)) return templates[task as keyof typeof templates];
  const path = resolve(task);
  if (!existsSync(path))
    throw new UsageError(
      `--task must be ${[...Object.keys(templates), "blocks"].join(", ")} or a template file; there is no ${path}`,
    );
  return parseTemplate(await readJson(path, z.unknown()));
}

async function textSets(
  given: Given,
  kind: Demonstrations,
  {
    template,
    folder,
    seeds,
  }: { template: PromptTemplate; folder: string; seeds: readonly number[] },
): Promise<Pick<OpenPrompts, "sets" | "classNames" | "tokens">> {
  const { data, test, shots, items, multiToken } = given;
  if (data === undefined) throw new UsageError("--data must name labelled texts");
  const tokenizer = await loadTokenizer(folder);
  const encode = (text: string) => tokenizer.encode(text);
  const read = async (path: string) => examplesOf(template, await readLabelledTexts(path));
  const examples = await read(data);
  const asked = test === undefined ? undefined : await read(test);
  const options = { items, shots, encode, test: asked, multiToken };
  const demonstrations = kind === "fresh" ? "fresh" : "fixed";
  const sets = seeds.map((seed) =>
    textPromptSet(template, examples, { seed, demonstrations, ...options }),
  );
  return {
    sets,
    classNames: template.labels.map((word) => word.trim()),
    tokens: (ids) => Array.from(ids, (id) => shownToken(tokenizer.decode([id]))),
  };
}

/** A number for tables. */
export const shown = (value: number | null): string => (value === null ? "–" : decimal(value));

/** Prints a result as JSON, or a table. */
export function writeResult(
  { write, columns }: CliContext,
  {
    json,
    about,
    result,
    head,
    body,
  }: {
    json: boolean;
    about: OpenPrompts["about"];
    result: object;
    head: readonly string[];
    body: readonly (readonly string[])[];
  },
): void {
  const table = () => textTable([head, ...body], { columns });
  write(`${json ? JSON.stringify({ ...about, ...result }) : table()}\n`);
}
