import { createRandom, permutation } from "@deepgrain/lm";
import { AnchorsError, having, listOf, oneOf, optionsOf, refuseUnknown, whole } from "../errors";
import { blockDemonstrations, blockPrompt } from "../tiny/block-prompts";
import type { BlockTask } from "../tiny/block-task";
import { buildPrompt, type Encode, type Example } from "./build-prompt";
import type { Prompt } from "./prompt";
import { sampleDemonstrations } from "./sample-demonstrations";
import type { MultiToken, PromptTemplate } from "./template";

/** The prompts of one seed. */
export interface PromptSet {
  seed: number;
  prompts: Prompt[];
  /** Additional labelled prompts with the seed's own demonstrations, for learning: 4 per class. */
  auxiliary: Prompt[];
}

/** Options common to all prompts of a seed. */
export interface PromptSetOptions {
  seed: number;
  /** Maximum number of prompts. */
  items: number;
  /** Demonstrations per class. Default 1. */
  shots?: number | undefined;
  /** Whether all prompts have the same demonstrations, or each draws its own. Default `"fixed"`. */
  demonstrations?: "fixed" | "fresh" | undefined;
}

const perClass = 4;

/** Options of {@link textPromptSet}. */
export interface TextPromptSetOptions extends PromptSetOptions {
  encode: Encode;
  /** Items to ask about. Default: the examples that are used neither as demonstrations nor for learning. */
  test?: readonly Example[] | undefined;
  multiToken?: MultiToken | undefined;
}

/**
 * The paper's protocol for one seed: demonstrations and additional examples are taken in one pass over the shuffled
 * examples, followed by prompts about test items in random order.
 *
 * @throws {AnchorsError} as `sampleDemonstrations` and `buildPrompt`
 * @see Wang et al. 2023, sections 2.2 and 3.1
 */
export function textPromptSet(
  template: PromptTemplate,
  examples: readonly Example[],
  options: TextPromptSetOptions,
): PromptSet {
  const {
    seed,
    items,
    shots = 1,
    demonstrations = "fixed",
    encode,
    test,
    multiToken,
    ...others
  } = optionsOf("textPromptSet", options);
  refuseUnknown("textPromptSet", others);
  whole("textPromptSet", "seed", seed, { min: 0 });
  whole("textPromptSet", "items", items, { min: 1 });
  whole("textPromptSet", "shots", shots, { min: 1 });
  if (multiToken !== undefined)
    oneOf("textPromptSet", "multiToken", multiToken, ["refuse", "first", "mean"]);
  having("textPromptSet", "template", template, "labels");
  listOf("textPromptSet", "examples", examples);
  const classes = template.labels.length;
  const draw = (part: number) => {
    const { next: random } = createRandom([seed, part]);
    return sampleDemonstrations(examples, { classes, random, shots, auxiliary: perClass });
  };
  const build = (shown: readonly Example[], { text, label: gold }: Example) =>
    buildPrompt(template, shown, text, { encode, gold, multiToken });
  const fixed = draw(0);
  const taken = new Set([...fixed.demonstrations, ...fixed.auxiliary]);
  const rest = test ?? examples.filter((example) => !taken.has(example));
  const order = permutation(rest.length, createRandom([seed, 1]).next).subarray(0, items);
  return {
    seed,
    auxiliary: fixed.auxiliary.map((example) => build(fixed.demonstrations, example)),
    prompts: Array.from(order, (at, i) => {
      const { demonstrations: shown } = demonstrations === "fresh" ? draw(i + 2) : fixed;
      return build(shown, rest[at]!);
    }),
  };
}

/**
 * Prompts of the block task for one seed.
 * @param options.topics of the classes. Default: four random ones
 */
export function blockPromptSet(
  task: BlockTask,
  options: PromptSetOptions & { topics?: readonly number[] | undefined },
): PromptSet {
  const {
    seed,
    items,
    shots = 1,
    demonstrations = "fixed",
    topics,
    ...rest
  } = optionsOf("blockPromptSet", options);
  refuseUnknown("blockPromptSet", rest);
  whole("blockPromptSet", "seed", seed);
  const { next: random } = createRandom(seed);
  const draw = () => blockDemonstrations(task, { random, shots, topics });
  const fixed = draw();
  const auxiliary = fixed.topics.flatMap((_, gold) =>
    Array.from({ length: perClass }, () => blockPrompt(task, fixed, { random, gold })),
  );
  const prompts = Array.from({ length: items }, () =>
    blockPrompt(task, demonstrations === "fresh" ? draw() : fixed, { random }),
  );
  return { seed, prompts, auxiliary };
}

/**
 * Examples from texts with class names: the template's class names, its label words, or indices from 0.
 * @throws {AnchorsError} `ERR_RANGE` naming the first label that is none of them
 */
export function examplesOf(
  template: PromptTemplate,
  rows: readonly { text: string; label: string }[],
): Example[] {
  having("examplesOf", "template", template, "name", "block", "labels");
  const words = template.labels.map((word) => word.trim());
  const names = template.classNames ?? words.map((_, i) => String(i));
  return rows.map(({ text, label }, i) => {
    const found = [names, words].map((list) => list.indexOf(label)).find((at) => at >= 0);
    if (found !== undefined) return { text, label: found };
    throw new AnchorsError(
      "ERR_RANGE",
      `icl-anchors/examplesOf: the label of row ${i + 1} must be one of ${names.join(", ")}, got "${label}"`,
      { fields: { row: i + 1, label } },
    );
  });
}
