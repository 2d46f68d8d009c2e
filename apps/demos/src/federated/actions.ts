import { batch } from "@preact/signals";
import { attempt } from "../shell/attempt";
import { pageWorker } from "../shell/page-worker";
import { saveJson } from "../shell/save-file";
import type { Run } from "./names";
import type { RecordedFederation } from "./recorded";
import { address, doing, INITIAL, isLive, problems, shown } from "./state";
import type { methods } from "./worker";

let session: ReturnType<typeof pageWorker<typeof methods>> | undefined;
/** The last run that came to its end. */
let whole: { run: Run; isLive: boolean };

/** Opens the page's state. */
export function openFederated({ ratio, seed }: RecordedFederation): void {
  whole = { run: shown.value!, isLive: false };
  address.read();
  const own = address.state.value;
  if (
    own.ratio !== ratio ||
    own.seed !== seed ||
    own.rounds !== INITIAL.rounds ||
    own.second !== "on"
  )
    void federateBoth();
  problems.value = address.problems.value;
}

function worker() {
  const open = () =>
    new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "federated" });
  session ??= pageWorker<typeof methods>(open, () => {
    doing.value = "";
  });
  return session;
}

/** Trains both federations as the address says. Where that fails, the last whole run comes back. */
export const federateBoth = (): Promise<void> =>
  attempt(problems, doing, async () => {
    const { ratio, rounds, seed, second } = address.state.value;
    doing.value = "Starting";
    const setup = { ratio, rounds, seed, hasSecondHead: second === "on" };
    try {
      for await (const event of worker().run("run", setup))
        batch(() => {
          const run: Run = shown.value!;
          if (event.type === "split")
            shown.value = { countsPerClient: event.countsPerClient, rounds: [] };
          else {
            shown.value = { ...run, rounds: [...run.rounds, event.scores] };
            doing.value = `Training · round ${event.round} of ${rounds}`;
          }
          isLive.value = true;
        });
      whole = { run: shown.value!, isLive: true };
    } catch (error) {
      const isReplaced = (error as Error).name === "AbortError";
      if (!isReplaced)
        batch(() => {
          shown.value = whole.run;
          isLive.value = whole.isLive;
        });
      throw error;
    }
  });

/** Changes how rows are spread or what RedGrape has, and trains anew. */
export function change(part: Parameters<typeof address.set>[0]): void {
  address.set(part);
  void federateBoth();
}

/** Trains from new weights and another split. */
export const renew = (): void => change({ seed: (address.state.value.seed + 1) % 2 ** 31 });

/** Saves all that is shown. */
export function save(): void {
  saveJson("deepgrain-federated.json", {
    ...address.state.value,
    isRecorded: !isLive.value,
    ...shown.value,
  });
}
