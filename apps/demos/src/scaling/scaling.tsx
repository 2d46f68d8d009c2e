import { useEffect } from "preact/hooks";
import { scientific } from "../drawing/numbers";
import { Problems } from "../shell/controls";
import { Outcome as Moving } from "../shell/outcome";
import { chooseTable, hideLargest, openScaling, planBudget, save, stop } from "./actions";
import { Guess, Outcome } from "./guess";
import { LossPicture } from "./loss-picture";
import { ForecastTable, PlanTable } from "./plan-table";
import type { RecordedScaling } from "./recorded";
import {
  address,
  doing,
  isCurrent,
  isLive,
  isRevealed,
  moved,
  ownName,
  problems,
  RANGE,
  shown,
} from "./state";

/** The data that the page is built with. */
export interface ScalingProps {
  recorded: RecordedScaling;
  /** The address of the shipped table; undefined at build time, when nobody can follow it. */
  table?: string | undefined;
}

function Budget() {
  const { budget } = address.state.value;
  return (
    <label class="slider" for="budget">
      <span>
        C = <output id="flops">{scientific(10 ** budget)}</output> FLOPs
      </span>
      <input
        id="budget"
        type="range"
        min={RANGE.min}
        max={RANGE.max}
        step="0.01"
        value={budget}
        aria-label="C, the compute to plan with, as a power of ten"
        onInput={({ currentTarget }) => planBudget(Number(currentTarget.value))}
      />
    </label>
  );
}

function Hidden() {
  const { budgets } = shown.value!;
  const { hidden } = address.state.value;
  const options = Array.from({ length: budgets.length }, (_, i) => i);
  return (
    <label class="choice" for="hidden">
      <span>Hide from the law</span>
      <select
        id="hidden"
        value={hidden}
        onChange={({ currentTarget }) => void hideLargest(Number(currentTarget.value))}
      >
        {options.map((count) => (
          <option key={count} value={count} selected={count === hidden}>
            {count === 0
              ? "no budget"
              : `the largest ${count === 1 ? "budget" : `${count} budgets`}`}
          </option>
        ))}
      </select>
    </label>
  );
}

function OwnRuns({ table }: { table: string | undefined }) {
  return (
    <section aria-labelledby="own">
      <h2 id="own">Your own runs</h2>
      <label class="file">
        <span>A CSV with a row per run</span>
        <input
          type="file"
          accept=".csv,.jsonl,text/csv"
          onChange={({ currentTarget }) => void chooseTable(currentTarget.files?.[0])}
        />
      </label>
      <Problems messages={problems.file.value} />
      <p class="hint">
        Columns: <code>flops</code>, <code>model</code> (FLOPs per token) or <code>params</code>,{" "}
        <code>tokens</code>, and <code>loss</code> or <code>bpb</code>; for more than the model’s
        size also <code>batch_tokens</code> and <code>lr</code>. Four sizes at each of three budgets
        are the least. A file stays on this machine.
        {table && (
          <>
            {" "}
            <a href={table} download="runs.csv">
              The runs above as CSV
            </a>
          </>
        )}
      </p>
    </section>
  );
}

/** The law of some runs, a budget to plan, and the forecast of runs that the law has not seen. */
export function Scaling({ recorded, table }: ScalingProps) {
  shown.value ??= recorded.look;
  useEffect(openScaling, []);
  const look = shown.value;
  return (
    <>
      <section aria-label="Loss over compute">
        <Moving doing={doing.value} isOld={!isCurrent.value} moved={moved.value} stop={stop}>
          <figure class="wide" id="losses">
            <LossPicture look={look} />
            <figcaption>
              <span class="legend">
                <span class="key">
                  <span class="dot run-key" />a run
                </span>
                <span class="key">
                  <span class="dot best-key" />
                  best size of a budget
                </span>
                {isRevealed.value && (
                  <span class="key">
                    <span class="dot seen-key" />
                    measured, not seen by the law
                  </span>
                )}
                {(!isRevealed.value || address.state.value.guess > 0) && (
                  <span class="key">
                    <span class="dot guess-key" />
                    your forecast
                  </span>
                )}
              </span>
              {isRevealed.value &&
                "The law with its 95 % interval, dashed where it runs ahead of the runs. "}
              {isLive.value ? (
                <>Fitted in this page to {ownName.value ?? "the study’s runs"}.</>
              ) : (
                <>
                  <span class="tag">Recorded</span> {look.runs.length} trainings at{" "}
                  {recorded.runs.seeds} seeds.
                </>
              )}
            </figcaption>
          </figure>
        </Moving>
        <div id="foretell" tabIndex={-1}>
          {isRevealed.value ? <Outcome look={look} /> : <Guess look={look} />}
        </div>
        {isRevealed.value && (
          <div class="panel">
            <Budget />
            <Hidden />
          </div>
        )}
        <Problems messages={problems.plan.value} />
        {isRevealed.value && (
          <div class="outcome" data-old={isCurrent.value ? undefined : ""}>
            <div>
              <div id="plan-part">
                <PlanTable look={look} />
              </div>
              <div>
                <ForecastTable look={look} />
                <div class="buttons">
                  <button type="button" class="quiet" onClick={save}>
                    Save as JSON
                  </button>
                </div>
              </div>
            </div>
          </div>
        )}
      </section>
      <OwnRuns table={table} />
    </>
  );
}
