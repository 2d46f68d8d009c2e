import { useEffect } from "preact/hooks";
import { percentText } from "../drawing/numbers";
import { Problems, RecordedTag, RunButtons, Slider } from "../shell/controls";
import { AccuracyPicture } from "./accuracy-picture";
import { change, federateBoth, openFederated, renew, save } from "./actions";
import { ClientsPicture } from "./clients-picture";
import { groups, type Method, methodNames, methods, type Run } from "./names";
import type { RecordedFederation } from "./recorded";
import { address, doing, isLive, problems, RATIOS, shown } from "./state";

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

function Outcome({ run }: { run: Run }) {
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
          type="checkbox"
          checked={second === "on"}
          onChange={({ currentTarget }) => change({ second: currentTarget.checked ? "on" : "off" })}
        />{" "}
        RedGrape’s second head
      </label>
    </div>
  );
}

/** Clients with rows of their own, and two federations over them. */
export function Federated({ recorded }: { recorded: RecordedFederation }) {
  shown.value ??= recorded.run;
  useEffect(() => openFederated(recorded), []);
  const run = shown.value;
  const { rounds } = address.state.value;
  return (
    <section aria-label="Two federations">
      <Controls />
      <h2>What the clients have</h2>
      <ClientsPicture countsPerClient={run.countsPerClient} />
      <p class="hint">
        Eight clients with pictures of digits: many of 0, few of 9, and each with classes of its
        own. No picture leaves its client; only weights do, and with RedGrape a mean gradient per
        class.
      </p>
      <h2>What their models learn</h2>
      <AccuracyPicture run={run} rounds={Math.max(rounds, run.rounds.length)} />
      <Outcome run={run} />
      <div class="below">
        <p class="status" role="status">
          {doing.value}
          {!isLive.value && (
            <>
              <RecordedTag /> {recorded.run.rounds.length} rounds at seed {recorded.seed}
            </>
          )}
        </p>
        <RunButtons replay={() => void federateBoth()} renew={renew} save={save} />
      </div>
      <Problems messages={problems.value} />
    </section>
  );
}
