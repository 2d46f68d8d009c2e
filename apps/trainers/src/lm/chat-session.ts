import type { CliContext } from "@deepgrain/command-line/commands/context";
import { plainProblem } from "@deepgrain/command-line/errors/word-error";
import type { ChatMessage } from "@deepgrain/lm";
import { saveJson } from "@deepgrain/support/files";
import { readMessagesFile } from "./chat-prompt";
import { type ChatSource, isTooLong } from "./chat-source";

const HELP = `/system TEXT  what the model is told before the conversation; without TEXT nothing
/reset        begins a new conversation
/save FILE    writes the conversation as JSON
/load FILE    goes on with a conversation
/stats        tokens of the last answer and of the conversation
/exit         ends, as Ctrl-D does
"""           begins and ends a turn of several lines
Ctrl-C        stops an answer
`;

/** A call whose result the user types. */
interface Call {
  readonly id: string;
  readonly name: string;
}

/** Tokens of the last answer, and how long it took. */
interface Stats {
  promptTokens: number;
  completionTokens: number;
  seconds: number;
}

/** A conversation with a model: answers go to standard output, all else to standard error. */
export class ChatSession {
  private system: ChatMessage[] = [];
  private turns: ChatMessage[] = [];
  private stats: Stats | null = null;
  private answering: AbortController | null = null;
  /** Calls of the last answer without results. */
  private calls: Call[] = [];

  constructor(
    private readonly source: ChatSource,
    private readonly context: Pick<CliContext, "resolve" | "write" | "writeError" | "signal">,
    system: string | undefined,
  ) {
    if (system !== undefined) this.system = [{ role: "system", content: system }];
  }

  /** The tool whose result the next line is; empty where it is a turn. */
  get expects(): string {
    return this.calls[0]?.name ?? "";
  }

  /** Stops the answer that is being written. @returns whether there was one */
  stop(): boolean {
    const { answering } = this;
    answering?.abort(new Error("stopped"));
    return answering !== null;
  }

  /** Takes what the user typed. @returns whether the conversation goes on */
  async take(line: string): Promise<boolean> {
    const [, name, rest = ""] = /^\/(\w+)\s*(.*)$/s.exec(line) ?? [];
    if (name === undefined) await this.answerLine(line);
    else if (name === "exit") return false;
    else await this.command(name, rest.trim());
    return true;
  }

  private begin(turns: ChatMessage[]): void {
    this.turns = turns;
    this.calls = [];
  }

  /** Answers a turn, or the last of the results that the model waits for. */
  private async answerLine(content: string): Promise<void> {
    const call = this.calls.shift();
    if (!call) return this.answer({ role: "user", content });
    const result = { role: "tool", content, name: call.name, tool_call_id: call.id };
    if (this.calls.length > 0) {
      this.turns.push(result);
      return;
    }
    try {
      await this.answer(result);
    } catch (error) {
      this.calls = [call]; // its result may be typed again
      throw error;
    }
  }

  private note(text: string): void {
    this.context.writeError(`${text}\n`);
  }

  private async command(name: string, rest: string): Promise<void> {
    if (name === "system") this.system = rest === "" ? [] : [{ role: "system", content: rest }];
    else if (name === "reset") this.begin([]);
    else if (name === "stats") this.note(this.statsText());
    else if (name === "help") this.context.writeError(HELP);
    else if (name === "save" || name === "load") await this.file(name, rest);
    else this.note(`there is no /${name}; /help lists the commands`);
  }

  private async file(name: "save" | "load", given: string): Promise<void> {
    if (given === "") return this.note(`/${name} needs the name of a file`);
    const path = this.context.resolve(given);
    try {
      if (name === "save") {
        await saveJson(path, [...this.system, ...this.turns]);
        return this.note(`saved ${this.turns.length} turns in ${given}`);
      }
      const messages = await readMessagesFile(path);
      this.system = messages.filter(({ role }) => role === "system");
      this.begin(messages.filter(({ role }) => role !== "system"));
      this.note(`loaded ${this.turns.length} turns of ${given}`);
    } catch (error) {
      this.note(plainProblem(error));
    }
  }

  private statsText(): string {
    if (!this.stats) return "there is no complete answer yet";
    const { promptTokens, completionTokens, seconds } = this.stats;
    const rate = completionTokens / Math.max(seconds, 1e-3);
    return `answer: ${completionTokens} tokens in ${seconds.toFixed(2)} s (${rate.toFixed(1)} per second); conversation: ${promptTokens + completionTokens} tokens in ${this.turns.length} turns`;
  }

  /** Answers a turn; of a conversation that does not fit, the first turns are left out. */
  private async answer(message: ChatMessage): Promise<void> {
    this.turns.push(message);
    this.answering = new AbortController();
    const signal = AbortSignal.any([this.answering.signal, this.context.signal]);
    let left = 0;
    try {
      for (;;) {
        try {
          return await this.stream(this.turns.slice(left), signal);
        } catch (error) {
          const next = this.turns.findIndex(({ role }, i) => i > left && role === "user");
          if (!isTooLong(error) || next < 0) throw error;
          left = next;
        }
      }
    } catch (error) {
      this.turns.pop();
      this.calls = [];
      throw error;
    } finally {
      this.answering = null;
      if (left > 0) this.note(`(the first ${left} turns do not fit and were left out)`);
    }
  }

  private async stream(turns: readonly ChatMessage[], signal: AbortSignal): Promise<void> {
    const start = performance.now();
    let text = "";
    let isLineOpen = false;
    const tool_calls: object[] = [];
    try {
      for await (const piece of this.source.answer([...this.system, ...turns], signal)) {
        text += piece.text;
        this.context.write(piece.text);
        if (piece.text !== "") isLineOpen = !piece.text.endsWith("\n");
        if (piece.reasoning) this.context.writeError(piece.reasoning);
        if (piece.call) {
          if (isLineOpen) this.context.write("\n");
          isLineOpen = false;
          tool_calls.push(this.called(piece.call));
        }
        if (piece.usage)
          this.stats = { ...piece.usage, seconds: (performance.now() - start) / 1000 };
      }
    } catch (error) {
      if (!this.answering?.signal.aborted) throw error;
      this.note("\n(stopped)");
    }
    this.context.write("\n");
    const own = { role: "assistant", content: text };
    this.turns.push(tool_calls.length === 0 ? own : { ...own, tool_calls });
  }

  /** Shows a call, whose result is awaited. */
  private called({ name, arguments: args }: { name: string; arguments: string }): object {
    const id = `call_${this.turns.length}_${this.calls.length}`;
    this.calls.push({ id, name });
    this.context.write(`${name}(${args})\n`);
    return { id, type: "function", function: { name, arguments: args } };
  }
}
