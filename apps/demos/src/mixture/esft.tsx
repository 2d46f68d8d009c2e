import { Problems } from "../shell/controls";
import { tune } from "./actions";
import { Affinity } from "./affinity";
import { chooseExperts } from "./choose-experts";
import { address, doing, isLive, P, problems, shown } from "./state";
import type { Standing } from "./tune";

/** Weights of a fine expert, and of the fine model. */
export interface Weights {
  expert: number;
  all: number;
}

const percent = (share: number) => `${Math.round(100 * share)}\u00a0%`;

function Line({ name, standing, weights }: { name: string; standing: Standing; weights: string }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{weights}</td>
      <td>{percent(standing.accuracy)}</td>
      <td>{standing.loss.toFixed(2)}</td>
    </tr>
  );
}

function Outcome({ all }: Weights) {
  const tuning = shown.tuning.value;
  if (!tuning) return <p class="hint">These models have not been tuned yet.</p>;
  const { p, before, tuned } = tuning;
  const share = (weights: number) => percent(weights / all);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls by the arrow keys
    <section class="scroll" tabIndex={0} aria-label="Before and after tuning">
      <table id="tuned">
        <thead>
          <tr>
            <th scope="col">
              p = {p}
              {!isLive.value && (
                <>
                  {" "}
                  <span class="tag">Recorded</span>
                </>
              )}
            </th>
            <th scope="col">Weights trained</th>
            <th scope="col">Letters of answers right</th>
            <th scope="col">Loss on the first text</th>
          </tr>
        </thead>
        <tbody>
          <Line name="Before" standing={before} weights="–" />
          <Line
            name="Chosen experts"
            standing={tuned.experts}
            weights={share(tuned.experts.weights)}
          />
          <Line name="All weights" standing={tuned.all} weights={share(tuned.all.weights)} />
        </tbody>
      </table>
    </section>
  );
}

/** Act two: choose the experts that a task uses, tune them, compare with all weights. */
export function Esft({ weights }: { weights: Weights }) {
  const { p } = address.state.value;
  const count = chooseExperts(shown.scores.value, p).flat().length;
  return (
    <section aria-labelledby="esft">
      <h2 id="esft">Act two: tune only the experts that a task uses</h2>
      <p>
        The fine model is to turn requests into calls, such as{" "}
        <code>dim the lamp in the hall = dim(lamp, hall)</code>. Some of its experts see more of
        these than others. Drag p: in each layer the fewest experts are taken that have this share
        of the task’s choices.
      </p>
      <Affinity />
      <div id="tuned-part">
        <label class="slider">
          <span>
            p = <output>{p.toFixed(2)}</output>
          </span>
          <input
            id="p"
            type="range"
            min={P.min}
            max={P.max}
            step="0.01"
            value={p}
            aria-label="p, the share of the task's choices"
            onInput={({ currentTarget }) => address.set({ p: Number(currentTarget.value) })}
          />
          <span class="muted">
            {percent((count * weights.expert) / weights.all)} of all weights
          </span>
        </label>
        <div class="buttons">
          <button type="button" onClick={tune} disabled={doing.value.startsWith("Training")}>
            Tune both ways
          </button>
        </div>
        <p class="status">{doing.value.startsWith("Tuning") && doing.value}</p>
        <Problems messages={problems.tuning.value} />
        <Outcome {...weights} />
      </div>
      <p class="hint">
        Both read the same 100 batches, each at a rate of its own; at half of its rate, all weights
        learn and forget about as much as the chosen experts do.
      </p>
    </section>
  );
}
