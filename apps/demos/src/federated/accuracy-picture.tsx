import { XAxis, YAxis } from "../drawing/axes";
import { percentText } from "../drawing/numbers";
import { linearScale } from "../drawing/scales";
import { type Group, groups, type Method, methodNames, methods, type Run } from "./names";

const [WIDTH, HEIGHT] = [320, 250];
const FIELD = { left: 40, right: WIDTH - 8, top: 24, bottom: HEIGHT - 42 };

const groupTitles: Record<Group, string> = {
  head: "Head: digits 0 to 2",
  middle: "Middle: 3 to 6",
  tail: "Tail: 7 to 9",
};

const share = (value: number) => `${Math.round(100 * value)}`;

/** Accuracy over the rounds for some classes, a line per federation. */
export function GroupPlot({ group, run, rounds }: { group: Group; run: Run; rounds: number }) {
  const { left: start, right: end, top, bottom } = FIELD;
  const x = linearScale({ from: 1, to: rounds, start, end }, 5);
  const y = linearScale({ from: 0, to: 1, start: bottom, end: top }, 4);
  const points = (method: Method) =>
    run.rounds.map((scores, i) => `${x.at(i + 1)},${y.at(scores[method][group])}`).join(" ");
  const last = run.rounds.at(-1);
  const said = methods.map(
    (method) => `${methodNames[method]} ${last ? percentText(last[method][group]) : "–"}`,
  );
  return (
    <svg
      class="plot"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={`${groupTitles[group]}, accuracy: ${said.join(", ")}`}
    >
      <YAxis scale={y} field={FIELD} label="% right" text={share} />
      <XAxis scale={x} field={FIELD} label="rounds" text={String} />
      {methods.map((method) => (
        <polyline key={method} class={`line ${method}`} points={points(method)} />
      ))}
    </svg>
  );
}

/** The same with its name above it. */
function Panel(props: { group: Group; run: Run; rounds: number }) {
  return (
    <figure>
      <figcaption>
        <strong>{groupTitles[props.group]}</strong>
      </figcaption>
      <GroupPlot {...props} />
    </figure>
  );
}

/** Head, middle and tail side by side. @param rounds of the whole run */
export function AccuracyPicture({ run, rounds }: { run: Run; rounds: number }) {
  return (
    <div class="panels-of-three">
      {groups.map((group) => (
        <Panel key={group} group={group} run={run} rounds={rounds} />
      ))}
    </div>
  );
}

/** The rarest classes alone, for the page's card. */
export function TailPicture({ run }: { run: Run }) {
  const [width, height, edge] = [240, 110, 8];
  const x = linearScale({ from: 1, to: run.rounds.length, start: edge, end: width - edge }, 3);
  const y = linearScale({ from: 0, to: 0.6, start: height - edge, end: edge }, 3);
  return (
    <svg
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label="Accuracy on rare classes rises faster with RedGrape than with FedAvg"
    >
      {methods.map((method) => (
        <polyline
          key={method}
          class={`line ${method === "fedavg" ? "coarse" : "fine"}`}
          points={run.rounds
            .map((scores, i) => `${x.at(i + 1)},${y.at(scores[method].tail)}`)
            .join(" ")}
        />
      ))}
    </svg>
  );
}
