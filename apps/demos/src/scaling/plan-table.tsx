import type { Quantity } from "@deepgrain/scaling-laws";
import { percentText, scientific } from "../drawing/numbers";
import type { Look } from "./look";
import { unitNames } from "./loss-picture";

const within = ({ lower, upper }: Quantity, text: (value: number) => string) =>
  lower === null || upper === null ? "" : `${text(lower)} to ${text(upper)}`;

function Row({
  name,
  own,
  paper,
  text = scientific,
}: {
  name: string;
  own: Quantity | null;
  paper: Quantity | null;
  text?: ((value: number) => string) | undefined;
}) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>
        {own ? text(own.value) : "–"}
        {own && <span class="interval">{within(own, text)}</span>}
      </td>
      <td>{paper ? text(paper.value) : "–"}</td>
    </tr>
  );
}

function Outside({ times }: { times: number | null }) {
  if (times === null || times <= 1) return <>within its budgets</>;
  return <>{scientific(times)} times outside its budgets</>;
}

/** The training to run with the budget, by the law of these runs and by the paper's. */
export function PlanTable({ look: { plan, paper, unit } }: { look: Look }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls by the arrow keys
    <section class="scroll fit" tabIndex={0} aria-label="The plan">
      <table id="plan">
        <thead>
          <tr>
            <th scope="col">With {scientific(plan.flops)} FLOPs</th>
            <th scope="col">Law of these runs</th>
            <th scope="col">DeepSeek LLM’s law</th>
          </tr>
        </thead>
        <tbody>
          <Row name="Model, FLOPs per token" own={plan.model} paper={paper.model} />
          <Row name="Training tokens" own={plan.tokens} paper={paper.tokens} />
          <Row name="Batch, tokens" own={plan.batchTokens} paper={paper.batchTokens} />
          <Row name="Peak learning rate" own={plan.learningRate} paper={paper.learningRate} />
          <Row
            name={`Loss, ${unitNames[unit]}`}
            own={plan.loss}
            paper={paper.loss}
            text={(value) => value.toFixed(3)}
          />
          <tr>
            <th scope="row">The budget lies</th>
            <td>
              <Outside times={plan.extrapolation} />
            </td>
            <td>
              <Outside times={paper.extrapolation} />
            </td>
          </tr>
        </tbody>
      </table>
    </section>
  );
}

/** The law's forecasts for runs that it has not seen. */
export function ForecastTable({ look: { forecasts } }: { look: Look }) {
  if (forecasts.length === 0)
    return <p class="hint">Hide the largest budgets to see how well the law foretells them.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls by the arrow keys
    <section class="scroll fit" tabIndex={0} aria-label="Forecasts">
      <table id="forecasts" class="stacks">
        <thead>
          <tr>
            <th scope="col">Not seen by the law</th>
            <th scope="col">Foretold</th>
            <th scope="col">Measured</th>
            <th scope="col">Off by</th>
          </tr>
        </thead>
        <tbody>
          {forecasts.map(({ flops, times, predicted, measured, isLarger }) => (
            <tr key={flops}>
              <th scope="row">
                {scientific(flops)} FLOPs, {Number(times.toPrecision(2))} times the largest seen
                {isLarger && <span class="interval">planned, foretold, then trained</span>}
              </th>
              <td data-name="Foretold">
                {predicted.value.toFixed(3)}
                <span class="interval">{within(predicted, (loss) => loss.toFixed(3))}</span>
              </td>
              <td data-name="Measured">{measured.toFixed(3)}</td>
              <td data-name="Off by">{percentText(predicted.value / measured - 1)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
