import { signal } from "@preact/signals";
import type { Answer } from "../embed/answered";
import { isAnswer } from "../embed/host-messages";
import { hash, type StoryEntry } from "../shell/use-address";
import { LIMITS } from "./lesson";
import { type BuiltLessons, type OpenedLesson, openLesson } from "./open-lesson";
import { readLesson } from "./read-lesson";
import { lessonAddress } from "./write-lesson";

/** A visitor's answer in a lesson. */
export interface GivenAnswer extends Answer {
  /** The number of the lesson's step. */
  at: number;
}

/** An entry of the history that the lesson has made; the answers stay there, so that they outlive a reload. */
interface LessonEntry extends StoryEntry {
  answers: readonly GivenAnswer[];
}

/** The state of the page: a lesson at a step, or none. */
export const opened = signal<OpenedLesson>({ lesson: null, at: 1, address: "", problems: [] });

/** The answers, in the order of the lesson. */
export const answers = signal<readonly GivenAnswer[]>([]);

/** Complaints about a file. */
export const fileProblems = signal<string[]>([]);

const entry = (): LessonEntry => ({ isStory: true, answers: answers.value });

/** The answers with those of another list that are not among them. */
function merged(own: readonly GivenAnswer[], others: readonly GivenAnswer[]): GivenAnswer[] {
  const isSame = (a: GivenAnswer, b: GivenAnswer) => a.at === b.at && a.step === b.step;
  const more = others.filter((one) => !own.some((other) => isSame(one, other)));
  return [...own, ...more].sort((a, b) => a.at - b.at || a.step - b.step);
}

/** Opens a step of the lesson, as a new entry of the history. */
export function goTo(at: number): void {
  const { lesson, address } = opened.value;
  if (!lesson || at < 1 || at > lesson.steps.length + 1) return;
  hash.value = at === 1 ? address : `${address}&at=${at}`;
  history.pushState(entry(), "", `${location.pathname}${location.search}${hash.value}`);
  opened.value = { ...opened.value, at, problems: [] };
}

const frameOf = (figure: Element | null): Window | null | undefined =>
  figure?.shadowRoot?.querySelector("iframe")?.contentWindow;

/** Hears the answers that the embedded page tells, and no other page's. */
function hear({ origin, source, data }: MessageEvent): void {
  if (origin !== location.origin || !source || !isAnswer(data)) return;
  if (source !== frameOf(document.querySelector("deepgrain-figure"))) return;
  const { type: _, ...answer } = data;
  answers.value = merged([{ ...answer, at: opened.value.at }], answers.value);
  history.replaceState(entry(), "");
}

/** Opens the lesson of a file, by its address. */
export async function openFile(file: File | undefined, { pages }: BuiltLessons): Promise<void> {
  if (!file) return;
  try {
    if (file.size > LIMITS.input)
      throw new Error(`It has ${file.size} bytes; at most ${LIMITS.input} are read.`);
    location.hash = lessonAddress(readLesson(await file.text(), pages));
  } catch (error) {
    fileProblems.value = [`${file.name}: ${(error as Error).message}`];
  }
}

/** Opens a file that is dropped anywhere on the page. */
function takeDrops(built: BuiltLessons): void {
  const holdsFile = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes("Files");
  addEventListener("dragover", (event) => {
    if (holdsFile(event)) event.preventDefault();
  });
  addEventListener("drop", (event) => {
    if (!holdsFile(event)) return;
    event.preventDefault();
    void openFile(event.dataTransfer!.files[0], built);
  });
}

/** Opens what the address says, and again when the visitor goes back to another step of the lesson. */
export function openFromAddress(built: BuiltLessons): void {
  const read = () => {
    const before = (history.state as LessonEntry | null)?.answers ?? [];
    opened.value = openLesson(location.hash, built);
    const { lesson } = opened.value;
    if (lesson) document.title = `${lesson.title || "A lesson"} · Deepgrain`;
    answers.value = merged(answers.value, before);
    history.replaceState(entry(), "");
  };
  addEventListener("message", hear);
  takeDrops(built);
  addEventListener("popstate", () => {
    if ((history.state as LessonEntry | null)?.isStory) read();
  });
  read();
}
