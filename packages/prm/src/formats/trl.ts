import { having, optionsOf, PrmError, refuseUnknown } from "../errors";
import { fieldError, fieldsOf } from "./fields";
import { stepLabels } from "./step-labels";

/** A row of TRL's stepwise supervision. */
export interface TrlRow {
  readonly prompt: string;
  readonly completions: readonly string[];
  readonly labels: readonly (boolean | number)[];
}

function checkLengths({ completions, labels }: TrlRow, where: string): void {
  if (completions.length === labels.length && completions.length > 0) return;
  throw new PrmError(
    "ERR_FORMAT",
    `${where}: ${completions.length} completions need as many labels, got ${labels.length}`,
    { fields: { completions: completions.length, labels: labels.length } },
  );
}

/**
 * Reads `{ prompt, completions, labels }`. Labels are true, false, 0 to 1, or the words good, neutral and bad, which become 1,
 * ½ and 0.
 *
 * @throws {PrmError} `ERR_FORMAT` for other rows, unknown labels and unequal lengths
 */
export function parseTrl(json: unknown): TrlRow {
  const fields = fieldsOf("parseTrl", json);
  const row: TrlRow = {
    prompt: fields.text("prompt"),
    completions: fields.texts("completions"),
    labels: stepLabels(
      "parseTrl",
      "labels",
      fields.list("labels", "labels", () => true),
    ) as (boolean | number)[],
  };
  checkLengths(row, "parseTrl");
  return row;
}

/** Options of {@link formatTrl}. */
export interface FormatTrlOptions {
  /**
   * The handling of labels between 0 and 1, which TRL's tokeniser casts to integers, so that 0.7 becomes 0.
   * `"refuse"` (default), `"round"` (at ½), or `"keep"` for readers that accept them.
   */
  readonly softLabels?: "refuse" | "round" | "keep" | undefined;
}

/**
 * The row for TRL.
 * @throws {PrmError} `ERR_FORMAT` for unequal lengths, `ERR_ARGUMENT` for soft labels unless an option says how to convert them
 */
export function formatTrl(trlRow: TrlRow, options: FormatTrlOptions = {}): TrlRow {
  const { softLabels = "refuse", ...rest } = optionsOf("formatTrl", options);
  refuseUnknown("formatTrl", rest);
  const { prompt, completions, labels } = having(
    "formatTrl",
    "trlRow",
    trlRow,
    "prompt",
    "completions",
    "labels",
  );
  const isSoft = (label: boolean | number) =>
    typeof label === "number" && label !== 0 && label !== 1;
  const soft = labels.findIndex(isSoft);
  if (soft >= 0 && softLabels === "refuse")
    throw new PrmError(
      "ERR_ARGUMENT",
      `formatTrl: label ${soft + 1} is ${labels[soft]}; TRL cuts soft labels to 0, so pass softLabels: "round" or "keep"`,
      { fields: { label: labels[soft], step: soft + 1 } },
    );
  const row: TrlRow = {
    prompt,
    completions,
    labels: softLabels === "round" ? labels.map((l) => (isSoft(l) ? Number(l) >= 0.5 : l)) : labels,
  };
  checkLengths(row, "formatTrl");
  return row;
}

/** A row of RLHFlow's chats: the user writes a step, the assistant `+` or `-`. */
export interface ChatRow {
  readonly conversations: readonly { readonly role: string; readonly content: string }[];
}

/**
 * Reads a chat of step labels as problem, steps and labels. The first turn holds the problem, a space, and `Step 1:`.
 * @throws {PrmError} `ERR_FORMAT` for other turns
 * @see Dong et al. 2024 (RLHFlow), released data
 */
export function parseRlhflow(json: unknown): TrlRow {
  const key =
    typeof json === "object" && json !== null && "messages" in json ? "messages" : "conversations";
  const isTurn = (value: unknown) => {
    const { role, content } = (value ?? {}) as { role?: unknown; content?: unknown };
    return typeof role === "string" && typeof content === "string";
  };
  const turns = fieldsOf("parseRlhflow", json).list<ChatRow["conversations"][number]>(
    key,
    "turns",
    isTurn,
  );
  const completions: string[] = [];
  const labels: boolean[] = [];
  for (const [i, { role, content }] of turns.entries()) {
    if (role !== (i % 2 === 0 ? "user" : "assistant"))
      throw fieldError(
        "parseRlhflow",
        `turn ${i + 1}`,
        i % 2 === 0 ? "the user's" : "the assistant's",
        role,
      );
    if (i % 2 === 0) completions.push(content);
    else if (content === "+" || content === "-") labels.push(content === "+");
    else throw fieldError("parseRlhflow", `turn ${i + 1}`, "+ or -", content);
  }
  const first = completions[0] ?? "";
  const at = first.indexOf(" Step 1:");
  if (at < 0) throw fieldError("parseRlhflow", "turn 1", 'the problem and " Step 1:"', first);
  const row = {
    prompt: first.slice(0, at),
    completions: [first.slice(at + 1), ...completions.slice(1)],
    labels,
  };
  checkLengths(row, "parseRlhflow");
  return row;
}

/**
 * The chat of a row with hard labels.
 * @throws {PrmError} `ERR_FORMAT` for unequal lengths, soft labels, or a first step that does not begin with `Step 1:`
 */
export function formatRlhflow(row: TrlRow): ChatRow {
  having("formatRlhflow", "row", row, "prompt", "completions", "labels");
  checkLengths(row, "formatRlhflow");
  if (!row.completions[0]!.startsWith("Step 1:") || row.prompt.includes(" Step 1:"))
    throw fieldError(
      "formatRlhflow",
      "the first step",
      'the only one with "Step 1:", at its beginning',
      row.completions[0],
    );
  const conversations = row.completions.flatMap((step, i) => {
    const label = Number(row.labels[i]);
    if (label !== 0 && label !== 1)
      throw fieldError("formatRlhflow", `label ${i + 1}`, "0 or 1", label);
    return [
      { role: "user", content: i === 0 ? `${row.prompt} ${step}` : step },
      { role: "assistant", content: label === 1 ? "+" : "-" },
    ];
  });
  return { conversations };
}
