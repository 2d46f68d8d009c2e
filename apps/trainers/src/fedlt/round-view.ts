import type { CommandContext } from "@deepgrain/command-line/commands/context";
import { plainMessage } from "@deepgrain/command-line/errors/word-error";
import type { Progress } from "@deepgrain/command-line/terminal/progress";
import type { FederationEvent, Metrics, Transport } from "@deepgrain/fedlt";

const percent = (share: number | undefined): string =>
  share === undefined || Number.isNaN(share) ? "–" : (100 * share).toFixed(1);

/** "71.2 % (head 92.1, middle 59.0, tail 79.1)" */
export const accuracyText = ({ accuracy, head, middle, tail }: Metrics): string =>
  `${percent(accuracy)} % (head ${percent(head)}, middle ${percent(middle)}, tail ${percent(tail)})`;

/** Displays the rounds of a federation: connected clients, answers, stragglers, accuracy. */
export interface RoundView {
  see(event: FederationEvent): void;
  end(message: string): void;
}

/**
 * A view of rounds in the terminal: a line that follows the round, a permanent one for each test of the model, and a
 * note for each problem.
 *
 * @param test words the metrics of a test (default: accuracies)
 */
export function roundView(
  progress: Progress,
  {
    transport,
    rounds,
    test = accuracyText,
    reached,
  }: {
    transport: Pick<Transport, "nodes">;
    rounds: number;
    test?: (metrics: Metrics) => string;
    /** Is told how many rounds are done. */
    reached?: CommandContext["reached"] | undefined;
  },
): RoundView {
  const task = progress.task("rounds");
  let [round, asked, answered, late] = [0, 0, 0, 0];
  let last = "";
  const text = () => {
    const parts = [
      `${round + 1}/${rounds}`,
      `${transport.nodes().length} there`,
      `${answered} of ${asked} in`,
    ];
    if (late > 0) parts.push(`${late} late`);
    return [...parts, ...(last === "" ? [] : [last])].join(" · ");
  };
  const draw = () => task.update((round + (asked > 0 ? answered / asked : 0)) / rounds, text());
  const atRound = (done: number) => reached?.({ done, total: rounds, unit: "round" });
  return {
    see(event) {
      if (event.type === "round-end") atRound(event.record.round + 1);
      else if (event.type === "resumed" && event.round > 0) atRound(event.round);
      if (event.type === "round-start")
        [round, asked, answered, late] = [event.round, event.clients.length, 0, 0];
      else if (event.type === "update-accepted") answered++;
      else if (event.type === "straggler") late++;
      else if (event.type === "resumed") progress.note(`going on with round ${event.round + 1}`);
      else if (event.type === "node-left") progress.note(`${event.clientId} left`);
      else if (event.type === "node-joined") progress.note(`${event.clientId} joined`);
      else if (event.type === "warning" || event.type === "round-failed")
        progress.note(plainMessage(event.message));
      else if ("message" in event)
        progress.note(`${event.clientId}: ${plainMessage(event.message)}`);
      else if (event.type === "eval-end" && Object.keys(event.metrics).length > 0) {
        const tested = test(event.metrics);
        last = tested.split(" (")[0]!;
        const stragglers = late > 0 ? `, ${late} stragglers` : "";
        progress.note(
          `round ${event.round + 1}: ${tested}, ${answered} of ${asked} clients${stragglers}`,
        );
      }
      draw();
    },
    end: (message) => task.end(message),
  };
}
