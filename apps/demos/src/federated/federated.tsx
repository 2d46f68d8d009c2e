import { useEffect } from "preact/hooks";
import { percentText } from "../drawing/numbers";
import { Choice, Problems, RecordedTag, RunButtons, Slider } from "../shell/controls";
import { Outcome } from "../shell/outcome";
import { AccuracyPicture } from "./accuracy-picture";
import { ask, change, federateBoth, openFederated, renew, save, stop } from "./actions";
import { AnswersPicture } from "./answers-picture";
import { ClientsPicture } from "./clients-picture";
import { DrawingField, showPicture } from "./drawing-field";
import { clientsWith } from "./moved";
import { groups, type Method, methodNames, methods, type Run } from "./names";
import type { RecordedFederation } from "./recorded";
import {
  address,
  doing,
  growing,
  isCurrent,
  isLive,
  lit,
  moved,
  problems,
  RATIOS,
  whole,
} from "./state";

function Row({ method, run, rest }: { method: Method; run: Run; rest: string }) {
  const last = run.rounds.at(-1)?.[method];
  const text = (value: number | undefined) => (value === undefined ? "–" : percentText(value));
  return (
    <tr>
      <th scope="row">
        <span class={`swatch ${method}`} />
        {methodNames[method]}
        {rest}
      </th>
      <td>{text(last?.accuracy)}</td>
      {groups.map((group) => (
        <td key={group}>{text(last?.[group])}</td>
      ))}
    </tr>
  );
}

function Accuracy({ run }: { run: Run }) {
  const isOff = address.state.value.second === "off";
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls by the arrow keys
    <section class="scroll fit" tabIndex={0} aria-label="Accuracy after the last round">
      <table id="accuracy">
        <thead>
          <tr>
            <th scope="col">After round {run.rounds.length}, right of 600</th>
            <th scope="col">All</th>
            <th scope="col">Head</th>
            <th scope="col">Middle</th>
            <th scope="col">Tail</th>
          </tr>
        </thead>
        <tbody>
          {methods.map((method) => (
            <Row
              key={method}
              method={method}
              run={run}
              rest={method === "redgrape" && isOff ? " without its second head" : ""}
            />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Controls() {
  const { ratio, second } = address.state.value;
  return (
    <div class="panel">
      <Slider
        id="ratio"
        name="Imbalance"
        said={ratio === 1 ? "none" : `${ratio} times`}
        value={ratio}
        range={[RATIOS.min, RATIOS.max, 1]}
        onChange={(value) => change({ ratio: value })}
      />
      <label>
        <input
          id="second"
          type="checkbox"
          checked={second === "on"}
          onChange={({ currentTarget }) => change({ second: currentTarget.checked ? "on" : "off" })}
        />{" "}
        RedGrape’s second head
      </label>
    </div>
  );
}

/** Test pictures that one may choose, by their names in an address. */
const examples = {
  "": "your own",
  ...Object.fromEntries(
    ["0-0", "1-0", "2-0", "3-0", "4-0", "5-0", "6-0", "7-18", "8-27", "9-40"].map((digit) => [
      digit,
      `a ${digit[0]}`,
    ]),
  ),
};

function Digit({ run }: { run: Run }) {
  const { answers } = whole.value!;
  const { digit } = address.state.value;
  const own = lit.value;
  return (
    <div class="digit">
      <DrawingField levels={answers.levels} ask={ask} />
      <div>
        <p class="keys">
          {methods.map((method) => (
            <span key={method}>
              <span class={`swatch ${method}`} />
              {methodNames[method]}
            </span>
          ))}
        </p>
        <AnswersPicture
          answers={answers}
          lit={own}
          light={(to) => {
            lit.value = to;
          }}
        />
        <p class="hint" id="having">
          {own !== null &&
            `Pictures of ${own}: ${clientsWith({ run }, own)} of ${run.countsPerClient.length} clients have some. Press a digit to see which.`}
        </p>
        <Choice
          id="example"
          name="A test picture"
          value={Object.hasOwn(examples, digit) ? digit : ""}
          choices={examples}
          onChange={(to) => {
            if (to === "") return;
            showPicture();
            ask(to);
          }}
        />
      </div>
    </div>
  );
}

/** Clients with rows of their own, two federations over them, and a digit that both answer. */
export function Federated({ recorded }: { recorded: RecordedFederation }) {
  whole.value ??= recorded.federation;
  lit.value ??= recorded.federation.answers.label;
  useEffect(() => openFederated(recorded), []);
  const run = growing.value ?? whole.value.run;
  const { rounds } = address.state.value;
  const note = !isLive.value && (
    <>
      <RecordedTag /> {run.rounds.length} rounds at seed {whole.value.state.seed}
    </>
  );
  return (
    <section aria-label="Two federations">
      <Controls />
      <Problems messages={problems.value} />
      <Outcome
        doing={doing.value}
        isOld={!isCurrent.value && growing.value === null}
        moved={moved.value}
        stop={stop}
        note={note}
      >
        <div id="accuracy-part">
          <Accuracy run={run} />
        </div>
        <div id="digit-part">
          <h2>Draw a digit, and both answer</h2>
          <Digit run={run} />
        </div>
        <div id="clients-part">
          <h2>The digits that each client has</h2>
          <ClientsPicture countsPerClient={run.countsPerClient} lit={lit.value} />
        </div>
        <p class="hint">
          Eight clients with pictures of digits: many of 0, few of 9, and each with classes of its
          own. No picture leaves its client; only weights do, and with RedGrape a mean gradient per
          class.
        </p>
        <div id="curves-part">
          <h2>How they learn</h2>
          <AccuracyPicture run={run} rounds={Math.max(rounds, run.rounds.length)} />
        </div>
      </Outcome>
      <div class="below">
        <RunButtons replay={() => void federateBoth()} renew={renew} save={save} />
      </div>
    </section>
  );
}
