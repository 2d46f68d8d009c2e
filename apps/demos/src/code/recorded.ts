import type { Filled } from "./fill-middle";
import type { Policy } from "./names";
import type { Checked } from "./run-program";
import type { Programs } from "./write-programs";

/** The page's content before anything is run, as `npm run demos -- --record code` has written. */
export interface RecordedCode {
  /** That has made the models. */
  command: string;
  commit: string;
  programs: Programs;
  /** The program that is opened at first. */
  checked: Checked;
  filled: Filled;
  /** Share of programs of the page's policies that pass, over all held-out tasks. */
  passAt1: Record<Policy, number>;
}

/** The data that the page is built with. */
export interface CodeProps {
  recorded: RecordedCode;
  /** The held-out tasks in words. */
  tasks: readonly string[];
}
