import { cutOf, said } from "../../../src/anchors/moved";
import { modelNames } from "../../../src/anchors/names";
import type { Seen } from "../../../src/anchors/state";
import type { State as CodeState, Shown } from "../../../src/code/state";
import { chosen } from "../../../src/federated/answers";
import type { Federation } from "../../../src/federated/state";
import type { Judged } from "../../../src/graph/state";
import { mean } from "../../../src/graph/ways";
import type { Written } from "../../../src/landing/state";
import { busiestExperts, countOff } from "../../../src/mixture/busiest";
import { type Kind, kinds } from "../../../src/mixture/pair-names";
import type { Wrote } from "../../../src/model/state";
import type { Purified } from "../../../src/purify/state";
import { classNames } from "../../../src/purify/words";
import { largerRun } from "../../../src/scaling/moved";
import type { Looked } from "../../../src/scaling/state";
import { ways } from "../../../src/verifier/choose";
import type { Judged as Chosen } from "../../../src/verifier/judged";
import type { Marked } from "../../../src/watermark/state";
import { collect, sessionInNode, signal } from "./shipped";
import { storyRuns } from "./story-runs";

/** A page's result in the lines of its program. */
// biome-ignore lint/suspicious/noExplicitAny: states of any page
type Lines = (state: any) => Promise<string[]>;

const lines =
  <R>(id: keyof typeof storyRuns, of: (result: R) => string[]): Lines =>
  async (state) =>
    of((await storyRuns[id]!(state)) as R);

const answerOf = (shares: readonly number[]): string => classNames[chosen(shares)]!;

async function mixtureLines({ seed, steps, share }: Record<"seed" | "steps" | "share", number>) {
  const session = sessionInNode();
  if (steps !== 500) await collect(session.train({ seed, steps }, signal));
  const look = async (kind: Kind, off: number[][]) =>
    (await collect(session.look({ kind, off, seed }, signal)))[0]!;
  return Promise.all(
    kinds.map(async (kind) => {
      const whole = await look(kind, []);
      const count = countOff(kind, share);
      const { loss } = await look(kind, busiestExperts(whole.loads, count));
      return `${kind} nats per byte ${whole.loss} without ${count} and ${count} experts ${loss}`;
    }),
  );
}

const anchorsLines = lines<Seen>("anchors", (seen) =>
  modelNames.flatMap((name) => {
    const { label } = said(seen)[name];
    const cut = cutOf(seen, name);
    const whole = `${name} says ${seen.reading.models[name].whole.label}`;
    if (!cut) return [whole];
    return [
      `${name} answers that stay ${cut.labelLoyalty} right ${cut.accuracy} of ${seen.looks[name].accuracy}`,
      `${whole} cut ${label}`,
    ];
  }),
);

/** The numbers that each page shows, as its program prints them, by the page's folder. */
export const shownLines: Record<string, Lines> = {
  landing: lines<Written>("index", ({ loss, losses, texts }) => [
    `80 ${loss}`,
    ...losses.map((own) => `nats per letter ${own}`),
    ...texts.map((letters) => {
      const text = letters.map((letter) => letter.text).join("");
      return text.slice(-160 / texts.length);
    }),
  ]),
  mixture: mixtureLines,
  watermark: lines<Marked>("watermark", ({ readings }) =>
    Object.entries(readings).map(
      ([scheme, { isFound, payload, pValue, nats }]) =>
        `${scheme} ${isFound ? "found" : "not-found"} "${payload}" p ${pValue} nats per token ${nats}`,
    ),
  ),
  graph: lines<Judged>("graph", ({ total, accuracies }) => [
    `conflict of all ${total.toFixed(3)}`,
    `equal ${mean(accuracies.equal)}`,
    `ReNode ${mean(accuracies.renode)}`,
  ]),
  anchors: anchorsLines,
  verifier: lines<Chosen>("verifier", ({ answer, chosen, own }) => [
    `right ${answer}`,
    ...ways.map((way) => `${way} ${chosen[way].answer}`),
    ...(own.scores.length > 0 ? [`lines ${own.scores.join(" ")}`] : []),
  ]),
  code: lines<Shown>("code", ({ state, programs, filled }) => [
    `${programs.passed} of ${(state as CodeState).n} pass`,
    filled.middle,
  ]),
  purify: lines<Purified>("purify", ({ outcome, reading }) => [
    ...(["suspect", "purified"] as const).map((which) => {
      const { acc, asr } = outcome[which];
      const answers = [reading.without[which], reading.with[which]].map(answerOf);
      const name = which === "suspect" ? "as found" : which;
      return `${name} accuracy ${acc} attack succeeds ${asr} ${answers.join(" ")}`;
    }),
    `set back ${outcome.share}`,
  ]),
  federated: lines<Federation>("federated", ({ run, answers }) =>
    (["fedavg", "redgrape"] as const).map((method) => {
      const { accuracy, tail } = run.rounds.at(-1)![method];
      const name = method === "fedavg" ? "FedAvg" : "RedGrape";
      return `${name} accuracy ${accuracy} rare digits ${tail} answers ${chosen(answers[method])}`;
    }),
  ),
  scaling: lines<Looked>("scaling", ({ look }) => {
    const { model, tokens, loss } = look.plan;
    const { predicted, measured } = largerRun(look)!;
    return [
      `FLOPs per token ${model?.value} tokens ${tokens?.value} loss ${loss?.value}`,
      `foretold ${predicted.value} measured ${measured}`,
    ];
  }),
  model: lines<Wrote>("model", ({ written, turns }) => [
    `${written.tokens} tokens`,
    turns.at(-1)!.content,
  ]),
};
