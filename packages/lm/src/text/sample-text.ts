import type { BatcherTokenEvent } from "../batcher/batcher";
import type { TokenScore } from "../generation/sample-token";
import { textStream } from "../generation/text-stream";
import type { FinishReason, TextPiece } from "./text-piece";

/** A token that is not told yet. */
interface Token {
  id: number;
  score: TokenScore | undefined;
  /** Where its text ends in the continuation; unknown inside a character of several tokens. */
  end: number;
}

/** The text of one continuation, piece by piece. */
export class SampleText {
  private readonly stream: ReturnType<typeof textStream>;
  private tokens: Token[] = [];
  /** Characters told. */
  private told = 0;
  /** New tokens, all of them. */
  count = 0;

  constructor(
    private readonly sample: number,
    decode: (ids: number[]) => string,
    stopStrings: readonly string[],
    prompt: readonly number[],
  ) {
    this.stream = textStream(decode, { stopStrings, after: prompt });
  }

  /** Whether a stop string was found. */
  get isStopped(): boolean {
    return this.stream.stoppedBy !== undefined;
  }

  /** @returns null if no text is complete with the token */
  push({ id, score, stopped }: BatcherTokenEvent): TextPiece | null {
    this.count++;
    if (stopped === "eos") return null;
    this.tokens.push({ id, score, end: Infinity });
    const text = this.stream.push(id);
    this.locate();
    return text === "" ? null : this.piece(text);
  }

  /** The last piece. */
  end(finishReason: FinishReason, promptTokens: number): TextPiece {
    const text = this.stream.end();
    this.locate();
    if (!this.isStopped) this.endAll(); // what has no text, such as a special token, is told as well
    const usage = { promptTokens, completionTokens: this.count };
    const { stoppedBy } = this.stream;
    if (stoppedBy === undefined) return { ...this.piece(text), finishReason, usage };
    return { ...this.piece(text), finishReason: "stop", stopString: stoppedBy, usage };
  }

  /** Tokens whose text has become complete end where the text ends now. */
  private locate(): void {
    const { length } = this.stream;
    const last = this.tokens.findLast(({ end }) => end < Infinity)?.end ?? this.told;
    if (length > last) this.endAll();
  }

  private endAll(): void {
    for (const token of this.tokens) token.end = Math.min(token.end, this.stream.length);
  }

  private piece(text: string): TextPiece {
    this.told += text.length;
    const isTold = ({ end }: Token) => end <= this.told;
    const own = this.tokens.filter(isTold);
    this.tokens = this.tokens.filter((token) => !isTold(token));
    const scores = own.flatMap(({ score }) => score ?? []);
    return {
      type: "text",
      sample: this.sample,
      text,
      ids: own.map(({ id }) => id),
      scores: scores.length > 0 ? scores : undefined,
    };
  }
}
