/** Turns tokens into text as they arrive. */
export interface TextStream {
  /** Takes a token and returns the text that is now final; empty inside a character of several tokens. */
  push(id: number): string;
  /** Returns what was held back; bytes that never became a character are U+FFFD. */
  end(): string;
}

/**
 * Creates a text stream. The joined pieces are the complete decoded text; each push decodes only a few tokens.
 *
 * @param decode turns ids into text, such as `tokenizer.decode`
 */
export function textStream(decode: (ids: number[]) => string): TextStream {
  let context: number[] = []; // tokens already output, which serve as context for decoding the next ones
  let waiting: number[] = [];

  function next(): { text: string; isWhole: boolean } {
    const told = context.length === 0 ? "" : decode(context);
    const text = decode([...context, ...waiting]).slice(told.length);
    return { text, isWhole: text !== "" && !text.endsWith("\ufffd") };
  }

  return {
    push(id) {
      waiting.push(id);
      const { text, isWhole } = next();
      if (!isWhole) return "";
      context = waiting;
      waiting = [];
      return text;
    },
    end() {
      if (waiting.length === 0) return "";
      const { text } = next();
      context = waiting;
      waiting = [];
      return text;
    },
  };
}
