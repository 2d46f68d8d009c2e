import { useEffect, useMemo, useRef } from "preact/hooks";
import { Chart } from "../shell/chart";
import { Problems, RunButtons } from "../shell/controls";
import { chooseFile, openMixture, renew, save, trainBoth } from "./actions";
import { Esft, type Weights } from "./esft";
import { Explorer } from "./explorer";
import type { RecordedMixture } from "./recorded";
import { problems, shown, showRecorded } from "./state";

/** The data that the page is built with. */
export interface MixtureProps {
  recorded: RecordedMixture;
  weights: Weights;
}

function Training({ chart, recorded }: { chart?: string | undefined; recorded: RecordedMixture }) {
  const curve = shown.curve.value;
  const wasDrawn = useRef(false);
  const draw = useMemo(() => {
    // What was drawn at build time stands there until something else was drawn.
    if (curve === recorded.curve && !wasDrawn.current) return undefined;
    wasDrawn.current = true;
    return async () => (await import("./loss-chart")).lossChart(curve);
  }, [curve]);
  return (
    <section aria-labelledby="training">
      <h2 id="training">How they learned</h2>
      <div class="training">
        <Chart id="loss-chart" built={chart} draw={draw} />
        <div>
          <RunButtons replay={() => void trainBoth()} renew={renew} save={save} />
          <Problems messages={problems.models.value} />
          <label class="file">
            <span>Learn from your own text</span>
            <input
              type="file"
              accept="text/*,.md,.json,.csv"
              onChange={({ currentTarget }) => void chooseFile(currentTarget.files?.[0])}
            />
          </label>
          <Problems messages={problems.file.value} />
          <p class="hint">
            A plain text of 20 kB to 2 MB; it stays on this machine. Without one, the models read
            chapters of Moby Dick and source code of RxJS (<a href="./rxjs-licence.txt">licence</a>
            ).
          </p>
        </div>
      </div>
    </section>
  );
}

/** Coarse beside fine experts, then the tuning of the fine ones. @param chart drawn at build time */
export function Mixture({
  recorded,
  weights,
  chart,
}: MixtureProps & { chart?: string | undefined }) {
  if (!shown.probes.value) showRecorded(recorded);
  useEffect(() => openMixture(recorded), []);
  return (
    <>
      <Explorer recorded={recorded} />
      <Training chart={chart} recorded={recorded} />
      <Esft weights={weights} />
    </>
  );
}
