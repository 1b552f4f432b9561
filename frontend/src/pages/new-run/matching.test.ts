import { describe, expect, it } from "vitest";
import { match, namedAfter } from "./matching";

const image = { name: "image", dtype: "float32", shape: [1, 3, 64, 64] };
const numbers = { name: "numbers", dtype: "int32", shape: [1, 8] };
const file = (name: string, dtype: string | null, shape: number[]) => ({ name, facts: { dtype, shape } });

describe("a file is named after an input", () => {
  it.each([
    ["data.npy", "data", true],
    ["resnet-data.npy", "data", true],
    ["Resnet_DATA.npy", "data", true],
    ["metadata.npy", "data", false],
    ["data.npy", "label", false],
  ])("%s after %s: %s", (name, input, is) => expect(namedAfter(name, input)).toBe(is));
});

describe("files find their inputs", () => {
  const match2 = (...files: Parameters<typeof match>[0]) => match(files, [image, numbers], []);

  it("by name, whatever the order", () => {
    const found = match2(file("m-numbers.npy", "int32", [1, 8]), file("m-image.npy", "float32", [1, 3, 64, 64]));
    expect(found).toEqual({ places: ["numbers", "image"], misfits: [null, null] });
  });
  it("by shape and dtype where no name says it", () => {
    expect(match2(file("a.npy", "int32", [1, 8]), file("b.npy", "float32", [1, 3, 64, 64])).places).toEqual(["numbers", "image"]);
  });
  it("by name even when they do not fit, and that is said", () => {
    expect(match2(file("numbers.npy", "int32", [2, 8])).misfits).toEqual([
      { kind: "shape", input: "numbers", has: [2, 8], wants: [1, 8] },
    ]);
    expect(match2(file("numbers.npy", "int64", [1, 8])).misfits).toEqual([
      { kind: "dtype", input: "numbers", has: "int64", wants: "int32" },
    ]);
  });
  it("by what is left over: an image for the only input without a file", () => {
    expect(match([{ name: "cat.png", facts: null }], [image], [])).toEqual({ places: ["image"], misfits: [null] });
  });
  it("or none", () => {
    expect(match2(file("x.npy", "uint8", [9]))).toEqual({ places: [null], misfits: [{ kind: "unplaced" }] });
  });
  it("as was chosen by hand", () => {
    const files = [file("a.npy", "float32", [1, 3, 64, 64]), file("b.npy", "float32", [1, 3, 64, 64])];
    const twins = [image, { ...image, name: "depth" }];
    expect(match(files, twins, ["depth", null]).places).toEqual(["depth", "image"]);
  });
  it("where a shape is unknown, any will do", () => {
    expect(match([file("a.npy", "float32", [5])], [{ ...image, shape: null }], []).misfits).toEqual([null]);
  });
});
