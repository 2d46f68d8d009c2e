import { batch, effect, type Signal, signal } from "@preact/signals";
import type { StoryEntry } from "../shell/use-address";
import { type Fields, initialOf, type StateOf } from "../state/address-state";
import { comparisonOf } from "./comparison";
import { differing, type Player } from "./player";
import type { RecordedStory, Step, Story } from "./step";

/** A step as it is told. */
interface OpenStep<R> {
  /** The index of the open step; null where the visitor tries on their own. */
  at: Signal<number | null>;
  /** The results of the open step, once it tells them. */
  results: Signal<readonly R[] | null>;
  picked: Signal<number | null>;
  /** Whether the state is none of the step's. */
  isChanged: Signal<boolean>;
  /** Whether the step's control has been moved. */
  isMoved: Signal<boolean>;
}

/** A story that is being told. */
export interface Telling<F extends Fields, R> extends OpenStep<R> {
  /** Steps, with that of the outcome. */
  count: number;
  /** A step by its index; undefined for the outcome. */
  stepAt(index: number | null): Step<StateOf<F>, R> | undefined;
  /** Opens a step, as a new entry of the history. */
  open(index: number): void;
  /** Moves the step's control and tells what came out; where it has been moved, moves it back. */
  showMe(): Promise<void>;
  /** Chooses an answer to the step's question, before the result is told. */
  pick(answer: number): void;
  /** Leaves the story; the page stays as it is. */
  leave(): void;
}

/** Tells what comes out of the open step, whoever moves its control. */
function tellResults<F extends Fields, R>(
  open: OpenStep<R>,
  { address, result, run }: Player<F, R>,
  stepAt: Telling<F, R>["stepAt"],
  recorded: readonly (readonly R[])[],
) {
  const { at, results, isChanged, isMoved } = open;
  /** Whether the story itself runs the page. */
  let isRunning = false;
  /** The result with the control not yet moved, and the state that it is of. */
  let before: { state: StateOf<F>; result: R } | undefined;

  function follow(): void {
    const own = result.value;
    const state = address.state.value;
    const index = at.value;
    const step = stepAt(index);
    if (!step || isRunning) return;
    const { first, last, hasMove, ...of } = comparisonOf(address.fields, step);
    if (before && !of.isAlike(state, before.state)) before = undefined;
    if (of.isAlike(state, first)) before ??= { state: first, result: recorded[index!]![0]! };
    const isSame = (one: StateOf<F>) => differing(address.fields, state, one).length === 0;
    batch(() => {
      isMoved.value = of.isMoved(state, first);
      isChanged.value = !isSame(first) && !isSame(last);
      if (!hasMove) {
        if (own !== null && (!step.question || results.peek() !== null)) results.value = [own];
      } else if (!before) results.value = null;
      else if (own !== null && isMoved.value) results.value = [before.result, own];
    });
  }

  async function runAt(part: Partial<StateOf<F>>): Promise<R | null> {
    address.set(part);
    await run();
    return result.value;
  }

  async function move(step: Step<StateOf<F>, R>): Promise<void> {
    const moves = comparisonOf(address.fields, step);
    const isBack = isMoved.value && results.value !== null;
    if (isBack || !before) {
      const own = await runAt(moves.before);
      if (own !== null) before = { state: address.state.value, result: own };
    }
    if (isBack || !before) return;
    const after = await runAt(moves.after);
    if (after !== null && stepAt(at.value) === step) results.value = [before.result, after];
  }

  async function showMe(): Promise<void> {
    const step = stepAt(at.value);
    if (!step || isRunning) return;
    if (!comparisonOf(address.fields, step).hasMove) {
      if (result.value !== null) results.value = [result.value];
      return;
    }
    isRunning = true;
    try {
      await move(step);
    } finally {
      isRunning = false;
      follow();
    }
  }

  const forget = () => {
    before = undefined;
  };
  return { follow, showMe, forget };
}

/**
 * Tells a page's story. A step opens with the recorded result of its first state. The visitor moves its control, or `showMe`
 * does, and what is told is then what this page has computed.
 */
export function tell<F extends Fields, R>(
  story: Story<StateOf<F>, R>,
  player: Player<F, R>,
  { results: recorded }: Pick<RecordedStory<R>, "results">,
): Telling<F, R> {
  const { address } = player;
  const step: OpenStep<R> = {
    at: signal<number | null>(null),
    results: signal<readonly R[] | null>(null),
    picked: signal<number | null>(null),
    isChanged: signal(false),
    isMoved: signal(false),
  };
  const stepAt: Telling<F, R>["stepAt"] = (index) =>
    index === null ? undefined : story.steps[index];
  const { follow, showMe, forget } = tellResults(step, player, stepAt, recorded);
  const isAt = (part: Partial<StateOf<F>>) =>
    differing(address.fields, address.state.value, { ...initialOf(address.fields), ...part })
      .length === 0;

  /** @param isThere whether a page that has just been opened shows the step's first result already */
  function begin(index: number, isThere = false): void {
    // The outcome is told beside what a step before it begins with.
    const own = stepAt(index) ? index : story.steps.findIndex(({ states }) => isAt(states[0]));
    const opened = stepAt(own);
    batch(() => {
      step.at.value = index;
      step.picked.value = null;
      step.results.value = null;
      forget();
      if (!opened || !isAt(opened.states[0])) void player.run();
      else if (!isThere) player.show(recorded[own]![0]!);
    });
  }

  /** Opens what the address says. */
  function read(isOpening = false): void {
    address.read();
    const number = Number(address.state.value.step);
    if (number > 0) {
      address.read(stepAt(number - 1)?.states[0]);
      begin(number - 1);
    } else if (isAt({})) begin(0, isOpening);
    else step.at.value = null;
  }

  effect(follow);
  addEventListener("popstate", () => {
    if ((history.state as StoryEntry | null)?.isStory) read();
  });
  history.replaceState({ isStory: true } satisfies StoryEntry, "");
  read(true);
  return {
    ...step,
    count: story.steps.length + (story.outcome ? 1 : 0),
    stepAt,
    open(index) {
      address.open(index + 1, stepAt(index)?.states[0] ?? {});
      begin(index);
    },
    showMe,
    pick(answer) {
      if (step.picked.value !== null) return;
      step.picked.value = answer;
      if (step.results.value === null) void showMe();
    },
    leave() {
      const state = { ...address.state.value, step: 0 };
      address.open(0, {});
      address.set(state);
      step.at.value = null;
    },
  };
}
