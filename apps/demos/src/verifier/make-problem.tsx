import { Problems } from "../shell/controls";
import { beginMade, endMade, make } from "./actions";
import { type Change, KNOWN, type Made, type OperatorName, readMade, writeMade } from "./made";
import { drafts, problems } from "./state";

const does: Record<OperatorName, string> = {
  a: "finds",
  s: "loses",
  m: "gets this many times as many:",
  d: "keeps one bag of",
};

/** A number from a menu. */
function NumberMenu({
  name,
  value,
  range: [low, high],
  onChange,
}: {
  name: string;
  value: number;
  range: readonly [number, number];
  onChange(value: number): void;
}) {
  return (
    <select
      aria-label={name}
      value={value}
      onChange={({ currentTarget }) => onChange(Number(currentTarget.value))}
    >
      {Array.from({ length: high - low + 1 }, (_, i) => (
        <option key={i} value={low + i}>
          {low + i}
        </option>
      ))}
    </select>
  );
}

/** A step of the problem: what happens, and how much. */
function Step({
  change: { name, right },
  number,
  onChange,
}: {
  change: Change;
  number: number;
  onChange(change: Change): void;
}) {
  return (
    <li>
      <select
        aria-label={`What happens in step ${number}`}
        value={name}
        onChange={({ currentTarget }) => {
          const next = currentTarget.value as OperatorName;
          const [low, high] = KNOWN.right[next];
          onChange({ name: next, right: Math.max(low, Math.min(high, right)) });
        }}
      >
        {Object.entries(does).map(([choice, said]) => (
          <option key={choice} value={choice}>
            {said}
          </option>
        ))}
      </select>
      <NumberMenu
        name={`Number of step ${number}`}
        value={right}
        range={KNOWN.right[name]}
        onChange={(value) => onChange({ name, right: value })}
      />
    </li>
  );
}

function Menus({ first, changes }: Made) {
  const [fewest, most] = KNOWN.steps;
  const to = (part: Partial<Made>) => make(writeMade({ first, changes, ...part }));
  return (
    <div class="make">
      <ol>
        <li>
          <span>Ann has</span>
          <NumberMenu
            name="Marbles at first"
            value={first}
            range={KNOWN.first}
            onChange={(value) => to({ first: value })}
          />
        </li>
        {changes.map((change, i) => (
          <Step
            key={i}
            change={change}
            number={i + 1}
            onChange={(next) => to({ changes: changes.with(i, next) })}
          />
        ))}
      </ol>
      <div class="buttons">
        <button
          type="button"
          aria-disabled={changes.length === most}
          onClick={() =>
            changes.length < most && to({ changes: [...changes, { name: "a", right: 5 }] })
          }
        >
          Add a step
        </button>
        <button
          type="button"
          aria-disabled={changes.length === fewest}
          onClick={() => changes.length > fewest && to({ changes: changes.slice(0, -1) })}
        >
          Drop the last
        </button>
        <button type="button" class="quiet" onClick={endMade}>
          Back to the other problems
        </button>
      </div>
    </div>
  );
}

/** Menus for a problem of the visitor's own. */
export function MakeProblem() {
  const made = readMade(drafts.made.value);
  return (
    <div id="make" tabIndex={-1}>
      {made ? (
        <Menus {...made} />
      ) : (
        <button type="button" onClick={beginMade}>
          Make a problem
        </button>
      )}
      <Problems id="made-problems" messages={problems.made.value} />
    </div>
  );
}
