import type { InspectedOperator, InspectionDocument } from "@/api/generated";

/** An operator that computes, with the constants that only it reads counted to it. `activation` in bytes. */
export interface Layer {
  order: number;
  name: string;
  type: string;
  shape: readonly number[] | null;
  flops: number;
  parameters: number;
  activation: number;
}

export interface TypeSum {
  type: string;
  count: number;
  flops: number;
  parameters: number;
  activation: number;
}

/** Weights are operators of their own in a graph; people think of them as a layer's. One that several read counts to the first. */
export function layersOf(document: InspectionDocument): Layer[] {
  const constants = new Map<string, number>();
  const layers: Layer[] = [];
  const claim = (name: string) => {
    const elements = constants.get(name) ?? 0;
    constants.delete(name);
    return elements;
  };
  for (const operator of document.operators) {
    if (operator.parameter) for (const output of operator.outputs) constants.set(output.name, operator.parameter.elements);
    else layers.push(layer(operator, layers.length, operator.inputs.reduce((sum, input) => sum + claim(input), 0)));
  }
  return layers;
}

function layer(operator: InspectedOperator, order: number, parameters: number): Layer {
  const { name, type, flops, activation, outputs } = operator;
  return { order, name, type, shape: outputs[0]?.shape ?? null, flops: flops ?? 0, parameters, activation: activation?.bytes ?? 0 };
}

/** Sums by type, the most computation first. */
export function byType(layers: readonly Layer[]): TypeSum[] {
  const sums = new Map<string, TypeSum>();
  for (const one of layers) {
    const sum = sums.get(one.type) ?? { type: one.type, count: 0, flops: 0, parameters: 0, activation: 0 };
    sums.set(one.type, {
      type: one.type,
      count: sum.count + 1,
      flops: sum.flops + one.flops,
      parameters: sum.parameters + one.parameters,
      activation: sum.activation + one.activation,
    });
  }
  return [...sums.values()].sort((a, b) => b.flops - a.flops || b.count - a.count);
}
