import { batch } from "@preact/signals";
import { attempt } from "../shell/attempt";
import { pageWorker } from "../shell/page-worker";
import { saveJson } from "../shell/save-file";
import type { RecordedAnchors } from "./recorded";
import { address, doing, isLive, problems, shown } from "./state";
import type { methods } from "./worker";

let session: ReturnType<typeof pageWorker<typeof methods>> | undefined;

function worker() {
  const open = () =>
    new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "anchors" });
  session ??= pageWorker<typeof methods>(open, () => {
    doing.value = "";
  });
  return session;
}

/** Opens the page's state. */
export function openAnchors(recorded: RecordedAnchors): void {
  address.read();
  const { seed, target } = address.state.value;
  if (seed !== recorded.seed || target !== recorded.target) void look();
  problems.value = address.problems.value;
}

/** Asks both models as the address says. */
export const look = (): Promise<void> =>
  attempt(problems, doing, async () => {
    const { seed, target } = address.state.value;
    doing.value = "Asking both models";
    const looks = { ...shown.looks.value! };
    let { value: example } = shown.example;
    for await (const event of worker().run("look", { seed, target }))
      if (event.type === "example") example = event.example;
      else looks[event.name] = event.look;
    batch(() => {
      shown.looks.value = looks;
      shown.example.value = example;
      shown.target.value = target;
      shown.seed.value = seed;
      isLive.value = true;
    });
  });

/** Cuts elsewhere; models are asked again unless they have been asked for it here. */
export function cut(
  part: Partial<Pick<typeof address.state.value, "target" | "where" | "layers">>,
): void {
  address.set(part);
  const { seed, target } = address.state.value;
  const isKnown = isLive.value && target === shown.target.value && seed === shown.seed.value;
  if (!isKnown) void look();
}

/** Asks about other prompts. */
export function renew(): void {
  address.set({ seed: (address.state.value.seed + 1) % 2 ** 31 });
  void look();
}

/** Saves all that is shown. */
export function save(): void {
  saveJson("deepgrain-anchors.json", {
    ...address.state.value,
    isRecorded: !isLive.value,
    example: shown.example.value,
    looks: shown.looks.value,
  });
}
