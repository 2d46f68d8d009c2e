import { takeTurn } from "@deepgrain/support";
import type { OpenFile } from "./open-inside";

/** Longest line in bytes; longer ones are passed over. */
const MOST_LINE = 2 ** 20;

/** Bytes that are read at once, and in one call. */
const CHUNK = 2 ** 18;
const MOST_READ = 2 ** 26;

/** Receives what was read. */
export interface LineReader {
  line(text: string): void;
  /** A line was too long. */
  skipped(): void;
  /** The file is another one, or was cut: it is read from its beginning. */
  restarted(): void;
}

/** Reads a file that grows, line by line. */
export interface FollowedLines {
  /** Reads what has been added since the last call. @returns whether anything was */
  read(file: OpenFile): Promise<boolean>;
}

/** Follows a file. Its memory is bounded by one line. */
export function followLines(reader: LineReader): FollowedLines {
  const buffer = Buffer.alloc(CHUNK);
  let [identity, at] = ["", 0];
  let rest: Buffer[] = [];
  let restBytes = 0;
  let isTooLong = false;

  function restart(): void {
    [at, rest, restBytes, isTooLong] = [0, [], 0, false];
    reader.restarted();
  }

  function keep(part: Buffer): void {
    isTooLong ||= restBytes + part.length > MOST_LINE;
    if (isTooLong) [rest, restBytes] = [[], 0];
    else {
      rest.push(Buffer.from(part)); // the buffer is used again
      restBytes += part.length;
    }
  }

  function endLine(): void {
    if (isTooLong) reader.skipped();
    else if (restBytes > 0) reader.line(Buffer.concat(rest).toString("utf8"));
    [rest, restBytes, isTooLong] = [[], 0, false];
  }

  function take(bytes: Buffer): void {
    let from = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, from)) {
      keep(bytes.subarray(from, end));
      endLine();
      from = end + 1;
    }
    keep(bytes.subarray(from));
  }

  return {
    async read(file) {
      const { ino, birthtimeMs, size } = await file.stat();
      const own = `${ino} ${birthtimeMs}`;
      const isOther = own !== identity || size < at;
      if (isOther) restart();
      identity = own;
      const start = at;
      while (at - start < MOST_READ) {
        const { bytesRead } = await file.read(buffer, 0, CHUNK, at);
        if (bytesRead === 0) break;
        at += bytesRead;
        take(buffer.subarray(0, bytesRead));
        await takeTurn();
      }
      return isOther || at > start;
    },
  };
}
