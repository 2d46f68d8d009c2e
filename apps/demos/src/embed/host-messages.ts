import type { Answer } from "./answered";

/** The message that asks an embedded page for its height. */
export interface Hello {
  type: "deepgrain-hello";
}

/** The message of an embedded page to the one that holds it. */
export interface FigureMessage {
  type: "deepgrain-figure";
  /** In CSS pixels. */
  height: number;
  /** The end of the address: "" or "#" and the state. */
  state: string;
}

/** Whether a message of any shape asks for the height. */
export const isHello = (data: unknown): data is Hello =>
  typeof data === "object" &&
  data !== null &&
  Object.keys(data).length === 1 &&
  (data as Partial<Hello>).type === "deepgrain-hello";

/** @returns the message with a page's height and state */
export const messageTo = (height: number, state: string): FigureMessage => ({
  type: "deepgrain-figure",
  height: Math.max(1, Math.ceil(height)),
  state,
});

/** The message of an embedded page to a lesson of its own site. */
export interface AnswerMessage extends Answer {
  type: "deepgrain-answer";
}

const isShort = (text: unknown): boolean => typeof text === "string" && text.length <= 1000;

/** Whether a message of any shape tells an answer. */
export function isAnswer(data: unknown): data is AnswerMessage {
  if (typeof data !== "object" || data === null || Object.keys(data).length !== 6) return false;
  const { type, step, asks, answer, right, cameOut } = data as Partial<AnswerMessage>;
  if (type !== "deepgrain-answer" || !Number.isInteger(step) || step! < 1 || step! > 20)
    return false;
  return [asks, answer, right, cameOut].every(isShort) && asks !== "" && answer !== "";
}
