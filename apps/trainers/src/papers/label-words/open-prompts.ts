import { existsSync } from "node:fs";
import {
  blockDemonstrations,
  blockPrompt,
  blockTask,
  buildPrompt,
  type Example,
  labelToken,
  lookAlikeTask,
  type Prompt,
  type PromptTemplate,
  parseTemplate,
  type ShippedModel,
  sampleDemonstrations,
  separatorToken,
  shippedModelFolder,
  shippedModels,
  templates,
} from "@deepgrain/icl-anchors";
import { type CausalLM, createRandom, loadModel, loadTokenizer, permutation } from "@deepgrain/lm";
import { z } from "zod";
import type { CliContext } from "../../cli/context";
import type { Values } from "../../cli/flags";
import { UsageError } from "../../cli/usage-error";
import { readJson } from "../../formats/read-json";
import type { promptFlags } from "./prompt-flags";
import { readExamples } from "./read-examples";

/** The prompts of one seed. */
export interface PromptSet {
  seed: number;
  prompts: Prompt[];
  /** Further labelled prompts with the same demonstrations, to learn from. */
  auxiliary: Prompt[];
}

/** A model with prompts for it. */
export interface OpenPrompts {
  model: CausalLM;
  sets: PromptSet[];
  classNames: string[];
  /** Token ids as people read them. */
  tokens(ids: ArrayLike<number>): string[];
  /** Names of model and task, for results. */
  about: { model: string; task: string; shots: number; items: number; seeds: number[] };
}

/** Whether each prompt has demonstrations of its own, or all prompts of a seed the same. */
export interface PromptNeeds {
  demonstrations: "fresh" | "fixed";
}

type Given = Omit<Values<typeof promptFlags>, "json">;

/** Further examples per class, as in the paper. */
const AUXILIARY = 4;

/** @throws {UsageError} for what is neither a shipped model nor a folder */
export async function modelFolder(name: string, { resolve }: CliContext): Promise<string> {
  if (shippedModels.includes(name as ShippedModel)) return shippedModelFolder(name as ShippedModel);
  const folder = resolve(name);
  if (existsSync(folder)) return folder;
  throw new UsageError(
    `--model must be a folder or one of ${shippedModels.join(", ")}; there is no ${folder}`,
  );
}

/** The model, prompts of each seed, and how to show tokens. */
export async function openPrompts(
  given: Given,
  needs: PromptNeeds,
  context: CliContext,
): Promise<OpenPrompts> {
  const { model: name, shots, items } = given;
  const isShipped = shippedModels.includes(name as ShippedModel);
  const task = given.task ?? (isShipped ? "blocks" : undefined);
  if (task === undefined) throw new UsageError("--task must say what the texts are, such as sst2");
  if (task === "blocks" && (given.data ?? given.test) !== undefined)
    throw new UsageError("--data and --test do not go with --task blocks, which draws its own");
  const folder = await modelFolder(name, context);
  const seeds = Array.from({ length: given.seeds }, (_, i) => given.seed + i);
  const model = await loadModel(folder, { signal: context.signal });
  const about = { model: name, task, shots, items, seeds };
  if (task === "blocks") return { model, about, ...blockSets(given, needs, seeds, model) };
  return { model, about, ...(await textSets(given, needs, { task, folder, seeds }, context)) };
}

function blockSets(
  { model: name, shots, items }: Given,
  { demonstrations }: PromptNeeds,
  seeds: readonly number[],
  model: CausalLM,
): Pick<OpenPrompts, "sets" | "classNames" | "tokens"> {
  const task = name === "look-alike" ? lookAlikeTask : blockTask;
  const first = labelToken(task, 0);
  if (model.config.vocabSize !== separatorToken(task) + 1)
    throw new UsageError(
      `--task blocks needs a model of ${separatorToken(task) + 1} tokens, this one has ${model.config.vocabSize}`,
    );
  const word = (id: number): string => {
    if (id === separatorToken(task)) return "→";
    if (id >= first) return `label${id - first}`;
    const topic = Math.floor(id / task.wordsPerTopic);
    return topic < task.topics
      ? `${topic}.${id % task.wordsPerTopic}`
      : `common${id - first + task.commonWords}`;
  };
  const sets = seeds.map((seed) => {
    const { next: random } = createRandom(seed);
    const fixed = blockDemonstrations(task, { random, shots });
    const one = () =>
      demonstrations === "fixed" ? fixed : blockDemonstrations(task, { random, shots });
    const auxiliary = fixed.topics.flatMap((_, gold) =>
      Array.from({ length: AUXILIARY }, () => blockPrompt(task, fixed, { random, gold })),
    );
    const prompts = Array.from({ length: items }, () => blockPrompt(task, one(), { random }));
    return { seed, prompts, auxiliary };
  });
  const classNames = ["class 0", "class 1", "class 2", "class 3"];
  return { sets, classNames, tokens: (ids) => Array.from(ids, word) };
}

/** @throws {UsageError} for what is neither a known task nor a file */
async function openTemplate(task: string, { resolve }: CliContext): Promise<PromptTemplate> {
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
  { demonstrations: kind }: PromptNeeds,
  { task, folder, seeds }: { task: string; folder: string; seeds: readonly number[] },
  context: CliContext,
): Promise<Pick<OpenPrompts, "sets" | "classNames" | "tokens">> {
  const { data, test, shots, items, multiToken } = given;
  if (data === undefined) throw new UsageError("--data must name labelled texts");
  const template = await openTemplate(task, context);
  const tokenizer = await loadTokenizer(folder);
  const encode = (text: string) => tokenizer.encode(text);
  const pool = await readExamples(data, template);
  const asked = test === undefined ? undefined : await readExamples(test, template);
  const classes = template.labels.length;
  const build = (demonstrations: readonly Example[], { text, label }: Example) =>
    buildPrompt(template, demonstrations, text, {
      encode,
      gold: label,
      ...(multiToken && { multiToken }),
    });
  const sets = seeds.map((seed) => {
    const draw = (part: number) => {
      const { next: random } = createRandom([seed, part]);
      return sampleDemonstrations(pool, { classes, random, shots, auxiliary: AUXILIARY });
    };
    const fixed = draw(0);
    const taken = new Set([...fixed.demonstrations, ...fixed.auxiliary]);
    const rest = asked ?? pool.filter((example) => !taken.has(example));
    const order = permutation(rest.length, createRandom([seed, 1]).next).subarray(0, items);
    return {
      seed,
      auxiliary: fixed.auxiliary.map((example) => build(fixed.demonstrations, example)),
      prompts: Array.from(order, (at, i) =>
        build((kind === "fixed" ? fixed : draw(i + 2)).demonstrations, rest[at]!),
      ),
    };
  });
  return {
    sets,
    classNames: template.labels.map((word) => word.trim()),
    tokens: (ids) => Array.from(ids, (id) => tokenizer.decode([id])),
  };
}
