import { useEffect } from "preact/hooks";
import { Problems, RecordedTag, RunButtons, Slider } from "../shell/controls";
import { Outcome } from "../shell/outcome";
import {
  chooseCount,
  choosePolicy,
  chooseTask,
  openCode,
  renew,
  save,
  stop,
  write,
} from "./actions";
import { Editor } from "./editor";
import { Fill } from "./fill";
import { MOST } from "./limits";
import { policies, policyNames } from "./names";
import { ProgramList } from "./programs";
import type { CodeProps } from "./recorded";
import { address, doing, edited, isCurrent, isLive, moved, problems, shown } from "./state";
import type { Programs } from "./write-programs";

/** The policies to switch between. */
function PolicySwitch() {
  const { policy } = address.state.value;
  return (
    <fieldset id="policy" class="policies" tabIndex={-1}>
      <legend>The policy</legend>
      {policies.map((one) => (
        <label key={one}>
          <input
            type="radio"
            name="policy"
            value={one}
            checked={one === policy}
            onChange={() => choosePolicy(one)}
          />{" "}
          {policyNames[one]}
        </label>
      ))}
    </fieldset>
  );
}

function TaskChoice({ tasks }: { tasks: readonly string[] }) {
  return (
    <label class="choice" for="task">
      <span>Task</span>
      <select
        id="task"
        value={String(address.state.value.task)}
        onChange={({ currentTarget }) => chooseTask(Number(currentTarget.value))}
      >
        {tasks.map((words, i) => (
          <option key={words} value={String(i + 1)}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}

/** How many of the programs pass. */
function Passed({ programs: { passed, n, policy } }: { programs: Programs }) {
  return (
    <p class="number" id="passed">
      <strong>
        {passed} of {n}
      </strong>{" "}
      <span class="muted">
        {n === 1 ? "program passes" : "programs pass"} all tests,{" "}
        {policyNames[policy].toLowerCase().replace("grpo", "GRPO")}
      </span>
    </p>
  );
}

/** A task, programs that a policy writes for it, their tests; and a text whose middle a model writes. */
export function CodeView({ recorded, tasks }: CodeProps) {
  if (!shown.programs.value) {
    shown.programs.value = recorded.programs;
    shown.checked.value = recorded.checked;
    shown.filled.value = recorded.filled;
    edited.value = recorded.checked.code;
  }
  useEffect(() => void openCode(), []);
  const programs = shown.programs.value!;
  const { n } = address.state.value;
  return (
    <>
      <section aria-label="Programs and their tests">
        <PolicySwitch />
        <div class="panel">
          <TaskChoice tasks={tasks} />
          <Slider
            id="n"
            name="Programs"
            said={String(n)}
            value={n}
            range={[1, MOST, 1]}
            onChange={chooseCount}
          />
        </div>
        <Outcome
          doing={doing.programs.value}
          isOld={!isCurrent.programs.value}
          moved={moved.value}
          stop={stop}
          note={
            !isLive.programs.value && (
              <>
                <RecordedTag /> at seed {programs.seed}
              </>
            )
          }
        >
          <div class="columns programs-and-tests">
            <div id="programs-part">
              <Passed programs={programs} />
              <p class="asked">
                <code>{`// ${tasks[programs.task - 1]}`}</code>
              </p>
              <ProgramList programs={programs} />
            </div>
            <Editor checked={shown.checked.value!} />
          </div>
        </Outcome>
        <div class="below">
          <RunButtons replay={() => void write()} renew={renew} save={save} fresh="Other samples" />
        </div>
        <Problems messages={problems.run.value} />
      </section>
      <Fill filled={shown.filled.value!} />
    </>
  );
}
