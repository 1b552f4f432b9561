/** What the first bytes of a `.npy` file tell. */
export interface ArrayFacts {
  /** numpy's name, such as `float32`; null for one that no model takes. */
  dtype: string | null;
  shape: number[];
}

/** Bytes that hold the header of any array that a model takes. */
export const HEADER_BYTES = 4096;

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const KINDS: Partial<Record<string, string>> = { f: "float", i: "int", u: "uint" };

/** Null when the bytes are not the beginning of a `.npy` file. */
export function readNpy(bytes: Uint8Array): ArrayFacts | null {
  if (MAGIC.some((byte, place) => bytes[place] !== byte)) return null;
  const start = (bytes[6] ?? 1) === 1 ? 10 : 12;
  const header = new TextDecoder("latin1").decode(bytes.subarray(start));
  const descr = /'descr':\s*'([<>|=]?)([a-z])(\d+)'/.exec(header);
  const shape = /'shape':\s*\(([^)]*)\)/.exec(header);
  if (!shape) return null;
  const sizes = (shape[1] ?? "").split(",").map((size) => size.trim()).filter(Boolean);
  return { dtype: descr ? dtypeOf(descr[2] ?? "", Number(descr[3])) : null, shape: sizes.map(Number) };
}

function dtypeOf(kind: string, bytes: number): string | null {
  if (kind === "b" && bytes === 1) return "bool";
  const name = KINDS[kind];
  return name ? `${name}${bytes * 8}` : null;
}
