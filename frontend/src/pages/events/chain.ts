import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

const START = "0".repeat(64);
const LINE = /^\{"digest":"([0-9a-f]{64})",(.*)\}$/s;

/** A line that is not what followed the lines before it when the copy was made; or the end that is missing. */
export class BrokenChain extends Error {
  override readonly name = "BrokenChain";
  constructor(readonly line: number) {
    super(`line ${line}`);
  }
}

/** Checks a copy of the log line by line: each carries the SHA-256 of the digest before it, a line feed, and its own rest. */
export class Chain {
  digest = START;
  events = 0;
  private lines = 0;
  private ended = false;

  /** Throws BrokenChain. */
  take(line: string): void {
    this.lines++;
    const [, digest, rest] = LINE.exec(line) ?? [];
    if (this.ended || digest === undefined || rest === undefined || digest !== bytesToHex(sha256(utf8ToBytes(`${this.digest}\n${rest}`)))) {
      throw new BrokenChain(this.lines);
    }
    this.digest = digest;
    if (rest.startsWith('"event":')) this.events++;
    this.ended = rest.startsWith('"end":');
  }

  /** Throws BrokenChain for a copy that was cut off. */
  end(): void {
    if (!this.ended) throw new BrokenChain(this.lines + 1);
  }
}
