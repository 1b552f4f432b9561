import { describe, expect, it } from "vitest";
import { readNpy } from "./npy";

function npy(header: string, version = 1): Uint8Array {
  const length = version === 1 ? [header.length % 256, header.length >> 8] : [header.length % 256, header.length >> 8, 0, 0];
  return new Uint8Array([0x93, ...new TextEncoder().encode("NUMPY"), version, 0, ...length, ...new TextEncoder().encode(header)]);
}

describe("the header of an array", () => {
  it.each([
    ["{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3, 64, 64), }", "float32", [1, 3, 64, 64]],
    ["{'descr': '|u1', 'fortran_order': False, 'shape': (7,), }", "uint8", [7]],
    ["{'descr': '|b1', 'fortran_order': False, 'shape': (), }", "bool", []],
    ["{'descr': '<i8', 'fortran_order': False, 'shape': (0, 2), }", "int64", [0, 2]],
    ["{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }", null, [2]],
  ])("%s", (header, dtype, shape) => {
    expect(readNpy(npy(header))).toEqual({ dtype, shape });
    expect(readNpy(npy(header, 2))).toEqual({ dtype, shape });
  });

  it("is not found in other files", () => expect(readNpy(new Uint8Array([0x50, 0x4b, 3, 4]))).toBeNull());
});
