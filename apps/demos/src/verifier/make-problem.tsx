import { Choice, Problems } from "../shell/controls";
import { beginMade, endMade, make } from "./actions";
import { KNOWN, type Made, type OperatorName, readMade, writeMade } from "./made";
import { drafts, problems } from "./state";

const does: Record<OperatorName, string> = {
  a: "+ finds",
  s: "− loses",
  m: "× times as many",
  d: "÷ one bag of",
};

/** A menu of whole numbers. */
function Numbers({
  range: [low, high],
  value,
  onChange,
  ...named
}: {
  id: string;
  name: string;
  range: readonly [number, number];
  value: number;
  onChange(value: number): void;
}) {
  const choices = Array.from({ length: high - low + 1 }, (_, i) => String(low + i));
  return (
    <Choice
      {...named}
      value={String(value)}
      choices={Object.fromEntries(choices.map((choice) => [choice, choice]))}
      onChange={(choice) => onChange(Number(choice))}
    />
  );
}

function Menus({ first, changes }: Made) {
  const [fewest, most] = KNOWN.steps;
  const to = (part: Partial<Made>) => make(writeMade({ first, changes, ...part }));
  const change = (at: number, name: OperatorName, right: number) => {
    const [low, high] = KNOWN.right[name];
    to({ changes: changes.with(at, { name, right: Math.max(low, Math.min(high, right)) }) });
  };
  return (
    <>
      <ol>
        <li>
          <Numbers
            id="first"
            name="Ann’s marbles"
            range={KNOWN.first}
            value={first}
            onChange={(value) => to({ first: value })}
          />
        </li>
        {changes.map(({ name, right }, i) => (
          <li key={i}>
            <Choice
              id={`does-${i + 1}`}
              name={`Step ${i + 1}`}
              value={name}
              choices={does}
              onChange={(choice) => change(i, choice, right)}
            />
            <Numbers
              id={`by-${i + 1}`}
              name="by"
              range={KNOWN.right[name]}
              value={right}
              onChange={(value) => change(i, name, value)}
            />
          </li>
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
      </div>
    </>
  );
}

/** Menus for a problem of the visitor's own. */
export function MakeProblem() {
  const made = readMade(drafts.made.value);
  return (
    <div class="make">
      <button
        type="button"
        id="make"
        aria-expanded={made !== undefined}
        onClick={made ? endMade : beginMade}
      >
        {made ? "Back to the other problems" : "Make a problem"}
      </button>
      {made && <Menus {...made} />}
      <Problems messages={problems.made.value} />
    </div>
  );
}
