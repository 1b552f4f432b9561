const BROWSERS = [
  [/\bEdg\/(\d+)/, "Edge"],
  [/\bOPR\/(\d+)/, "Opera"],
  [/\bFirefox\/(\d+)/, "Firefox"],
  [/\bChrome\/(\d+)/, "Chrome"],
  [/\bVersion\/(\d+).*\bSafari\//, "Safari"],
] as const;
const SYSTEMS = [
  [/Windows/, "Windows"],
  [/Android/, "Android"],
  [/iPhone|iPad/, "iOS"],
  [/Mac OS X/, "macOS"],
  [/Linux/, "Linux"],
] as const;

/** A browser and its system in a few words; of a program, what it calls itself first. */
export function deviceOf(userAgent: string): string {
  const system = SYSTEMS.find(([mark]) => mark.test(userAgent))?.[1];
  for (const [mark, name] of BROWSERS) {
    const version = mark.exec(userAgent)?.[1];
    if (version) return [`${name} ${version}`, system].filter(Boolean).join(" · ");
  }
  return userAgent.split(" ")[0] ?? "";
}
