import type { OptionResource, ProfileOptions } from "@/api/generated";

export type OptionName = keyof ProfileOptions;
export type OptionValues = Partial<Record<OptionName, number | boolean | null>>;

/** How options are shown together; one that the server has and no group names stands under `more`. */
export const GROUPS = {
  measure: ["iterations", "warmup", "profiled_passes", "batch_size", "threads"],
  algorithms: ["fast_run", "full_run", "reproducible", "weight_preprocess", "workspace_limit"],
  fusion: ["fuse_conv_bias_nonlinearity", "fuse_conv_bias_with_z", "ioc16", "io16xc32"],
  layout: ["nchw4", "nchw44", "nchw44_dot", "nchw88", "nchw32", "nchw64", "chwn4", "nhwcd4"],
  limits: ["time_limit_s", "queue_limit_s"],
} as const satisfies Record<string, readonly OptionName[]>;

/** A run's options as the form holds them. */
export function given(options: ProfileOptions): OptionValues {
  const known = Object.entries(options).filter((one): one is [OptionName, number | boolean | null] => one[1] === null || typeof one[1] !== "object");
  return Object.fromEntries(known);
}

export interface Group {
  name: string;
  options: OptionResource[];
}

export function grouped(options: readonly OptionResource[]): Group[] {
  const named = Object.entries(GROUPS).map(([name, members]) => ({
    name,
    options: members.flatMap((member) => options.filter((option) => option.name === member)),
  }));
  const known = new Set<string>(Object.values(GROUPS).flat());
  const more = { name: "more", options: options.filter((option) => !known.has(option.name)) };
  return [...named, more].filter((group) => group.options.length);
}

/** The chosen option that keeps another from being chosen. */
export function excludedBy(option: OptionResource, values: OptionValues): string | null {
  return option.excludes.find((other) => values[other as OptionName] === true) ?? null;
}

/** What is to be sent: only what differs from the defaults and works here. */
export function changed(options: readonly OptionResource[], values: OptionValues): OptionValues {
  return Object.fromEntries(
    options
      .filter((option) => option.works)
      .map((option) => [option.name, values[option.name as OptionName]] as const)
      .filter(([name, value]) => value !== undefined && value !== options.find((option) => option.name === name)?.default),
  );
}
